//! Several processes that serve from one database: who lives, and what Microsoft asked one of them for and all keep to.
//!
//! Times are those of each machine's own clock, so the clocks must agree to within some seconds, as NTP has them do.

use jiff::Timestamp;

use crate::columns::Micros;
use crate::db::{in_transaction, reading, writing};
use crate::{Db, Error};

/// A pause that holds for all instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// Whose calls are counted together, in the words of whoever counts them.
    pub key: String,
    /// What Microsoft said.
    pub why: String,
    /// Until when nothing is sent.
    pub until: Timestamp,
}

/// An instance lives and counts until a time; how many do now, this one among them. Those whose time is past are
/// thrown out.
pub async fn hear(db: &Db, id: &str, now: Timestamp, until: Timestamp) -> Result<u32, Error> {
    const HEAR: &str = "INSERT INTO instances (id, until_at) VALUES ($1, $2)
                        ON CONFLICT (id) DO UPDATE SET until_at = excluded.until_at";
    const OVER: &str = "DELETE FROM instances WHERE until_at <= $1";
    writing!(db, pool => {
        sqlx::query(HEAR).bind(id).bind(Micros::from(until)).execute(pool).await?;
        sqlx::query(OVER).bind(Micros::from(now)).execute(pool).await?;
    });
    live(db, now).await
}

/// An instance ends: it counts no more.
pub async fn leave(db: &Db, id: &str) -> Result<(), Error> {
    writing!(db, pool => {
        sqlx::query("DELETE FROM instances WHERE id = $1").bind(id).execute(pool).await?;
    });
    Ok(())
}

/// How many instances live.
pub async fn live(db: &Db, now: Timestamp) -> Result<u32, Error> {
    const LIVE: &str = "SELECT COUNT(*) FROM instances WHERE until_at > $1";
    let live: i64 = reading!(db, pool => sqlx::query_scalar(LIVE).bind(Micros::from(now)).fetch_one(pool).await?);
    Ok(u32::try_from(live).unwrap_or(u32::MAX))
}

/// Has all instances keep to a pause. A longer one of the same key stays.
pub async fn throttle(db: &Db, throttle: &Throttle, now: Timestamp) -> Result<(), Error> {
    const OVER: &str = "DELETE FROM throttles WHERE until_at <= $1";
    const KEEP: &str = "INSERT INTO throttles (key, why, until_at) VALUES ($1, $2, $3)
                        ON CONFLICT (key) DO UPDATE SET why = excluded.why, until_at = excluded.until_at
                        WHERE throttles.until_at < excluded.until_at";
    in_transaction!(db, transaction => {
        sqlx::query(OVER).bind(Micros::from(now)).execute(&mut *transaction).await?;
        let keep = sqlx::query(KEEP).bind(&throttle.key).bind(&throttle.why).bind(Micros::from(throttle.until));
        keep.execute(&mut *transaction).await?;
    });
    Ok(())
}

/// The pauses that hold now.
pub async fn throttles(db: &Db, now: Timestamp) -> Result<Vec<Throttle>, Error> {
    const HELD: &str = "SELECT key, why, until_at FROM throttles WHERE until_at > $1 ORDER BY key";
    let rows: Vec<(String, String, Micros)> =
        reading!(db, pool => sqlx::query_as(HELD).bind(Micros::from(now)).fetch_all(pool).await?);
    let read = |(key, why, until): (String, String, Micros)| {
        Ok(Throttle { key, why, until: until.read("throttles.until_at")? })
    };
    rows.into_iter().map(read).collect()
}
