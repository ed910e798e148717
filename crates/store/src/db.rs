//! One database, of either engine.

use sqlx::{PgPool, SqlitePool};

use crate::Error;

mod migrations;
pub(crate) mod postgres;
pub(crate) mod sqlite;

/// An open database. Cheap to clone: all clones share their connections.
#[derive(Clone)]
pub struct Db(pub(crate) Engine);

/// Which engine it is.
#[derive(Clone)]
pub(crate) enum Engine {
    /// One file.
    Sqlite {
        /// The one connection that writes. SQLite lets only one write at a time; waiting for it here is fair, and waiting
        /// in SQLite is not.
        writer: SqlitePool,
        /// The connections that read; they cannot write.
        readers: SqlitePool,
    },
    /// A server.
    Postgres(PgPool),
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Engine::Sqlite { .. } => "Db(SQLite)",
            Engine::Postgres(_) => "Db(PostgreSQL)",
        })
    }
}

impl Db {
    /// Opens a database by its URL (`sqlite:///FILE`, `postgres://USER@HOST/DATABASE`), makes it if it is a file that is
    /// not there, and brings its schema up to date.
    ///
    /// What is not Oriel's, what a newer Oriel has made and what cannot be written to is refused, and left as it is.
    pub async fn open(url: &str) -> Result<Db, Error> {
        match url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase()).as_deref() {
            Some("sqlite") => sqlite::open(url).await,
            Some("postgres" | "postgresql") => postgres::open(url).await,
            _ => Err(Error::Url("it does not begin with sqlite: or postgres:".to_owned())),
        }
    }

    /// Opens a database that is there, and leaves its schema as it is: to copy what an older Oriel has made.
    pub async fn open_as_it_is(url: &str) -> Result<Db, Error> {
        if url.split_once(':').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("sqlite")) {
            let options = sqlite::parse(url)?;
            let file = options.get_filename();
            if !file.exists() {
                let (place, reason) = (file.display().to_string(), "there is no such file".to_owned());
                return Err(Error::Unreachable { place, reason });
            }
            return sqlite::open_at(options, Some(0)).await;
        }
        postgres::open_at(url, Some(0)).await
    }

    /// Opens a SQLite file by its path, as [`Db::open`] does by its URL.
    pub async fn open_file(file: &std::path::Path) -> Result<Db, Error> {
        sqlite::open_at(sqlx::sqlite::SqliteConnectOptions::new().filename(file), None).await
    }

    /// Closes every connection, after what is under way has ended.
    pub async fn close(&self) {
        match &self.0 {
            Engine::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Engine::Postgres(pool) => pool.close().await,
        }
    }

    /// Empties the log of changes beside a SQLite file, where what was deleted can be read until then. Whether it is empty: not
    /// if somebody reads all the while.
    pub(crate) async fn empty_log(&self) -> Result<bool, Error> {
        match &self.0 {
            Engine::Sqlite { writer, .. } => {
                let (busy, ..): (i64, i64, i64) =
                    sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(writer).await?;
                Ok(busy == 0)
            }
            Engine::Postgres(_) => Ok(true),
        }
    }

    /// The engine's name, for `doctor`: "SQLite" or "PostgreSQL".
    pub fn engine(&self) -> &'static str {
        match self.0 {
            Engine::Sqlite { .. } => "SQLite",
            Engine::Postgres(_) => "PostgreSQL",
        }
    }
}

/// The newest migration that this program knows.
pub(crate) fn newest_migration() -> i64 {
    migrations::newest()
}

/// Runs a body that reads, once for each engine.
macro_rules! reading {
    ($db:expr, $pool:ident => $body:expr) => {
        match &$db.0 {
            crate::db::Engine::Sqlite { readers: $pool, .. } => $body,
            crate::db::Engine::Postgres($pool) => $body,
        }
    };
}

/// Runs a body that writes with a single statement, once for each engine.
macro_rules! writing {
    ($db:expr, $pool:ident => $body:expr) => {
        match &$db.0 {
            crate::db::Engine::Sqlite { writer: $pool, .. } => $body,
            crate::db::Engine::Postgres($pool) => $body,
        }
    };
}

/// Runs a body in a transaction, once for each engine, and commits; a `?` in the body leaves it, and nothing is kept.
macro_rules! in_transaction {
    ($db:expr, $transaction:ident => $body:expr) => {
        match &$db.0 {
            crate::db::Engine::Sqlite { writer, .. } => {
                // It will write: taking the lock at once keeps another process from coming in between.
                let mut $transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
                let value = $body;
                $transaction.commit().await?;
                value
            }
            crate::db::Engine::Postgres(pool) => {
                let mut $transaction = pool.begin().await?;
                let value = $body;
                $transaction.commit().await?;
                value
            }
        }
    };
}

pub(crate) use {in_transaction, reading, writing};

#[cfg(test)]
mod tests;
