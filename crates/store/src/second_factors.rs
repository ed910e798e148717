//! What is asked for beside a password: codes of an authenticator, and the recovery codes in their place.
//!
//! This module knows neither the secret nor the codes: the one is sealed, of the others there are digests.

use jiff::Timestamp;

use crate::audit::{Actor, audited};
use crate::columns::{MaybeMicros, Micros};
use crate::db::{in_transaction, reading, writing};
use crate::people::{Person, PersonId};
use crate::{Db, Error, Hash};

mod recovery;

pub use recovery::{codes_left, renew_codes, take_code};

/// Somebody's authenticator.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SecondFactor {
    /// Whose it is.
    pub person_id: PersonId,
    /// Its secret, sealed for [`place`].
    pub sealed: Vec<u8>,
    /// When a first code was right; until then it is asked for nothing.
    #[sqlx(try_from = "MaybeMicros")]
    pub confirmed_at: Option<Timestamp>,
    /// When it was set up.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecondFactor")
            .field("person_id", &self.person_id)
            .field("confirmed_at", &self.confirmed_at)
            .finish_non_exhaustive()
    }
}

/// The place that the vault binds the secret of somebody's authenticator to.
pub fn place(person: &PersonId) -> [String; 3] {
    ["second_factors".to_owned(), person.to_string(), "sealed".to_owned()]
}

/// Somebody's authenticator, confirmed or not.
pub async fn find(db: &Db, person: &PersonId) -> Result<Option<SecondFactor>, Error> {
    const FIND: &str = "SELECT person_id, sealed, confirmed_at, created_at FROM second_factors WHERE person_id = $1";
    reading!(db, pool => Ok(sqlx::query_as(FIND).bind(person).fetch_optional(pool).await?))
}

/// Keeps the secret of a new authenticator, in the place of one that was never confirmed. Nothing is asked of it before
/// [`confirm`], so it is no change yet. Whether it was kept: one that is confirmed stays.
pub async fn begin(db: &Db, person: &PersonId, sealed: &[u8], now: Timestamp) -> Result<bool, Error> {
    const BEGIN: &str = "INSERT INTO second_factors (person_id, sealed, confirmed_at, newest_step, created_at)
                         VALUES ($1, $2, NULL, 0, $3)
                         ON CONFLICT (person_id) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at
                         WHERE second_factors.confirmed_at IS NULL";
    let rows = writing!(db, pool => {
        sqlx::query(BEGIN).bind(person).bind(sealed).bind(Micros::from(now)).execute(pool).await?.rows_affected()
    });
    Ok(rows > 0)
}

/// Asks for the authenticator from now on, after its first right code, which was that of `step`; keeps the digests of the
/// recovery codes. Whether there was one to confirm.
pub async fn confirm(
    db: &Db,
    by: &Actor,
    person: &Person,
    step: i64,
    codes: &[Hash],
    now: Timestamp,
) -> Result<bool, Error> {
    const CONFIRM: &str = "UPDATE second_factors SET confirmed_at = $2, newest_step = $3
                           WHERE person_id = $1 AND confirmed_at IS NULL";
    let confirmed = in_transaction!(db, transaction => {
        let rows = sqlx::query(CONFIRM)
            .bind(&person.id)
            .bind(Micros::from(now))
            .bind(step)
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        if rows == 0 {
            return Ok(false);
        }
        recovery::insert!(transaction, &person.id, codes);
        audited!(transaction, by, &[person.entry("second_factor.enabled")], now);
        true
    });
    Ok(confirmed)
}

/// Takes the code of a step: each is taken once, and none that is older than one that was taken. Whether it was.
pub async fn take_step(db: &Db, person: &PersonId, step: i64) -> Result<bool, Error> {
    const TAKE: &str = "UPDATE second_factors SET newest_step = $2
                        WHERE person_id = $1 AND confirmed_at IS NOT NULL AND newest_step < $2";
    let rows = writing!(db, pool => sqlx::query(TAKE).bind(person).bind(step).execute(pool).await?.rows_affected());
    Ok(rows > 0)
}

/// Takes somebody's authenticator and recovery codes away. Whether there was one that was asked for.
pub async fn remove(db: &Db, by: &Actor, person: &Person, now: Timestamp) -> Result<bool, Error> {
    const HELD: &str = "SELECT EXISTS (SELECT 1 FROM second_factors WHERE person_id = $1 AND confirmed_at IS NOT NULL)";
    let removed = in_transaction!(db, transaction => {
        let held: bool = sqlx::query_scalar(HELD).bind(&person.id).fetch_one(&mut *transaction).await?;
        sqlx::query("DELETE FROM second_factors WHERE person_id = $1").bind(&person.id).execute(&mut *transaction).await?;
        if held {
            audited!(transaction, by, &[person.entry("second_factor.removed")], now);
        }
        held
    });
    Ok(removed)
}
