//! The head of the report: what was searched, what it comes to, how far was looked.

use askama::Template;
use indicator::{Flag, Indicator, Parsed};
use jiff::Timestamp;
use search::Report;
use search::assessment::{Level, Reason};
use search::report::Counts;

use super::parts::View;
use super::quiet::took;
use super::rows::devices_words;
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
    /// The own asset that it is or is in, and the note on it.
    own: Option<(String, String)>,
    /// Link to the registrable domain, where the value is below it: HTML.
    registrable: Option<String>,
    /// What was pasted, where it was written otherwise.
    input: Option<String>,
    notes: Vec<String>,
}

impl Subject {
    /// The subject of a search.
    pub fn of(parsed: &Parsed, report: &Report) -> Subject {
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
            flags: flags(report),
            own: report.own.as_ref().map(|own| (own.asset.value(), markup::clean(&own.note))),
            registrable,
            input,
            notes: parsed.notes.iter().map(|note| markup::clean(&note.to_string())).collect(),
            plain,
        }
    }
}

/// What is special about it, by its spelling and by what is known of who has it: name and title.
fn flags(report: &Report) -> Vec<(&'static str, &'static str)> {
    let own = report.own.as_ref().map(|_| ("own_asset", "Own asset"));
    let shared = search::assessment::why_shared(&report.indicator)
        .filter(|_| !report.indicator.flags().contains(&Flag::PublicSuffix))
        .map(|_| ("shared_infrastructure", "Shared infrastructure"));
    let spelled = report.indicator.flags().into_iter().map(|flag| (flag.as_str(), flag.title()));
    own.into_iter().chain(shared).chain(spelled).collect()
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
    /// Where there are several tenants: those that know it, with how many findings and the address of the report on that
    /// one alone.
    tenants: Vec<(String, usize, String)>,
    /// "Asking 5 of 12 sources", while some have not answered.
    progress: Option<String>,
    asked: String,
    took: String,
}

impl Verdict {
    /// The sum of a report.
    pub fn of(report: &Report, query: &str, view: View<'_>) -> Verdict {
        let now = view.now;
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
            tenants: tenants_that_know(report, query, view),
            progress: (!report.waiting.is_empty())
                .then(|| format!("{} of {all} sources have answered", report.answers.len())),
            asked: when::ago_live(oldest(report), now),
            took: took(report.took),
        }
    }
}

fn tenants_that_know(report: &Report, query: &str, view: View<'_>) -> Vec<(String, usize, String)> {
    if query.contains("&tenant=") {
        return Vec::new();
    }
    let named = |tenant: &crate::tenants::Named| {
        let of_tenant = |finding: &&search::Finding| view.tenants.of_finding(finding).as_ref() == Some(&tenant.name);
        let count = report.findings.iter().filter(of_tenant).count();
        let only = url::form_urlencoded::Serializer::new(String::new()).append_pair("tenant", &tenant.key).finish();
        (count > 0).then(|| (tenant.name.clone(), count, format!("/search?{query}&{only}")))
    };
    view.tenants.iter().filter(|_| view.tenants.several()).filter_map(named).collect()
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
