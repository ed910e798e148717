//! All the sessions of somebody: seen, and ended.

use jiff::Timestamp;

use super::{Session, SessionId, session_columns};
use crate::audit::{Actor, Entry, audited};
use crate::columns::Micros;
use crate::db::{in_transaction, reading};
use crate::people::PersonId;
use crate::{Db, Error};

/// Somebody's sessions whose last day is not over, the one that was used last first.
pub async fn list_of(db: &Db, person: &PersonId, now: Timestamp) -> Result<Vec<Session>, Error> {
    const LIST: &str = concat!(
        "SELECT sessions.person_id, ",
        session_columns!(),
        " FROM sessions WHERE person_id = $1 AND expires_at > $2 ORDER BY last_seen_at DESC, created_at DESC, id"
    );
    reading!(db, pool => Ok(sqlx::query_as(LIST).bind(person).bind(Micros::from(now)).fetch_all(pool).await?))
}

/// Ends one of somebody's sessions. Whether there was one to end.
pub async fn end(db: &Db, by: &Actor, person: &PersonId, id: &SessionId, now: Timestamp) -> Result<bool, Error> {
    let ended = in_transaction!(db, transaction => {
        let delete = sqlx::query("DELETE FROM sessions WHERE person_id = $1 AND id = $2").bind(person).bind(id);
        let ended = delete.execute(&mut *transaction).await?.rows_affected() > 0;
        if ended {
            let entry = Entry::new("session.ended").about("session", id, "");
            audited!(transaction, by, &[entry.with(serde_json::json!({ "of": person }))], now);
        }
        ended
    });
    Ok(ended)
}

/// Ends every session of somebody but one. How many those were.
pub async fn delete_others(
    db: &Db,
    by: &Actor,
    person: &PersonId,
    keep: &SessionId,
    now: Timestamp,
) -> Result<u64, Error> {
    delete(db, by, person, Some(keep), now).await
}

/// Ends every session of somebody. How many those were.
pub async fn delete_of_person(db: &Db, by: &Actor, person: &PersonId, now: Timestamp) -> Result<u64, Error> {
    delete(db, by, person, None, now).await
}

async fn delete(
    db: &Db,
    by: &Actor,
    person: &PersonId,
    keep: Option<&SessionId>,
    now: Timestamp,
) -> Result<u64, Error> {
    const DELETE: &str = "DELETE FROM sessions WHERE person_id = $1 AND ($2 IS NULL OR id <> $2)";
    let ended = in_transaction!(db, transaction => {
        let delete = sqlx::query(DELETE).bind(person).bind(keep);
        let ended = delete.execute(&mut *transaction).await?.rows_affected();
        if ended > 0 {
            let entry = Entry::new("sessions.ended").about("person", person, "");
            audited!(transaction, by, &[entry.with(serde_json::json!({ "sessions": ended }))], now);
        }
        ended
    });
    Ok(ended)
}
