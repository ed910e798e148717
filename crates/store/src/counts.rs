//! How many there are of what an operator watches.

use jiff::Timestamp;

use crate::columns::Micros;
use crate::db::reading;
use crate::{Db, Error};

/// How many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Sessions that have not ended and were used since the time that was asked for.
    pub sessions: u64,
    /// People who may sign in.
    pub people: u64,
    /// Keys that open the API.
    pub keys: u64,
}

/// Counts; of sessions those that were used since `since`.
pub async fn read(db: &Db, now: Timestamp, since: Timestamp) -> Result<Counts, Error> {
    const COUNT: &str = "SELECT (SELECT COUNT(*) FROM sessions JOIN people ON people.id = sessions.person_id
                                 WHERE sessions.expires_at > $1 AND sessions.last_seen_at > $2
                                   AND people.disabled_at IS NULL),
                                (SELECT COUNT(*) FROM people WHERE disabled_at IS NULL),
                                (SELECT COUNT(*) FROM keys JOIN people ON people.id = keys.person_id
                                 WHERE keys.revoked_at IS NULL AND people.disabled_at IS NULL)";
    let (sessions, people, keys): (i64, i64, i64) = reading!(db, pool => {
        sqlx::query_as(COUNT).bind(Micros::from(now)).bind(Micros::from(since)).fetch_one(pool).await?
    });
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(Counts { sessions: number(sessions), people: number(people), keys: number(keys) })
}
