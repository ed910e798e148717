//! Recovery codes: each is good once.

use jiff::Timestamp;

use crate::audit::{Actor, audited};
use crate::columns::Micros;
use crate::db::{in_transaction, reading};
use crate::people::{Person, PersonId};
use crate::{Db, Error, Hash};

/// Puts digests into the transaction's table.
macro_rules! insert {
    ($transaction:ident, $person:expr, $codes:expr) => {
        for code in $codes {
            sqlx::query("INSERT INTO recovery_codes (person_id, hash) VALUES ($1, $2)")
                .bind($person)
                .bind(code.as_slice())
                .execute(&mut *$transaction)
                .await?;
        }
    };
}
pub(super) use insert;

/// Recovery codes that somebody has not used yet.
pub async fn codes_left(db: &Db, person: &PersonId) -> Result<i64, Error> {
    const LEFT: &str = "SELECT COUNT(*) FROM recovery_codes WHERE person_id = $1 AND used_at IS NULL";
    reading!(db, pool => Ok(sqlx::query_scalar(LEFT).bind(person).fetch_one(pool).await?))
}

/// Uses a recovery code up. How many are left; `None` if it is none of the person's, or was used.
pub async fn take_code(
    db: &Db,
    by: &Actor,
    person: &Person,
    hash: &Hash,
    now: Timestamp,
) -> Result<Option<i64>, Error> {
    const TAKE: &str = "UPDATE recovery_codes SET used_at = $3 WHERE person_id = $1 AND hash = $2 AND used_at IS NULL
         AND EXISTS (SELECT 1 FROM second_factors WHERE person_id = $1 AND confirmed_at IS NOT NULL)";
    const LEFT: &str = "SELECT COUNT(*) FROM recovery_codes WHERE person_id = $1 AND used_at IS NULL";
    let left = in_transaction!(db, transaction => {
        let rows = sqlx::query(TAKE)
            .bind(&person.id)
            .bind(hash.as_slice())
            .bind(Micros::from(now))
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        if rows == 0 {
            return Ok(None);
        }
        let left: i64 = sqlx::query_scalar(LEFT).bind(&person.id).fetch_one(&mut *transaction).await?;
        let entry = person.entry("recovery_code.used");
        audited!(transaction, by, &[entry.with(serde_json::json!({ "left": left }))], now);
        left
    });
    Ok(Some(left))
}

/// Keeps new recovery codes; those before are void. Whether the person has an authenticator that they stand in for.
pub async fn renew_codes(db: &Db, by: &Actor, person: &Person, codes: &[Hash], now: Timestamp) -> Result<bool, Error> {
    const HELD: &str = "SELECT EXISTS (SELECT 1 FROM second_factors WHERE person_id = $1 AND confirmed_at IS NOT NULL)";
    let renewed = in_transaction!(db, transaction => {
        if !sqlx::query_scalar::<_, bool>(HELD).bind(&person.id).fetch_one(&mut *transaction).await? {
            return Ok(false);
        }
        sqlx::query("DELETE FROM recovery_codes WHERE person_id = $1").bind(&person.id).execute(&mut *transaction).await?;
        insert!(transaction, &person.id, codes);
        audited!(transaction, by, &[person.entry("recovery_codes.renewed")], now);
        true
    });
    Ok(renewed)
}
