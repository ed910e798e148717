//! Home: the search box, what the analyst searched lately, and how the connections are.

use askama::Template;
use axum::extract::State;
use jiff::Timestamp;
use search::{Product, Status, Validation};
use store::changes::Change;
use store::connections::Connection;
use store::people::Role;
use store::searches::Search;

use crate::Desk;
use crate::countdown::{Countdown, countdown};
use crate::error::Error;
use crate::frame::Frame;
use crate::guard::Analyst;
use crate::pages::settings::checklist::things;
use crate::responses::{Page, render};
use crate::{markup, when};
use changes::ChangeLine;

mod changes;

/// Recent searches on the page.
const RECENT: u32 = 20;

/// Home.
#[derive(Template)]
#[template(path = "home/show.html")]
pub struct Home {
    frame: Frame,
    owner: bool,
    connected: bool,
    recent: Vec<Recent>,
    connections: Vec<Line>,
    changes: Vec<ChangeLine>,
}

/// One search of the analyst.
struct Recent {
    /// Class and icon of the level.
    mark: &'static str,
    level: &'static str,
    /// The search again: HTML.
    link: String,
    /// When: HTML.
    at: String,
}

/// One connection, or a product that has none.
struct Line {
    title: &'static str,
    label: Option<String>,
    class: &'static str,
    icon: &'static str,
    words: String,
    /// A word on the end of its credential, if that is near or past.
    secret: Option<Countdown>,
    /// When it was validated: HTML.
    validated: Option<String>,
}

/// `GET /`.
pub async fn show(Analyst(person): Analyst, State(desk): State<Desk>) -> Result<Page, Error> {
    let now = desk.now();
    let recent = store::searches::recent(&desk.db, &person.id, RECENT).await?;
    let mut connections = Vec::new();
    for connection in store::connections::list(&desk.db).await? {
        let validation = store::validations::newest(&desk.db, &connection.id).await?;
        connections.push((connection, validation));
    }
    let changes = store::changes::recent(&desk.db, changes::since(now), changes::MOST).await?;
    let frame = Frame { home: true, ..super::frame("", &person) };
    render(&Home::new(frame, person.role == Role::Owner, &recent, &connections, &changes, now))
}

impl Home {
    /// Home for somebody, at a time.
    pub fn new(
        frame: Frame,
        owner: bool,
        recent: &[Search],
        connections: &[(Connection, Option<Validation>)],
        changes: &[Change],
        now: Timestamp,
    ) -> Home {
        let of = |product: Product| connections.iter().filter(move |(connection, _)| connection.product == product);
        let mut lines = Vec::new();
        for product in Product::ALL {
            if of(product).next().is_none() {
                lines.push(Line {
                    title: product.title(),
                    label: None,
                    class: "off",
                    icon: "ring",
                    words: "Not connected".to_owned(),
                    secret: None,
                    validated: None,
                });
            }
            lines.extend(of(product).map(|(connection, validation)| line(connection, validation.as_ref(), now)));
        }
        Home {
            frame,
            owner,
            connected: !connections.is_empty(),
            recent: recent.iter().map(|search| recently(search, now)).collect(),
            connections: lines,
            changes: changes::lines(changes, connections, owner, now),
        }
    }
}

fn recently(search: &Search, now: Timestamp) -> Recent {
    let (mark, level) = match search.level.as_str() {
        "malicious" => ("high", "malicious"),
        "suspicious" => ("medium", "suspicious"),
        "seen" => ("low", "seen"),
        "nothing_known" => ("informational", "nothing known"),
        _ => ("none", "cannot say"),
    };
    Recent { mark, level, link: markup::pivot(&search.value), at: when::ago(search.searched_at, now) }
}

fn line(connection: &Connection, validation: Option<&Validation>, now: Timestamp) -> Line {
    let secret = countdown(&connection.credential, now);
    let (class, icon, words) = match validation {
        None => ("waiting", "clock", "Not validated yet".to_owned()),
        Some(validation) => match validation.status {
            // What ends soon is no longer ready, whatever the last validation said.
            Status::Ready if secret.is_some() => ("attention", "warn", "Ready when last tried".to_owned()),
            Status::Ready => ("ready", "dot", "Ready".to_owned()),
            Status::Attention => ("attention", "warn", to_fix(validation)),
            Status::Failed => ("failed", "cross", to_fix(validation)),
        },
    };
    Line {
        title: connection.product.title(),
        label: Some(markup::clean(&connection.label)),
        class,
        icon,
        words,
        secret,
        validated: validation.map(|validation| when::ago(validation.validated_at, now)),
    }
}

/// "2 things to fix · Ti.Read.All is missing": how many things there are to fix, and the first of them.
fn to_fix(validation: &Validation) -> String {
    let things = things(&validation.checks);
    let count = if things.len() == 1 { "1 thing to fix".to_owned() } else { format!("{} things to fix", things.len()) };
    match things.first() {
        Some(thing) => format!("{count} · {}", markup::clean(&validation.checks[thing.first].title)),
        None => "Needs a look".to_owned(),
    }
}

#[cfg(test)]
mod tests;
