//! How long the audit keeps what its entries say.

use jiff::Timestamp;

use super::{Actor, Entry, TAKE, audited, micros};
use crate::db::in_transaction;
use crate::{Db, Error};

/// Deletes what entries before a time say, and writes down that it did. Their seals stay, so that the chain still
/// verifies. Of how many.
pub async fn expire(db: &Db, before: Timestamp, now: Timestamp) -> Result<u64, Error> {
    const EXPIRE: &str = "UPDATE audit SET content = NULL, salt = NULL WHERE content IS NOT NULL AND happened_at < $1";
    let expired = in_transaction!(db, transaction => {
        sqlx::query(TAKE).execute(&mut *transaction).await?;
        let expired = sqlx::query(EXPIRE).bind(micros(before)).execute(&mut *transaction).await?.rows_affected();
        if expired > 0 {
            let entry = Entry::new("audit.expired")
                .with(serde_json::json!({ "before": before.to_string(), "entries": expired }));
            audited!(transaction, &Actor::oriel(), &[entry], now);
        }
        expired
    });
    Ok(expired)
}
