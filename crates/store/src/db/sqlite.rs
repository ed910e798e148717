//! Opening a SQLite file.

use std::io::ErrorKind;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use super::migrations::{Found, MIGRATIONS};
use super::{Db, Engine};
use crate::Error;

/// Marks the file as Oriel's for programs that look at such marks: "Orel" in ASCII.
const MARK: &str = "PRAGMA application_id = 1332897132";
/// How long to wait for another process that writes.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many may read at the same time.
const READERS: u32 = 4;

pub(super) async fn open(url: &str) -> Result<Db, Error> {
    open_at(parse(url)?, None).await
}

/// What a URL says, as long as it names a file.
pub(crate) fn parse(url: &str) -> Result<SqliteConnectOptions, Error> {
    let options = SqliteConnectOptions::from_str(url).map_err(|error| Error::Url(words(&error)))?;
    if options.get_filename().as_os_str().is_empty() || url.contains(":memory:") || url.contains("mode=memory") {
        return Err(Error::Url("a database in memory would be gone with its connection".to_owned()));
    }
    Ok(options)
}

/// Opens a file, and brings its schema up to date, or up to one migration: to take in the copy of an older Oriel.
pub(crate) async fn open_at(options: SqliteConnectOptions, schema: Option<i64>) -> Result<Db, Error> {
    let options = options.foreign_keys(true).busy_timeout(PATIENCE);
    let file = options.get_filename().to_owned();
    make_file(&file)?;
    let place = file.display().to_string();
    let named = |error: sqlx::Error| named(&place, error);

    // The first look changes nothing, not even the journal mode: the file may be somebody else's.
    let looking = look_at(&options).await?;
    looking.close().await.map_err(named)?;

    let options = options.page_size(8192).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal);
    // What is deleted is written over in the file, and not only no longer referred to.
    let options = options.pragma("secure_delete", "ON");
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE * 2)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options.clone())
        .await
        .map_err(named)?;
    prepare(&writer, schema).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(PATIENCE * 2)
        .connect_with(options.pragma("query_only", "ON"))
        .await
        .map_err(named)?;
    Ok(Db(Engine::Sqlite { writer, readers }))
}

/// A connection to a file that is there, and is Oriel's or empty. Nothing is changed by it.
pub(crate) async fn look_at(options: &SqliteConnectOptions) -> Result<SqliteConnection, Error> {
    let place = options.get_filename().display().to_string();
    let mut looking = options.connect().await.map_err(|error| named(&place, error))?;
    let found = look(&mut looking).await.map_err(|error| named(&place, error))?;
    found.check(&place)?;
    Ok(looking)
}

/// Makes the file, for the account that Oriel runs under and nobody else. SQLite gives the files beside it the same
/// rights.
fn make_file(file: &Path) -> Result<(), Error> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == ErrorKind::ReadOnlyFilesystem => Err(Error::ReadOnly),
        Err(error) => Err(Error::Unreachable { place: file.display().to_string(), reason: error.to_string() }),
    }
}

async fn look(connection: &mut SqliteConnection) -> Result<Found, sqlx::Error> {
    const LOOK: &str = "SELECT COUNT(CASE WHEN name <> '_sqlx_migrations' THEN 1 END),
                               COUNT(CASE WHEN name = 'meta' THEN 1 END) = 1,
                               COUNT(CASE WHEN name = '_sqlx_migrations' THEN 1 END) = 1
                        FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    let (tables, meta, list) = sqlx::query_as(LOOK).fetch_one(&mut *connection).await?;
    let newest = match list {
        true => sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(&mut *connection).await?,
        false => None,
    };
    Ok(Found { tables, meta, list, newest })
}

/// Makes sure that the file can be written to, and brings the schema up to date.
async fn prepare(writer: &SqlitePool, schema: Option<i64>) -> Result<(), Error> {
    // SQLite opens a file that it may only read without a word, and begins to write without one too. So something is
    // written, and taken back.
    let mut probe = writer.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("PRAGMA user_version = 1").execute(&mut *probe).await?;
    probe.rollback().await?;
    // Another process may be doing the same to a new file; then a migration fails here because it was applied there, and
    // the next attempt finds it done.
    let mut attempts = MIGRATIONS.iter().count();
    while let Err(error) = MIGRATIONS.run_to(schema.unwrap_or(i64::MAX), writer).await {
        attempts = attempts.saturating_sub(1);
        if attempts == 0 || !matches!(error, MigrateError::Execute(_) | MigrateError::ExecuteMigration(..)) {
            return Err(sqlx::Error::from(error).into());
        }
    }
    let marked: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(writer).await?;
    if marked == 0 {
        sqlx::query(MARK).execute(writer).await?;
    }
    Ok(())
}

fn words(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Configuration(reason) => reason.to_string(),
        _ => "it is not understood".to_owned(),
    }
}

/// Names what only happens when a file is opened; the rest has the names of [`Error::from`].
fn named(place: &str, error: sqlx::Error) -> Error {
    let code = match &error {
        sqlx::Error::Database(database) => database.code().and_then(|code| code.parse::<u32>().ok()),
        _ => None,
    };
    match code.map(|code| code & 0xff) {
        Some(26) => Error::NotADatabase { place: place.to_owned() },
        Some(14) => Error::Unreachable { place: place.to_owned(), reason: "the file cannot be opened".to_owned() },
        _ => error.into(),
    }
}
