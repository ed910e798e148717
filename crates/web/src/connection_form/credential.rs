//! How a connection is to sign in: as it was typed, and as it can be right.

use secrecy::{ExposeSecret, SecretString};
use store::connections::Connection;
use store::credentials::{Credential, Kind, UnknownKind};

use super::{Draft, Form, guid, trim};
use crate::certificates::Facts;
use crate::state::Desk;

/// How a connection is to sign in, as it was sent. What belongs to another kind than the one that is chosen is left aside.
#[derive(Clone, Debug, Default)]
pub struct CredentialDraft {
    /// `secret`, `certificate`, `managed_identity`, `federated_token`. Empty: the secret, where one was sent; else what is
    /// stored.
    pub kind: String,
    /// Certificate and private key, PEM; empty to keep the one that is stored, and to have one made where none is.
    pub certificate_pem: SecretString,
    /// Whether a certificate is to be made here also where one is stored.
    pub make: bool,
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

/// The credential that a form changes.
#[derive(Clone, Copy)]
pub(super) struct Stored<'a> {
    credential: &'a Credential,
    /// Whether the form leads to another app, tenant or cloud than the one that it belongs to.
    moved: bool,
}

impl<'a> Stored<'a> {
    /// The credential of a connection that is to lead to this tenant, app and cloud.
    pub fn of(before: &'a Connection, to: (&String, &String, &String)) -> Stored<'a> {
        let was = (&before.tenant_guid, &before.client_id, &before.cloud);
        // An id that cannot be read is an error of its own, and says nothing yet about where the form leads.
        let readable = [to.0, to.1, to.2].into_iter().all(|id| !id.is_empty());
        Stored { credential: &before.credential, moved: readable && was != to }
    }
}

const SECRET_NEEDED: &str = "A client secret is needed: its Value, from Certificates & secrets of the app.";

/// What is said where the form leads elsewhere and no credential came along: the stored one could else be sent wherever
/// somebody who never knew it points the connection.
fn moved_words(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Secret => (
            "client_secret",
            "Changing the cloud, the tenant ID or the client ID needs the secret again, or another credential: the stored one \
             belongs to what was there before.",
        ),
        Kind::Certificate => (
            "certificate_pem",
            "Changing the cloud, the tenant ID or the client ID needs the certificate and its key again, a new one that is made \
             here, or another credential: the stored one belongs to what was there before.",
        ),
        Kind::ManagedIdentity | Kind::FederatedToken => (
            "credential",
            "Changing the cloud, the tenant ID or the client ID needs the credential to be named again: the other app has to \
             trust it too, by a federated credential of its own.",
        ),
    }
}

impl Form {
    /// A new credential; `None` where the stored one is kept, or where what was given cannot be right.
    pub(super) fn credential(&mut self, desk: &Desk, draft: &Draft, stored: Option<Stored<'_>>) -> Option<Proposed> {
        let kind = self.kind(draft, stored)?;
        let errors = self.errors.len();
        // Only what is of the kind that is chosen can be kept.
        let kept = stored.filter(|stored| stored.credential.kind == kind);
        let given = self.given(desk, kind, draft, kept);
        if given.is_some() || self.errors.len() > errors {
            return given;
        }
        match kept {
            None => self.wrong("client_secret", SECRET_NEEDED),
            Some(kept) if kept.moved => {
                let (field, words) = moved_words(kind);
                self.wrong(field, words);
            }
            Some(_) => {}
        }
        None
    }

    /// The kind that was chosen. Without a choice: a secret where one was sent, else what is stored, and a secret at first.
    fn kind(&mut self, draft: &Draft, stored: Option<Stored<'_>>) -> Option<Kind> {
        let chosen = draft.credential.kind.trim();
        if !chosen.is_empty() {
            let kind = chosen.parse();
            return kind.map_err(|error: UnknownKind| self.wrong("credential", sentence(&error.to_string()))).ok();
        }
        let secret_sent = !trim(draft.client_secret.expose_secret()).is_empty();
        let stored = stored.map(|stored| stored.credential.kind).filter(|_| !secret_sent);
        Some(stored.unwrap_or(Kind::Secret))
    }

    /// What was given of this kind. `kept` is the stored credential of the same kind, if it is.
    fn given(&mut self, desk: &Desk, kind: Kind, draft: &Draft, kept: Option<Stored<'_>>) -> Option<Proposed> {
        let CredentialDraft { kind: named, certificate_pem: pem, make, identity } = &draft.credential;
        // Of what holds nothing secret, to name it again is to give it again.
        let same = |kept: Stored<'_>| !kept.moved || named.trim().is_empty();
        match kind {
            Kind::Secret => self.secret(&draft.client_secret).map(Proposed::Secret),
            Kind::Certificate if pem.expose_secret().trim().is_empty() => {
                (*make || kept.is_none()).then_some(Proposed::Made)
            }
            Kind::Certificate => match desk.certificates.read(pem, desk.now()) {
                Ok(facts) => Some(Proposed::Certificate(pem.clone(), facts)),
                Err(sentence) => {
                    self.wrong("certificate_pem", sentence);
                    None
                }
            },
            Kind::ManagedIdentity => {
                let named_before = named.trim().is_empty().then_some(kept).flatten();
                let identity = match named_before {
                    Some(kept) => kept.credential.identity.clone(),
                    None => self.identity(identity)?,
                };
                let keeps = kept.is_some_and(|kept| same(kept) && kept.credential.identity == identity);
                (!keeps).then_some(Proposed::ManagedIdentity(identity))
            }
            Kind::FederatedToken => (!kept.is_some_and(same)).then_some(Proposed::FederatedToken),
        }
    }

    /// The client ID of a managed identity, none for the machine's own; `None` for what is no GUID.
    #[expect(clippy::option_option, reason = "none typed and nonsense typed are two things")]
    fn identity(&mut self, text: &str) -> Option<Option<String>> {
        let text = self.clean("identity_client_id", text);
        if text.is_empty() {
            return Some(None);
        }
        let identity = guid(text);
        if identity.is_none() {
            self.wrong(
                "identity_client_id",
                "This is not the client ID of a managed identity, which is a GUID. Leave it empty for the machine's own.",
            );
        }
        identity.map(Some)
    }

    fn secret(&mut self, secret: &SecretString) -> Option<SecretString> {
        let text = self.clean("client_secret", secret.expose_secret());
        if text.is_empty() {
            return None;
        }
        if guid(text).is_some() {
            self.wrong(
                "client_secret",
                "This is the Secret ID. Oriel needs the secret's Value, which Microsoft shows only once, when the secret is \
                 made. If it was not kept, make a new secret.",
            );
        } else if text.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
            self.wrong(
                "client_secret",
                "There is a space or a line break inside the secret. Copy its Value once more, alone.",
            );
        } else if text.chars().count() > 1024 {
            self.wrong("client_secret", "This is too long for a client secret. Copy its Value once more, alone.");
        } else {
            return Some(SecretString::from(text));
        }
        None
    }
}

/// The words of an error as a sentence of their own.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
