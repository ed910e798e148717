//! Rows out of a table and into one. The statements are made from the catalog of the same database, so that no name comes
//! from outside.

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Row};

use super::{Cell, Column, Kind, Session, Table, from_line, on_session, to_line};
use crate::Error;

/// How many values one statement takes at most; SQLite's own limit is 32,766.
const VALUES: usize = 2_000;

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn columns(table: &Table) -> String {
    table.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
}

/// How many rows a table has.
pub(crate) async fn count(session: &mut Session<'_>, table: &str) -> Result<u64, Error> {
    let count = format!("SELECT COUNT(*) FROM {}", quoted(table));
    let rows: i64 = on_session!(session, connection => {
        sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut **connection).await?
    });
    Ok(u64::try_from(rows).unwrap_or_default())
}

/// The value of a column in a row of either engine.
macro_rules! cell {
    ($row:expr, $number:expr, $kind:expr) => {
        match $kind {
            Kind::Text => Cell::Text($row.try_get($number)?),
            Kind::Number => Cell::Number($row.try_get($number)?),
            Kind::Boolean => Cell::Boolean($row.try_get($number)?),
            Kind::Fraction => Cell::Fraction($row.try_get($number)?),
            Kind::Bytes => Cell::Bytes($row.try_get($number)?),
        }
    };
}

/// Reads a table row by row, each as a line; never more than a few rows are held. How many there were.
pub(crate) async fn read(
    session: &mut Session<'_>,
    table: &Table,
    each: &mut (dyn FnMut(&str) -> Result<(), Error> + Send),
) -> Result<u64, Error> {
    let select = format!("SELECT {} FROM {}", columns(table), quoted(&table.name));
    let mut read = 0;
    on_session!(session, connection => {
        let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(&mut **connection);
        let mut cells = Vec::with_capacity(table.columns.len());
        while let Some(row) = rows.try_next().await? {
            cells.clear();
            for (number, Column { kind, .. }) in table.columns.iter().enumerate() {
                cells.push(cell!(row, number, kind));
            }
            each(&to_line(&cells))?;
            read += 1;
        }
    });
    Ok(read)
}

/// Rows that go into a table, several with one statement.
pub(crate) struct Insert {
    table: Table,
    waiting: Vec<Vec<Cell>>,
    inserted: u64,
}

impl Insert {
    pub fn into(table: Table) -> Insert {
        Insert { table, waiting: Vec::new(), inserted: 0 }
    }

    /// Takes the row that a line is.
    pub async fn line(&mut self, session: &mut Session<'_>, line: &str) -> Result<(), Error> {
        self.waiting.push(from_line(&self.table, line)?);
        if self.waiting.len() >= (VALUES / self.table.columns.len().max(1)).clamp(1, 200) {
            self.flush(session).await?;
        }
        Ok(())
    }

    /// Inserts what waits. How many rows went in altogether.
    pub async fn end(mut self, session: &mut Session<'_>) -> Result<u64, Error> {
        self.flush(session).await?;
        Ok(self.inserted)
    }

    async fn flush(&mut self, session: &mut Session<'_>) -> Result<(), Error> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let wide = self.table.columns.len();
        let row = |number: usize| {
            let places = (1..=wide).map(|place| format!("${}", number * wide + place)).collect::<Vec<_>>();
            format!("({})", places.join(", "))
        };
        let rows = (0..self.waiting.len()).map(row).collect::<Vec<_>>().join(", ");
        let insert = format!("INSERT INTO {} ({}) VALUES {rows}", quoted(&self.table.name), columns(&self.table));
        self.inserted += self.waiting.len() as u64;
        let cells = std::mem::take(&mut self.waiting).into_iter().flatten();
        on_session!(session, connection => {
            let mut query = sqlx::query(AssertSqlSafe(insert));
            for cell in cells {
                query = match cell {
                    Cell::Text(text) => query.bind(text),
                    Cell::Number(number) => query.bind(number),
                    Cell::Boolean(truth) => query.bind(truth),
                    Cell::Fraction(fraction) => query.bind(fraction),
                    Cell::Bytes(bytes) => query.bind(bytes),
                };
            }
            query.execute(&mut **connection).await?;
        });
        Ok(())
    }
}
