//! Home: the search box, what the analyst searched lately, and how the connections are.

use askama::Template;
use axum::extract::State;
use jiff::Timestamp;
use search::{Product, Status, Validation};
use store::changes::Change;
use store::connections::Connection;
use store::grants::Scope;
use store::people::Role;
use store::searches::Search;

use crate::Desk;
use crate::countdown::{Countdown, countdown};
use crate::error::Error;
use crate::frame::Frame;
use crate::guard::Analyst;
use crate::pages::settings::checklist::things;
use crate::responses::{Page, render};
use crate::tenants::Tenants;
use crate::{markup, when};
use changes::ChangeLine;
use local_sign_ins::LocalSignIn;

mod changes;
mod local_sign_ins;

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
    /// How many connections are not listed since nothing is the matter with them.
    well: usize,
    changes: Vec<ChangeLine>,
    local_sign_ins: Vec<LocalSignIn>,
    /// Who sees no tenant until an owner grants one: told to owners.
    waiting: Vec<store::people::Person>,
    /// Whether it is the person who looks that sees none.
    sees_none: bool,
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
    /// What its tenant is called, where there are several.
    tenant: Option<String>,
    rank: Rank,
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
    let mut validations = store::validations::all(&desk.db, &person.scope).await?;
    let connections = store::connections::list(&desk.db, &person.scope).await?;
    let with_validation = |connection: Connection| {
        let validation = validations.remove(&connection.id);
        (connection, validation)
    };
    let connections: Vec<_> = connections.into_iter().map(with_validation).collect();
    let tenants = desk.tenants(&person.scope).await?;
    let changes = store::changes::recent(&desk.db, &person.scope, changes::since(now), changes::MOST).await?;
    let frame = Frame { home: true, ..super::frame("", &person) };
    let owner = person.role == Role::Owner;
    let local_sign_ins = local_sign_ins::of(&desk, owner).await?;
    let home = Home::new(frame, owner, &recent, &connections, &changes, &tenants, now);
    let waiting = if owner { store::people::waiting(&desk.db).await? } else { Vec::new() };
    let sees_none = matches!(&person.scope, Scope::Only(tenants) if tenants.is_empty());
    render(&Home { local_sign_ins, waiting, sees_none, ..home })
}

impl Home {
    /// Home for somebody, at a time.
    pub fn new(
        frame: Frame,
        owner: bool,
        recent: &[Search],
        connections: &[(Connection, Option<Validation>)],
        changes: &[Change],
        tenants: &Tenants,
        now: Timestamp,
    ) -> Home {
        let of = |product: Product| connections.iter().filter(move |(connection, _)| connection.product == product);
        let mut lines = Vec::new();
        for product in Product::ALL {
            if of(product).next().is_none() {
                lines.push(Line {
                    title: product.title(),
                    label: None,
                    tenant: None,
                    rank: Rank::Off,
                    class: "off",
                    icon: "ring",
                    words: "Not connected".to_owned(),
                    secret: None,
                    validated: None,
                });
            }
            lines.extend(
                of(product).map(|(connection, validation)| line(connection, validation.as_ref(), tenants, now)),
            );
        }
        let well = fold(&mut lines);
        Home {
            frame,
            owner,
            well,
            connected: !connections.is_empty(),
            recent: recent.iter().map(|search| recently(search, now)).collect(),
            connections: lines,
            changes: changes::lines(changes, connections, tenants, owner, now),
            local_sign_ins: Vec::new(),
            waiting: Vec::new(),
            sees_none: false,
        }
    }
}

/// What needs a hand comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Failed,
    Attention,
    New,
    Off,
    Ready,
}

/// Beyond so many lines, connections with which nothing is the matter are only counted.
const MOST_LINES: usize = 8;

/// Of many connections, those that need a hand; how many are left out.
fn fold(lines: &mut Vec<Line>) -> usize {
    if lines.len() <= MOST_LINES {
        return 0;
    }
    lines.sort_by_key(|line| line.rank);
    let all = lines.len();
    lines.retain(|line| line.rank != Rank::Ready);
    all - lines.len()
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

fn line(connection: &Connection, validation: Option<&Validation>, tenants: &Tenants, now: Timestamp) -> Line {
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
        tenant: tenants.of_connection(connection),
        rank: match class {
            "failed" => Rank::Failed,
            "attention" => Rank::Attention,
            "waiting" => Rank::New,
            _ => Rank::Ready,
        },
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
