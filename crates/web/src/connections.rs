//! Connections as they are kept: what page and API do alike once a form has been looked at.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use search::{Attempt, Product, Validation};
use secrecy::SecretString;
use store::connections::{Change, Connection, ConnectionId, NewConnection};
use store::credentials::{self, Credential, CredentialId, Kind, NewCredential};
use vault::Place;

use crate::Desk;
use crate::certificates::Facts;
use crate::connection_form::{Checked, CredentialDraft, Proposed};
use crate::error::Error;

impl Desk {
    /// Saves a new connection.
    pub async fn create_connection(&self, product: Product, checked: Checked) -> Result<ConnectionId, Error> {
        let id = ConnectionId::new(self.now());
        let proposed = checked.credential.unwrap_or(Proposed::Secret(SecretString::default()));
        let credential = self.sealed(proposed, checked.secret_ends, &checked.label).await?;
        let new = NewConnection {
            id,
            product,
            label: checked.label,
            cloud: checked.cloud,
            tenant_guid: checked.tenant_id,
            client_id: checked.client_id,
            credential,
            workspaces: checked.workspaces,
            switched_off: checked.switched_off,
            quiet: checked.quiet,
        };
        let connection = store::connections::create(&self.db, &new, self.now()).await?;
        tracing::info!(connection.id = %connection.id, product = product.as_str(), "a connection was saved");
        Ok(connection.id)
    }

    /// Saves a change. The answer is no if the connection was removed meanwhile.
    pub async fn update_connection(&self, before: &Connection, checked: Checked) -> Result<bool, Error> {
        let credential = match checked.credential {
            Some(proposed) => Some(self.sealed(proposed, checked.secret_ends, &checked.label).await?),
            None => None,
        };
        let change = Change {
            label: checked.label,
            cloud: checked.cloud,
            tenant_guid: checked.tenant_id,
            client_id: checked.client_id,
            credential,
            workspaces: checked.workspaces,
            switched_off: checked.switched_off,
            quiet: checked.quiet,
            ends: checked.secret_ends,
        };
        let changed = store::connections::update(&self.db, &before.id, &change, self.now()).await?;
        tracing::info!(connection.id = %before.id, "a connection was changed");
        Ok(changed.is_some())
    }

    /// How a connection signs in, to be sealed again elsewhere. What is secret stands in `certificate_pem`, also of a secret.
    pub fn credential_of(&self, connection: &Connection) -> Result<CredentialDraft, Error> {
        let credential = &connection.credential;
        let secret = match credential.kind {
            Kind::Secret | Kind::Certificate => {
                self.vault.open(&credential.sealed, &Place::from(credentials::place(&credential.id)))?
            }
            Kind::ManagedIdentity | Kind::FederatedToken => SecretString::default(),
        };
        Ok(CredentialDraft {
            kind: credential.kind.as_str().to_owned(),
            certificate_pem: secret,
            identity: credential.identity.clone().unwrap_or_default(),
        })
    }

    /// Keeps a credential beside the one in use. `None` if the connection was removed meanwhile.
    pub async fn add_credential(
        &self,
        connection: &Connection,
        proposed: Proposed,
        ends: Option<Date>,
    ) -> Result<Option<Credential>, Error> {
        let new = self.sealed(proposed, ends, &connection.label).await?;
        let added = match credentials::add(&self.db, &connection.id, &new, self.now()).await {
            Err(error @ store::Error::TwoCredentials) => return Err(Error::field("credential", error.to_string())),
            added => added?,
        };
        tracing::info!(connection.id = %connection.id, kind = new.kind.as_str(), "a credential was added");
        Ok(added)
    }

    /// Tries a credential that is not in use. `None` if it is not there any more.
    pub async fn try_credential(
        &self,
        connection: &Connection,
        id: &CredentialId,
    ) -> Result<Option<Validation>, Error> {
        let attempt = Attempt { credential: Some(id.to_string()), ..Attempt::of(connection.id.to_string()) };
        match self.validator.validate(&attempt, None).await {
            Ok(attempted) => Ok(attempted.map(|attempted| attempted.validation)),
            Err(error) => Err(Error::Broken(error.to_string())),
        }
    }

    /// A credential as it is kept. A certificate that is to be made is made here.
    async fn sealed(&self, proposed: Proposed, ends: Option<Date>, label: &str) -> Result<NewCredential, Error> {
        let now = self.now();
        let blank = |kind| NewCredential {
            id: CredentialId::new(now),
            kind,
            sealed: Vec::new(),
            certificate: None,
            identity: None,
            ends: None,
        };
        let seal =
            |new: &NewCredential, text: &SecretString| self.vault.seal(text, &Place::from(credentials::place(&new.id)));
        Ok(match proposed {
            Proposed::Secret(secret) => {
                let new = blank(Kind::Secret);
                NewCredential { sealed: seal(&new, &secret)?, ends, ..new }
            }
            Proposed::Made => {
                let (certificates, name) = (Arc::clone(&self.certificates), label.to_owned());
                let made = tokio::task::spawn_blocking(move || {
                    let pem = certificates.make(&name, now, CERTIFICATE_DAYS)?;
                    let facts = certificates.read(&pem, now)?;
                    Ok::<_, String>((pem, facts))
                });
                let made = made.await.map_err(|error| Error::Broken(error.to_string()))?;
                let (pem, facts) = made.map_err(Error::Broken)?;
                certificate(blank(Kind::Certificate), &pem, facts, seal)?
            }
            Proposed::Certificate(pem, facts) => certificate(blank(Kind::Certificate), &pem, facts, seal)?,
            Proposed::ManagedIdentity(identity) => NewCredential { identity, ..blank(Kind::ManagedIdentity) },
            Proposed::FederatedToken => blank(Kind::FederatedToken),
        })
    }
}

/// How long a certificate that is made here is good.
const CERTIFICATE_DAYS: u32 = 365;

fn certificate(
    new: NewCredential,
    pem: &SecretString,
    facts: Facts,
    seal: impl Fn(&NewCredential, &SecretString) -> Result<Vec<u8>, vault::Error>,
) -> Result<NewCredential, Error> {
    let sealed = seal(&new, pem)?;
    Ok(NewCredential { sealed, certificate: Some(facts.public_pem), ends: Some(facts.ends), ..new })
}

/// A credential that ends within this many days is warned of.
const WARN_DAYS: i32 = 30;

/// A word on the end of a connection's credential, if that is near or past: "secret ends in 5 days".
pub fn secret_warning(connection: &Connection, now: Timestamp) -> Option<String> {
    let what = if connection.credential.kind == Kind::Certificate { "certificate" } else { "secret" };
    Some(match connection.credential.days_left(now).filter(|days| *days <= WARN_DAYS)? {
        ..0 => format!("{what} has ended"),
        0 => format!("{what} ends today"),
        1 => format!("{what} ends tomorrow"),
        days => format!("{what} ends in {days} days"),
    })
}
