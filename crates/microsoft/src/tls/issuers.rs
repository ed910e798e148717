//! Who issued the certificates that were accepted, by host: `oriel doctor` tells it, and a proxy that opens TLS shows itself
//! there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Host → issuer, of the handshakes so far. A clone is the same list. Only the hosts of clouds are connected to, so it stays
/// short.
#[derive(Clone, Debug, Default)]
pub(crate) struct Issuers(Arc<Mutex<HashMap<String, String>>>);

impl Issuers {
    /// Notes the issuer of a certificate that was accepted.
    pub(super) fn note(&self, host: &str, certificate: &[u8]) {
        if let Some(issuer) = super::issuer::issuer(certificate) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(host.to_owned(), issuer);
        }
    }

    /// Who issued the certificate of this host, if it has shown one.
    pub(crate) fn of(&self, host: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(host).cloned()
    }
}
