//! The calls of a pulse, and what they read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use microsoft::{Error, Rows, graph, log_analytics};
use search::Outcome;
use store::pulses::Pulse;

use super::{Where, name_of};
use crate::asking::Asking;
use crate::hunting::Shared;
use crate::outcome;
use crate::query;
use crate::query::table::{self, Table};

/// How long one call may take: nobody waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// What was read of a table, or why nothing.
pub(super) type Read = Result<Found, Trouble>;

/// Why nothing was read of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    /// In a sentence.
    pub reason: String,
    /// Whether Microsoft refused the sign-in.
    pub refused: bool,
}

/// What was read of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The newest row of the period that was looked at.
    pub newest: Option<Timestamp>,
    /// Rows of the last 24 hours.
    pub rows_24h: Option<i64>,
}

/// A place that was looked at for all connections of one app.
pub(super) struct Looked {
    shared: Arc<Shared>,
    place: String,
    tables: Vec<(&'static str, Read)>,
    /// The tables whose whole period was looked at too.
    deep: Vec<&'static str>,
}

/// Reads these tables of a place, in their order: once for all connections of the app, whoever comes first.
pub(super) async fn look(
    asking: &Asking,
    place: Where<'_>,
    tables: &[Table],
    known: &[Pulse],
    looked: &mut Vec<Looked>,
) -> Vec<Read> {
    let name = name_of(place);
    let same = |one: &Looked| Arc::ptr_eq(&one.shared, &asking.shared) && one.place == name;
    let position = match looked.iter().position(same) {
        Some(position) => position,
        None => {
            let shared = Arc::clone(&asking.shared);
            let tables = first(asking, place, tables).await;
            looked.push(Looked { shared, place: name.clone(), tables, deep: Vec::new() });
            looked.len() - 1
        }
    };
    let here = &mut looked[position];
    deepen(asking, place, tables, known, here).await;
    let read =
        |table: &Table| here.tables.iter().find(|(label, _)| *label == table.label).map(|(_, read)| read.clone());
    tables.iter().map(|table| read(table).unwrap_or_else(|| Err(trouble(asking, &missing(*table))))).collect()
}

/// The last day of all tables that the app reads there.
async fn first(asking: &Asking, place: Where<'_>, own: &[Table]) -> Vec<(&'static str, Read)> {
    let all: &[Table] = if place.is_some() { &table::WORKSPACE } else { &table::HUNTING };
    let mut tables = asking.shared.tables(all);
    tables.extend(own.iter().filter(|table| !asking.shared.tables(all).contains(table)));
    let answer = ask(asking, place, &query::pulse(&tables)).await;
    if tables.len() > 1 && matches!(answer, Err(Error::TableMissing { .. } | Error::Failed { status: 400, .. })) {
        // Something about one table spoils the whole query: each by itself, so that the others are still seen.
        let mut read = Vec::new();
        for table in tables {
            let answer = ask(asking, place, &query::pulse(&[table])).await;
            read.push((table.label, of(asking, table, &answer)));
        }
        return read;
    }
    tables.into_iter().map(|table| (table.label, of(asking, table, &answer))).collect()
}

/// The whole period of those tables that are empty and of which nothing was known before.
async fn deepen(asking: &Asking, place: Where<'_>, tables: &[Table], known: &[Pulse], here: &mut Looked) {
    let was_read = |table: &Table| {
        known.iter().any(|known| known.place == here.place && known.table == table.label && known.trouble.is_none())
    };
    let is_empty = |table: &Table| {
        here.tables
            .iter()
            .any(|(label, read)| *label == table.label && matches!(read, Ok(Found { newest: None, rows_24h: Some(0) })))
    };
    let unknown: Vec<Table> = (tables.iter())
        .filter(|table| is_empty(table) && !was_read(table) && !here.deep.contains(&table.label))
        .copied()
        .collect();
    if unknown.is_empty() {
        return;
    }
    let days = if place.is_some() { query::WORKSPACE_DAYS } else { query::HUNTING_DAYS };
    let answer = ask(asking, place, &query::newest(&unknown, days)).await;
    for table in unknown {
        here.deep.push(table.label);
        let read = match of(asking, table, &answer) {
            Ok(found) => Ok(Found { rows_24h: Some(0), ..found }),
            Err(trouble) => Err(trouble),
        };
        here.tables.retain(|(label, _)| *label != table.label);
        here.tables.push((table.label, read));
    }
}

async fn ask(asking: &Asking, place: Where<'_>, query: &str) -> Result<Rows, Error> {
    let deadline = Instant::now() + PATIENCE;
    let call = asking.call(deadline);
    match place {
        None => graph::hunt(&asking.microsoft, &call, query, Some(query::HUNTING_SPAN)).await,
        Some(workspace) => {
            log_analytics::query(&asking.microsoft, &call, &workspace.id, query, query::WORKSPACE_SPAN).await
        }
    }
}

/// What an answer says of one of its tables.
fn of(asking: &Asking, table: Table, answer: &Result<Rows, Error>) -> Read {
    let rows = answer.as_ref().map_err(|error| trouble(asking, error))?;
    let row = rows.rows.iter().find(|row| row.str(query::PART) == Some(table.label));
    match (row, &rows.incomplete) {
        (Some(row), _) => Ok(Found {
            newest: row.time("Newest"),
            rows_24h: row.text("Rows").and_then(|count| count.parse::<f64>().ok()).map(|count| count as i64),
        }),
        (None, Some(why)) => Err(Trouble { reason: format!("The answer is cut short: {why}."), refused: false }),
        // A workspace that never had any data answers without so much as a column.
        (None, None) if rows.columns.is_empty() => Ok(Found { newest: None, rows_24h: Some(0) }),
        (None, None) => Err(trouble(asking, &missing(table))),
    }
}

fn trouble(asking: &Asking, error: &Error) -> Trouble {
    let trouble = outcome::trouble(error, asking);
    Trouble { reason: trouble.reason, refused: trouble.outcome == Outcome::Refused }
}

/// A fuzzy union leaves out, without a word, what is not there.
fn missing(table: Table) -> Error {
    Error::TableMissing { name: table.name.into(), message: "the table is not there".into(), request_id: None }
}
