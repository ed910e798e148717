//! TLS, on `ring`, with the system's authorities and further ones, and a refusal that names who issued the certificate.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, OtherError, SignatureScheme};
use rustls_platform_verifier::Verifier as System;

use crate::settings::SettingsError;

mod issuer;
mod issuers;

pub(crate) use issuers::Issuers;

/// A certificate that is not trusted, and who issued it.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct Distrusted {
    /// Common name, or else the organisation, of the issuer, where the certificate can be read.
    pub(crate) issuer: Option<String>,
    /// What the check found, behind "is not accepted: ".
    pub(crate) reason: String,
    /// The kind of it.
    pub(crate) fault: Fault,
}

/// What is the matter with a certificate: each is mended elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is for another name.
    Name,
    /// It has ended, or not begun.
    Time,
    /// Its issuer is not trusted, or anything else.
    Trust,
}

/// In words, since the library's own speak of seconds since 1970.
fn fault(error: &rustls::Error) -> (Fault, String) {
    use CertificateError::*;
    let rustls::Error::InvalidCertificate(reason) = error else { return (Fault::Trust, error.to_string()) };
    match reason {
        UnknownIssuer => (Fault::Trust, "its issuer is not among the trusted authorities".to_owned()),
        Revoked => (Fault::Trust, "its issuer has revoked it".to_owned()),
        NotValidForName | NotValidForNameContext { .. } => (Fault::Name, "it is for another name".to_owned()),
        Expired | ExpiredContext { .. } => (Fault::Time, "by this machine's clock, it has ended".to_owned()),
        NotValidYet | NotValidYetContext { .. } => {
            (Fault::Time, "by this machine's clock, it has not begun".to_owned())
        }
        other => (Fault::Trust, other.to_string()),
    }
}

#[derive(Debug)]
struct Verifier {
    system: System,
    issuers: Issuers,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.system.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let verified = verified.map_err(|error| {
            let (fault, reason) = fault(&error);
            let distrusted = Distrusted { issuer: issuer::issuer(end_entity), reason, fault };
            rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(distrusted))))
        })?;
        self.issuers.note(&server_name.to_str(), end_entity);
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.system.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.system.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.system.supported_verify_schemes()
    }
}

/// TLS 1.2 and 1.3 with the system's authorities and those in `extra_ca_pem`. There is no way to switch the check off. Whose
/// certificates are accepted is noted in `issuers`.
pub(crate) fn client_config(extra_ca_pem: Option<&[u8]>, issuers: Issuers) -> Result<ClientConfig, SettingsError> {
    let extra = match extra_ca_pem {
        None => Vec::new(),
        Some(pem) => authorities(pem)?,
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let system = System::new_with_extra_roots(extra, Arc::clone(&provider))
        .map_err(|error| SettingsError::Authorities(error.to_string()))?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SettingsError::Client(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier { system, issuers }))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn authorities(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, SettingsError> {
    let certificates = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| SettingsError::Authorities(format!("it is not PEM: {error}")))?;
    if certificates.is_empty() {
        return Err(SettingsError::Authorities("it holds no certificate".to_owned()));
    }
    Ok(certificates)
}
