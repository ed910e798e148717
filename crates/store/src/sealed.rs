//! Everything that the vault has sealed in this database. Whoever adds a sealed column adds it to the list here; a test
//! reads the schema and finds one that is missing.

use crate::db::writing;
use crate::portable::{Session, Table, catalog, on_session};
use crate::{Db, Error, credentials, second_factors, secrets};

/// A column that holds what is sealed.
struct Column {
    table: &'static str,
    column: &'static str,
    /// What the vault binds the value of a row to.
    place: fn(&str) -> Result<[String; 3], Error>,
    select: &'static str,
    update: &'static str,
}

/// Builds the row of a column.
macro_rules! column {
    ($table:literal, $row:literal, $column:literal, $place:expr) => {
        Column {
            table: $table,
            column: $column,
            place: $place,
            select: concat!("SELECT ", $row, ", ", $column, " FROM ", $table, " ORDER BY ", $row),
            update: concat!("UPDATE ", $table, " SET ", $column, " = $3 WHERE ", $row, " = $1 AND ", $column, " = $2"),
        }
    };
}

const COLUMNS: [Column; 3] = [
    column!("credentials", "id", "sealed", |row| Ok(credentials::place(&id(row)?))),
    column!("second_factors", "person_id", "sealed", |row| Ok(second_factors::place(&id(row)?))),
    column!("secrets", "name", "sealed", |row| Ok(secrets::place(row))),
];

fn id<T: std::str::FromStr<Err = crate::ids::NotAnId>>(row: &str) -> Result<T, Error> {
    row.parse().map_err(|_| Error::Damaged(format!("“{row}” is no id")))
}

/// A value that the vault has sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// What the vault bound it to: table, row and column by the words of its making.
    pub place: [String; 3],
    /// The value, sealed.
    pub sealed: Vec<u8>,
    column: usize,
    row: String,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealed").field("place", &self.place).finish_non_exhaustive()
    }
}

/// Every sealed value in the database.
pub async fn list(db: &Db) -> Result<Vec<Sealed>, Error> {
    match &db.0 {
        crate::db::Engine::Sqlite { readers, .. } => all(&mut Session::Sqlite(&mut *readers.acquire().await?)).await,
        crate::db::Engine::Postgres(pool) => all(&mut Session::Postgres(&mut *pool.acquire().await?)).await,
    }
}

async fn all(session: &mut Session<'_>) -> Result<Vec<Sealed>, Error> {
    let tables = catalog(session).await?;
    of(session, &tables).await
}

/// The same, as far as a schema has the columns: it may be that of an older Oriel.
pub(crate) async fn of(session: &mut Session<'_>, tables: &[Table]) -> Result<Vec<Sealed>, Error> {
    let mut list = Vec::new();
    for (number, column) in COLUMNS.iter().enumerate() {
        let here = |table: &&Table| {
            table.name == column.table && table.columns.iter().any(|other| other.name == column.column)
        };
        if !tables.iter().any(|table| here(&table)) {
            continue;
        }
        let rows: Vec<(String, Vec<u8>)> = on_session!(session, connection => {
            sqlx::query_as(column.select).fetch_all(&mut **connection).await?
        });
        // What has no secret, a managed identity for instance, is not sealed.
        for (row, sealed) in rows.into_iter().filter(|(_, sealed)| !sealed.is_empty()) {
            list.push(Sealed { place: (column.place)(&row)?, sealed, column: number, row });
        }
    }
    Ok(list)
}

/// Puts another form of the same value in its place, unless somebody has changed or removed it since it was listed. Whether
/// it was put there. Nobody has to build anything anew: what it says is the same.
pub async fn reseal(db: &Db, from: &Sealed, to: &[u8]) -> Result<bool, Error> {
    let Some(column) = COLUMNS.get(from.column) else { return Ok(false) };
    let rows = writing!(db, pool => {
        sqlx::query(column.update).bind(&from.row).bind(&from.sealed).bind(to).execute(pool).await?.rows_affected()
    });
    Ok(rows > 0)
}

#[cfg(test)]
mod tests;
