//! A connection as it stands in its table, beside its tenant.

use search::Product;
use serde_json::{Value, json};

use super::{Connection, ConnectionId};
use crate::Error;
use crate::audit::Entry;
use crate::columns::{Micros, from_json, from_text};
use crate::credentials::{self, CredentialId};
use crate::tenants::TenantId;

/// The columns of a [`Row`], and where they come from.
macro_rules! connection_columns {
    () => {
        "connections.id, connections.tenant_id, connections.product, connections.label, tenants.cloud, tenants.guid, \
         connections.client_id, connections.workspaces, connections.switched_off, \
         connections.quiet, connections.created_at, connections.updated_at, \
         used.id AS used_id, used.kind AS used_kind, used.sealed AS used_sealed, used.certificate AS used_certificate, \
         used.identity AS used_identity, used.ends AS used_ends, used.created_at AS used_created_at, \
         spare.id AS spare_id, spare.kind AS spare_kind, spare.sealed AS spare_sealed, \
         spare.certificate AS spare_certificate, spare.identity AS spare_identity, spare.ends AS spare_ends, \
         spare.created_at AS spare_created_at \
         FROM connections JOIN tenants ON tenants.id = connections.tenant_id \
         JOIN credentials used ON used.connection_id = connections.id AND used.in_use = TRUE \
         LEFT JOIN credentials spare ON spare.connection_id = connections.id AND spare.in_use = FALSE"
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
    pub workspaces: String,
    pub switched_off: String,
    pub quiet: String,
    pub created_at: Micros,
    pub updated_at: Micros,
    pub used_id: CredentialId,
    pub used_kind: String,
    pub used_sealed: Vec<u8>,
    pub used_certificate: Option<String>,
    pub used_identity: Option<String>,
    pub used_ends: Option<String>,
    pub used_created_at: Micros,
    pub spare_id: Option<CredentialId>,
    pub spare_kind: Option<String>,
    pub spare_sealed: Option<Vec<u8>>,
    pub spare_certificate: Option<String>,
    pub spare_identity: Option<String>,
    pub spare_ends: Option<String>,
    pub spare_created_at: Option<Micros>,
}

impl Row {
    /// What is written down of something that was done to the connection.
    pub fn entry(&self, action: &'static str) -> Entry {
        Entry::new(action).about("connection", &self.id, &self.label).of(&self.tenant_id).with(self.facts())
    }

    /// What a connection is, without what is secret.
    pub fn facts(&self) -> Value {
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        json!({
            "product": self.product,
            "label": self.label,
            "cloud": self.cloud,
            "tenant": self.guid,
            "client_id": self.client_id,
            "credential": self.used_kind,
            "credential_ends": self.used_ends,
            "workspaces": read(&self.workspaces),
            "switched_off": read(&self.switched_off),
            "quiet": read(&self.quiet),
        })
    }
}

impl TryFrom<Row> for Connection {
    type Error = Error;

    fn try_from(row: Row) -> Result<Connection, Error> {
        let credential = credentials::Row {
            id: row.used_id,
            connection_id: row.id.clone(),
            kind: row.used_kind,
            sealed: row.used_sealed,
            certificate: row.used_certificate,
            identity: row.used_identity,
            ends: row.used_ends,
            in_use: true,
            created_at: row.used_created_at,
        };
        let spare = match (row.spare_id, row.spare_kind, row.spare_sealed, row.spare_created_at) {
            (Some(id), Some(kind), Some(sealed), Some(created_at)) => Some(credentials::Row {
                id,
                connection_id: row.id.clone(),
                kind,
                sealed,
                certificate: row.spare_certificate,
                identity: row.spare_identity,
                ends: row.spare_ends,
                in_use: false,
                created_at,
            }),
            _ => None,
        };
        Ok(Connection {
            credential: credential.try_into()?,
            spare: spare.map(TryInto::try_into).transpose()?,
            product: from_text::<Product>("connections.product", &row.product)?,
            workspaces: from_json("connections.workspaces", &row.workspaces)?,
            switched_off: from_json("connections.switched_off", &row.switched_off)?,
            quiet: from_json("connections.quiet", &row.quiet)?,
            created_at: row.created_at.read("connections.created_at")?,
            updated_at: row.updated_at.read("connections.updated_at")?,
            id: row.id,
            tenant_id: row.tenant_id,
            label: row.label,
            cloud: row.cloud,
            tenant_guid: row.guid,
            client_id: row.client_id,
        })
    }
}
