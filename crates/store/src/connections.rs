//! Connections: an app registration for one product of one tenant.

use jiff::Timestamp;
use jiff::civil::Date;
use search::Product;
use serde::{Deserialize, Serialize};

use crate::audit::{Actor, audited};
use crate::columns::{Micros, to_json};
use crate::credentials::{Credential, NewCredential, insert};
use crate::db::{in_transaction, reading};
use crate::grants::Scope;
use crate::meta::RAISE_CONNECTIONS_VERSION;
use crate::tenants::{TenantId, ensure_tenant_within};
use crate::within::{everything, listed, within};
use crate::{Db, Error};

mod row;

use row::{Row, connection_columns};

crate::ids::id! {
    /// Id of a connection.
    ConnectionId
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
    /// How it signs in.
    pub credential: Credential,
    /// Another credential, which is to take the place of the one in use.
    pub spare: Option<Credential>,
    /// Workspaces, for Sentinel.
    pub workspaces: Vec<Workspace>,
    /// Names of the capabilities that are not to be asked: `defender.alerts`.
    pub switched_off: Vec<String>,
    /// Names of the capabilities whose tables are rightly quiet: without new rows for days, and nothing is wrong.
    pub quiet: Vec<String>,
    /// When it was saved first.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

impl Connection {
    /// Its tenant and no other: for what belongs to the connection, once somebody has been let to it.
    pub fn scope(&self) -> Scope {
        Scope::Only([self.tenant_id.clone()].into())
    }
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
    /// Id, made beforehand with [`ConnectionId::new`].
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
    /// How it signs in.
    pub credential: NewCredential,
    /// Workspaces, for Sentinel.
    pub workspaces: Vec<Workspace>,
    /// Names of the capabilities that are not to be asked.
    pub switched_off: Vec<String>,
    /// Names of the capabilities whose tables are rightly quiet.
    pub quiet: Vec<String>,
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
    /// A credential that takes the place of the one in use, which is destroyed; absent to keep that.
    pub credential: Option<NewCredential>,
    /// Workspaces, for Sentinel.
    pub workspaces: Vec<Workspace>,
    /// Names of the capabilities that are not to be asked.
    pub switched_off: Vec<String>,
    /// Names of the capabilities whose tables are rightly quiet.
    pub quiet: Vec<String>,
    /// The day on which a client secret that is kept ends. A certificate knows its own.
    pub ends: Option<Date>,
}

/// Saves a new connection, with its tenant if that was not known. A tenant outside the scope, known or not, is
/// [`Error::OutsideScope`].
pub async fn create(
    db: &Db,
    by: &Actor,
    scope: &Scope,
    new: &NewConnection,
    now: Timestamp,
) -> Result<Connection, Error> {
    const CREATE: &str =
        "INSERT INTO connections (id, tenant_id, product, label, client_id, workspaces, switched_off, quiet,
                                                   created_at, updated_at)
                          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
    let (workspaces, switched_off) = (to_json(&new.workspaces)?, to_json(&new.switched_off)?);
    let quiet = to_json(&new.quiet)?;
    let row: Row = in_transaction!(db, transaction => {
        sqlx::query(RAISE_CONNECTIONS_VERSION).execute(&mut *transaction).await?;
        let tenant = ensure_tenant_within!(transaction, scope, &new.cloud, &new.tenant_guid, now);
        sqlx::query(CREATE)
            .bind(&new.id)
            .bind(&tenant.id)
            .bind(new.product.as_str())
            .bind(&new.label)
            .bind(&new.client_id)
            .bind(&workspaces)
            .bind(&switched_off)
            .bind(&quiet)
            .bind(Micros::from(now))
            .execute(&mut *transaction)
            .await?;
        insert!(transaction, &new.id, &new.credential, true, now);
        let row: Row = sqlx::query_as(FIND).bind(&new.id).fetch_one(&mut *transaction).await?;
        audited!(transaction, by, &[row.entry("connection.created")], now);
        row
    });
    row.try_into()
}

const FIND: &str = concat!("SELECT ", connection_columns!(), " WHERE connections.id = $1");

/// The connection with this id, if it is of one of these tenants.
pub async fn find(db: &Db, scope: &Scope, id: &ConnectionId) -> Result<Option<Connection>, Error> {
    let row: Option<Row> = reading!(db, pool => sqlx::query_as(FIND).bind(id).fetch_optional(pool).await?);
    row.filter(|row| scope.admits(&row.tenant_id)).map(Connection::try_from).transpose()
}

/// In a transaction: the tenant of a connection, if that is still as it was read.
macro_rules! as_tried {
    ($transaction:ident, $tried:expr) => {
        sqlx::query_scalar(
            "SELECT connections.tenant_id FROM connections
             JOIN credentials ON credentials.connection_id = connections.id AND credentials.in_use = TRUE
             WHERE connections.id = $1 AND connections.updated_at = $2 AND credentials.id = $3
                 AND connections.tenant_id = $4 AND connections.client_id = $5",
        )
        .bind(&$tried.id)
        .bind(crate::columns::Micros::from($tried.updated_at))
        .bind(&$tried.credential.id)
        .bind(&$tried.tenant_id)
        .bind(&$tried.client_id)
        .fetch_optional(&mut *$transaction)
        .await?
    };
}
pub(crate) use as_tried;

