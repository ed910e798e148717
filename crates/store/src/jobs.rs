//! Work in the background: which instance does it, and what is asked for.
//!
//! A job is held for a while and renewed while it goes on. An instance that is killed renews nothing, so another takes
//! over when the time is past; nobody has to tidy up after it.

use jiff::Timestamp;

use crate::columns::Micros;
use crate::db::{reading, writing};
use crate::{Db, Error};

/// Takes a job for `holder` until a time, or renews it. Whether it is held by `holder` now: not if another one holds it
/// and its time is not past.
pub async fn hold(db: &Db, name: &str, holder: &str, now: Timestamp, until: Timestamp) -> Result<bool, Error> {
    const HOLD: &str = "INSERT INTO jobs (name, held_by, until_at) VALUES ($1, $2, $4)
                        ON CONFLICT (name) DO UPDATE SET held_by = excluded.held_by, until_at = excluded.until_at
                        WHERE jobs.held_by IS NULL OR jobs.held_by = excluded.held_by OR jobs.until_at <= $3";
    let rows = writing!(db, pool => {
        let hold = sqlx::query(HOLD).bind(name).bind(holder).bind(Micros::from(now)).bind(Micros::from(until));
        hold.execute(pool).await?.rows_affected()
    });
    Ok(rows > 0)
}

/// Until when a job is held, by whomever; `None` if it is held by nobody.
pub async fn held_until(db: &Db, name: &str) -> Result<Option<Timestamp>, Error> {
    const HELD: &str = "SELECT until_at FROM jobs WHERE name = $1 AND held_by IS NOT NULL";
    let until: Option<Micros> = reading!(db, pool => sqlx::query_scalar(HELD).bind(name).fetch_optional(pool).await?);
    until.map(|until| until.read("jobs.until_at")).transpose()
}

/// Gives a job back, if `holder` has it.
pub async fn release(db: &Db, name: &str, holder: &str) -> Result<(), Error> {
    const RELEASE: &str = "UPDATE jobs SET held_by = NULL, until_at = NULL WHERE name = $1 AND held_by = $2";
    writing!(db, pool => {
        sqlx::query(RELEASE).bind(name).bind(holder).execute(pool).await?;
    });
    Ok(())
}

/// Asks for a job. One that is asked for already keeps its time.
pub async fn ask(db: &Db, name: &str, now: Timestamp) -> Result<(), Error> {
    const ASK: &str = "INSERT INTO jobs (name, asked_at) VALUES ($1, $2)
                       ON CONFLICT (name) DO UPDATE SET asked_at = excluded.asked_at WHERE jobs.asked_at IS NULL";
    writing!(db, pool => {
        sqlx::query(ASK).bind(name).bind(Micros::from(now)).execute(pool).await?;
    });
    Ok(())
}

/// Jobs that are asked for and whose names begin like this, the one that waits longest first.
pub async fn asked(db: &Db, prefix: &str) -> Result<Vec<(String, Timestamp)>, Error> {
    const ASKED: &str = "SELECT name, asked_at FROM jobs WHERE asked_at IS NOT NULL ORDER BY asked_at, name";
    let rows: Vec<(String, Micros)> = reading!(db, pool => sqlx::query_as(ASKED).fetch_all(pool).await?);
    let of_prefix = rows.into_iter().filter(|(name, _)| name.starts_with(prefix));
    of_prefix.map(|(name, asked)| Ok((name, asked.read("jobs.asked_at")?))).collect()
}

/// A job that was asked for is done. One that was asked for again in the meantime, after `asked`, stays asked for.
pub async fn done(db: &Db, name: &str, asked: Timestamp) -> Result<(), Error> {
    const DONE: &str = "DELETE FROM jobs WHERE name = $1 AND asked_at <= $2 AND held_by IS NULL";
    writing!(db, pool => {
        sqlx::query(DONE).bind(name).bind(Micros::from(asked)).execute(pool).await?;
    });
    Ok(())
}
