//! How a connection signs in. It holds at most two: the one in use, and one that is tried before it takes its place.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::audit::{Actor, audited};
use crate::connections::ConnectionId;
use crate::db::{in_transaction, reading};
use crate::grants::Scope;
use crate::meta::RAISE_CONNECTIONS_VERSION;
use crate::within::{everything, listed, within};
use crate::{Db, Error};

mod row;

pub(crate) use row::Row;

crate::ids::id! {
    /// Id of a credential.
    CredentialId
}

/// What a credential is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A client secret.
    Secret,
    /// A certificate with its private key.
    Certificate,
    /// The managed identity of the machine.
    ManagedIdentity,
    /// A token that somebody else keeps fresh in the file that the configuration names.
    FederatedToken,
}

impl Kind {
    /// Every kind, the recommended first.
    pub const ALL: [Kind; 4] = [Kind::Certificate, Kind::Secret, Kind::ManagedIdentity, Kind::FederatedToken];

    /// Its name in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Secret => "secret",
            Kind::Certificate => "certificate",
            Kind::ManagedIdentity => "managed_identity",
            Kind::FederatedToken => "federated_token",
        }
    }

    /// Its name on a page.
    pub fn title(self) -> &'static str {
        match self {
            Kind::Secret => "Client secret",
            Kind::Certificate => "Certificate",
            Kind::ManagedIdentity => "Managed identity",
            Kind::FederatedToken => "Federated token",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Kind, UnknownKind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownKind)
    }
}

/// The text names no kind of credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no kind of credential; it is one of: certificate, secret, managed_identity, federated_token")]
pub struct UnknownKind;

/// A credential that is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// Id.
    pub id: CredentialId,
    /// The connection that it belongs to.
    pub connection_id: ConnectionId,
    /// What it is.
    pub kind: Kind,
    /// What is secret in it, as the vault sealed it for [`place`]: the secret's value, or the PEM of certificate and key.
    /// Empty where nothing is secret.
    pub sealed: Vec<u8>,
    /// The public part of a certificate, PEM.
    pub certificate: Option<String>,
    /// The client ID of a user-assigned managed identity.
    pub identity: Option<String>,
    /// The last day on which it is good, if that is known.
    pub ends: Option<Date>,
    /// Whether the connection signs in by it.
    pub in_use: bool,
    /// When it was added.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("ends", &self.ends)
            .field("in_use", &self.in_use)
            .finish_non_exhaustive()
    }
}

/// A credential that is to be kept.
#[derive(Clone)]
pub struct NewCredential {
    /// Id, made beforehand with [`CredentialId::new`], since what is secret is sealed for it.
    pub id: CredentialId,
    /// What it is.
    pub kind: Kind,
    /// What is secret in it, sealed for [`place`]; empty where nothing is.
    pub sealed: Vec<u8>,
    /// The public part of a certificate, PEM.
    pub certificate: Option<String>,
    /// The client ID of a user-assigned managed identity.
    pub identity: Option<String>,
    /// The last day on which it is good.
    pub ends: Option<Date>,
}

impl Credential {
    /// Days until the last day on which it is good; negative once that is past, `None` if nobody knows.
    pub fn days_left(&self, now: Timestamp) -> Option<i32> {
        let today = TimeZone::UTC.to_datetime(now).date();
        self.ends.map(|ends| search::standing::days_left(ends, today))
    }
}

/// The place that the vault binds what is secret in a credential to. The words are those of the table and the column in
/// which it stood when a connection had a single secret: with others, what was sealed then would not open any more.
pub fn place(id: &CredentialId) -> [String; 3] {
    ["connections".to_owned(), id.to_string(), "secret_sealed".to_owned()]
}

/// Puts a credential into the transaction's table.
macro_rules! insert {
    ($transaction:ident, $connection:expr, $new:expr, $in_use:expr, $now:expr) => {
        sqlx::query(
            "INSERT INTO credentials (id, connection_id, tenant_id, kind, sealed, certificate, identity, ends, in_use, created_at)
             SELECT $1, id, tenant_id, $3, $4, $5, $6, $7, $8, $9 FROM connections WHERE id = $2",
        )
        .bind(&$new.id)
        .bind($connection)
        .bind($new.kind.as_str())
        .bind(&$new.sealed)
        .bind(&$new.certificate)
        .bind(&$new.identity)
        .bind($new.ends.map(|day| day.to_string()))
        .bind($in_use)
        .bind(crate::columns::Micros::from($now))
        .execute(&mut *$transaction)
        .await?
    };
}
pub(crate) use insert;

/// In a transaction: what is written down of something that was done to a credential.
macro_rules! entry {
    ($transaction:ident, $action:literal, $connection:expr, $credential:expr, $details:expr) => {{
        let (label, tenant): (String, crate::tenants::TenantId) =
            sqlx::query_as("SELECT label, tenant_id FROM connections WHERE id = $1")
                .bind($connection)
                .fetch_one(&mut *$transaction)
                .await?;
        let mut details: serde_json::Value = $details;
        details["credential"] = serde_json::json!($credential);
        crate::audit::Entry::new($action).about("connection", $connection, &label).of(&tenant).with(details)
    }};
}

