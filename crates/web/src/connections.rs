//! Connections as they are kept: what page and API do alike once a form has been looked at.

use jiff::Timestamp;
use jiff::civil::Date;
use search::Product;
use secrecy::SecretString;
use store::connections::{Change, Connection, ConnectionId, NewConnection};
use store::credentials::{self, CredentialId, Kind, NewCredential};
use vault::Place;

use crate::Desk;
use crate::connection_form::Checked;
use crate::error::Error;

impl Desk {
    /// Saves a new connection.
    pub async fn create_connection(&self, product: Product, checked: Checked) -> Result<ConnectionId, Error> {
        let id = ConnectionId::new(self.now());
        let credential = self.sealed_secret(&checked.secret.unwrap_or_default(), checked.secret_ends)?;
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
        let credential = match &checked.secret {
            Some(secret) => Some(self.sealed_secret(secret, checked.secret_ends)?),
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

    /// The secret of a connection, to be sealed again elsewhere.
    pub fn secret_of(&self, connection: &Connection) -> Result<SecretString, Error> {
        let credential = &connection.credential;
        Ok(self.vault.open(&credential.sealed, &Place::from(credentials::place(&credential.id)))?)
    }

    /// A client secret as it is kept.
    fn sealed_secret(&self, secret: &SecretString, ends: Option<Date>) -> Result<NewCredential, Error> {
        let id = CredentialId::new(self.now());
        let sealed = self.vault.seal(secret, &Place::from(credentials::place(&id)))?;
        Ok(NewCredential { id, kind: Kind::Secret, sealed, certificate: None, identity: None, ends })
    }
}

/// A credential that ends within this many days is warned of.
const WARN_DAYS: i32 = 30;

/// A word on the end of a connection's secret, if that is near or past: "secret ends in 5 days".
pub fn secret_warning(connection: &Connection, now: Timestamp) -> Option<String> {
    Some(match connection.credential.days_left(now).filter(|days| *days <= WARN_DAYS)? {
        ..0 => "secret has ended".to_owned(),
        0 => "secret ends today".to_owned(),
        1 => "secret ends tomorrow".to_owned(),
        days => format!("secret ends in {days} days"),
    })
}
