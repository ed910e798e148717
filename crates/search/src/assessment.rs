//! One sentence on an indicator, from findings only.
//!
//! The rules are a table ([`rules`]); each speaks or does not, and the page shows both. What a rule may look at has been
//! sifted before ([`sift`]): places that are mere context, alerts that people closed as false or expected, entries that
//! have lapsed. So no rule can count them by mistake.

use indicator::Indicator;
use jiff::Timestamp;

use crate::{Answer, Outcome, Report, coverage};

mod ago;
mod mail_providers;
mod rules;
mod said;
mod shared_addresses;
mod shared_hosts;
mod sift;

/// How bad. There is no level that says good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// Somebody named says malicious.
    Malicious,
    /// Somebody named says suspicious.
    Suspicious,
    /// Seen, and nobody judged it.
    Seen,
    /// Everything that weighs was asked and knows nothing.
    NothingKnown,
    /// Something that weighs was not answered.
    CannotSay,
}

impl Level {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Malicious => "malicious",
            Level::Suspicious => "suspicious",
            Level::Seen => "seen",
            Level::NothingKnown => "nothing_known",
            Level::CannotSay => "cannot_say",
        }
    }
}

/// Oriel's sentence and the rules that led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// How bad.
    pub level: Level,
    /// The sentence, naming who says so.
    pub sentence: String,
    /// Every rule, whether it spoke, and what it said: the page's "why?".
    pub reasons: Vec<Reason>,
}

/// One rule of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The rule in words: "An open alert of high severity names it as attacker".
    pub rule: String,
    /// Whether it spoke.
    pub spoke: bool,
    /// What it found, where it spoke.
    pub detail: Option<String>,
}

impl Assessment {
    /// Before anybody was asked.
    pub(crate) fn pending() -> Assessment {
        Assessment { level: Level::CannotSay, sentence: "Nobody has been asked yet".into(), reasons: Vec::new() }
    }
}

/// How the sentence on an own asset begins: whatever stands in an alert with it, it is not held against it.
const OWN: &str = "The organisation's own, not assessed";

/// How many of the things that nobody judged are told in the sentence.
const MOST_SEEN: usize = 3;

/// Applies every rule to what the report knows at `now`.
pub(crate) fn assess(report: &Report, now: Timestamp) -> Assessment {
    let sifted = sift::sift(report, now);
    let spoken: Vec<(&rules::Rule, Option<rules::Spoken>)> =
        rules::RULES.iter().map(|rule| (rule, (rule.speaks)(&sifted))).collect();
    let heard = |level: Level| {
        spoken.iter().filter(move |(rule, _)| rule.level == level).filter_map(|(_, spoken)| spoken.as_ref())
    };
    let worst =
        [Level::Malicious, Level::Suspicious, Level::Seen].into_iter().find(|level| heard(*level).next().is_some());
    let (level, mut sentence) = match worst {
        Some(level @ (Level::Malicious | Level::Suspicious)) => {
            let mut clauses = said::said(level, heard(level));
            // Devices judge nothing, and are what an analyst wants to know next.
            clauses.extend(heard(Level::Seen).filter(|spoken| spoken.beside).map(|spoken| spoken.detail.clone()));
            (level, clauses.join("; "))
        }
        Some(level) => {
            let details: Vec<&str> = heard(level).map(|spoken| spoken.detail.as_str()).take(MOST_SEEN).collect();
            (
                level,
                format!(
                    "{}: {}",
                    if report.own.is_some() { OWN } else { "Seen without judgement" },
                    details.join("; ")
                ),
            )
        }
        None if report.own.is_some() => {
            let (level, sentence) = unknown(report);
            (level, format!("{OWN}. {sentence}"))
        }
        None => unknown(report),
    };
    if worst.is_some() && !report.waiting.is_empty() {
        sentence.push_str(&format!("; still asking {}", sources(report.waiting.len())));
    }
    if let Some(names) = coverage::not_asked(&report.answers) {
        sentence.push_str(&format!("; not asked: {names}"));
    }
    let reasons = spoken
        .into_iter()
        .map(|(rule, spoken)| Reason {
            rule: rule.words.into(),
            spoke: spoken.is_some(),
            detail: spoken.map(|spoken| spoken.detail),
        })
        .collect();
    Assessment { level, sentence, reasons }
}

/// Nobody knows anything: whether that may be said depends on who answered.
fn unknown(report: &Report) -> (Level, String) {
    // What an owner switched off, and a product without a connection, is named and does not forbid the sentence.
    let weighs = |answer: &&Answer| answer.is_gap() && answer.outcome != Outcome::NotConnected;
    let answered: Vec<&Answer> = report.answers.iter().filter(|answer| answer.outcome.is_complete()).collect();
    if !report.waiting.is_empty() {
        return (Level::CannotSay, format!("Cannot say yet: still asking {}", sources(report.waiting.len())));
    }
    if answered.is_empty() {
        return (Level::CannotSay, "Cannot say: no source gave a whole answer".into());
    }
    let (level, known) = match report.answers.iter().any(|answer| weighs(&answer)) {
        true if answered.len() == 1 => (Level::CannotSay, "Cannot say: 1 source knows nothing".to_owned()),
        true => (Level::CannotSay, format!("Cannot say: {} know nothing", sources(answered.len()))),
        false => (Level::NothingKnown, format!("Nothing known in what was asked: {}", sources(answered.len()))),
    };
    let shortest = answered
        .iter()
        .filter_map(|answer| answer.covered.as_ref())
        .filter(|covered| covered.from < covered.to)
        .max_by_key(|covered| covered.from);
    // What each of them covers, and some reach further back; the coverage tells how far each does, and why.
    let period = match shortest {
        Some(covered) => format!("{} or longer", covered.dates()),
        None => format!("as of {}", coverage::day(report.asked_at)),
    };
    (level, format!("{known}, {period}"))
}

fn sources(number: usize) -> String {
    if number == 1 { "1 source".into() } else { format!("{number} sources") }
}

/// Whether bad evidence on the name or address says nothing about it as a whole, and why not.
fn unjudged(report: &Report) -> Option<&'static str> {
    use indicator::Flag;
    let private = |flag: &Flag| {
        matches!(flag, Flag::Private | Flag::Loopback | Flag::LinkLocal | Flag::SharedAddressSpace | Flag::Unspecified)
    };
    if report.own.is_some() {
        return Some("it is the organisation's own");
    }
    if report.indicator.flags().iter().any(private) {
        return Some("an address of a private network is the organisation's own");
    }
    why_shared(&report.indicator)
}

/// Whether many unrelated people or services share the name or address (a public suffix, a delivery network, a cloud's edge,
/// a mail provider), and how, in a clause: by a short list of Oriel's own, so that a name which is missing is merely not told.
pub fn why_shared(indicator: &Indicator) -> Option<&'static str> {
    match indicator {
        Indicator::Domain(domain) if domain.is_public_suffix() || shared_hosts::is_shared(domain.as_str()) => {
            Some("many unrelated people publish under this name")
        }
        Indicator::Domain(domain) if mail_providers::is_mail_provider(domain.as_str()) => {
            Some("many unrelated people have their mailboxes there")
        }
        Indicator::Ip(address) => why_network_is_shared(&crate::own::network_of(*address)),
        Indicator::Domain(_) => None,
    }
}

/// The same for a network: whether any part of it is shared, however large or small it is beside what is known of.
pub(crate) fn why_network_is_shared(network: &ipnet::IpNet) -> Option<&'static str> {
    shared_addresses::why_shared(network)
}

#[cfg(test)]
mod tests;
