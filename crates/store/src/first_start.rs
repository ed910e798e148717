//! The one-time link by which the first owner comes in. Only its SHA-256 is kept.

use jiff::Timestamp;

use crate::audit::{Actor, audited};
use crate::columns::Micros;
use crate::db::{in_transaction, reading, writing};
use crate::people::{NewPerson, Person, insert_person, taken};
use crate::{Db, Error, Hash};

/// Keeps the hash of a new link; the one before is void with it.
pub async fn offer(db: &Db, hash: &Hash, expires: Timestamp) -> Result<(), Error> {
    const OFFER: &str = "INSERT INTO first_start (id, hash, expires_at) VALUES (1, $1, $2)
                         ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at";
    writing!(db, pool => {
        sqlx::query(OFFER).bind(hash.as_slice()).bind(Micros::from(expires)).execute(pool).await?;
    });
    Ok(())
}

/// Whether a link holds: it is known, has not expired, and there is no owner who may sign in.
pub async fn holds(db: &Db, hash: &Hash, now: Timestamp) -> Result<bool, Error> {
    const HOLDS: &str = "SELECT EXISTS (SELECT 1 FROM first_start WHERE hash = $1 AND expires_at > $2)
                         AND NOT EXISTS (SELECT 1 FROM people WHERE role = 'owner' AND disabled_at IS NULL)";
    reading!(db, pool => {
        Ok(sqlx::query_scalar(HOLDS).bind(hash.as_slice()).bind(Micros::from(now)).fetch_one(pool).await?)
    })
}

/// Uses the link up and adds the person, in one transaction: of several who come at the same time exactly one gets in.
///
/// `None` if the link is not known, has expired, was used, or if there is an owner already who may sign in. A name that is taken is
/// [`Error::NameTaken`], and the link holds on.
pub async fn redeem(
    db: &Db,
    hash: &Hash,
    new: NewPerson,
    address: Option<&str>,
    now: Timestamp,
) -> Result<Option<Person>, Error> {
    const USE: &str = "DELETE FROM first_start WHERE hash = $1 AND expires_at > $2
                       AND NOT EXISTS (SELECT 1 FROM people WHERE role = 'owner' AND disabled_at IS NULL)";
    let person = in_transaction!(db, transaction => {
        let used = sqlx::query(USE).bind(hash.as_slice()).bind(Micros::from(now)).execute(&mut *transaction).await?;
        match used.rows_affected() {
            0 => None,
            _ => {
                let person = insert_person!(transaction, &new, None, now).ok_or_else(|| taken(&new))?;
                // Whoever held the link is the one who acts.
                let by = Actor { address: address.map(str::to_owned), ..Actor::person(&person) };
                audited!(transaction, &by, &[person.entry("person.added_first")], now);
                Some(person)
            }
        }
    });
    Ok(person)
}

#[cfg(test)]
mod tests;
