//! Signed statements: those by which an app proves itself, those by which another issuer vouches for it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use serde_json::{Value, json};
use x509_cert::Certificate as X509;
use x509_cert::der::Decode as _;

/// Seconds by which Entra's clock and a client's may differ.
const TOLERANCE: i64 = 300;

/// A statement, taken apart and not yet verified.
pub(crate) struct Jwt<'a> {
    header: Value,
    claims: Value,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jwt<'a> {
    pub(crate) fn read(text: &'a str) -> Option<Jwt<'a>> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let part = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
        Some(Jwt {
            header: part(header)?,
            claims: part(claims)?,
            signed,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.header[name].as_str().unwrap_or_default()
    }

    pub(crate) fn claim(&self, name: &str) -> &str {
        self.claims[name].as_str().unwrap_or_default()
    }

    /// Whether Entra takes this algorithm at all.
    pub(crate) fn is_known_algorithm(&self) -> bool {
        matches!(self.header("alg"), "PS256" | "RS256")
    }

    /// From when until when it is good, in seconds; `None` if it does not say until when.
    pub(crate) fn validity(&self) -> Option<(i64, i64)> {
        let end = self.claims["exp"].as_i64()?;
        Some((self.claims["nbf"].as_i64().or_else(|| self.claims["iat"].as_i64()).unwrap_or(i64::MIN), end))
    }

    pub(crate) fn is_good(&self, now: i64) -> bool {
        self.validity()
            .is_some_and(|(begin, end)| begin.saturating_sub(TOLERANCE) <= now && now < end.saturating_add(TOLERANCE))
    }

    /// Whether this certificate's key made the signature.
    pub(crate) fn is_signed_by(&self, certificate: &Public) -> bool {
        let key = &certificate.key;
        let result =
            match self.header("alg") {
                "PS256" => UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, key)
                    .verify(self.signed.as_bytes(), &self.signature),
                "RS256" => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
                    .verify(self.signed.as_bytes(), &self.signature),
                _ => return false,
            };
        result.is_ok()
    }
}

/// The public part of a key pair.
pub(crate) struct Public {
    pub(crate) der: Vec<u8>,
    key: Vec<u8>,
    ends: i64,
}

impl Public {
    /// Reads the certificate in a PEM text.
    pub(crate) fn read(pem: &str) -> Option<Public> {
        let der = section(pem, "CERTIFICATE")?;
        let certificate = X509::from_der(&der).ok()?;
        let body = certificate.tbs_certificate();
        let key = body.subject_public_key_info().subject_public_key.as_bytes()?.to_vec();
        let ends = i64::try_from(body.validity().not_after.to_unix_duration().as_secs()).ok()?;
        Some(Public { der, key, ends })
    }

    pub(crate) fn is_over(&self, now: i64) -> bool {
        self.ends < now
    }
}

/// These claims, signed by the private key in the PEM text as most issuers sign (RS256). `None` if there is no such key.
pub(crate) fn signed(claims: &Value, pem: &str) -> Option<String> {
    signed_by(claims, &RsaKeyPair::from_pkcs8(&section(pem, "PRIVATE KEY")?).ok()?, "simulated")
}

/// These claims, signed by this key, which has this id.
pub(crate) fn signed_by(claims: &Value, key: &RsaKeyPair, id: &str) -> Option<String> {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let statement = format!("{}.{}", part(&json!({"alg": "RS256", "typ": "JWT", "kid": id})), part(claims));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), statement.as_bytes(), &mut signature).ok()?;
    Some(format!("{statement}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// What stands in the first section of this name.
fn section(pem: &str, label: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once(&format!("-----BEGIN {label}-----"))?;
    let (text, _) = rest.split_once(&format!("-----END {label}-----"))?;
    STANDARD.decode(text.split_whitespace().collect::<String>()).ok()
}
