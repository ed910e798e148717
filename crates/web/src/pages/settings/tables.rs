//! The tables of a connection, as they were when they were last looked at.

use jiff::{SignedDuration, Timestamp};
use store::connections::{Connection, Workspace};
use store::pulses::Pulse;

use crate::error::Error;
use crate::{Desk, markup, when};

/// A table without rows for longer is silent.
const SILENT_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// The list of tables; empty as long as none was looked at.
pub struct TablesPart {
    /// A row a table.
    pub rows: Vec<TableRow>,
    /// When they were looked at: HTML.
    pub taken: Option<String>,
}

/// One table.
pub struct TableRow {
    /// Its name, and the part of it that is read: "AlertInfo · Sentinel".
    pub name: String,
    /// Where it is: "Hunting", or the workspace's name.
    pub place: String,
    /// Its newest row as an age: HTML; `None` if it never had one in the period that is looked at.
    pub newest: Option<String>,
    /// Rows of 24 hours, in words.
    pub rows_24h: Option<String>,
    /// Its plan, where Microsoft told it.
    pub plan: Option<String>,
    /// How long its rows are kept: "30 days".
    pub retention: Option<String>,
    /// Why it could not be looked at.
    pub trouble: Option<String>,
    /// Class of its state.
    pub class: &'static str,
    /// Icon of its state.
    pub icon: &'static str,
    /// Its state in a word: "fresh", "silent", "quiet", "not read".
    pub state: &'static str,
}

impl TablesPart {
    /// Reads them for a connection.
    pub async fn read(desk: &Desk, connection: &Connection) -> Result<TablesPart, Error> {
        let pulses = store::pulses::of(&desk.db, &connection.scope(), &connection.id).await?;
        Ok(TablesPart::new(&connection.workspaces, &pulses, desk.now()))
    }

    /// The tables of a connection with these workspaces, at a time.
    pub fn new(workspaces: &[Workspace], pulses: &[Pulse], now: Timestamp) -> TablesPart {
        TablesPart {
            rows: pulses.iter().map(|pulse| row(workspaces, pulse, now)).collect(),
            taken: pulses.iter().map(|pulse| pulse.taken_at).max().map(|at| when::ago(at, now)),
        }
    }
}

fn row(workspaces: &[Workspace], pulse: &Pulse, now: Timestamp) -> TableRow {
    let (class, icon, state) = state(pulse, now);
    TableRow {
        name: pulse.table.replace('.', " · "),
        place: place(workspaces, &pulse.place),
        newest: pulse.newest.map(|at| when::ago(at, now)),
        rows_24h: pulse.rows_24h.map(grouped),
        plan: pulse.plan.as_deref().map(markup::clean),
        retention: pulse.retention_days.map(|days| format!("{days} days")),
        trouble: pulse.trouble.as_deref().map(markup::clean),
        class,
        icon,
        state,
    }
}

fn state(pulse: &Pulse, now: Timestamp) -> (&'static str, &'static str, &'static str) {
    let fresh = pulse.newest.is_some_and(|newest| now.duration_since(newest) <= SILENT_AFTER);
    match (&pulse.trouble, fresh) {
        (Some(_), _) => ("attention", "warn", "not read"),
        (None, true) => ("ready", "dot", "fresh"),
        // An old newest row is no news there.
        (None, false) if pulse.quiet => ("off", "ring", "quiet"),
        (None, false) => ("attention", "warn", "silent"),
    }
}

fn place(workspaces: &[Workspace], place: &str) -> String {
    if place == "hunting" {
        return "Hunting".to_owned();
    }
    let workspace = workspaces.iter().find(|workspace| workspace.id.eq_ignore_ascii_case(place));
    match workspace.map(|workspace| workspace.label.trim()) {
        Some(label) if !label.is_empty() => markup::clean(label),
        _ => place.to_owned(),
    }
}

/// "12,345".
fn grouped(number: i64) -> String {
    let digits = number.max(0).to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests;
