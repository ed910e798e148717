//! How the apps of a story sign in.

use serde::Deserialize;

use super::Moment;

/// A client secret.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// What is to be sent.
    pub value: String,
    /// What the portal shows beside it for ever, and is pasted by mistake.
    #[serde(default)]
    pub id: Option<String>,
    /// Until when it is good; absent means for the length of the story.
    #[serde(default)]
    pub expires: Option<Moment>,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret").field("value", &"[redacted]").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A certificate that was uploaded to an app registration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppCertificate {
    /// Its public part, PEM.
    pub pem: String,
}

/// A federated credential: whose tokens may vouch for an app. All three are compared letter by letter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Federated {
    /// Who issues them. `tenant` is Entra itself in the app's tenant, which issues those of managed identities.
    pub issuer: String,
    /// For whom: a managed identity's object id, a service account.
    pub subject: String,
    /// For what.
    pub audience: String,
    /// A certificate with the issuer's public key, PEM, as Entra would fetch it from the issuer. Not needed of `tenant`.
    #[serde(default)]
    pub key: Option<String>,
}

/// A managed identity of the machine on which the client runs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Its client id.
    pub client: String,
    /// Its object id, which is the subject of its tokens.
    pub principal: String,
    /// Whether it was assigned to the machine by a user, rather than being the machine's own.
    #[serde(default)]
    pub assigned: bool,
}
