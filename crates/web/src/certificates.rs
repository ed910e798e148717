//! Certificates, as far as pages and API deal with them: how they are read and made is another crate's.

use jiff::Timestamp;
use jiff::civil::Date;
use secrecy::SecretString;

/// What is worth knowing of a certificate, none of it secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its public part, PEM: what is uploaded in the portal.
    pub public_pem: String,
    /// The last day on which it is good.
    pub ends: Date,
}

/// Reads and makes certificates.
pub trait Certificates: Send + Sync {
    /// Reads a certificate with its private key, PEM. What cannot be used is a sentence that says why, and what to do.
    fn read(&self, pem: &SecretString, now: Timestamp) -> Result<Facts, String>;

    /// Makes a key pair and a certificate over it, PEM of both. Takes a while: not to be called where others wait.
    fn make(&self, name: &str, now: Timestamp, days: u32) -> Result<SecretString, String>;

    /// The thumbprint of a public part, as the portal shows it; empty for what is none.
    fn thumbprint(&self, public_pem: &str) -> String;
}
