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
    form: Form,
}

/// What stands in a column.
#[derive(PartialEq)]
enum Form {
    Words,
    /// Names, addresses: in the face in which letters are told apart.
    Names,
    Number,
    Time,
}

impl Head {
    /// The class of its cells.
    pub fn class(&self) -> &'static str {
        match self.form {
            Form::Number => "num",
            Form::Time => "nowrap",
            Form::Words | Form::Names => "",
        }
    }

    /// Whether names stand in it.
    pub fn is_of_names(&self) -> bool {
        self.form == Form::Names
    }
}

/// A cell.
pub struct Cell {
    /// What stands in it: HTML, a line each.
    pub lines: Vec<String>,
    /// Class of the mark before the first line, where it judges: `high`, `medium`, `informational`.
    pub mark: Option<&'static str>,
}

const fn head(title: &'static str, form: Form) -> Head {
    Head { title, form }
}

const FIRST: Head = head("First", Form::Time);
const LAST: Head = head("Last", Form::Time);

const MAIL: &[Head] = &[
    head("Now", Form::Words),
    head("Message", Form::Words),
    head("Sender", Form::Names),
    head("Recipients", Form::Names),
    head("Seen as", Form::Words),
    head("Received", Form::Time),
];
const CLICKS: &[Head] = &[
    head("Outcome", Form::Words),
    head("Address", Form::Names),
    head("Account", Form::Names),
    head("Clicks", Form::Number),
    FIRST,
    LAST,
];
const SIGN_INS: &[Head] = &[
    head("Account", Form::Names),
    head("To", Form::Words),
    head("Succeeded", Form::Number),
    head("Failed", Form::Number),
    head("From", Form::Words),
    FIRST,
    LAST,
];
const LOGS: &[Head] = &[
    head("Log", Form::Names),
    head("What", Form::Words),
    head("Rows", Form::Number),
    head("Devices, accounts", Form::Names),
    FIRST,
    LAST,
];

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
