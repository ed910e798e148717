//! Where a copy is to go: a database that is not there yet, or one that nobody has used.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, PgConnection, SqliteConnection};

use super::{beside, execute, in_use};
use crate::columns::Micros;
use crate::db::{postgres, sqlite};
use crate::portable::{Session, catalog, on_session};
use crate::{Db, Error};

/// How long to wait for another program that has the file open.
const PATIENCE: Duration = Duration::from_millis(500);

/// A database that a copy may go into.
#[derive(Clone)]
pub struct Target {
    at: At,
    /// Whether it has tables.
    standing: Standing,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URL may hold a password.
        f.debug_struct("Target").field("file", &self.file()).field("standing", &self.standing).finish()
    }
}

#[derive(Clone)]
enum At {
    File(PathBuf),
    Server(String),
}

/// What is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// No file, or no table.
    Nothing,
    /// Tables without people and connections: somebody has started Oriel once.
    Unused,
}

impl Target {
    /// Looks at a database by its URL, and changes nothing. One that has people or connections is [`Error::InUse`], one on
    /// which an instance runs is [`Error::Busy`].
    pub async fn look(url: &str, now: Timestamp) -> Result<Target, Error> {
        if url.split_once(':').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("sqlite")) {
            let options = sqlite::parse(url)?.create_if_missing(false).busy_timeout(PATIENCE);
            let file = options.get_filename().to_owned();
            if std::fs::metadata(&file).map_or(true, |metadata| metadata.len() == 0) {
                return Ok(Target { at: At::File(file), standing: Standing::Nothing });
            }
            let mut looking = sqlite::look_at(&options).await?;
            let standing = unused(&mut Session::Sqlite(&mut looking), &file.display().to_string(), now).await;
            looking.close().await?;
            return Ok(Target { at: At::File(file), standing: standing? });
        }
        if !url.split_once(':').is_some_and(|(scheme, _)| scheme.to_ascii_lowercase().starts_with("postgres")) {
            return Err(Error::Url("it does not begin with sqlite: or postgres:".to_owned()));
        }
        let (mut looking, _, place) = postgres::look_at(url).await?;
        let standing = unused(&mut Session::Postgres(&mut looking), &place, now).await;
        looking.close().await?;
        Ok(Target { at: At::Server(url.to_owned()), standing: standing? })
    }

    /// What is there already.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// The file, if it is SQLite.
    pub fn file(&self) -> Option<&Path> {
        match &self.at {
            At::File(file) => Some(file),
            At::Server(_) => None,
        }
    }

    /// On PostgreSQL: takes the tables of an unused database away, and makes those of a schema. [`super::rows`] fills them.
    pub async fn make(&self, schema: i64) -> Result<Db, Error> {
        let At::Server(url) = &self.at else {
            return Err(Error::Copy("a file is made beside its place, and put there when it is whole".to_owned()));
        };
        let (mut connection, ..) = postgres::look_at(url).await?;
        take_away(&mut connection).await?;
        connection.close().await?;
        postgres::open_at(url, Some(schema)).await
    }

    /// With SQLite: puts a file that was made beside it, and is closed, in its place. The place is still unused, and nobody
    /// has it open; else it is [`Error::Busy`], and nothing is changed.
    pub async fn put(&self, made: &Path, now: Timestamp) -> Result<(), Error> {
        let At::File(file) = &self.at else { return Err(Error::Copy("PostgreSQL has no file".to_owned())) };
        if std::fs::metadata(file).is_ok_and(|metadata| metadata.len() > 0) {
            let options = SqliteConnectOptions::new().filename(file).busy_timeout(PATIENCE);
            let mut alone = SqliteConnection::connect_with(&options).await?;
            // Whoever has it open, if only for reading, keeps its journal from being changed; this also clears up beside it.
            let mode: String = sqlx::query_scalar("PRAGMA journal_mode = DELETE").fetch_one(&mut alone).await?;
            let standing = unused(&mut Session::Sqlite(&mut alone), &file.display().to_string(), now).await;
            alone.close().await?;
            standing?;
            if mode != "delete" {
                return Err(Error::Busy);
            }
        }
        let of_before = ["-wal", "-shm", "-journal"].map(|more| beside(file, more));
        if let Some(left) = of_before.iter().find(|left| left.exists()) {
            return Err(Error::Copy(format!("{} is left of another database; move it away first", left.display())));
        }
        // All of it into the one file: nothing may stay behind in a journal.
        let mut closing = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(made)).await?;
        sqlx::query("PRAGMA journal_mode = DELETE").execute(&mut closing).await?;
        closing.close().await?;
        sync(made).and_then(|()| std::fs::rename(made, file)).map_err(Error::CopyFile)?;
        // So that the name outlives a power cut too, where a folder can be synced at all.
        let _ = file.parent().map(sync);
        Ok(())
    }
}

/// Makes a new SQLite file of a schema, for [`super::rows`] to fill; of one that is there, the schema is not changed if it is
/// that one or a later one.
pub async fn make_file(file: &Path, schema: i64) -> Result<Db, Error> {
    sqlite::open_at(SqliteConnectOptions::new().filename(file), Some(schema)).await
}

fn sync(path: &Path) -> std::io::Result<()> {
    std::fs::File::open(path)?.sync_all()
}

/// How a database stands that has a name in messages, if a copy may go into it.
async fn unused(session: &mut Session<'_>, place: &str, now: Timestamp) -> Result<Standing, Error> {
    let (people, connections) = in_use(session).await?;
    if people + connections > 0 {
        return Err(Error::InUse { place: place.to_owned(), people, connections });
    }
    let tables = catalog(session).await?;
    if tables.iter().any(|table| table.name == "instances") {
        const LIVE: &str = "SELECT COUNT(*) FROM instances WHERE until_at > $1";
        let live: i64 = on_session!(session, connection => {
            sqlx::query_scalar(LIVE).bind(Micros::from(now)).fetch_one(&mut **connection).await?
        });
        if live > 0 {
            return Err(Error::Busy);
        }
    }
    Ok(if tables.is_empty() { Standing::Nothing } else { Standing::Unused })
}

/// Takes every table away, all or none. That nobody uses them is looked at once more, and stays so: the tables are locked.
async fn take_away(connection: &mut PgConnection) -> Result<(), Error> {
    let mut transaction = connection.begin().await?;
    let mut session = Session::Postgres(&mut transaction);
    let tables = catalog(&mut session).await?;
    for table in &tables {
        execute(&mut session, format!("LOCK TABLE \"{}\" IN ACCESS EXCLUSIVE MODE", table.name)).await?;
    }
    let (people, connections) = in_use(&mut session).await?;
    if people + connections > 0 {
        return Err(Error::InUse { place: "that it is to go into".to_owned(), people, connections });
    }
    for table in tables.iter().rev() {
        execute(&mut session, format!("DROP TABLE \"{}\"", table.name)).await?;
    }
    execute(&mut session, "DROP TABLE IF EXISTS _sqlx_migrations".to_owned()).await?;
    transaction.commit().await?;
    Ok(())
}