/// The credentials of a connection, the one in use first. None of a connection outside the scope.
pub async fn list(db: &Db, scope: &Scope, connection: &ConnectionId) -> Result<Vec<Credential>, Error> {
    const LIST: &str = concat!(
        "SELECT id, connection_id, kind, sealed, certificate, identity, ends, in_use, created_at
         FROM credentials WHERE connection_id = $1 AND ",
        within!("$2", "$3", "tenant_id"),
        " ORDER BY in_use DESC, created_at, id"
    );
    let rows: Vec<Row> = reading!(db, pool => {
        let list = sqlx::query_as(LIST).bind(connection).bind(everything(scope)).bind(listed(scope));
        list.fetch_all(pool).await?
    });
    rows.into_iter().map(Credential::try_from).collect()
}

/// Adds a credential beside the one in use. `None` if the connection is not there; [`Error::TwoCredentials`] if it holds two.
pub async fn add(
    db: &Db,
    by: &Actor,
    scope: &Scope,
    connection: &ConnectionId,
    new: &NewCredential,
    now: Timestamp,
) -> Result<Option<Credential>, Error> {
    const COUNT: &str =
        concat!("SELECT COUNT(*) FROM credentials WHERE connection_id = $1 AND ", within!("$2", "$3", "tenant_id"));
    let added = in_transaction!(db, transaction => {
        // Also a lock: two who add at once come one after the other.
        sqlx::query(RAISE_CONNECTIONS_VERSION).execute(&mut *transaction).await?;
        let count = sqlx::query_scalar(COUNT).bind(connection).bind(everything(scope)).bind(listed(scope));
        let held: i64 = count.fetch_one(&mut *transaction).await?;
        if held == 0 {
            return Ok(None);
        }
        if held > 1 {
            return Err(Error::TwoCredentials);
        }
        insert!(transaction, connection, new, false, now);
        let details = serde_json::json!({ "kind": new.kind.as_str(), "ends": new.ends.map(|day| day.to_string()) });
        let entry = entry!(transaction, "credential.added", connection, &new.id, details);
        audited!(transaction, by, &[entry], now);
        true
    });
    if !added {
        return Ok(None);
    }
    Ok(list(db, scope, connection).await?.into_iter().find(|credential| credential.id == new.id))
}

/// Lets the connection sign in by another of its credentials from now on. What the last validation found is forgotten. Whether
/// there was one to switch to.
pub async fn switch(
    db: &Db,
    by: &Actor,
    scope: &Scope,
    connection: &ConnectionId,
    credential: &CredentialId,
    now: Timestamp,
) -> Result<bool, Error> {
    const SPARE: &str = concat!(
        "SELECT COUNT(*) FROM credentials WHERE connection_id = $1 AND id = $2 AND in_use = FALSE AND ",
        within!("$3", "$4", "tenant_id")
    );
    let switched = in_transaction!(db, transaction => {
        sqlx::query(RAISE_CONNECTIONS_VERSION).execute(&mut *transaction).await?;
        let spare = sqlx::query_scalar(SPARE).bind(connection).bind(credential);
        let spare = spare.bind(everything(scope)).bind(listed(scope));
        let held: i64 = spare.fetch_one(&mut *transaction).await?;
        if held == 0 {
            return Ok(false);
        }
        sqlx::query("UPDATE credentials SET in_use = FALSE WHERE connection_id = $1")
            .bind(connection).execute(&mut *transaction).await?;
        sqlx::query("UPDATE credentials SET in_use = TRUE WHERE id = $1")
            .bind(credential).execute(&mut *transaction).await?;
        sqlx::query("DELETE FROM validations WHERE connection_id = $1")
            .bind(connection).execute(&mut *transaction).await?;
        let entry = entry!(transaction, "credential.switched", connection, credential, serde_json::json!({}));
        audited!(transaction, by, &[entry], now);
        true
    });
    Ok(switched)
}

/// Destroys a credential that is not in use. Whether there was one.
pub async fn remove(
    db: &Db,
    by: &Actor,
    scope: &Scope,
    connection: &ConnectionId,
    credential: &CredentialId,
    now: Timestamp,
) -> Result<bool, Error> {
    const REMOVE: &str = concat!(
        "DELETE FROM credentials WHERE connection_id = $1 AND id = $2 AND in_use = FALSE AND ",
        within!("$3", "$4", "tenant_id")
    );
    let removed = in_transaction!(db, transaction => {
        sqlx::query(RAISE_CONNECTIONS_VERSION).execute(&mut *transaction).await?;
        let remove = sqlx::query(REMOVE).bind(connection).bind(credential).bind(everything(scope)).bind(listed(scope));
        let removed = remove.execute(&mut *transaction).await?.rows_affected() > 0;
        if removed {
            let entry = entry!(transaction, "credential.removed", connection, credential, serde_json::json!({}));
            audited!(transaction, by, &[entry], now);
        }
        removed
    });
    Ok(removed)
}

#[cfg(test)]
mod tests;
