//! A copy of the database as it was at one moment, while others write.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sqlx::{Connection, SqliteConnection};

use crate::db::Engine;
use crate::portable::{Session, Table, catalog, count, read, schema};
use crate::sealed::{self, Sealed};
use crate::{Db, Error};

/// What a copy holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The newest migration that was applied to it.
    pub schema: i64,
    /// The fingerprint of the keyring that sealed what is sealed in it.
    pub keyring: Option<String>,
    /// Number and hash of the newest entry of its audit, if there is one.
    pub audit: Option<(i64, String)>,
    /// Its tables, those that others refer to first.
    pub tables: Vec<Counted>,
    /// Everything in it that the vault has sealed.
    pub sealed: Vec<Sealed>,
}

/// A table and how many rows of it there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// The table.
    pub name: String,
    /// Its rows.
    pub rows: u64,
}

/// Takes the rows of a copy, table after table.
pub trait Sink: Send {
    /// The rows that follow are of this table.
    fn begin(&mut self, table: &Table) -> std::io::Result<()>;
    /// A row: a line without its end.
    fn row(&mut self, line: &str) -> std::io::Result<()>;
    /// There are no more rows of the table.
    fn end(&mut self) -> std::io::Result<()>;
}

/// The file of a SQLite database; `None` for PostgreSQL.
pub fn file(db: &Db) -> Option<PathBuf> {
    match &db.0 {
        Engine::Sqlite { readers, .. } => Some(readers.connect_options().get_filename().to_owned()),
        Engine::Postgres(_) => None,
    }
}

/// Copies a SQLite database into a file that is not there yet or is empty, with `VACUUM INTO`: one moment of it, whole and
/// without gaps, while others go on writing. For PostgreSQL this is [`Error::Copy`]; [`rows`] is for both.
pub async fn copy(db: &Db, to: &Path) -> Result<(), Error> {
    let Engine::Sqlite { readers, .. } = &db.0 else {
        return Err(Error::Copy("PostgreSQL has no file that could be copied".to_owned()));
    };
    let to = to.to_str().ok_or_else(|| Error::Copy("the name of its file is not UTF-8".to_owned()))?;
    // A connection of its own: those that read may not write anywhere, and the one that writes would hold the others up.
    let options = (*readers.connect_options()).clone().pragma("query_only", "OFF");
    let mut connection = SqliteConnection::connect_with(&options).await?;
    sqlx::query("VACUUM INTO $1").bind(to).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Looks through a copy of a SQLite database: whether it is whole, and what it holds. The file is not changed.
pub async fn contents(file: &Path) -> Result<Contents, Error> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file).read_only(true).immutable(true);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let found: String = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut connection).await?;
    if found != "ok" {
        return Err(Error::Damaged(found));
    }
    if sqlx::query("PRAGMA foreign_key_check").fetch_optional(&mut connection).await?.is_some() {
        return Err(Error::Damaged("a row refers to one that is not there".to_owned()));
    }
    let contents = look(&mut Session::Sqlite(&mut connection)).await?;
    connection.close().await?;
    Ok(contents)
}

/// Reads every table at one and the same moment, row by row into the sink, and tells what there was. Others go on writing,
/// and nothing of theirs is in it.
pub async fn rows(db: &Db, sink: &mut dyn Sink) -> Result<Contents, Error> {
    match &db.0 {
        Engine::Sqlite { readers, .. } => {
            // What the first statement sees, all see.
            let mut transaction = readers.begin().await?;
            let contents = stream(&mut Session::Sqlite(&mut transaction), sink).await?;
            transaction.rollback().await?;
            Ok(contents)
        }
        Engine::Postgres(pool) => {
            let mut transaction = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            let contents = stream(&mut Session::Postgres(&mut transaction), sink).await?;
            transaction.rollback().await?;
            Ok(contents)
        }
    }
}

async fn stream(session: &mut Session<'_>, sink: &mut dyn Sink) -> Result<Contents, Error> {
    let tables = catalog(session).await?;
    let mut counted = Vec::new();
    for table in &tables {
        sink.begin(table).map_err(Error::CopyFile)?;
        let rows = read(session, table, &mut |line| sink.row(line).map_err(Error::CopyFile)).await?;
        sink.end().map_err(Error::CopyFile)?;
        counted.push(Counted { name: table.name.clone(), rows });
    }
    told(session, &tables, counted).await
}

/// What a database holds, without its rows.
pub(crate) async fn look(session: &mut Session<'_>) -> Result<Contents, Error> {
    let tables = catalog(session).await?;
    let mut counted = Vec::new();
    for table in &tables {
        counted.push(Counted { name: table.name.clone(), rows: count(session, &table.name).await? });
    }
    told(session, &tables, counted).await
}

async fn told(session: &mut Session<'_>, tables: &[Table], counted: Vec<Counted>) -> Result<Contents, Error> {
    Ok(Contents {
        schema: schema(session).await?,
        keyring: keyring(session, tables).await?,
        audit: audit(session, tables).await?,
        sealed: sealed::of(session, tables).await?,
        tables: counted,
    })
}

/// The end of the audit's chain. An Oriel of long ago had none.
async fn audit(session: &mut Session<'_>, tables: &[Table]) -> Result<Option<(i64, String)>, Error> {
    const HEAD: &str = "SELECT number, hash FROM audit_head WHERE id = 1 AND hash IS NOT NULL";
    if !tables.iter().any(|table| table.name == "audit_head") {
        return Ok(None);
    }
    let found: Option<(i64, Vec<u8>)> = crate::portable::on_session!(session, connection => {
        sqlx::query_as(HEAD).fetch_optional(&mut **connection).await?
    });
    Ok(found.map(|(number, hash)| (number, crate::audit::chain::hex(&hash))))
}

/// The fingerprint of the keyring, if the database knows one.
async fn keyring(session: &mut Session<'_>, tables: &[Table]) -> Result<Option<String>, Error> {
    const KEYRING: &str = "SELECT keyring_fingerprint FROM meta WHERE id = 1";
    if !tables.iter().any(|table| table.name == "meta") {
        return Err(Error::Copy("it is no database of Oriel".to_owned()));
    }
    let found: Option<Option<String>> = crate::portable::on_session!(session, connection => {
        sqlx::query_scalar(KEYRING).fetch_optional(&mut **connection).await?
    });
    Ok(found.flatten())
}
