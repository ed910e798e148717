//! What people look at, written down. What they change is written down by `store`, in the transaction that changes it.
//!
//! Entries of searches that come at the same time are written together: each would otherwise wait for those before it, one
//! transaction after the other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use indicator::Indicator;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::audit::{Actor, Entry};
use store::connections::Connection;
use store::grants::Scope;
use tokio::sync::oneshot;

use crate::Desk;
use crate::error::Error;
use crate::guard::Caller;

/// The page of a search and its stream are one search.
const ONE_SEARCH: SignedDuration = SignedDuration::from_mins(1);
/// How many searches are remembered before those that are over are thrown out.
const MANY: usize = 1_000;

/// By which way somebody has seen a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// On the page, or in its stream.
    Page,
    /// By the API.
    Api,
    /// On the command line, as a table.
    Table,
    /// As a file, or as lines for another program: the report goes on to others.
    Export(&'static str),
}

/// What is written down of somebody who sees a report; `names` is whether people stand in it by their names.
pub fn seen(indicator: &Indicator, seen: Seen, names: bool, quiet: bool) -> Entry {
    let (action, way) = match seen {
        Seen::Page => ("search.made", "page"),
        Seen::Api => ("search.made", "api"),
        Seen::Table => ("search.made", "command_line"),
        Seen::Export(form) => ("report.exported", form),
    };
    let (kind, value) = (indicator.kind().as_str(), indicator.value());
    Entry::new(action).with(json!({ "kind": kind, "value": value, "way": way, "names": names, "quiet": quiet }))
}

/// What is written down of somebody who looks at a connection, or does something with it that changes nothing.
pub fn seen_connection(action: &'static str, connection: &Connection) -> Entry {
    Entry::new(action).about("connection", &connection.id, &connection.label).of(&connection.tenant_id)
}

/// The same of many that are looked at in a list.
pub fn listed<'a>(connections: impl Iterator<Item = &'a Connection> + Clone) -> Entry {
    let labels: Vec<_> = connections.clone().map(|connection| &connection.label).collect();
    let entry = Entry::new("connections.listed").with(json!({ "connections": labels }));
    connections.fold(entry, |entry, connection| entry.of(&connection.tenant_id))
}

/// Of whom, of what, and whether with the names of people.
type Search = (String, String, bool);

type Waiting = (Actor, Entry, oneshot::Sender<bool>);

/// Entries that wait to be written, and searches that were written a moment ago.
#[derive(Default)]
pub struct Writer {
    waiting: Mutex<Vec<Waiting>>,
    turn: tokio::sync::Mutex<()>,
    searches: Mutex<HashMap<Search, Timestamp>>,
    missed: Mutex<u64>,
}

impl Writer {
    /// Whether this search still has to be written; from now on it has been.
    fn is_new(&self, search: Search, now: Timestamp) -> bool {
        let mut searches = self.searches.lock().unwrap_or_else(PoisonError::into_inner);
        if searches.len() >= MANY {
            searches.retain(|_, at| now.duration_since(*at) < ONE_SEARCH);
        }
        let before = searches.insert(search, now);
        before.is_none_or(|before| now.duration_since(before) >= ONE_SEARCH)
    }

    fn take(&self) -> Vec<Waiting> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Desk {
    /// Writes down who saw a report on what, and whether with the names of people. That this fails is no reason to keep the
    /// report back: it is counted, and the number is written down as soon as that can be done. Names that leave Oriel are
    /// kept back.
    pub(crate) async fn note_search(
        &self,
        caller: &Caller,
        indicator: &Indicator,
        way: Seen,
        names: bool,
        quiet: bool,
    ) -> Result<(), Error> {
        let new = self.memory.audit.is_new((caller.id.to_string(), indicator.value(), names), self.now());
        if way == Seen::Page && !new {
            return Ok(());
        }
        let entry = of_scope(caller, seen(indicator, way, names, quiet));
        if names && way != Seen::Page {
            return Ok(store::audit::append(&self.db, &caller.actor, &[entry], self.now()).await?);
        }
        self.note(&caller.actor, entry).await;
        Ok(())
    }

    /// Writes down what somebody did with a connection that leaves no trace in the database.
    pub(crate) async fn note_connection(&self, caller: &Caller, action: &'static str, connection: &Connection) {
        self.note(&caller.actor, seen_connection(action, connection)).await;
    }

    /// Writes an entry, together with those that others write at this moment.
    pub(crate) async fn note(&self, by: &Actor, entry: Entry) {
        let (done, written) = oneshot::channel();
        self.memory.audit.waiting.lock().unwrap_or_else(PoisonError::into_inner).push((by.clone(), entry, done));
        // Beside the request: one that is given up must not take the entries of others with it.
        tokio::spawn(write(self.clone()));
        let _ = written.await;
    }
}

/// An entry of somebody who may see some tenants only belongs to these.
pub fn of_scope(caller: &Caller, entry: Entry) -> Entry {
    match &caller.scope {
        Scope::All => entry,
        Scope::Only(tenants) => tenants.iter().fold(entry, Entry::of),
    }
}

async fn write(desk: Desk) {
    let memory = Arc::clone(&desk.memory);
    let _turn = memory.audit.turn.lock().await;
    let (mut entries, done): (Vec<_>, Vec<_>) =
        memory.audit.take().into_iter().map(|(by, entry, done)| ((by, entry), done)).unzip();
    if entries.is_empty() {
        return;
    }
    let count = entries.len() as u64;
    let missed = std::mem::take(&mut *memory.audit.missed.lock().unwrap_or_else(PoisonError::into_inner));
    if missed > 0 {
        entries.insert(0, (Actor::oriel(), Entry::new("audit.missed").with(json!({ "entries": missed }))));
    }
    let written = store::audit::append_all(&desk.db, &entries, desk.now()).await;
    if let Err(error) = &written {
        *memory.audit.missed.lock().unwrap_or_else(PoisonError::into_inner) += missed + count;
        desk.metrics.audit_missed.inc_by(count);
        tracing::error!(error = error as &dyn std::error::Error, entries = count, "the audit lacks entries");
    }
    for done in done {
        let _ = done.send(written.is_ok());
    }
}
