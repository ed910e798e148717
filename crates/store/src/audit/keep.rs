//! How long the audit keeps what its entries say.

use jiff::Timestamp;
use search::mask::Name;

use super::{Actor, Entry, audited, micros};
use crate::db::in_transaction;
use crate::{Db, Error};

/// Deletes what entries before a time say, and writes down that it did. Their seals stay, so that the chain still
/// verifies. Of how many.
pub async fn expire(db: &Db, before: Timestamp, now: Timestamp) -> Result<u64, Error> {
    const EXPIRE: &str = "UPDATE audit SET content = NULL, salt = NULL WHERE content IS NOT NULL AND happened_at < $1";
    let expired = in_transaction!(db, transaction => {
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

/// Deletes what those entries say that name somebody ([`Name`] says what counts), and writes down that it did, without the
/// name. Of how many.
pub async fn forget(db: &Db, by: &Actor, name: &str, now: Timestamp) -> Result<u64, Error> {
    const PAGE: &str =
        "SELECT number, content FROM audit WHERE content IS NOT NULL AND number > $1 ORDER BY number LIMIT 500";
    const FORGET: &str = "UPDATE audit SET content = NULL, salt = NULL WHERE number = $1";
    if name.trim().is_empty() {
        return Ok(0);
    }
    let name = Name::new(name, "");
    let forgotten = in_transaction!(db, transaction => {
        let (mut forgotten, mut last) = (0u64, 0i64);
        loop {
            let page: Vec<(i64, String)> = sqlx::query_as(PAGE).bind(last).fetch_all(&mut *transaction).await?;
            let Some((newest, _)) = page.last() else { break };
            last = *newest;
            for (number, content) in page {
                // In JSON a backslash is two, so its texts are read first.
                let named = serde_json::from_str(&content).map_or_else(|_| name.is_in(&content), |mut said| name.replace_in(&mut said));
                if named {
                    sqlx::query(FORGET).bind(number).execute(&mut *transaction).await?;
                    forgotten += 1;
                }
            }
        }
        audited!(transaction, by, &[Entry::new("person.forgotten").with(serde_json::json!({ "entries": forgotten }))], now);
        forgotten
    });
    Ok(forgotten)
}
