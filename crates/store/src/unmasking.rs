//! Who may see the names behind the stand-ins for people, and in which sessions somebody has said why.

use jiff::Timestamp;

use crate::audit::{Actor, Entry, audited};
use crate::columns::Micros;
use crate::db::{in_transaction, reading};
use crate::people::{self, Change, Person, PersonId, Role};
use crate::sessions::SessionId;
use crate::{Db, Error};

/// Those who were given the right, beside owners, who have it by being owners.
pub async fn granted(db: &Db) -> Result<Vec<PersonId>, Error> {
    const GRANTED: &str = "SELECT person_id FROM unmasking_rights ORDER BY granted_at, person_id";
    reading!(db, pool => Ok(sqlx::query_scalar(GRANTED).fetch_all(pool).await?))
}

/// Whether somebody may see names: an owner, or somebody who was given the right. An auditor sees no findings, and no
/// names in them.
pub async fn may(db: &Db, person: &Person) -> Result<bool, Error> {
    const MAY: &str = "SELECT EXISTS (SELECT 1 FROM unmasking_rights WHERE person_id = $1)";
    match person.role {
        Role::Owner => Ok(true),
        Role::Auditor => Ok(false),
        Role::Analyst | Role::Viewer => {
            reading!(db, pool => Ok(sqlx::query_scalar(MAY).bind(&person.id).fetch_one(pool).await?))
        }
    }
}

/// Gives somebody the right, or takes it, as [`Change::may_unmask`] says. Whether that changed anything.
pub async fn set(db: &Db, by: &Actor, person: &Person, may: bool, now: Timestamp) -> Result<bool, Error> {
    people::change(db, by, &person.id, &Change { may_unmask: Some(may), ..Change::default() }, now).await
}

/// In a transaction: gives somebody the right, or takes it; with it end the sessions' unmaskings, not the sessions. What is to
/// be written down of it: nothing if that changed nothing.
macro_rules! set_right {
    ($transaction:ident, $person:expr, $may:expr, $now:expr) => {{
        let query = match $may {
            true => sqlx::query(crate::unmasking::GRANT).bind(&$person.id).bind(crate::columns::Micros::from($now)),
            false => sqlx::query("DELETE FROM unmasking_rights WHERE person_id = $1").bind(&$person.id),
        };
        let changed = query.execute(&mut *$transaction).await?.rows_affected() > 0;
        if !$may {
            sqlx::query(crate::unmasking::END).bind(&$person.id).execute(&mut *$transaction).await?;
        }
        let action = if $may { "unmasking.granted" } else { "unmasking.withdrawn" };
        changed.then(|| $person.entry(action))
    }};
}
pub(crate) use set_right;

pub(crate) const GRANT: &str =
    "INSERT INTO unmasking_rights (person_id, granted_at) VALUES ($1, $2) ON CONFLICT (person_id) DO NOTHING";
pub(crate) const END: &str =
    "DELETE FROM unmaskings WHERE session_id IN (SELECT id FROM sessions WHERE person_id = $1)";

/// What was said when names were asked for, as the audit has it.
pub fn entry(reason: &str, indicator: Option<&str>) -> Entry {
    Entry::new("person.unmasked").with(serde_json::json!({ "reason": reason, "indicator": indicator }))
}

/// Shows names in a session until a time, and writes down who asked and why.
pub async fn begin(
    db: &Db,
    by: &Actor,
    session: &SessionId,
    entry: Entry,
    now: Timestamp,
    until: Timestamp,
) -> Result<(), Error> {
    const OVER: &str = "DELETE FROM unmaskings WHERE until_at <= $1";
    const BEGIN: &str = "INSERT INTO unmaskings (session_id, unmasked_at, until_at) VALUES ($1, $2, $3)
                         ON CONFLICT (session_id) DO UPDATE SET
                             unmasked_at = excluded.unmasked_at, until_at = excluded.until_at";
    in_transaction!(db, transaction => {
        sqlx::query(OVER).bind(Micros::from(now)).execute(&mut *transaction).await?;
        let begin = sqlx::query(BEGIN).bind(session).bind(Micros::from(now)).bind(Micros::from(until));
        begin.execute(&mut *transaction).await?;
        audited!(transaction, by, &[entry], now);
    });
    Ok(())
}

/// Until when a session shows names; nothing if it does not.
pub async fn until(db: &Db, session: &SessionId, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    const UNTIL: &str = "SELECT until_at FROM unmaskings WHERE session_id = $1 AND until_at > $2";
    let until: Option<Micros> = reading!(db, pool => {
        sqlx::query_scalar(UNTIL).bind(session).bind(Micros::from(now)).fetch_optional(pool).await?
    });
    until.map(|until| until.read("unmaskings.until_at")).transpose()
}

/// Shows stand-ins in a session again, before the time is over. Whether it showed names.
pub async fn end(db: &Db, by: &Actor, session: &SessionId, now: Timestamp) -> Result<bool, Error> {
    let ended = in_transaction!(db, transaction => {
        let end = sqlx::query("DELETE FROM unmaskings WHERE session_id = $1").bind(session);
        let ended = end.execute(&mut *transaction).await?.rows_affected() > 0;
        if ended {
            audited!(transaction, by, &[Entry::new("person.masked_again")], now);
        }
        ended
    });
    Ok(ended)
}
