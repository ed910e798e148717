//! Connections: an app registration for one product of one tenant.

use jiff::Timestamp;
use jiff::civil::Date;
use search::Product;
use serde::{Deserialize, Serialize};

use crate::columns::{Micros, to_json};
use crate::db::{in_transaction, reading};
use crate::meta::RAISE_CONNECTIONS_VERSION;
use crate::tenants::{TenantId, ensure_tenant};
use crate::{Db, Error};

mod row;

use row::{Row, connection_columns};

crate::ids::id! {
    /// Id of a connection.
    ConnectionId
}

/// The place of a connection's secret: table, row and column, which the vault binds the sealed secret to.
pub fn secret_place(id: &ConnectionId) -> [String; 3] {
    ["connections".to_owned(), id.to_string(), "secret_sealed".to_owned()]
}

/// A Log Analytics workspace of a Sentinel connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    /// Its GUID.
    pub id: String,
    /// What people call it; may be empty.
    #[serde(default)]
    pub label: String,
}

/// A saved connection.
#[derive(Clone, PartialEq, Eq)]
pub struct Connection {
    /// Id.
    pub id: ConnectionId,
    /// The tenant's id here.
    pub tenant_id: TenantId,
    /// The product it is for.
    pub product: Product,
    /// What people call it.
    pub label: String,
    /// The cloud's name.
    pub cloud: String,
    /// The directory's GUID, lower case.
    pub tenant_guid: String,
    /// The app's GUID.
    pub client_id: String,
    /// The app's secret, as the vault sealed it for [`secret_place`].
    pub secret_sealed: Vec<u8>,
    /// Workspaces, for Sentinel.
    pub workspaces: Vec<Workspace>,
    /// Names of the capabilities that are not to be asked: `defender.alerts`.
    pub switched_off: Vec<String>,
    /// Names of the capabilities whose tables are rightly quiet: without new rows for days, and nothing is wrong.
    pub quiet: Vec<String>,
    /// The day on which the secret ends, if somebody said so.
    pub secret_ends: Option<Date>,
    /// When it was saved first.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("id", &self.id)
            .field("product", &self.product)
            .field("label", &self.label)
            .field("cloud", &self.cloud)
            .field("tenant_guid", &self.tenant_guid)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// A connection that is to be saved.
#[derive(Clone)]
pub struct NewConnection {
    /// Id, made beforehand with [`ConnectionId::new`], since the secret is sealed for it.
    pub id: ConnectionId,
    /// The product it is for.
    pub product: Product,
    /// What people call it.
    pub label: String,
    /// The cloud's name.
    pub cloud: String,
    /// The directory's GUID, in any case.
    pub tenant_guid: String,
    /// The app's GUID.
    pub client_id: String,
    /// The app's secret, sealed for [`secret_place`].
    pub secret_sealed: Vec<u8>,
    /// Workspaces, for Sentinel.
    pub workspaces: Vec<Workspace>,
    /// Names of the capabilities that are not to be asked.
    pub switched_off: Vec<String>,
    /// Names of the capabilities whose tables are rightly quiet.
    pub quiet: Vec<String>,
    /// The day on which the secret ends.
    pub secret_ends: Option<Date>,
}

/// What a saved connection is to be from now on. Its product stays.
#[derive(Clone)]
pub struct Change {
    /// What people call it.
    pub label: String,
    /// The cloud's name.
    pub cloud: String,
    /// The directory's GUID, in any case.
    pub tenant_guid: String,
    /// The app's GUID.
    pub client_id: String,
    /// A new secret, sealed for [`secret_place`]; absent to keep the one that is stored.
    pub secret_sealed: Option<Vec<u8>>,
    /// Workspaces, for Sentinel.
    pub workspaces: Vec<Workspace>,
    /// Names of the capabilities that are not to be asked.
    pub switched_off: Vec<String>,
    /// Names of the capabilities whose tables are rightly quiet.
    pub quiet: Vec<String>,
    /// The day on which the secret ends.
    pub secret_ends: Option<Date>,
}

/// Saves a new connection, with its tenant if that was not known.
pub async fn create(db: &Db, new: &NewConnection, now: Timestamp) -> Result<Connection, Error> {
    const CREATE: &str = "INSERT INTO connections (id, tenant_id, product, label, client_id, secret_sealed, workspaces,
                                                   switched_off, quiet, secret_ends, created_at, updated_at)
                          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)";
    let (workspaces, switched_off) = (to_json(&new.workspaces)?, to_json(&new.switched_off)?);
    let quiet = to_json(&new.quiet)?;
    let row: Row = in_transaction!(db, transaction => {
        sqlx::query(RAISE_CONNECTIONS_VERSION).execute(&mut *transaction).await?;
        let tenant = ensure_tenant!(transaction, &new.cloud, &new.tenant_guid, now);
        sqlx::query(CREATE)
            .bind(&new.id)
            .bind(&tenant.id)
            .bind(new.product.as_str())
            .bind(&new.label)
            .bind(&new.client_id)
            .bind(&new.secret_sealed)
            .bind(&workspaces)
            .bind(&switched_off)
            .bind(&quiet)
            .bind(new.secret_ends.map(|day| day.to_string()))
            .bind(Micros::from(now))
            .execute(&mut *transaction)
            .await?;
        sqlx::query_as(FIND).bind(&new.id).fetch_one(&mut *transaction).await?
    });
    row.try_into()
}

