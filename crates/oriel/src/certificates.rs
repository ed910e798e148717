//! Certificates for pages and API, read and made by the client of Microsoft's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use microsoft::Certificate;
use secrecy::SecretString;
use web::certificates::{Certificates, Facts};

/// The one implementation.
pub struct MicrosoftCertificates;

impl Certificates for MicrosoftCertificates {
    fn read(&self, pem: &SecretString, now: Timestamp) -> Result<Facts, String> {
        let certificate = Certificate::from_pem(pem).map_err(|error| error.to_string())?;
        certificate.is_good(now).map_err(|error| error.to_string())?;
        let ends = TimeZone::UTC.to_datetime(certificate.not_after()).date();
        Ok(Facts { public_pem: certificate.public_pem(), ends })
    }

    fn make(&self, name: &str, now: Timestamp, days: u32) -> Result<SecretString, String> {
        Certificate::make(name, now, days).map_err(|error| error.to_string())
    }

    fn thumbprint(&self, public_pem: &str) -> String {
        let body: String = public_pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
        let Ok(der) = STANDARD.decode(body) else { return String::new() };
        let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &der);
        digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_of_the_public_part_is_the_certificates() {
        let pem = SecretString::from(simulator::demo::CERTIFICATE);
        let facts = MicrosoftCertificates.read(&pem, "2026-11-25T00:00:00Z".parse().unwrap()).unwrap();
        let certificate = Certificate::from_pem(&pem).unwrap();
        assert_eq!(MicrosoftCertificates.thumbprint(&facts.public_pem), certificate.thumbprint());
        assert_eq!(MicrosoftCertificates.thumbprint("-----BEGIN CERTIFICATE-----\n%%%"), "");
    }
}
