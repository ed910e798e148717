//! How a connection is to sign in: as it was typed, and as it can be right.

use secrecy::SecretString;

use crate::certificates::Facts;

/// How a connection is to sign in, as it was sent.
#[derive(Clone, Debug, Default)]
pub struct CredentialDraft {
    /// `secret`, `certificate`, `managed_identity`, `federated_token`; empty for what is stored, or a secret.
    pub kind: String,
    /// Certificate and private key, PEM; empty to have them made here.
    pub certificate_pem: SecretString,
    /// The client ID of a user-assigned managed identity; empty for the machine's own.
    pub identity: String,
}

/// A credential that can be right.
#[derive(Debug)]
pub enum Proposed {
    /// A client secret.
    Secret(SecretString),
    /// A certificate with its key, and what of it is no secret.
    Certificate(SecretString, Facts),
    /// A certificate that is to be made here.
    Made,
    /// The machine's managed identity, or the one with this client ID.
    ManagedIdentity(Option<String>),
    /// The token in the file that the configuration names.
    FederatedToken,
}
