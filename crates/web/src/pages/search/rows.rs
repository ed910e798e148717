//! What stands in one row of a table: a finding, in words.

use jiff::Timestamp;
use search::{Details, Finding, Link, Severity};

use super::cells::{self, Cell};
use crate::{markup, when};

/// Severity as form, colour and word.
pub struct Mark {
    /// Name of the icon and of the class.
    pub icon: &'static str,
    /// The word.
    pub word: &'static str,
}

impl Mark {
    /// The mark of a severity, or of none.
    pub fn of(severity: Option<Severity>) -> Mark {
        match severity {
            Some(Severity::High) => Mark { icon: "high", word: "High" },
            Some(Severity::Medium) => Mark { icon: "medium", word: "Medium" },
            Some(Severity::Low) => Mark { icon: "low", word: "Low" },
            Some(Severity::Informational) => Mark { icon: "informational", word: "Info" },
            None => Mark { icon: "none", word: "None" },
        }
    }
}

/// A finding as a row. Which parts are filled depends on its kind.
pub struct Row {
    /// Severity.
    pub mark: Mark,
    /// What it says, cleaned.
    pub title: String,
    /// What its tenant is called, where there are several.
    pub tenant: Option<String>,
    /// `<time>` of the last activity, HTML.
    pub last: Option<String>,
    /// `<time>` of the first activity, HTML.
    pub first: Option<String>,
    /// Microsoft's status, in words.
    pub status: Option<String>,
    /// Dealt with, lapsed or without effect: shown paler.
    pub faded: bool,
    /// The service that raised it, or the product.
    pub service: String,
    /// Small print under the title, in order.
    pub notes: Vec<String>,
    /// In which role the indicator stands in it: (role, verdict).
    pub roles: Vec<Role>,
    /// Incident: (what to call it, its page in the portal).
    pub incident: Option<(String, Option<String>)>,
    /// Names of devices; of a device, its operating system. HTML.
    pub devices: Vec<String>,
    /// Names of accounts: HTML.
    pub accounts: Vec<String>,
    /// Names of processes: HTML.
    pub processes: Vec<String>,
    /// Other indicators in it, as links: HTML.
    pub pivots: Vec<String>,
    /// How many further indicators are not shown, and which.
    pub more_pivots: usize,
    /// Their values, for the title.
    pub other_pivots: String,
    /// Links to portals.
    pub links: Vec<Link>,
    /// What only this kind has.
    pub of: OfKind,
}

/// A role of the indicator in a record.
pub struct Role {
    /// "command and control", "client".
    pub role: Option<String>,
    /// "malicious", "suspicious"; absent for what says nothing.
    pub verdict: Option<String>,
    /// Class and icon of the verdict.
    pub mark: &'static str,
}

/// What only one kind has.
pub enum OfKind {
    /// Alerts and incidents have nothing more; incidents their number of alerts.
    Case {
        /// Alerts of an incident.
        alerts: Option<u64>,
        /// Whom it is assigned to: HTML.
        assigned_to: Option<String>,
    },
    /// A threat indicator.
    Listed {
        /// The listed value: HTML.
        value: String,
        /// "Block", "Allow", "Listed".
        action: String,
        /// Class of the action: high where it says bad, none where it says nothing.
        mark: &'static str,
        /// "active", "expired 3 days ago": HTML.
        state: String,
        /// 0 to 100.
        confidence: Option<u8>,
    },
    /// A device.
    Device {
        /// How far it came.
        reach: Reach,
        /// Connections that went through.
        connected: Option<u64>,
        /// Connections that were blocked.
        blocked: Option<u64>,
    },
    /// Mail, clicks, sign-ins, logs.
    Cells(Vec<Cell>),
    /// How many devices.
    Prevalence {
        /// "Seen by at least 4 devices".
        devices: String,
    },
}

/// How far a device came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// A connection went through.
    Connected,
    /// None went through, and something blocked one.
    Blocked,
    /// None went through, and nothing is known to have blocked it: the other end did not answer.
    Attempted,
    /// It is in a list that does not count connections.
    Seen,
}

impl Reach {
    fn of(connected: Option<u64>, blocked: Option<u64>) -> Reach {
        match (connected, blocked) {
            (Some(1..), _) => Reach::Connected,
            (_, Some(1..)) => Reach::Blocked,
            (Some(0), _) => Reach::Attempted,
            (None, _) => Reach::Seen,
        }
    }

