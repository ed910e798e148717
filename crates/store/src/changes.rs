//! How the things of a connection stand, and what changed in it.

use jiff::Timestamp;
use search::standing::Standing;

use crate::columns::Micros;
use crate::connections::ConnectionId;
use crate::db::{in_transaction, reading, writing};
use crate::grants::Scope;
use crate::within::{everything, listed, within};
use crate::{Db, Error};

crate::ids::id! {
    /// Id of a change.
    ChangeId
}

/// One thing of a connection that stands otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Id.
    pub id: ChangeId,
    /// The connection.
    pub connection_id: ConnectionId,
    /// `connection`, `credential`, a capability's name, or `table:PLACE/TABLE`.
    pub subject: String,
    /// The word before, of [`search::standing`].
    pub was: String,
    /// The word since.
    pub is: String,
    /// What is told, in a sentence.
    pub title: String,
    /// When it was noticed.
    pub at: Timestamp,
}

type Row = (ChangeId, ConnectionId, String, String, String, String, Micros);

/// Compares what was found with what is known of the connection, and keeps both what is new and what it changes. How
/// many changes that were: what is already known is not told again. A connection that was removed meanwhile has none.
pub async fn note(db: &Db, connection: &ConnectionId, found: &[Standing], now: Timestamp) -> Result<usize, Error> {
    const TENANT: &str = "SELECT tenant_id FROM connections WHERE id = $1";
    let noting = async {
        let noted = in_transaction!(db, transaction => {
            // Two instances that look at the same moment tell it once.
            sqlx::query(crate::meta::QUEUE).execute(&mut *transaction).await?;
            let tenant: Option<String> = sqlx::query_scalar(TENANT).bind(connection).fetch_optional(&mut *transaction).await?;
            let Some(tenant) = tenant else {
                return Ok(0);
            };
            note_found!(transaction, connection, &tenant, found, now)
        });
        Ok(noted)
    };
    match noting.await {
        Err(Error::Gone) => Ok(0),
        other => other,
    }
}

pub(crate) const KNOWN: &str = "SELECT subject, state FROM standings WHERE connection_id = $1";
pub(crate) const FORGET: &str = "DELETE FROM standings WHERE connection_id = $1 AND subject = $2";
pub(crate) const STAND: &str = "INSERT INTO standings (connection_id, subject, state, since_at) VALUES ($1, $2, $3, $4)
                                ON CONFLICT (connection_id, subject) DO UPDATE SET
                                    state = excluded.state, since_at = excluded.since_at
                                WHERE standings.state <> excluded.state";
pub(crate) const RECORD: &str = "INSERT INTO changes (id, connection_id, tenant_id, subject, state_before, state_after,
                                                      title, changed_at)
                                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// The same inside a transaction that has more to do; how many changes it were.
macro_rules! note_found {
    ($transaction:expr, $connection:expr, $tenant:expr, $found:expr, $now:expr) => {{
        let at = crate::columns::Micros::from($now);
        let known: Vec<(String, String)> =
            sqlx::query_as(crate::changes::KNOWN).bind($connection).fetch_all(&mut *$transaction).await?;
        let changed = search::standing::changes(&known, $found);
        for change in &changed {
            sqlx::query(crate::changes::RECORD)
                .bind(crate::changes::ChangeId::new($now))
                .bind($connection)
                .bind($tenant)
                .bind(&change.subject)
                .bind(&change.was)
                .bind(&change.is)
                .bind(&change.title)
                .bind(at)
                .execute(&mut *$transaction)
                .await?;
        }
        for standing in $found {
            let query = match standing.state {
                Some(state) => {
                    sqlx::query(crate::changes::STAND).bind($connection).bind(&standing.subject).bind(state).bind(at)
                }
                None => sqlx::query(crate::changes::FORGET).bind($connection).bind(&standing.subject),
            };
            query.execute(&mut *$transaction).await?;
        }
        changed.len()
    }};
}
pub(crate) use note_found;

macro_rules! change_columns {
    () => {
        "id, connection_id, subject, state_before, state_after, title, changed_at"
    };
}

/// What changed in the connections of these tenants since a time, the newest first.
pub async fn recent(db: &Db, scope: &Scope, since: Timestamp, limit: u32) -> Result<Vec<Change>, Error> {
    const RECENT: &str = concat!(
        "SELECT ",
        change_columns!(),
        " FROM changes WHERE changed_at >= $1 AND ",
        within!("$3", "$4", "tenant_id"),
        " ORDER BY changed_at DESC, id DESC LIMIT $2"
    );
    let rows: Vec<Row> = reading!(db, pool => {
        let recent = sqlx::query_as(RECENT).bind(Micros::from(since)).bind(i64::from(limit));
        recent.bind(everything(scope)).bind(listed(scope)).fetch_all(pool).await?
    });
    rows.into_iter().map(read).collect()
}

/// What changed in one connection, the newest first. Nothing in one outside the scope.
pub async fn of(db: &Db, scope: &Scope, connection: &ConnectionId, limit: u32) -> Result<Vec<Change>, Error> {
    const OF: &str = concat!(
        "SELECT ",
        change_columns!(),
        " FROM changes WHERE connection_id = $1 AND ",
        within!("$3", "$4", "tenant_id"),
        " ORDER BY changed_at DESC, id DESC LIMIT $2"
    );
    let rows: Vec<Row> = reading!(db, pool => {
        let of = sqlx::query_as(OF).bind(connection).bind(i64::from(limit));
        of.bind(everything(scope)).bind(listed(scope)).fetch_all(pool).await?
    });
    rows.into_iter().map(read).collect()
}

/// Throws away what changed before a time. How many changes that were.
pub async fn expire(db: &Db, before: Timestamp) -> Result<u64, Error> {
    const EXPIRE: &str = "DELETE FROM changes WHERE changed_at < $1";
    Ok(writing!(db, pool => sqlx::query(EXPIRE).bind(Micros::from(before)).execute(pool).await?.rows_affected()))
}

fn read((id, connection_id, subject, was, is, title, at): Row) -> Result<Change, Error> {
    Ok(Change { id, connection_id, subject, was, is, title, at: at.read("changes.changed_at")? })
}
