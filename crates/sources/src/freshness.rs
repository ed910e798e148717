//! Whether a table still gets rows: what tells "nothing known" from "could not have known".

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use microsoft::{Error, Rows, graph, log_analytics};
use tokio::sync::Mutex;

use crate::asking::{Asking, Workspace};
use crate::capability::Newest;
use crate::query;
use crate::query::table::{self, Table};

/// The newest row of each table, remembered for a while and shared by all sources of an app.
#[derive(Default)]
pub(crate) struct Freshness {
    known: Mutex<HashMap<Key, Entry>>,
}

/// Cloud, tenant, client, and workspace (empty for hunting).
type Key = (String, String, String, String);

/// A lock a place, held while it is asked, so that several sources wait for one question. Tables by their labels, with the
/// time at which they were asked about; one that is not there is `None`.
type Entry = Arc<Mutex<HashMap<&'static str, (Timestamp, Option<Newest>)>>>;

/// How long an answer holds.
const HOLDS: SignedDuration = SignedDuration::from_mins(10);

/// Where a table is.
#[derive(Clone, Copy)]
enum Place<'a> {
    Hunting,
    Workspace(&'a Workspace),
}

/// A question's time and how long it may take.
#[derive(Clone, Copy)]
struct Asked {
    now: Timestamp,
    deadline: Instant,
}

impl Freshness {
    /// The newest row of a table that hunting sees. The other tables that this app's sources read are asked about in the
    /// same call.
    pub(crate) async fn hunting(
        &self,
        asking: &Asking,
        table: Table,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Newest, Error> {
        self.newest(asking, Place::Hunting, table, Asked { now, deadline }).await
    }

    /// The newest row of a workspace's table, with the workspace's other tables in the same call.
    pub(crate) async fn workspace(
        &self,
        asking: &Asking,
        workspace: &Workspace,
        table: Table,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Newest, Error> {
        self.newest(asking, Place::Workspace(workspace), table, Asked { now, deadline }).await
    }

    async fn newest(&self, asking: &Asking, place: Place<'_>, table: Table, asked: Asked) -> Result<Newest, Error> {
        let entry = self.entry(asking, place).await;
        let mut known = entry.lock().await;
        if let Some(newest) = known.get(table.label).and_then(|known| fresh(*known, asked.now)) {
            return newest.ok_or_else(|| missing(table));
        }
        let all: &[Table] = match place {
            Place::Hunting => &table::HUNTING,
            Place::Workspace(_) => &table::WORKSPACE,
        };
        let mut tables = asking.shared.tables(all);
        if !tables.contains(&table) {
            tables.push(table);
        }
        let mut answer = rows(asking, place, &tables, asked.deadline).await;
        if tables.len() > 1 && matches!(answer, Err(Error::TableMissing { .. } | Error::Failed { .. })) {
            // Something about another table spoils the whole question.
            tables = vec![table];
            answer = rows(asking, place, &tables, asked.deadline).await;
        }
        let rows = answer?;
        for table in tables {
            let row = rows.rows.iter().find(|row| row.str(query::PART) == Some(table.label));
            let newest = match row {
                Some(row) => Some(row.time("Newest").map_or(Newest::Never, Newest::At)),
                // A workspace that never had any data answers without so much as a column.
                None => rows.columns.is_empty().then_some(Newest::Never),
            };
            // Of an answer that is cut short only a row that came can be believed.
            match (newest, &rows.incomplete) {
                (None | Some(Newest::Never), Some(_)) => known.remove(table.label),
                _ => known.insert(table.label, (asked.now, newest)),
            };
        }
        if let (None, Some(why)) = (known.get(table.label), rows.incomplete) {
            return Err(Error::Failed { status: 200, code: String::new(), message: why, request_id: rows.request_id });
        }
        known.get(table.label).and_then(|(_, newest)| *newest).ok_or_else(|| missing(table))
    }

    async fn entry(&self, asking: &Asking, place: Place<'_>) -> Entry {
        let workspace = match place {
            Place::Hunting => String::new(),
            Place::Workspace(workspace) => workspace.id.to_ascii_lowercase(),
        };
        let credential = &asking.connection.credential;
        let key = (
            credential.cloud.name.clone(),
            credential.tenant.to_ascii_lowercase(),
            credential.client.to_ascii_lowercase(),
            workspace,
        );
        Arc::clone(self.known.lock().await.entry(key).or_default())
    }
}

async fn rows(asking: &Asking, place: Place<'_>, tables: &[Table], deadline: Instant) -> Result<Rows, Error> {
    let (microsoft, call) = (&asking.microsoft, asking.call(deadline));
    match place {
        Place::Hunting => {
            let query = query::newest(tables, query::HUNTING_DAYS);
            graph::hunt(microsoft, &call, &query, Some(query::HUNTING_SPAN)).await
        }
        Place::Workspace(workspace) => {
            let query = query::newest(tables, query::WORKSPACE_DAYS);
            log_analytics::query(microsoft, &call, &workspace.id, &query, query::WORKSPACE_SPAN).await
        }
    }
}

fn fresh((asked, newest): (Timestamp, Option<Newest>), now: Timestamp) -> Option<Option<Newest>> {
    let age = now.duration_since(asked);
    (age >= SignedDuration::ZERO && age < HOLDS).then_some(newest)
}

/// A fuzzy union leaves out, without a word, what is not there.
fn missing(table: Table) -> Error {
    Error::TableMissing { name: table.name.into(), message: "the table is not there".into(), request_id: None }
}