/// The connections of these tenants, in the order in which they were saved.
pub async fn list(db: &Db, scope: &Scope) -> Result<Vec<Connection>, Error> {
    const LIST: &str = concat!(
        "SELECT ",
        connection_columns!(),
        " WHERE ",
        within!("$1", "$2", "connections.tenant_id"),
        " ORDER BY connections.created_at, connections.id"
    );
    let rows: Vec<Row> = reading!(db, pool => {
        sqlx::query_as(LIST).bind(everything(scope)).bind(listed(scope)).fetch_all(pool).await?
    });
    rows.into_iter().map(Connection::try_from).collect()
}

/// What was observed of the app, tenant or cloud that a connection leaves.
const OF_BEFORE: [&str; 4] = [
    "DELETE FROM pulses WHERE connection_id = $1",
    "DELETE FROM standings WHERE connection_id = $1",
    "DELETE FROM changes WHERE connection_id = $1",
    "DELETE FROM learned WHERE connection_id = $1",
];
const GONE_ALL: &str = "DELETE FROM credentials WHERE connection_id = $1";
const GONE_IN_USE: &str = "DELETE FROM credentials WHERE connection_id = $1 AND in_use = TRUE";

/// Changes a connection, and answers with what it is now; `None` if it is not there, or of a tenant outside the scope. One
/// that would move to such a tenant is [`Error::OutsideScope`].
///
/// Another cloud, tenant or app without a new credential is [`Error::SecretNeeded`]: the stored one would be sent to where
/// it does not belong. With any of these, or a new credential, what the last validation found is forgotten.
pub async fn update(
    db: &Db,
    by: &Actor,
    scope: &Scope,
    id: &ConnectionId,
    change: &Change,
    now: Timestamp,
) -> Result<Option<Connection>, Error> {
    const UPDATE: &str = "UPDATE connections SET tenant_id = $2, label = $3, client_id = $4, workspaces = $5,
                          switched_off = $6, quiet = $7, updated_at = $8 WHERE id = $1";
    const ENDS: &str =
        "UPDATE credentials SET ends = $2 WHERE connection_id = $1 AND in_use = TRUE AND kind = 'secret'";
    let (workspaces, switched_off) = (to_json(&change.workspaces)?, to_json(&change.switched_off)?);
    let quiet = to_json(&change.quiet)?;
    let row: Option<Row> = in_transaction!(db, transaction => {
        sqlx::query(RAISE_CONNECTIONS_VERSION).execute(&mut *transaction).await?;
        let before: Option<Row> = sqlx::query_as(FIND).bind(id).fetch_optional(&mut *transaction).await?;
        let Some(before) = before.filter(|before| scope.admits(&before.tenant_id)) else {
            return Ok(None);
        };
        let tenant = ensure_tenant_within!(transaction, scope, &change.cloud, &change.tenant_guid, now);
        let moved = before.tenant_id != tenant.id || before.client_id != change.client_id;
        if moved && change.credential.is_none() {
            return Err(Error::SecretNeeded);
        }
        if moved || change.credential.is_some() {
            sqlx::query("DELETE FROM validations WHERE connection_id = $1").bind(id).execute(&mut *transaction).await?;
            // What belonged to another app is worth nothing here; a spare one of the same app stays.
            let gone = if moved { GONE_ALL } else { GONE_IN_USE };
            sqlx::query(gone).bind(id).execute(&mut *transaction).await?;
        }
        if moved {
            for of_before in OF_BEFORE {
                sqlx::query(of_before).bind(id).execute(&mut *transaction).await?;
            }
        }
        sqlx::query(UPDATE)
            .bind(id)
            .bind(&tenant.id)
            .bind(&change.label)
            .bind(&change.client_id)
            .bind(&workspaces)
            .bind(&switched_off)
            .bind(&quiet)
            .bind(Micros::from(now))
            .execute(&mut *transaction)
            .await?;
        match &change.credential {
            Some(credential) => {
                insert!(transaction, id, credential, true, now);
            }
            None => {
                let ends = change.ends.map(|day| day.to_string());
                sqlx::query(ENDS).bind(id).bind(ends).execute(&mut *transaction).await?;
            }
        }
        let row: Option<Row> = sqlx::query_as(FIND).bind(id).fetch_optional(&mut *transaction).await?;
        if let Some(row) = &row {
            // Both tenants, if it moved from one to the other.
            let entry = row.entry("connection.changed").of(&before.tenant_id);
            let details = serde_json::json!({ "before": before.facts(), "after": row.facts(), "new_credential": change.credential.is_some() });
            audited!(transaction, by, &[entry.with(details)], now);
        }
        row
    });
    row.map(Connection::try_from).transpose()
}

/// Removes a connection of these tenants with its secret and its validation. Whether there was one to remove. The tenant stays
/// known.
pub async fn delete(db: &Db, by: &Actor, scope: &Scope, id: &ConnectionId, now: Timestamp) -> Result<bool, Error> {
    in_transaction!(db, transaction => {
        sqlx::query(RAISE_CONNECTIONS_VERSION).execute(&mut *transaction).await?;
        let row: Option<Row> = sqlx::query_as(FIND).bind(id).fetch_optional(&mut *transaction).await?;
        let Some(row) = row.filter(|row| scope.admits(&row.tenant_id)) else {
            return Ok(false);
        };
        sqlx::query("DELETE FROM connections WHERE id = $1").bind(id).execute(&mut *transaction).await?;
        audited!(transaction, by, &[row.entry("connection.removed")], now);
    });
    Ok(true)
}
