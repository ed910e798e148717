//! TLS on `ring`, with the system's authorities and further ones. There is no way to switch the check off.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;

use crate::Error;

/// TLS 1.2 and 1.3 with the system's authorities and those in `extra_ca_pem`.
pub(crate) fn client_config(extra_ca_pem: Option<&[u8]>) -> Result<ClientConfig, Error> {
    let unusable =
        |reason: String| Error::Setting { setting: "ca.file", message: format!("it cannot be used: {reason}.") };
    let extra = extra_ca_pem.map_or(Ok(Vec::new()), |pem| {
        CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().map_err(|error| unusable(error.to_string()))
    })?;
    if extra_ca_pem.is_some() && extra.is_empty() {
        return Err(unusable("it holds no certificate".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier =
        Verifier::new_with_extra_roots(extra, Arc::clone(&provider)).map_err(|error| unusable(error.to_string()))?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