    /// "3 connected, 2 blocked, 1 attempted": how many came how far.
    pub fn words(devices: &[&Finding]) -> String {
        let reach = |finding: &&Finding| match finding.details {
            Details::Device { connected, blocked, .. } => Some(Reach::of(connected, blocked)),
            _ => None,
        };
        let reached: Vec<Reach> = devices.iter().filter_map(reach).collect();
        let words = [
            (Reach::Connected, "connected"),
            (Reach::Blocked, "blocked"),
            (Reach::Attempted, "attempted"),
            (Reach::Seen, "seen"),
        ];
        let counts = words.map(|(one, word)| (reached.iter().filter(|reach| **reach == one).count(), word));
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        counts.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
    }
}

/// Values beyond these are counted, not shown.
const MOST_NAMES: usize = 2;
const MOST_PIVOTS: usize = 2;
/// Letters of a word that Microsoft chooses, of a name, and of a note. Longer ones come only from whoever means harm.
const WORD: usize = 40;
const NAME: usize = 64;
const NOTE: usize = 160;

impl Row {
    /// A finding in words, at a time.
    pub fn of(finding: &Finding, now: Timestamp) -> Row {
        let mut row = Row {
            mark: Mark::of(finding.severity),
            title: markup::clean(&finding.title),
            tenant: None,
            last: finding.last_seen.map(|at| when::ago(at, now)),
            first: finding.first_seen.map(|at| when::day(at, now)),
            status: finding.status.as_deref().map(word),
            faded: matches!(finding.status.as_deref(), Some("resolved" | "closed" | "dismissed" | "redirected")),
            service: finding
                .service
                .as_deref()
                .map_or_else(|| finding.product.title().to_owned(), |service| markup::cut(service, NAME)),
            notes: Vec::new(),
            roles: roles(finding),
            incident: None,
            devices: Vec::new(),
            accounts: Vec::new(),
            processes: Vec::new(),
            pivots: Vec::new(),
            more_pivots: 0,
            other_pivots: String::new(),
            links: links(finding),
            of: OfKind::Case { alerts: None, assigned_to: None },
        };
        row.fill(finding, now);
        if row.title.is_empty() {
            row.title = markup::clean(&finding.id);
        }
        row
    }

    fn fill(&mut self, finding: &Finding, now: Timestamp) {
        match &finding.details {
            Details::Alert { category, classification, incident, techniques, devices, accounts, pivots, .. } => {
                self.notes.extend(category.as_deref().map(word));
                if !techniques.is_empty() {
                    self.notes.push(markup::cut(&techniques.join(", "), WORD));
                }
                self.notes.extend(classification.as_deref().map(|text| format!("closed as {}", word(text))));
                self.incident = incident.as_ref().map(|incident| {
                    (format!("#{}", markup::cut(&incident.id, WORD)), incident.url.as_deref().and_then(markup::outside))
                });
                self.devices = names(devices, '.');
                self.accounts = names(accounts, '@');
                self.pivots = pivots.iter().take(MOST_PIVOTS).map(|value| markup::pivot(value)).collect();
                self.more_pivots = pivots.len().saturating_sub(MOST_PIVOTS);
                self.other_pivots = markup::cut(&pivots.get(MOST_PIVOTS..).unwrap_or_default().join(", "), NOTE);
            }
            Details::Incident { classification, assigned_to, alerts, labels } => {
                self.notes.extend(classification.as_deref().map(|text| format!("closed as {}", word(text))));
                self.notes.extend(labels.iter().take(MOST_NAMES).map(|label| markup::cut(label, WORD)));
                self.of = OfKind::Case { alerts: *alerts, assigned_to: assigned_to.as_deref().map(name) };
            }
            Details::ThreatIndicator {
                value,
                matched,
                action,
                state,
                confidence,
                valid_until,
                description,
                listed_by,
                tags,
                ..
            } => {
                self.faded = state != "active";
                self.notes.extend(
                    description.as_deref().map(|text| markup::cut(text, NOTE)).filter(|text| *text != self.title),
                );
                self.notes.extend(listed_by.as_deref().map(|who| format!("listed by {}", markup::cut(who, NAME))));
                self.notes.extend(tags.iter().take(MOST_NAMES).map(|tag| markup::cut(tag, WORD)));
                if matched != "exact" {
                    self.notes.push(format!("matches as {}", word(matched)));
                }
                let (action, mark) = action_words(action.as_deref(), state);
                self.of = OfKind::Listed {
                    value: markup::value(value),
                    action,
                    mark,
                    state: state_words(state, *valid_until, now),
                    confidence: *confidence,
                };
            }
            Details::Prevalence { devices, at_least } => {
                self.of = OfKind::Prevalence { devices: format!("Seen by {}", devices_words(*devices, *at_least)) };
            }
            Details::Mail { .. } | Details::Click { .. } | Details::SignIn { .. } | Details::Sighting { .. } => {
                self.of = OfKind::Cells(cells::of(finding, now));
            }
            Details::Intelligence { .. } => {}
            Details::Device { connected, blocked, processes, accounts, os, risk } => {
                self.processes = names(processes, '/');
                self.accounts = names(accounts, '@');
                self.devices.extend(os.as_deref().map(name));
                self.status = risk.as_deref().map(|risk| format!("risk {}", word(risk)));
                self.faded = connected == &Some(0);
                self.of =
                    OfKind::Device { reach: Reach::of(*connected, *blocked), connected: *connected, blocked: *blocked };
            }
        }
    }
}

