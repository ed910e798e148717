//! How a database is, for `oriel doctor`.

use crate::db::Engine;
use crate::{Db, Error};

/// How a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The engine's version, as it names it itself: `3.51.0`, `15.9`.
    pub version: String,
    /// What it takes, in bytes: pages of the file, or what the server counts for this database.
    pub bytes: u64,
}

/// Asks the engine.
pub async fn read(db: &Db) -> Result<Condition, Error> {
    let (version, bytes): (String, i64) = match &db.0 {
        Engine::Sqlite { readers, .. } => {
            const ASK: &str =
                "SELECT sqlite_version(), page_count * page_size FROM pragma_page_count, pragma_page_size";
            sqlx::query_as(ASK).fetch_one(readers).await?
        }
        Engine::Postgres(pool) => {
            const ASK: &str = "SELECT current_setting('server_version'), pg_database_size(current_database())";
            sqlx::query_as(ASK).fetch_one(pool).await?
        }
    };
    // "15.9 (Debian 15.9-0+deb12u1)": what stands in brackets says who packed it.
    let version = version.split(' ').next().unwrap_or_default().to_owned();
    Ok(Condition { version, bytes: u64::try_from(bytes).unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    databases::on_each_database! {
        async fn version_and_size_are_the_engines_own(database: Lent) {
            let db = Db::open(database.url()).await.unwrap();
            let condition = read(&db).await.unwrap();
            let mut numbers = condition.version.split('.');
            assert!(numbers.next().unwrap().parse::<u32>().is_ok_and(|major| major >= 3), "{condition:?}");
            assert!(numbers.all(|number| number.parse::<u32>().is_ok()), "{condition:?}");
            assert!(condition.bytes >= 4096, "{condition:?}");
        }
    }
}
