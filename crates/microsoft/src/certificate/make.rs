//! A key pair of our own and a certificate that it signs itself.

use jiff::{SignedDuration, Timestamp};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, SerialNumber};
use ring::digest::{SHA256, digest};
use rsa::Generate;
use rsa::pkcs8::EncodePrivateKey;
use rustls::pki_types::PrivatePkcs8KeyDer;
use secrecy::SecretString;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::{CertificateError, pem};

/// X.520 allows a common name of 64 characters.
const LONGEST_NAME: usize = 64;

/// Microsoft's clock may be a little behind ours, and a certificate that begins in its future is refused.
const EARLIER: SignedDuration = SignedDuration::from_mins(10);

pub(super) fn make(name: &str, now: Timestamp, days: u32) -> Result<SecretString, CertificateError> {
    let refused = |reason: &str| CertificateError::NotMade(reason.to_owned());
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(refused("its name must have 1 to 64 characters on one line"));
    }
    if !(1..=3650).contains(&days) {
        return Err(refused("it must be good for 1 to 3650 days"));
    }
    let end = now.checked_add(SignedDuration::from_hours(24 * i64::from(days)));
    let (begin, end) = (now.checked_sub(EARLIER), end);
    let (Ok(begin), Ok(end)) = (begin, end) else { return Err(refused("its end is beyond the calendar")) };

    // `rsa` looks for the primes and does nothing else here: signing is `ring`'s.
    let key = rsa::PrivateKey::try_generate().map_err(|_| refused("the system gives no randomness"))?;
    let key = key.to_pkcs8_der().map_err(|_| refused("the key cannot be written"))?;
    let key = Zeroizing::new(key.as_bytes().to_vec());
    let der = PrivatePkcs8KeyDer::from(key.as_slice());
    let pair =
        KeyPair::from_pkcs8_der_and_sign_algo(&der, &PKCS_RSA_SHA256).map_err(|error| refused(&error.to_string()))?;

    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    let mut params = CertificateParams::default();
    params.distinguished_name = subject;
    params.not_before = at(begin).ok_or_else(|| refused("its beginning is beyond the calendar"))?;
    params.not_after = at(end).ok_or_else(|| refused("its end is beyond the calendar"))?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    // Positive, and of 16 bytes: one that no other certificate of this name has.
    let mut serial = digest(&SHA256, pair.public_key_raw()).as_ref()[..16].to_vec();
    serial[0] = serial[0] & 0x7f | 0x40;
    params.serial_number = Some(SerialNumber::from(serial));
    let certificate = params.self_signed(&pair).map_err(|error| refused(&error.to_string()))?;
    let text = pem::certificate(certificate.der()) + &Zeroizing::new(pem::private_key(&key));
    Ok(text.into())
}

fn at(time: Timestamp) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(time.as_second()).ok()
}
