//! How an app proves that it is itself.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use crate::Certificate;

/// How an app proves that it is itself. `Debug` shows nothing that is secret.
#[derive(Clone)]
pub enum Proof {
    /// By a client secret: its value.
    Secret(SecretString),
    /// By a certificate whose public part the app registration holds.
    Certificate(Arc<Certificate>),
    /// By the managed identity of the machine on which this runs, which the app registration trusts by a federated
    /// credential.
    ManagedIdentity {
        /// The client ID of a user-assigned identity; `None` is the machine's own.
        client: Option<String>,
    },
    /// By a token that someone else issues and keeps fresh in a file, which the app registration trusts by a federated
    /// credential. The file is read anew for each sign-in.
    TokenFile(PathBuf),
}

impl Proof {
    /// A stable word for its kind: `secret`, `certificate`, `managed_identity`, `federated_token`.
    pub fn kind(&self) -> &'static str {
        match self {
            Proof::Secret(_) => "secret",
            Proof::Certificate(_) => "certificate",
            Proof::ManagedIdentity { .. } => "managed_identity",
            Proof::TokenFile(_) => "federated_token",
        }
    }

    /// Whether two proofs are the same one: the same secret, certificate, identity or file.
    pub fn is_same(&self, other: &Proof) -> bool {
        match (self, other) {
            (Proof::Secret(one), Proof::Secret(two)) => one.expose_secret() == two.expose_secret(),
            (Proof::Certificate(one), Proof::Certificate(two)) => one.sha256() == two.sha256(),
            (Proof::ManagedIdentity { client: one }, Proof::ManagedIdentity { client: two }) => {
                one.as_deref().map(plain) == two.as_deref().map(plain)
            }
            (Proof::TokenFile(one), Proof::TokenFile(two)) => one == two,
            _ => false,
        }
    }
}

/// A client ID as it is compared.
pub(crate) fn plain(client: &str) -> String {
    client.trim().to_ascii_lowercase()
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Proof::Secret(_) => f.write_str("Secret([redacted])"),
            Proof::Certificate(certificate) => f.debug_tuple("Certificate").field(certificate).finish(),
            Proof::ManagedIdentity { client } => f.debug_struct("ManagedIdentity").field("client", client).finish(),
            Proof::TokenFile(path) => f.debug_tuple("TokenFile").field(path).finish(),
        }
    }
}