const FIND: &str = concat!("SELECT ", connection_columns!(), " WHERE connections.id = $1");

/// The connection with this id.
pub async fn find(db: &Db, id: &ConnectionId) -> Result<Option<Connection>, Error> {
    let row: Option<Row> = reading!(db, pool => sqlx::query_as(FIND).bind(id).fetch_optional(pool).await?);
    row.map(Connection::try_from).transpose()
}

/// Every connection, in the order in which they were saved.
pub async fn list(db: &Db) -> Result<Vec<Connection>, Error> {
    const LIST: &str = concat!("SELECT ", connection_columns!(), " ORDER BY connections.created_at, connections.id");
    let rows: Vec<Row> = reading!(db, pool => sqlx::query_as(LIST).fetch_all(pool).await?);
    rows.into_iter().map(Connection::try_from).collect()
}

/// Changes a connection, and answers with what it is now; `None` if it is not there.
///
/// Another cloud, tenant or app without a new secret is [`Error::SecretNeeded`]: the stored one would be sent to where
/// it does not belong. With any of these, or a new secret, what the last validation found is forgotten.
pub async fn update(db: &Db, id: &ConnectionId, change: &Change, now: Timestamp) -> Result<Option<Connection>, Error> {
    const UPDATE: &str = "UPDATE connections SET tenant_id = $2, label = $3, client_id = $4, secret_sealed = $5,
                          workspaces = $6, switched_off = $7, quiet = $8, secret_ends = $9, updated_at = $10
                          WHERE id = $1";
    let (workspaces, switched_off) = (to_json(&change.workspaces)?, to_json(&change.switched_off)?);
    let quiet = to_json(&change.quiet)?;
    let row: Option<Row> = in_transaction!(db, transaction => {
        sqlx::query(RAISE_CONNECTIONS_VERSION).execute(&mut *transaction).await?;
        let before: Option<Row> = sqlx::query_as(FIND).bind(id).fetch_optional(&mut *transaction).await?;
        let Some(before) = before else {
            return Ok(None);
        };
        let tenant = ensure_tenant!(transaction, &change.cloud, &change.tenant_guid, now);
        let moved = before.tenant_id != tenant.id || before.client_id != change.client_id;
        if moved && change.secret_sealed.is_none() {
            return Err(Error::SecretNeeded);
        }
        if moved || change.secret_sealed.is_some() {
            sqlx::query("DELETE FROM validations WHERE connection_id = $1").bind(id).execute(&mut *transaction).await?;
        }
        sqlx::query(UPDATE)
            .bind(id)
            .bind(&tenant.id)
            .bind(&change.label)
            .bind(&change.client_id)
            .bind(change.secret_sealed.as_ref().unwrap_or(&before.secret_sealed))
            .bind(&workspaces)
            .bind(&switched_off)
            .bind(&quiet)
            .bind(change.secret_ends.map(|day| day.to_string()))
            .bind(Micros::from(now))
            .execute(&mut *transaction)
            .await?;
        sqlx::query_as(FIND).bind(id).fetch_optional(&mut *transaction).await?
    });
    row.map(Connection::try_from).transpose()
}

/// Removes a connection with its secret and its validation. Whether there was one to remove. The tenant stays known.
pub async fn delete(db: &Db, id: &ConnectionId, _now: Timestamp) -> Result<bool, Error> {
    let rows = in_transaction!(db, transaction => {
        sqlx::query(RAISE_CONNECTIONS_VERSION).execute(&mut *transaction).await?;
        sqlx::query("DELETE FROM connections WHERE id = $1").bind(id).execute(&mut *transaction).await?.rows_affected()
    });
    Ok(rows > 0)
}
