//! How each table of a connection was when it was last looked at.

use jiff::Timestamp;

use crate::columns::{MaybeMicros, Micros};
use crate::connections::{Connection, ConnectionId, as_tried};
use crate::db::{in_transaction, reading};
use crate::grants::Scope;
use crate::meta::QUEUE;
use crate::within::{everything, listed, within};
use crate::{Db, Error};

/// A table of a connection, at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// The connection.
    pub connection_id: ConnectionId,
    /// `hunting`, or the workspace's GUID in lower case.
    pub place: String,
    /// The table's label: its name, or the part of it that is read.
    pub table: String,
    /// Its newest row, if it has any in the period that was looked at.
    pub newest: Option<Timestamp>,
    /// Rows of the 24 hours before it was taken, if they could be counted.
    pub rows_24h: Option<i64>,
    /// The table's plan (Analytics, Basic, Auxiliary), where Microsoft told it.
    pub plan: Option<String>,
    /// How many days Microsoft keeps its rows, where that is known.
    pub retention_days: Option<i64>,
    /// Why it could not be looked at, in a sentence; `newest` is then what was known before.
    pub trouble: Option<String>,
    /// Whether its owner has marked it as rightly quiet: then no new rows are no news.
    pub quiet: bool,
    /// When.
    pub taken_at: Timestamp,
}

type Row =
    (ConnectionId, String, String, MaybeMicros, Option<i64>, Option<String>, Option<i64>, Option<String>, bool, Micros);

/// Keeps the pulses of a connection in the place of those before: a table that is not among them is no longer looked at.
/// Whether the connection is still there.
pub async fn save(db: &Db, connection: &ConnectionId, pulses: &[Pulse]) -> Result<bool, Error> {
    keep(db, connection, pulses, None).await
}

/// The same, if the connection is still as it was when its tables were looked at.
pub async fn save_as_tried(db: &Db, tried: &Connection, pulses: &[Pulse]) -> Result<bool, Error> {
    keep(db, &tried.id, pulses, Some(tried)).await
}

async fn keep(db: &Db, connection: &ConnectionId, pulses: &[Pulse], tried: Option<&Connection>) -> Result<bool, Error> {
    const TENANT: &str = "SELECT tenant_id FROM connections WHERE id = $1";
    const SAVE: &str = "INSERT INTO pulses (connection_id, tenant_id, place, table_name, newest_at, rows_24h, plan,
                                            retention_days, trouble, quiet, taken_at)
                        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                        ON CONFLICT (connection_id, place, table_name) DO NOTHING";
    let saving = async {
        let saved = in_transaction!(db, transaction => {
            // Who changes the connection meanwhile waits, or has ended.
            sqlx::query(QUEUE).execute(&mut *transaction).await?;
            let tenant: Option<String> = match tried {
                Some(tried) => as_tried!(transaction, tried),
                None => sqlx::query_scalar(TENANT).bind(connection).fetch_optional(&mut *transaction).await?,
            };
            let Some(tenant) = tenant else {
                return Ok(false);
            };
            sqlx::query("DELETE FROM pulses WHERE connection_id = $1").bind(connection).execute(&mut *transaction).await?;
            for pulse in pulses {
                sqlx::query(SAVE)
                    .bind(connection)
                    .bind(&tenant)
                    .bind(&pulse.place)
                    .bind(&pulse.table)
                    .bind(pulse.newest.map(Micros::from))
                    .bind(pulse.rows_24h)
                    .bind(&pulse.plan)
                    .bind(pulse.retention_days)
                    .bind(&pulse.trouble)
                    .bind(pulse.quiet)
                    .bind(Micros::from(pulse.taken_at))
                    .execute(&mut *transaction)
                    .await?;
            }
            true
        });
        Ok(saved)
    };
    match saving.await {
        Err(Error::Gone) => Ok(false),
        other => other,
    }
}

/// The tables of a connection as they were last, hunting's first, each place in the order of names. None of a connection
/// outside the scope.
pub async fn of(db: &Db, scope: &Scope, connection: &ConnectionId) -> Result<Vec<Pulse>, Error> {
    const OF: &str = concat!(
        "SELECT connection_id, place, table_name, newest_at, rows_24h, plan, retention_days, trouble, quiet, taken_at
         FROM pulses WHERE connection_id = $1 AND ",
        within!("$2", "$3", "tenant_id"),
        " ORDER BY CASE WHEN place = 'hunting' THEN 0 ELSE 1 END, place, table_name"
    );
    let rows: Vec<Row> = reading!(db, pool => {
        let of = sqlx::query_as(OF).bind(connection).bind(everything(scope)).bind(listed(scope));
        of.fetch_all(pool).await?
    });
    rows.into_iter().map(read).collect()
}

fn read(row: Row) -> Result<Pulse, Error> {
    let (connection_id, place, table, newest, rows_24h, plan, retention_days, trouble, quiet, taken_at) = row;
    let newest = Option::<Timestamp>::try_from(newest)
        .map_err(|error| Error::Damaged(format!("pulses.newest_at holds no time: {error}")))?;
    let taken_at = taken_at.read("pulses.taken_at")?;
    Ok(Pulse { connection_id, place, table, newest, rows_24h, plan, retention_days, trouble, quiet, taken_at })
}
