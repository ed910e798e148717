//! A copy goes into a database that is empty: all of it, or nothing.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use crate::audit::{Actor, Entry, audited};
use crate::backup::{self, Counted};
use crate::db::Engine;
use crate::portable::{Insert, Session, Table, catalog, count, on_session};
use crate::sealed::{self, Sealed};
use crate::{Db, Error};

mod target;

pub use target::{Standing, Target, make_file};

/// What belongs to the processes and browsers of that time and would be wrong now: sessions that may have been ended since,
/// the one-time link, who was alive and who had to wait.
const OF_ITS_TIME: [&str; 4] = ["sessions", "first_start", "instances", "throttles"];

/// Hands out the rows of a copy, table after table, in the order in which they were written.
pub trait Rows: Send {
    /// The next table; `None` after the last one.
    fn table(&mut self) -> Result<Option<Table>, Error>;
    /// Reads the table's next row into `line`, without its end. Whether there was one.
    fn row(&mut self, line: &mut String) -> Result<bool, Error>;
}

/// Looks at what was sealed before anything is kept; an error keeps nothing.
pub type Prove<'p> = &'p mut (dyn FnMut(&[Sealed]) -> Result<(), Error> + Send);

/// What the audit of the restored database says of it, as its newest entry.
#[derive(Clone, Copy, Debug)]
pub struct Written<'w> {
    /// Who restores.
    pub by: &'w Actor,
    /// What is said.
    pub entry: &'w Entry,
    /// When.
    pub now: Timestamp,
}

/// Puts rows into an empty database whose schema is that of the copy, in one transaction: all the rows that are expected and
/// what is proven of them, or none.
pub async fn rows(
    db: &Db,
    rows: &mut dyn Rows,
    expected: &[Counted],
    prove: Prove<'_>,
    written: Written<'_>,
) -> Result<(), Error> {
    match &db.0 {
        Engine::Sqlite { writer, .. } => {
            let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
            take_in(&mut Session::Sqlite(&mut transaction), rows, expected, prove, written).await?;
            transaction.commit().await?;
        }
        Engine::Postgres(pool) => {
            let mut transaction = pool.begin().await?;
            take_in(&mut Session::Postgres(&mut transaction), rows, expected, prove, written).await?;
            transaction.commit().await?;
        }
    }
    Ok(())
}

async fn take_in(
    session: &mut Session<'_>,
    rows: &mut dyn Rows,
    expected: &[Counted],
    prove: Prove<'_>,
    written: Written<'_>,
) -> Result<(), Error> {
    let tables = catalog(session).await?;
    // The rows that migrations and a first start have left are those of the copy from here on.
    for table in tables.iter().rev() {
        execute(session, format!("DELETE FROM \"{}\"", table.name)).await?;
    }
    let mut line = String::new();
    let mut missing: Vec<&Table> = tables.iter().collect();
    while let Some(table) = rows.table()? {
        let same = |other: &&Table| other.name == table.name;
        let Some(number) = missing.iter().position(same).filter(|number| fits(missing[*number], &table)) else {
            return Err(Error::Copy(format!("the table {} is not one of its schema, or is in it twice", table.name)));
        };
        missing.remove(number);
        let name = table.name.clone();
        let mut insert = Insert::into(table);
        while rows.row(&mut line)? {
            insert.line(session, &line).await?;
        }
        let inserted = insert.end(session).await?;
        let rows = expected.iter().find(|counted| counted.name == name).map(|counted| counted.rows);
        if rows != Some(inserted) {
            let rows = rows.map_or_else(|| "none".to_owned(), |rows| rows.to_string());
            return Err(Error::Copy(format!("it has {inserted} rows of the table {name}, and {rows} are expected")));
        }
    }
    if let Some(table) = missing.first() {
        return Err(Error::Copy(format!("the table {} is missing", table.name)));
    }
    prove(&sealed::of(session, &tables).await?)?;
    forget_its_time(session, &tables).await?;
    write_down(session, &tables, written).await
}

/// Adds the entry behind those of the copy, if it is of an Oriel that had an audit.
async fn write_down(session: &mut Session<'_>, tables: &[Table], written: Written<'_>) -> Result<(), Error> {
    let Written { by, entry, now } = written;
    if tables.iter().any(|table| table.name == "audit_head") {
        on_session!(session, connection => {
            let connection = &mut **connection;
            audited!(connection, by, std::slice::from_ref(entry), now);
        });
    }
    Ok(())
}

/// Whether two tables have the same columns; in which order they were added does not matter.
fn fits(one: &Table, other: &Table) -> bool {
    one.columns.len() == other.columns.len() && one.columns.iter().all(|column| other.columns.contains(column))
}

/// Ends what belongs to the time of the copy.
async fn forget_its_time(session: &mut Session<'_>, tables: &[Table]) -> Result<(), Error> {
    for name in OF_ITS_TIME.into_iter().filter(|name| tables.iter().any(|table| table.name == *name)) {
        execute(session, format!("DELETE FROM {name}")).await?;
    }
    if tables.iter().any(|table| table.name == "jobs") {
        execute(session, "UPDATE jobs SET held_by = NULL, until_at = NULL".to_owned()).await?;
    }
    Ok(())
}

async fn execute(session: &mut Session<'_>, sql: String) -> Result<(), Error> {
    on_session!(session, connection => {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut **connection).await?;
    });
    Ok(())
}

/// Makes a copy of a SQLite file fit to be used: looks through it, compares it with what is expected of it, proves what is
/// sealed in it, and ends what belongs to its time. It is still of the schema that it was.
pub async fn file(
    copy: &Path,
    schema: i64,
    expected: &[Counted],
    prove: Prove<'_>,
    written: Written<'_>,
) -> Result<(), Error> {
    let found = backup::contents(copy).await?;
    if found.schema != schema {
        return Err(Error::Copy("its schema is another one than its manifest says".to_owned()));
    }
    if found.tables != expected {
        return Err(Error::Copy("its tables have other numbers of rows than its manifest says".to_owned()));
    }
    prove(&found.sealed)?;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(copy).foreign_keys(true);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let mut transaction = connection.begin().await?;
    let mut session = Session::Sqlite(&mut transaction);
    let tables = catalog(&mut session).await?;
    forget_its_time(&mut session, &tables).await?;
    write_down(&mut session, &tables, written).await?;
    transaction.commit().await?;
    connection.close().await?;
    Ok(())
}

/// How many people and connections a database has.
async fn in_use(session: &mut Session<'_>) -> Result<(u64, u64), Error> {
    let tables = catalog(session).await?;
    let mut counts = [0, 0];
    for (number, name) in ["people", "connections"].into_iter().enumerate() {
        if tables.iter().any(|table| table.name == name) {
            counts[number] = count(session, name).await?;
        }
    }
    Ok((counts[0], counts[1]))
}

/// A file beside another one.
fn beside(file: &Path, more: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(more);
    PathBuf::from(name)
}
