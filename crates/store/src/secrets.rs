//! Secrets of the instance that are no credential of a connection. They are sealed before they come here.

use jiff::Timestamp;

use crate::columns::Micros;
use crate::db::{in_transaction, reading};
use crate::{Db, Error};

/// The key from which the stand-ins for people are made: 32 bytes, written as 64 hex digits.
pub const MASK: &str = "mask";

/// Where the sealed secret of this name belongs: what it is sealed for.
pub fn place(name: &str) -> [String; 3] {
    ["secrets".to_owned(), name.to_owned(), "sealed".to_owned()]
}

/// A secret as the vault sealed it for [`place`], if there is one.
pub async fn get(db: &Db, name: &str) -> Result<Option<Vec<u8>>, Error> {
    const GET: &str = "SELECT sealed FROM secrets WHERE name = $1";
    reading!(db, pool => Ok(sqlx::query_scalar(GET).bind(name).fetch_optional(pool).await?))
}

/// Keeps a secret unless there is one of this name, and answers with the one that is kept from now on: of two instances
/// that make it at the same moment, one wins, and both have the winner's.
pub async fn put(db: &Db, name: &str, sealed: &[u8], now: Timestamp) -> Result<Vec<u8>, Error> {
    const PUT: &str =
        "INSERT INTO secrets (name, sealed, updated_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
    const GET: &str = "SELECT sealed FROM secrets WHERE name = $1";
    Ok(in_transaction!(db, transaction => {
        sqlx::query(PUT).bind(name).bind(sealed).bind(Micros::from(now)).execute(&mut *transaction).await?;
        sqlx::query_scalar(GET).bind(name).fetch_one(&mut *transaction).await?
    }))
}
