//! What the database knows about itself: one row.

use jiff::Timestamp;

use crate::audit::{Actor, Entry, audited};
use crate::db::{in_transaction, reading, writing};
use crate::{Db, Error};

/// The fingerprint of the keyring that seals secrets in this database; absent before the first start.
pub async fn keyring_fingerprint(db: &Db) -> Result<Option<String>, Error> {
    reading!(db, pool => Ok(sqlx::query_scalar("SELECT keyring_fingerprint FROM meta").fetch_one(pool).await?))
}

/// Writes down which keyring seals secrets from now on. Once one is known, another is refused with
/// [`Error::OtherKeyring`]: also where two instances make theirs at the same moment.
pub async fn set_keyring_fingerprint(db: &Db, fingerprint: &str) -> Result<(), Error> {
    const SET: &str = "UPDATE meta SET keyring_fingerprint = $1
                       WHERE keyring_fingerprint IS NULL OR keyring_fingerprint = $1";
    let rows = writing!(db, pool => sqlx::query(SET).bind(fingerprint).execute(pool).await?.rows_affected());
    if rows == 0 { Err(Error::OtherKeyring) } else { Ok(()) }
}

/// Writes down that another key of the same keyring seals from now on, with what the audit is to say of it. Whether it did:
/// not if the fingerprint is no longer the one before, since somebody else has turned the keys.
pub async fn turn_keyring(
    db: &Db,
    by: &Actor,
    (before, after): (&str, &str),
    entry: &Entry,
    now: Timestamp,
) -> Result<bool, Error> {
    const TURN: &str = "UPDATE meta SET keyring_fingerprint = $2 WHERE keyring_fingerprint = $1";
    Ok(in_transaction!(db, transaction => {
        let rows = sqlx::query(TURN).bind(before).bind(after).execute(&mut *transaction).await?.rows_affected();
        if rows == 0 {
            return Ok(false);
        }
        audited!(transaction, by, std::slice::from_ref(entry), now);
        true
    }))
}

/// A number that every change of a connection raises, by whichever instance.
pub async fn connections_version(db: &Db) -> Result<i64, Error> {
    reading!(db, pool => Ok(sqlx::query_scalar("SELECT connections_version FROM meta").fetch_one(pool).await?))
}

/// Raises it, at the beginning of a transaction: whoever else changes a connection waits until this one has ended.
pub(crate) const RAISE_CONNECTIONS_VERSION: &str = "UPDATE meta SET connections_version = connections_version + 1";

/// Changes nothing, at the beginning of a transaction: whoever else begins with it waits until this one has ended.
pub(crate) const QUEUE: &str = "UPDATE meta SET connections_version = connections_version";

/// The newest migration that this program knows.
pub fn schema() -> i64 {
    crate::db::newest_migration()
}

/// The newest migration that was applied to the database.
pub async fn applied(db: &Db) -> Result<Option<i64>, Error> {
    reading!(db, pool => Ok(sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(pool).await?))
}
