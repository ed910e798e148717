//! A connection as it stands in its table, beside its tenant.

use search::Product;

use super::{Connection, ConnectionId};
use crate::Error;
use crate::columns::{Micros, from_json, from_text};
use crate::tenants::TenantId;

/// The columns of a [`Row`], and where they come from.
macro_rules! connection_columns {
    () => {
        "connections.id, connections.tenant_id, connections.product, connections.label, tenants.cloud, tenants.guid, \
         connections.client_id, connections.secret_sealed, connections.workspaces, connections.switched_off, \
         connections.quiet, connections.secret_ends, connections.created_at, connections.updated_at \
         FROM connections JOIN tenants ON tenants.id = connections.tenant_id"
    };
}
pub(super) use connection_columns;

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub id: ConnectionId,
    pub tenant_id: TenantId,
    pub product: String,
    pub label: String,
    pub cloud: String,
    pub guid: String,
    pub client_id: String,
    pub secret_sealed: Vec<u8>,
    pub workspaces: String,
    pub switched_off: String,
    pub quiet: String,
    pub secret_ends: Option<String>,
    pub created_at: Micros,
    pub updated_at: Micros,
}

impl TryFrom<Row> for Connection {
    type Error = Error;

    fn try_from(row: Row) -> Result<Connection, Error> {
        Ok(Connection {
            product: from_text::<Product>("connections.product", &row.product)?,
            workspaces: from_json("connections.workspaces", &row.workspaces)?,
            switched_off: from_json("connections.switched_off", &row.switched_off)?,
            quiet: from_json("connections.quiet", &row.quiet)?,
            secret_ends: match &row.secret_ends {
                Some(day) => Some(from_text("connections.secret_ends", day)?),
                None => None,
            },
            created_at: row.created_at.read("connections.created_at")?,
            updated_at: row.updated_at.read("connections.updated_at")?,
            id: row.id,
            tenant_id: row.tenant_id,
            label: row.label,
            cloud: row.cloud,
            tenant_guid: row.guid,
            client_id: row.client_id,
            secret_sealed: row.secret_sealed,
        })
    }
}
