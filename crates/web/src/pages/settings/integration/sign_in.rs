//! The part of a form that says how a connection signs in.

use secrecy::ExposeSecret;
use store::credentials::Kind;

use crate::connection_form::Draft;
use crate::error::FieldError;
use crate::pages::settings::error_of;

/// How a connection may sign in: name, title, and a word on it.
const KINDS: [(&str, &str, &str); 4] = [
    ("certificate", "Certificate", "recommended: no secret travels, and its end is known"),
    ("secret", "Client secret", "its Value is pasted here"),
    (
        "managed_identity",
        "Managed identity",
        "of the Azure machine that Oriel runs on, as a federated credential of the app",
    ),
    ("federated_token", "Federated token", "from the file that the configuration names, as clusters keep it"),
];

/// The choice of a credential and the fields of each kind. Nothing secret is among what they hold.
pub struct SignInPart {
    /// What makes the ids of its fields differ from those of another form.
    pub key: String,
    /// The day on which the secret ends, as it was typed.
    pub ends: String,
    /// The client ID of a managed identity, as it was typed.
    pub identity: String,
    /// Whether a new certificate is to be made in the stored one's place.
    pub make: bool,
    /// Whether something was pasted that is not sent back.
    pub pasted: bool,
    kind: String,
    stays: Option<Kind>,
    errors: Vec<FieldError>,
}

impl SignInPart {
    /// With what was typed. `stays` is the kind of the stored credential, which is kept if nothing is pasted.
    pub fn new(key: String, draft: &Draft, stays: Option<Kind>, errors: &[FieldError]) -> SignInPart {
        let typed = &draft.credential;
        let pasted = [&draft.client_secret, &typed.certificate_pem].iter().any(|text| !text.expose_secret().is_empty());
        SignInPart {
            key,
            ends: draft.secret_ends.clone(),
            identity: typed.identity.clone(),
            make: typed.make,
            pasted,
            kind: if typed.kind.is_empty() { Kind::Secret.as_str().to_owned() } else { typed.kind.clone() },
            stays,
            errors: errors.to_vec(),
        }
    }

    /// The kinds to choose from: name, title, and a word on it.
    pub fn kinds(&self) -> [(&'static str, &'static str, &'static str); 4] {
        KINDS
    }

    /// Whether this kind is chosen.
    pub fn is_kind(&self, kind: &str) -> bool {
        self.kind == kind
    }

    /// Whether a credential of this kind is stored that stays if nothing is pasted.
    pub fn keeps(&self, kind: &str) -> bool {
        self.stays.is_some_and(|stays| stays.as_str() == kind)
    }

    /// What is wrong with a field.
    pub fn error(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}
