//! What was found when a connection was last tried.

use std::collections::HashMap;

use search::{Status, Validation};
use serde_json::Value;

use crate::changes::note_found;
use crate::columns::{Micros, from_json, to_json};
use crate::connections::{Connection, ConnectionId, as_tried};
use crate::db::{in_transaction, reading};
use crate::grants::Scope;
use crate::meta::QUEUE;
use crate::within::{everything, listed, within};
use crate::{Db, Error};

/// Keeps a validation in the place of the one before, unless that is newer. Whether it was kept: a connection may have
/// been removed while it was being tried.
pub async fn save(db: &Db, connection: &ConnectionId, validation: &Validation) -> Result<bool, Error> {
    keep(db, connection, validation, None).await
}

/// The same, if the connection is still as it was when it was read to be tried: what was found with another app, cloud or
/// credential, or other workspaces, is not how it stands now.
pub async fn save_as_tried(db: &Db, tried: &Connection, validation: &Validation) -> Result<bool, Error> {
    keep(db, &tried.id, validation, Some(tried)).await
}

async fn keep(
    db: &Db,
    connection: &ConnectionId,
    validation: &Validation,
    tried: Option<&Connection>,
) -> Result<bool, Error> {
    const TENANT: &str = "SELECT tenant_id FROM connections WHERE id = $1";
    const SAVE: &str = "INSERT INTO validations (connection_id, tenant_id, status, checks, follows, validated_at)
                        VALUES ($1, $2, $3, $4, $5, $6)
                        ON CONFLICT (connection_id) DO UPDATE SET tenant_id = excluded.tenant_id,
                            status = excluded.status, checks = excluded.checks, follows = excluded.follows,
                            validated_at = excluded.validated_at
                        WHERE validations.validated_at <= excluded.validated_at";
    let (status, checks) = (status_text(validation.status)?, to_json(&validation.checks)?);
    let follows = to_json(&validation.follows)?;
    let standings = search::standing::of_validation(validation);
    let saving = async {
        let rows = in_transaction!(db, transaction => {
            // Two instances that try it at the same moment tell what changed once.
            sqlx::query(QUEUE).execute(&mut *transaction).await?;
            let tenant: Option<String> = match tried {
                Some(tried) => as_tried!(transaction, tried),
                None => sqlx::query_scalar(TENANT).bind(connection).fetch_optional(&mut *transaction).await?,
            };
            let Some(tenant) = tenant else {
                return Ok(0);
            };
            let rows = sqlx::query(SAVE)
                .bind(connection)
                .bind(&tenant)
                .bind(&status)
                .bind(&checks)
                .bind(&follows)
                .bind(Micros::from(validation.validated_at))
                .execute(&mut *transaction)
                .await?
                .rows_affected();
            if rows > 0 {
                // Whoever tried it: what it changes is told, once.
                note_found!(transaction, connection, &tenant, &standings, validation.validated_at);
            }
            rows
        });
        Ok(rows)
    };
    match saving.await {
        Ok(rows) => Ok(rows > 0),
        // Removed between the two statements.
        Err(Error::Gone) => Ok(false),
        Err(error) => Err(error),
    }
}

/// What was found last; `None` if the connection was never tried as it is now, or is not of one of these tenants.
pub async fn newest(db: &Db, scope: &Scope, connection: &ConnectionId) -> Result<Option<Validation>, Error> {
    const NEWEST: &str = concat!(
        "SELECT connection_id, status, checks, follows, validated_at FROM validations WHERE connection_id = $1 AND ",
        within!("$2", "$3", "tenant_id")
    );
    let row: Option<Row> = reading!(db, pool => {
        let newest = sqlx::query_as(NEWEST).bind(connection).bind(everything(scope)).bind(listed(scope));
        newest.fetch_optional(pool).await?
    });
    Ok(row.map(read).transpose()?.map(|(_, validation)| validation))
}

/// What was found last with each connection of these tenants that was tried as it is now.
pub async fn all(db: &Db, scope: &Scope) -> Result<HashMap<ConnectionId, Validation>, Error> {
    const ALL: &str = concat!(
        "SELECT connection_id, status, checks, follows, validated_at FROM validations WHERE ",
        within!("$1", "$2", "tenant_id")
    );
    let rows: Vec<Row> = reading!(db, pool => {
        sqlx::query_as(ALL).bind(everything(scope)).bind(listed(scope)).fetch_all(pool).await?
    });
    rows.into_iter().map(read).collect()
}

type Row = (ConnectionId, String, String, String, Micros);

fn read((connection, status, checks, follows, validated_at): Row) -> Result<(ConnectionId, Validation), Error> {
    let validation = Validation {
        status: from_json::<Status>("validations.status", &Value::String(status).to_string())?,
        checks: from_json("validations.checks", &checks)?,
        follows: from_json("validations.follows", &follows)?,
        validated_at: validated_at.read("validations.validated_at")?,
    };
    Ok((connection, validation))
}

/// The status under its name in the API.
fn status_text(status: Status) -> Result<String, Error> {
    match serde_json::to_value(status) {
        Ok(Value::String(name)) => Ok(name),
        Ok(other) => Ok(other.to_string()),
        Err(error) => Err(Error::Failed(Box::new(error))),
    }
}
