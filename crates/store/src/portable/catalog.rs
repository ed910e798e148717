//! Which tables and columns there are, as the engine itself tells.

use std::collections::BTreeSet;

use super::{Column, Kind, Session, Table, on_session};
use crate::Error;

/// The newest migration that was applied, as far as this connection sees.
pub(crate) async fn schema(session: &mut Session<'_>) -> Result<i64, Error> {
    const NEWEST: &str = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations";
    Ok(on_session!(session, connection => sqlx::query_scalar(NEWEST).fetch_one(&mut **connection).await?))
}

/// Every table but the list of migrations, those that others refer to before these.
pub(crate) async fn catalog(session: &mut Session<'_>) -> Result<Vec<Table>, Error> {
    let (columns, references) = match session {
        Session::Sqlite(connection) => {
            const COLUMNS: &str = "SELECT m.name, c.name, c.type FROM sqlite_master m, pragma_table_info(m.name) c
                                   WHERE m.type = 'table' AND m.name <> '_sqlx_migrations'
                                     AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY m.name, c.cid";
            const REFERENCES: &str =
                "SELECT m.name, r.\"table\" FROM sqlite_master m, pragma_foreign_key_list(m.name) r
                                      WHERE m.type = 'table'";
            let columns: Vec<(String, String, String)> = sqlx::query_as(COLUMNS).fetch_all(&mut **connection).await?;
            let references: Vec<(String, String)> = sqlx::query_as(REFERENCES).fetch_all(&mut **connection).await?;
            (columns, references)
        }
        Session::Postgres(connection) => {
            const COLUMNS: &str = "SELECT table_name::TEXT, column_name::TEXT, data_type::TEXT
                                   FROM information_schema.columns
                                   WHERE table_schema = current_schema() AND table_name <> '_sqlx_migrations'
                                   ORDER BY table_name, ordinal_position";
            const REFERENCES: &str = "SELECT t.relname::TEXT, r.relname::TEXT FROM pg_constraint c
                                      JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid
                                      JOIN pg_namespace n ON n.oid = t.relnamespace
                                      WHERE c.contype = 'f' AND n.nspname = current_schema()";
            let columns: Vec<(String, String, String)> = sqlx::query_as(COLUMNS).fetch_all(&mut **connection).await?;
            let references: Vec<(String, String)> = sqlx::query_as(REFERENCES).fetch_all(&mut **connection).await?;
            (columns, references)
        }
    };
    let mut tables: Vec<Table> = Vec::new();
    for (table, name, declared) in columns {
        let kind = Kind::of(&declared).ok_or_else(|| {
            Error::Copy(format!("the column {table}.{name} is of the type {declared}, which has no form here"))
        })?;
        match tables.last_mut().filter(|last| last.name == table) {
            Some(last) => last.columns.push(Column { name, kind }),
            None => tables.push(Table { name: table, columns: vec![Column { name, kind }] }),
        }
    }
    in_order(tables, &references)
}

/// Puts a table behind those that it refers to.
fn in_order(mut waiting: Vec<Table>, references: &[(String, String)]) -> Result<Vec<Table>, Error> {
    let mut placed: BTreeSet<String> = BTreeSet::new();
    let mut ordered = Vec::new();
    while !waiting.is_empty() {
        let free = |table: &Table| {
            let mut its = references.iter().filter(|(from, to)| *from == table.name && from != to);
            its.all(|(_, to)| placed.contains(to))
        };
        let (ready, rest): (Vec<Table>, Vec<Table>) = waiting.into_iter().partition(free);
        if ready.is_empty() {
            return Err(Error::Copy("its tables refer to each other in a circle".to_owned()));
        }
        placed.extend(ready.iter().map(|table| table.name.clone()));
        ordered.extend(ready);
        waiting = rest;
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(names: &[&str]) -> Vec<Table> {
        names.iter().map(|name| Table { name: (*name).to_owned(), columns: Vec::new() }).collect()
    }

    #[test]
    fn what_is_referred_to_comes_first_and_a_circle_is_told() {
        let references = [("keys", "people"), ("grants", "keys"), ("people", "people")]
            .map(|(from, to)| (from.to_owned(), to.to_owned()));
        let names = |tables: Vec<Table>| tables.into_iter().map(|table| table.name).collect::<Vec<_>>();
        let ordered = in_order(tables(&["grants", "keys", "meta", "people"]), &references).unwrap();
        assert_eq!(names(ordered), ["meta", "people", "keys", "grants"]);
        let circle = [("a", "b"), ("b", "a")].map(|(from, to)| (from.to_owned(), to.to_owned()));
        assert!(matches!(in_order(tables(&["a", "b"]), &circle), Err(Error::Copy(_))));
    }
}
