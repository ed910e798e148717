//! What changed in the connections lately, a line each.

use jiff::{SignedDuration, Timestamp};
use search::{Validation, standing};
use store::changes::Change;
use store::connections::Connection;

use crate::tenants::Tenants;
use crate::{markup, when};

/// Lines on the page.
pub(super) const MOST: u32 = 10;
/// How far back they go.
const BACK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// One change.
pub(super) struct ChangeLine {
    pub class: &'static str,
    pub icon: &'static str,
    /// The icon in a word.
    pub mark: &'static str,
    /// What changed, in a sentence.
    pub title: String,
    /// The connection's label.
    pub connection: String,
    /// What its tenant is called, where there are several.
    pub tenant: Option<String>,
    /// Where the connection stands.
    pub link: String,
    /// When: HTML.
    pub at: String,
}

/// The time from which on changes are told.
pub(super) fn since(now: Timestamp) -> Timestamp {
    now.checked_sub(BACK).unwrap_or(now)
}

/// The lines of the changes, in their order. Only an owner is led to the form.
pub(super) fn lines(
    changes: &[Change],
    connections: &[(Connection, Option<Validation>)],
    tenants: &Tenants,
    owner: bool,
    now: Timestamp,
) -> Vec<ChangeLine> {
    let line = |change: &Change| {
        let (connection, _) = connections.iter().find(|(connection, _)| connection.id == change.connection_id)?;
        let id = &connection.id;
        let (class, icon, mark) = look(&change.is);
        Some(ChangeLine {
            class,
            icon,
            mark,
            title: markup::clean(&change.title),
            connection: format!("{} · {}", connection.product.title(), markup::clean(&connection.label)),
            tenant: tenants.of_connection(connection),
            link: match owner {
                true => format!("/settings?edit={id}#connection-{id}"),
                false => format!("/settings#connection-{id}"),
            },
            at: when::ago(change.at, now),
        })
    };
    changes.iter().filter_map(line).collect()
}

fn look(is: &str) -> (&'static str, &'static str, &'static str) {
    match is {
        is if standing::is_well(is) => ("ready", "dot", "Well:"),
        // A credential that still lasts and a route that others replace need a hand, and nothing is lost yet.
        "30_days" | "7_days" | "1_day" | "ends_today" | standing::RETIRED | standing::SILENT => {
            ("attention", "warn", "Needs a look:")
        }
        _ => ("failed", "cross", "Does not work:"),
    }
}