/// A word that Microsoft chooses, as words and no longer than a cell.
pub fn word(text: &str) -> String {
    markup::cut(&markup::words(text), WORD)
}

/// A name that people gave, with places to break: HTML.
pub fn name(text: &str) -> String {
    markup::value(&markup::cut(text, NAME))
}

/// The first names, and how many more. A name that another one only spells out (`fin-014` and `fin-014.corp.example`,
/// `anna` and `anna@corp.example`) is left out: it is the same device or account.
pub fn names(names: &[String], joint: char) -> Vec<String> {
    let spelt_out = |short: &str| {
        names.iter().any(|long| {
            let head = long.get(..short.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(short)) && long[short.len()..].starts_with(joint)
        })
    };
    let whole: Vec<&String> = names.iter().filter(|text| !spelt_out(text)).collect();
    let mut shown: Vec<String> = whole.iter().take(MOST_NAMES).map(|text| name(text)).collect();
    if whole.len() > MOST_NAMES {
        shown.push(format!("and {} more", whole.len() - MOST_NAMES));
    }
    shown
}

/// In which roles it stands, each once with its gravest verdict, at most three. A place that names no role adds nothing
/// where a role has the same verdict.
fn roles(finding: &Finding) -> Vec<Role> {
    let gravity = |verdict: Option<&str>| match verdict {
        Some("malicious") => 0,
        Some("suspicious") => 1,
        Some("unknown") | None => 3,
        Some(_) => 2,
    };
    let mut places: Vec<_> =
        finding.places.iter().map(|place| (place.role.as_deref(), place.verdict.as_deref())).collect();
    places.sort_by_key(|(role, verdict)| (gravity(*verdict), role.is_none()));
    let mut roles: Vec<Role> = Vec::new();
    for (role, verdict) in places {
        let verdict = verdict.filter(|verdict| *verdict != "unknown");
        let (role, said) = (role.map(word), verdict.map(word));
        let known = |other: &Role| match &role {
            Some(_) => other.role == role,
            None => other.verdict == said,
        };
        if (role.is_none() && said.is_none()) || roles.iter().any(known) || roles.len() == 3 {
            continue;
        }
        let mark = match verdict {
            Some("malicious") => "high",
            Some("suspicious") => "medium",
            _ => "informational",
        };
        roles.push(Role { role, verdict: said, mark });
    }
    roles
}

fn links(finding: &Finding) -> Vec<Link> {
    let safe = |link: &Link| Some(Link { label: markup::clean(&link.label), url: markup::outside(&link.url)? });
    finding.links.iter().filter_map(safe).take(4).collect()
}

fn action_words(action: Option<&str>, state: &str) -> (String, &'static str) {
    let active = state == "active";
    match action {
        Some("block") => ("Block".to_owned(), if active { "high" } else { "informational" }),
        Some("warn") => ("Warn".to_owned(), if active { "medium" } else { "informational" }),
        Some("audit" | "alert") => ("Audit".to_owned(), if active { "medium" } else { "informational" }),
        Some("allow") => ("Allow".to_owned(), "informational"),
        Some(other) => (word(other), "informational"),
        None => ("Listed".to_owned(), if active { "medium" } else { "informational" }),
    }
}

fn state_words(state: &str, until: Option<Timestamp>, now: Timestamp) -> String {
    match (state, until) {
        ("active", None) => "active, no end".to_owned(),
        ("active", Some(until)) => format!("until {}", when::day(until, now)),
        ("expired", Some(until)) => format!("expired {}", when::ago(until, now)),
        (other, _) => markup::value(&word(other)),
    }
}

/// "at least 4 devices".
pub fn devices_words(devices: u64, at_least: bool) -> String {
    let plural = if devices == 1 { "" } else { "s" };
    let bound = if at_least { "at least " } else { "" };
    format!("{bound}{devices} device{plural}")
}

#[cfg(test)]
mod tests;
