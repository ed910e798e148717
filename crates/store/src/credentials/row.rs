//! A credential as it stands in its table.

use super::{Credential, CredentialId, Kind};
use crate::Error;
use crate::columns::{Micros, from_text};
use crate::connections::ConnectionId;

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    pub id: CredentialId,
    pub connection_id: ConnectionId,
    pub kind: String,
    pub sealed: Vec<u8>,
    pub certificate: Option<String>,
    pub identity: Option<String>,
    pub ends: Option<String>,
    pub in_use: bool,
    pub created_at: Micros,
}

impl TryFrom<Row> for Credential {
    type Error = Error;

    fn try_from(row: Row) -> Result<Credential, Error> {
        Ok(Credential {
            kind: from_text::<Kind>("credentials.kind", &row.kind)?,
            ends: row.ends.as_deref().map(|day| from_text("credentials.ends", day)).transpose()?,
            created_at: row.created_at.read("credentials.created_at")?,
            id: row.id,
            connection_id: row.connection_id,
            sealed: row.sealed,
            certificate: row.certificate,
            identity: row.identity,
            in_use: row.in_use,
        })
    }
}
