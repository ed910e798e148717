//! The head of the report: what was searched, what it comes to, how far was looked.

use askama::Template;
use indicator::{Indicator, Parsed};
use jiff::Timestamp;
use search::Report;
use search::assessment::{Level, Reason};
use search::report::Counts;

use super::rows::devices_words;
use super::sources::took;
use super::tab::Tab;
use crate::{markup, when};

/// What was searched. It does not change while answers come.
#[derive(Template)]
#[template(path = "search/_subject.html")]
pub struct Subject {
    value: String,
    plain: String,
    defanged: String,
    /// The form with its own letters, where it differs.
    unicode: Option<String>,
    kind: &'static str,
    flags: Vec<(&'static str, &'static str)>,
    /// Link to the registrable domain, where the value is below it: HTML.
    registrable: Option<String>,
    /// What was pasted, where it was written otherwise.
    input: Option<String>,
    notes: Vec<String>,
}

impl Subject {
    /// The subject of a search.
    pub fn of(parsed: &Parsed) -> Subject {
        let indicator = &parsed.indicator;
        let plain = indicator.value();
        let (unicode, registrable) = match indicator {
            Indicator::Domain(domain) => (
                Some(domain.unicode()).filter(|unicode| *unicode != plain),
                domain.registrable().filter(|registrable| *registrable != plain).map(markup::pivot),
            ),
            Indicator::Ip(_) => (None, None),
        };
        let input =
            Some(markup::clean(&parsed.input)).filter(|input| *input != plain && Some(input) != unicode.as_ref());
        Subject {
            value: markup::value(&plain),
            defanged: indicator.defanged(),
            unicode,
            kind: match indicator {
                Indicator::Domain(_) => "Domain",
                Indicator::Ip(address) if address.is_ipv4() => "IPv4 address",
                Indicator::Ip(_) => "IPv6 address",
            },
            flags: indicator.flags().into_iter().map(|flag| (flag.as_str(), flag.title())).collect(),
            registrable,
            input,
            notes: parsed.notes.iter().map(|note| markup::clean(&note.to_string())).collect(),
            plain,
        }
    }
}

/// What it comes to. Changes with each answer.
#[derive(Template)]
#[template(path = "search/_findings.html")]
pub struct Verdict {
    /// Class and icon of the level.
    mark: &'static str,
    sentence: String,
    /// The end of the sentence, on what was not asked: told apart, since it can be long.
    gaps: Option<String>,
    spoke: Vec<Reason>,
    silent: Vec<Reason>,
    /// The shortest period that was looked at; absent where no source looks back.
    shortest: Option<String>,
    /// What was covered, one clause a group of sources.
    coverage: Vec<String>,
    /// `<time>`: HTML.
    first_seen: Option<String>,
    last_seen: Option<String>,
    counts: Counts,
    devices: Option<String>,
    /// "Asking 5 of 12 sources", while some have not answered.
    progress: Option<String>,
    asked: String,
    took: String,
}

impl Verdict {
    /// The sum of a report.
    pub fn of(report: &Report, now: Timestamp) -> Verdict {
        let (spoke, silent) = report.assessment.reasons.iter().cloned().partition(|reason| reason.spoke);
        let all = report.answers.len() + report.waiting.len();
        let counts = report.summary.counts.clone();
        let (sentence, gaps) = divide(&report.assessment.sentence);
        Verdict {
            mark: match report.assessment.level {
                Level::Malicious => "high",
                Level::Suspicious => "medium",
                Level::Seen => "low",
                Level::NothingKnown => "informational",
                Level::CannotSay => "warn",
            },
            sentence,
            gaps,
            spoke,
            silent,
            shortest: shortest(report),
            coverage: report.summary.coverage.iter().filter(|clause| !is_told_above(clause)).cloned().collect(),
            first_seen: report.summary.first_seen.map(|at| when::day(at, now)),
            last_seen: report.summary.last_seen.map(|at| when::ago(at, now)),
            devices: (counts.devices > 0).then(|| {
                let devices = search::report::Devices::of(&report.findings);
                devices_words(devices.connected, devices.at_least)
            }),
            counts,
            progress: (!report.waiting.is_empty())
                .then(|| format!("{} of {all} sources have answered", report.answers.len())),
            asked: when::ago_live(oldest(report), now),
            took: took(report.took),
        }
    }
}

/// The sentence as far as it says what is known, and its end on what was not asked.
fn divide(sentence: &str) -> (String, Option<String>) {
    // How many are still asked stands below, and changes.
    let sentence = sentence.find("; still asking ").map_or(sentence, |at| &sentence[..at]);
    match sentence.find("; not asked: ") {
        Some(at) => (markup::clean(&sentence[..at]), Some(markup::clean(&sentence[at..]))),
        None => (markup::clean(sentence), None),
    }
}

/// The shortest period that any source looked at: so far back all of them did. Lists that tell only the present have none.
fn shortest(report: &Report) -> Option<String> {
    let periods = report.answers.iter().filter_map(|answer| answer.covered.as_ref());
    let periods = periods.filter(|covered| covered.to > covered.from);
    periods.min_by_key(|covered| covered.to.duration_since(covered.from)).map(search::Covered::words)
}

/// Who was not asked ends the sentence, and who is still being asked stands beside it in the list of sources.
fn is_told_above(clause: &str) -> bool {
    clause.starts_with("not asked: ") || clause.starts_with("still being asked: ")
}

/// An answer at hand may be older than the question.
fn oldest(report: &Report) -> Timestamp {
    report.answers.iter().map(|answer| answer.asked_at).fold(report.asked_at, Timestamp::min)
}

/// The tabs with their numbers.
#[derive(Template)]
#[template(path = "search/_tabs.html")]
pub struct Tabs {
    tabs: Vec<(Tab, Option<usize>, String)>,
    current: Tab,
}

impl Tabs {
    /// The tabs of a report.
    pub fn of(report: &Report, current: Tab, query: &str) -> Tabs {
        Tabs { tabs: Tab::ALL.map(|tab| (tab, tab.count(report), tab.address(query))).into(), current }
    }
}
