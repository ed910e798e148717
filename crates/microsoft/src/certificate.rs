//! A certificate with its private key, by which an app signs in.

use std::sync::Arc;

use jiff::Timestamp;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PSS_SHA256, RsaKeyPair};
use secrecy::SecretString;

mod error;
mod make;
mod pem;
mod read;

pub use error::CertificateError;

/// A certificate and the private key that belongs to it. `Debug` shows nothing of the key.
pub struct Certificate {
    der: Vec<u8>,
    key: Arc<RsaKeyPair>,
    subject: String,
    not_before: Timestamp,
    not_after: Timestamp,
}

impl Certificate {
    /// Reads certificate and private key (PKCS#8 or PKCS#1, RSA of 2048 to 4096 bits) from one PEM text: in any order, with
    /// any line ends, with other text around them. Whether it is still good is another question: see
    /// [`Certificate::is_good`].
    pub fn from_pem(pem: &SecretString) -> Result<Certificate, CertificateError> {
        read::read(pem)
    }

    /// Makes a key pair (RSA, 3072 bits) and a certificate for it that it signs itself, as one PEM text: what
    /// [`Certificate::from_pem`] reads. `name` becomes its common name; it begins at `now`, and ends after so many `days`.
    ///
    /// Looks for two large primes, which takes from a tenth of a second to some seconds: not for an asynchronous task, but
    /// for `spawn_blocking`. The randomness is the system's: a key from anything else would be worse than no key.
    pub fn make(name: &str, now: Timestamp, days: u32) -> Result<SecretString, CertificateError> {
        make::make(name, now, days)
    }

    /// SHA-1 of the certificate in upper-case hex: the thumbprint that Entra's portal shows beside it.
    pub fn thumbprint(&self) -> String {
        hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.der).as_ref())
    }

    /// SHA-256 of the certificate in upper-case hex.
    pub fn sha256(&self) -> String {
        hex(digest(&SHA256, &self.der).as_ref())
    }

    /// Whom it is for, after RFC 4514: `CN=oriel.example`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// From when on it is good.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// Until when it is good.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Whether it is good at this time, or why not.
    pub fn is_good(&self, now: Timestamp) -> Result<(), CertificateError> {
        if now > self.not_after {
            return Err(CertificateError::Expired { ended: self.not_after });
        }
        if now < self.not_before {
            return Err(CertificateError::NotYet { begins: self.not_before });
        }
        Ok(())
    }

    /// The certificate without its key, PEM: what is uploaded to the app registration.
    pub fn public_pem(&self) -> String {
        pem::certificate(&self.der)
    }

    /// The certificate itself.
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    /// Signs as `PS256` wants it. The salt is the system's: `ring` takes no other randomness.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CertificateError> {
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PSS_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| CertificateError::Unusable("it cannot sign".to_owned()))?;
        Ok(signature)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject)
            .field("sha256", &self.sha256())
            .field("not_after", &self.not_after)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
