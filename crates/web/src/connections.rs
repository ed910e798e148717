//! Connections as they are kept: what page and API do alike once a form has been looked at.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use search::Product;
use secrecy::SecretString;
use store::connections::{Change, Connection, ConnectionId, NewConnection, secret_place};
use vault::Place;

use crate::Desk;
use crate::connection_form::Checked;
use crate::error::Error;

impl Desk {
    /// Saves a new connection.
    pub async fn create_connection(&self, product: Product, checked: Checked) -> Result<ConnectionId, Error> {
        let id = ConnectionId::new(self.now());
        let secret = checked.secret.unwrap_or_default();
        let secret_sealed = self.vault.seal(&secret, &place(&id))?;
        let new = NewConnection {
            id,
            product,
            label: checked.label,
            cloud: checked.cloud,
            tenant_guid: checked.tenant_id,
            client_id: checked.client_id,
            secret_sealed,
            workspaces: checked.workspaces,
            switched_off: checked.switched_off,
            quiet: checked.quiet,
            secret_ends: checked.secret_ends,
        };
        let connection = store::connections::create(&self.db, &new, self.now()).await?;
        tracing::info!(connection.id = %connection.id, product = product.as_str(), "a connection was saved");
        Ok(connection.id)
    }

    /// Saves a change. The answer is no if the connection was removed meanwhile.
    pub async fn update_connection(&self, before: &Connection, checked: Checked) -> Result<bool, Error> {
        let secret_sealed = match &checked.secret {
            Some(secret) => Some(self.vault.seal(secret, &place(&before.id))?),
            None => None,
        };
        let change = Change {
            label: checked.label,
            cloud: checked.cloud,
            tenant_guid: checked.tenant_id,
            client_id: checked.client_id,
            secret_sealed,
            workspaces: checked.workspaces,
            switched_off: checked.switched_off,
            quiet: checked.quiet,
            secret_ends: checked.secret_ends,
        };
        let changed = store::connections::update(&self.db, &before.id, &change, self.now()).await?;
        tracing::info!(connection.id = %before.id, "a connection was changed");
        Ok(changed.is_some())
    }

    /// The secret of a connection, to be sealed again elsewhere.
    pub fn secret_of(&self, connection: &Connection) -> Result<SecretString, Error> {
        Ok(self.vault.open(&connection.secret_sealed, &place(&connection.id))?)
    }
}

/// Where the secret of a connection is kept: it opens there and nowhere else.
fn place(id: &ConnectionId) -> Place {
    secret_place(id).into()
}

/// A secret that ends within this many days is warned of.
const WARN_DAYS: i64 = 30;

/// A word on the end of a connection's secret, if that is near or past: "secret ends in 5 days".
pub fn secret_warning(connection: &Connection, now: Timestamp) -> Option<String> {
    let ends = connection.secret_ends?;
    let today = TimeZone::UTC.to_datetime(now).date();
    let days = today.until(ends).map(|span: Span| i64::from(span.get_days())).ok()?;
    match days {
        ..0 => Some("secret has ended".to_owned()),
        0 => Some("secret ends today".to_owned()),
        1 => Some("secret ends tomorrow".to_owned()),
        2..=WARN_DAYS => Some(format!("secret ends in {days} days")),
        _ => None,
    }
}
