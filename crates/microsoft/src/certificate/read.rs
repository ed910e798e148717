//! Certificate and key out of what someone pasted or uploaded.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ring::signature::RsaKeyPair;
use rustls::pki_types::pem::{PemObject, SectionKind};
use secrecy::{ExposeSecret, SecretString};
use x509_cert::Certificate as X509;
use x509_cert::der::asn1::{ObjectIdentifier, UintRef};
use x509_cert::der::{Decode, Reader, SliceReader};
use zeroize::Zeroizing;

use super::{Certificate, CertificateError};

/// `rsaEncryption` (RFC 8017, A.1).
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// Labels of encrypted keys, and the header that the old form has instead.
const ENCRYPTED: [&str; 2] = ["BEGIN ENCRYPTED PRIVATE KEY", "Proc-Type: 4,ENCRYPTED"];

enum Key {
    Pkcs8(Zeroizing<Vec<u8>>),
    Pkcs1(Zeroizing<Vec<u8>>),
    EllipticCurve,
}

pub(super) fn read(pem: &SecretString) -> Result<Certificate, CertificateError> {
    let pasted = pem.expose_secret().trim_start_matches('\u{feff}').trim();
    if pasted.is_empty() {
        return Err(CertificateError::Empty);
    }
    if !pasted.contains("-----BEGIN ") {
        return Err(CertificateError::NotPem);
    }
    if ENCRYPTED.iter().any(|mark| pasted.contains(mark)) {
        return Err(CertificateError::Encrypted);
    }
    let (mut certificates, mut keys) = sections(pasted)?;
    let certificate = match (certificates.pop(), certificates.len()) {
        (None, _) if pasted.contains("CERTIFICATE REQUEST-----") => return Err(CertificateError::Request),
        (None, _) => return Err(CertificateError::NoCertificate),
        (Some(certificate), 0) => certificate,
        (Some(_), others) => return Err(CertificateError::SeveralCertificates(others + 1)),
    };
    let key = match (keys.pop(), keys.len()) {
        (None, _) => return Err(CertificateError::NoKey),
        (Some(key), 0) => key,
        (Some(_), others) => return Err(CertificateError::SeveralKeys(others + 1)),
    };
    together(certificate, key)
}

type Sections = (Vec<Vec<u8>>, Vec<Key>);

/// The certificates and keys of the text. Other sections, and text between them, are left alone: exports have both.
fn sections(pasted: &str) -> Result<Sections, CertificateError> {
    // Mail programs and forms indent lines, and some leave blanks at their ends.
    let text = Zeroizing::new(pasted.lines().map(str::trim).collect::<Vec<_>>().join("\n"));
    let (mut certificates, mut keys) = (Vec::new(), Vec::new());
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(text.as_bytes()) {
        let (kind, der) = section.map_err(|_| CertificateError::Damaged)?;
        match kind {
            SectionKind::Certificate => certificates.push(der),
            SectionKind::PrivateKey => keys.push(Key::Pkcs8(Zeroizing::new(der))),
            SectionKind::RsaPrivateKey => keys.push(Key::Pkcs1(Zeroizing::new(der))),
            SectionKind::EcPrivateKey => keys.push(Key::EllipticCurve),
            _ => {}
        }
    }
    Ok((certificates, keys))
}

fn together(der: Vec<u8>, key: Key) -> Result<Certificate, CertificateError> {
    let unreadable = |_| CertificateError::Unusable("the certificate cannot be read".to_owned());
    let x509 = X509::from_der(&der).map_err(unreadable)?;
    let body = x509.tbs_certificate();
    let public = body.subject_public_key_info();
    if public.algorithm.oid != RSA {
        return Err(CertificateError::NotRsa);
    }
    let public = public.subject_public_key.raw_bytes();
    match modulus_bits(public) {
        None => return Err(CertificateError::Unusable("its public key cannot be read".to_owned())),
        Some(bits) if bits < 2048 => return Err(CertificateError::TooShort(bits)),
        Some(bits) if bits > 4096 => return Err(CertificateError::TooLong(bits)),
        Some(_) => {}
    }
    let key = match &key {
        Key::EllipticCurve => return Err(CertificateError::NotRsa),
        Key::Pkcs8(der) => RsaKeyPair::from_pkcs8(der),
        Key::Pkcs1(der) => RsaKeyPair::from_der(der),
    };
    let key = key.map_err(|rejected| match rejected.to_string().as_str() {
        // An elliptic-curve key of another's certificate.
        "WrongAlgorithm" => CertificateError::KeyOfAnother,
        reason => CertificateError::Unusable(format!("the private key is not accepted ({reason})")),
    })?;
    if key.public().as_ref() != public {
        return Err(CertificateError::KeyOfAnother);
    }
    let validity = body.validity();
    let (subject, not_before, not_after) = (
        body.subject().to_string(),
        time(validity.not_before.to_unix_duration()),
        time(validity.not_after.to_unix_duration()),
    );
    Ok(Certificate { der, key: Arc::new(key), subject, not_before, not_after })
}

/// The length of the modulus in `RSAPublicKey` (RFC 8017, A.1.1).
fn modulus_bits(public: &[u8]) -> Option<usize> {
    let mut reader = SliceReader::new(public).ok()?;
    let modulus = reader.sequence(|inside| {
        let modulus = UintRef::decode(inside)?;
        let bytes = modulus.as_bytes();
        let zeros = bytes.first().map_or(0, |first| first.leading_zeros());
        let bits = (bytes.len() * 8).saturating_sub(usize::try_from(zeros).unwrap_or(0));
        UintRef::decode(inside)?;
        Ok::<usize, x509_cert::der::Error>(bits)
    });
    modulus.ok()
}

/// A certificate may be good until the year 9999, which is later than any clock here goes.
fn time(since: Duration) -> Timestamp {
    i64::try_from(since.as_secs())
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .unwrap_or(Timestamp::MAX)
}
