//! The rows of mail, clicks, sign-ins and logs: tables whose cells are all of one form.

use jiff::Timestamp;
use search::{Details, Finding};

use super::panels::Kind;
use super::rows::{name, names, word};
use crate::{markup, when};

/// The head of a column.
pub struct Head {
    /// What stands in it.
    pub title: &'static str,
    /// Whether numbers stand in it.
    pub number: bool,
}

/// A cell.
pub struct Cell {
    /// What stands in it: HTML, a line each.
    pub lines: Vec<String>,
    /// Class of the mark before the first line, where it judges: `high`, `medium`, `informational`.
    pub mark: Option<&'static str>,
}

const fn text(title: &'static str) -> Head {
    Head { title, number: false }
}

const fn number(title: &'static str) -> Head {
    Head { title, number: true }
}

const LAST: Head = text("Last");

const MAIL: &[Head] =
    &[text("Now"), text("Message"), text("Sender"), text("Recipients"), text("Seen as"), text("Received")];
const CLICKS: &[Head] = &[text("Outcome"), text("Address"), text("Account"), number("Clicks"), text("First"), LAST];
const SIGN_INS: &[Head] =
    &[text("Account"), text("To"), number("Succeeded"), number("Failed"), text("From"), text("First"), LAST];
const LOGS: &[Head] = &[text("Log"), text("What"), number("Rows"), text("Devices, accounts"), text("First"), LAST];

/// The columns of a kind; none for the kinds that have tables of their own.
pub fn heads(kind: Kind) -> &'static [Head] {
    match kind {
        Kind::Mail => MAIL,
        Kind::Clicks => CLICKS,
        Kind::SignIns => SIGN_INS,
        Kind::Logs => LOGS,
        Kind::Alerts | Kind::Incidents | Kind::ThreatIndicators | Kind::Devices => &[],
    }
}

/// The cells of a finding, one for each of the heads of its kind.
pub fn of(finding: &Finding, now: Timestamp) -> Vec<Cell> {
    let time = |at: Option<Timestamp>| Cell::lines(at.map(|at| when::ago(at, now)));
    let (first, last) = (time(finding.first_seen), time(finding.last_seen));
    let status = finding.status.as_deref();
    match &finding.details {
        Details::Mail { sender, recipients, location, threats, direction } => {
            let mut now_in = Cell::marked(mail_mark(status), status.map(word));
            now_in.lines.extend(location.as_deref().map(|place| markup::value(&word(place))));
            let mut message = Cell::lines([markup::value(&markup::clean(&finding.title))]);
            message.lines.extend(threats.iter().take(2).chain(direction).map(|word_of| markup::value(&word(word_of))));
            let from = Cell::lines(sender.as_deref().map(name));
            vec![now_in, message, from, Cell::lines(names(recipients, '@')), roles(finding), last]
        }
        Details::Click { url, account, application, allowed, blocked, clicked_through } => {
            let mut address = Cell::lines(url.as_deref().map(name));
            address.lines.extend(application.as_deref().map(|place| markup::value(&word(place))));
            vec![
                Cell::marked(click_mark(status), status.map(word)),
                address,
                Cell::lines(account.as_deref().map(name)),
                Cell::number(allowed + blocked + clicked_through),
                first,
                last,
            ]
        }
        Details::SignIn { account, succeeded, failed, applications, country } => vec![
            Cell::lines(account.as_deref().map(name)),
            Cell::lines(names(applications, '\0')),
            Cell::number(*succeeded),
            Cell::number(*failed),
            Cell::lines(country.as_deref().map(|place| markup::value(&word(place)))),
            first,
            last,
        ],
        Details::Sighting { table, events, what, devices, accounts } => {
            let mut who = names(devices, '.');
            who.extend(names(accounts, '@'));
            vec![
                Cell::lines([name(table)]),
                Cell::lines(names(what, '\0')),
                Cell::number(*events),
                Cell::lines(who),
                first,
                last,
            ]
        }
        _ => Vec::new(),
    }
}

impl Cell {
    fn lines(lines: impl IntoIterator<Item = String>) -> Cell {
        Cell { lines: lines.into_iter().collect(), mark: None }
    }

    fn marked(mark: &'static str, word: Option<String>) -> Cell {
        Cell { lines: word.iter().map(|word| markup::value(word)).collect(), mark: word.map(|_| mark) }
    }

    fn number(number: u64) -> Cell {
        Cell::lines([number.to_string()])
    }
}

/// In which roles the indicator stands in it.
fn roles(finding: &Finding) -> Cell {
    let mut all: Vec<String> = finding.places.iter().filter_map(|place| place.role.as_deref()).map(word).collect();
    all.dedup();
    Cell::lines(all.iter().take(3).map(|role| markup::value(role)))
}

fn mail_mark(status: Option<&str>) -> &'static str {
    match status {
        Some("in_mailbox") => "high",
        _ => "informational",
    }
}

fn click_mark(status: Option<&str>) -> &'static str {
    match status {
        Some("clicked_through") => "high",
        Some("allowed") => "medium",
        _ => "informational",
    }
}
