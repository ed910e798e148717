//! Connections as they are kept: what page and API do alike once a form has been looked at.

pub mod filter;

use std::sync::Arc;

use jiff::civil::Date;
use search::{Attempt, Product, Validation};
use secrecy::SecretString;
use store::audit::Actor;
use store::connections::{Change, Connection, ConnectionId, NewConnection};
use store::credentials::{self, Credential, CredentialId, Kind, NewCredential};
use store::grants::Scope;
use vault::Place;

use crate::Desk;
use crate::certificates::Facts;
use crate::connection_form::{Checked, CredentialDraft, Proposed};
use crate::error::Error;
use crate::guard::Caller;

/// What came of changing over to another credential.
#[derive(Debug)]
pub enum Switch {
    /// The connection signs in by it; what was found, if it was tried.
    Done(Option<Validation>),
    /// It does not sign in, so nothing was switched; what was found.
    DoesNotSignIn(Validation),
    /// There is no such credential, or it is in use already.
    NothingToSwitchTo,
}

impl Desk {
    /// A connection that somebody may see. One that they may not see is as one that is not there.
    pub(crate) async fn connection_of(&self, caller: &Caller, id: &ConnectionId) -> Result<Connection, Error> {
        store::connections::find(&self.db, &caller.scope, id).await?.ok_or(Error::NotFound)
    }

    /// Saves a new connection of a tenant in the scope.
    pub async fn create_connection(
        &self,
        by: &Actor,
        scope: &Scope,
        product: Product,
        checked: Checked,
    ) -> Result<ConnectionId, Error> {
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
        let connection = store::connections::create(&self.db, by, scope, &new, self.now()).await.map_err(outside)?;
        tracing::info!(connection.id = %connection.id, product = product.as_str(), "a connection was saved");
        Ok(connection.id)
    }

    /// Saves a change. The answer is no if the connection was removed meanwhile.
    pub async fn update_connection(
        &self,
        by: &Actor,
        scope: &Scope,
        before: &Connection,
        checked: Checked,
    ) -> Result<bool, Error> {
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
        let changed = store::connections::update(&self.db, by, scope, &before.id, &change, self.now()).await;
        let changed = changed.map_err(outside)?;
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
            make: false,
            identity: credential.identity.clone().unwrap_or_default(),
        })
    }

    /// Keeps a credential beside the one in use. `None` if the connection was removed meanwhile.
    pub async fn add_credential(
        &self,
        by: &Actor,
        connection: &Connection,
        proposed: Proposed,
        ends: Option<Date>,
    ) -> Result<Option<Credential>, Error> {
        let new = self.sealed(proposed, ends, &connection.label).await?;
        let added = match credentials::add(&self.db, by, &connection.scope(), &connection.id, &new, self.now()).await {
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
        let attempted = self.validator.validate(&attempt, None).await?;
        Ok(attempted.map(|attempted| attempted.validation))
    }

    /// Lets a connection sign in by another of its credentials, once that has been seen to sign in; with `anyway` unseen.
    pub async fn switch_credential(
        &self,
        by: &Actor,
        connection: &Connection,
        id: &CredentialId,
        anyway: bool,
    ) -> Result<Switch, Error> {
        let tried = match anyway {
            true => None,
            false => match self.try_credential(connection, id).await? {
                None => return Ok(Switch::NothingToSwitchTo),
                Some(validation) if !validation.signs_in() => return Ok(Switch::DoesNotSignIn(validation)),
                Some(validation) => Some(validation),
            },
        };
        if !credentials::switch(&self.db, by, &connection.scope(), &connection.id, id, self.now()).await? {
            return Ok(Switch::NothingToSwitchTo);
        }
        tracing::info!(connection.id = %connection.id, credential.id = %id, anyway, "another credential is in use");
        if let Some(validation) = &tried {
            // What was found with it a moment ago is how the connection stands from now on.
            store::validations::save(&self.db, &connection.id, validation).await?;
        }
        Ok(Switch::Done(tried))
    }

    /// Destroys a credential that is not in use. Whether there was one.
    pub async fn remove_credential(
        &self,
        by: &Actor,
        scope: &Scope,
        connection: &ConnectionId,
        id: &CredentialId,
    ) -> Result<bool, Error> {
        let removed = credentials::remove(&self.db, by, scope, connection, id, self.now()).await?;
        if removed {
            tracing::info!(connection.id = %connection, credential.id = %id, "a credential was destroyed");
        }
        Ok(removed)
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

/// What cannot be saved for its tenant is told at that field.
fn outside(error: store::Error) -> Error {
    match error {
        store::Error::OutsideScope => Error::field("tenant_id", error.to_string()),
        other => other.into(),
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
