//! What owners set for the whole instance.

use jiff::Timestamp;

use crate::audit::{Actor, Entry, audited};
use crate::columns::Micros;
use crate::db::{in_transaction, reading};
use crate::{Db, Error};

/// Whom to ask when something fails: an e-mail address or a link.
pub const SUPPORT_CONTACT: &str = "support_contact";
/// Whether everybody who signs in by a password has to have a second factor: [`REQUIRED`], or not set.
pub const SECOND_FACTOR: &str = "second_factor";
/// The value of [`SECOND_FACTOR`].
pub const REQUIRED: &str = "required";

/// A setting, if somebody has set it.
pub async fn get(db: &Db, name: &str) -> Result<Option<String>, Error> {
    const GET: &str = "SELECT value FROM settings WHERE name = $1";
    reading!(db, pool => Ok(sqlx::query_scalar(GET).bind(name).fetch_optional(pool).await?))
}

/// Sets it in the place of what was set before.
pub async fn set(db: &Db, by: &Actor, name: &str, value: &str, now: Timestamp) -> Result<(), Error> {
    const SET: &str = "INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3)
                       ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";
    in_transaction!(db, transaction => {
        sqlx::query(SET).bind(name).bind(value).bind(Micros::from(now)).execute(&mut *transaction).await?;
        let entry = Entry::new("setting.changed").about("setting", name, name);
        audited!(transaction, by, &[entry.with(serde_json::json!({ "value": value }))], now);
    });
    Ok(())
}

/// Takes it away.
pub async fn clear(db: &Db, by: &Actor, name: &str, now: Timestamp) -> Result<(), Error> {
    const CLEAR: &str = "DELETE FROM settings WHERE name = $1";
    in_transaction!(db, transaction => {
        if sqlx::query(CLEAR).bind(name).execute(&mut *transaction).await?.rows_affected() > 0 {
            audited!(transaction, by, &[Entry::new("setting.cleared").about("setting", name, name)], now);
        }
    });
    Ok(())
}
