//! The pulse: how each table of a connection is, looked at every hour.
//!
//! One hunting call for each app and one query for each workspace, over the last day. How old an older newest row is
//! was known an hour ago; only for a table of which nothing is known the whole period is looked at, once. Log Analytics
//! tells neither plan nor retention (Azure's management interface does, which Oriel has no permission for), so these
//! stay empty there; hunting keeps 30 days of everything.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use microsoft::Priority;
use search::standing::{FRESH, SILENT, Standing};
use store::connections::{Connection, ConnectionId};
use store::grants::Scope;
use store::pulses::Pulse;

use super::{Live, asked, groups, is_off, is_quiet};
use crate::asking::{Asking, Connected, Workspace};
use crate::capability::{Capability, capabilities};
use crate::freshness::Freshness;
use crate::hunting::Shared;
use crate::query;
use crate::query::connector::connector;
use crate::query::table::{self, Table};

mod look;

use look::{Looked, look};

/// The place of hunting's tables.
const HUNTING: &str = "hunting";
/// A table without rows for longer is silent.
const SILENT_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// How the tables of a connection are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The connection.
    pub connection: ConnectionId,
    /// Its tables.
    pub pulses: Vec<Pulse>,
    /// What that says of them; a table that could not be looked at is not among them.
    pub standings: Vec<Standing>,
}

/// Where tables are: hunting, or a workspace.
type Where<'a> = Option<&'a Workspace>;

impl Live {
    /// Looks at each table that these connections read. Connections that sign in as the same app are looked at together,
    /// so they are best given together. What cannot be read is told in its table's `trouble`; a connection whose secret
    /// does not open is left out, and one whose sign-in is refused is among the [`refused`](Live::refused).
    pub async fn pulse(&self, connections: &[Connection]) -> Result<Vec<Taken>, store::Error> {
        self.look_at_pauses().await;
        let opened: Vec<_> =
            connections.iter().map(|connection| (connection, self.open(connection).map(Arc::new))).collect();
        let groups = groups::groups(&opened);
        let mut looked: Vec<Looked> = Vec::new();
        let mut taken = Vec::new();
        for (connection, connected) in &opened {
            let Ok(connected) = connected else { continue };
            let known = store::pulses::of(&self.db, &Scope::All, &connection.id).await?;
            let (mut pulses, mut standings) = (Vec::new(), Vec::new());
            for place in std::iter::once(None).chain(connected.workspaces.iter().map(Some)) {
                let (tables, reader) = tables(connection, connected, place);
                let Some(capability) = reader else { continue };
                let shared = groups::of(&groups, &connected.credential, capability);
                let asking = self.looking(connection, connected, capability, shared);
                let read = look(&asking, place, &tables, &known, &mut looked).await;
                if read.iter().any(|read| matches!(read, Err(trouble) if trouble.refused)) {
                    self.refusals.note(connection.id.as_str());
                }
                for (table, read) in tables.iter().zip(read) {
                    let pulse = pulse(connection, place, *table, read, &known, (self.clock)());
                    standings.extend(standing(*table, place, &pulse));
                    pulses.push(pulse);
                }
            }
            taken.push(Taken { connection: connection.id.clone(), pulses, standings });
        }
        Ok(taken)
    }

    pub(super) fn looking(
        &self,
        connection: &Connection,
        connected: &Arc<Connected>,
        capability: &'static Capability,
        shared: Arc<Shared>,
    ) -> Asking {
        Asking {
            microsoft: Arc::clone(&self.microsoft),
            connection: Arc::clone(connected),
            freshness: Arc::new(Freshness::default()),
            shared,
            capability,
            rightly_quiet: false,
            finds_by_address: false,
            priority: Priority::Background,
            asked: asked(capability, connection),
        }
    }
}

/// The tables of a place that this connection's capabilities read, and the first of these capabilities.
fn tables(
    connection: &Connection,
    connected: &Connected,
    place: Where<'_>,
) -> (Vec<Table>, Option<&'static Capability>) {
    let all: &[Table] = if place.is_some() { &table::WORKSPACE } else { &table::HUNTING };
    let tables: Vec<Table> =
        all.iter().filter(|table| readers(connection, connected, **table).next().is_some()).copied().collect();
    let first = tables.first().and_then(|table| readers(connection, connected, *table).next());
    (tables, first)
}

fn readers(connection: &Connection, connected: &Connected, table: Table) -> impl Iterator<Item = &'static Capability> {
    capabilities().iter().filter(move |capability| {
        capability.product == connection.product
            && table.read_by.contains(&capability.name)
            && !is_off(connection, capability)
            && capability.lacking(connected.cloud()).is_none()
    })
}

fn pulse(
    connection: &Connection,
    place: Where<'_>,
    table: Table,
    read: look::Read,
    known: &[Pulse],
    now: Timestamp,
) -> Pulse {
    let place = name_of(place);
    let before = known.iter().find(|known| known.place == place && known.table == table.label);
    let before = before.and_then(|known| known.newest);
    let (newest, rows_24h, trouble) = match read {
        Ok(read) => (read.newest.or(before), read.rows_24h, None),
        Err(trouble) => (before, None, Some(trouble.reason)),
    };
    let quiet = capabilities()
        .iter()
        .any(|capability| table.read_by.contains(&capability.name) && is_quiet(connection, capability));
    Pulse {
        connection_id: connection.id.clone(),
        retention_days: (place == HUNTING).then_some(query::HUNTING_DAYS),
        place,
        table: table.label.to_owned(),
        newest,
        rows_24h,
        plan: None,
        trouble,
        quiet,
        taken_at: now,
    }
}

fn name_of(place: Where<'_>) -> String {
    place.map_or_else(|| HUNTING.to_owned(), |workspace| workspace.id.to_ascii_lowercase())
}

/// What a pulse says of its table: nothing if it could not be read, and nothing to tell where it is rightly quiet.
fn standing(table: Table, place: Where<'_>, pulse: &Pulse) -> Option<Standing> {
    let subject = format!("table:{}/{}", pulse.place, pulse.table);
    if pulse.quiet {
        return Some(Standing { subject, state: None, title: String::new() });
    }
    if pulse.trouble.is_some() {
        return None;
    }
    let name = match place {
        None => format!("{} in hunting", table.name),
        Some(workspace) => format!("{} in {}", table.name, workspace.name()),
    };
    let rows = table.row.split(" of any ").next().unwrap_or("row");
    let since = match pulse.newest {
        Some(newest) if pulse.taken_at.duration_since(newest) <= SILENT_AFTER => {
            let title = format!("{name}: rows arrive again.");
            return Some(Standing { subject, state: Some(FRESH), title });
        }
        Some(newest) => format!("no {rows} since {}", newest.strftime("%-d %b %Y, %H:%M UTC")),
        None => format!("no {rows} at all"),
    };
    let title = format!("{name}: {since}. Check {}.", connector(&table));
    Some(Standing { subject, state: Some(SILENT), title })
}

#[cfg(test)]
mod tests;
