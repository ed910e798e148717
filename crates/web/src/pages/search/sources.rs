//! How each source answered: the list at the side, what could not be asked and what to do about it, and who knows nothing.

use std::collections::HashSet;
use std::time::Duration;

use askama::Template;
use jiff::{SignedDuration, Timestamp};
use search::{Answer, Asked, Outcome, Report};

use super::panels::Kind;
use super::parts::View;
use super::tab::Tab;
use crate::state::CapabilityRow;
use crate::support::Contact;
use crate::{markup, when};

/// The list of all sources, a line each, in their own order: it stays where it is from the first moment on.
#[derive(Template)]
#[template(path = "search/_rail.html")]
pub struct Rail {
    groups: Vec<Group>,
    answered: usize,
    all: usize,
}

/// The sources of one connection.
struct Group {
    product: &'static str,
    label: Option<String>,
    lines: Vec<Line>,
}

/// One source.
struct Line {
    title: String,
    /// Name of the icon.
    icon: &'static str,
    /// Class: `found`, `quiet`, `gap`, `waiting`, `off`.
    class: &'static str,
    /// "3", "none", "permission missing".
    words: String,
    /// When it is asked again by itself: HTML.
    again: Option<String>,
}

/// A table without a row of the last day is quiet.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A product of which every line would say so has one line.
const NOT_CONNECTED: &str = "not connected";

impl Rail {
    /// The list for a report.
    pub fn of(report: &Report, view: View<'_>) -> Rail {
        let mut groups: Vec<Group> = Vec::new();
        for (asked, answer) in in_order(report, view.capabilities) {
            if answer.is_some_and(|answer| answer.outcome == Outcome::NotApplicable) {
                continue;
            }
            let product = asked.product.title();
            let label = asked.label.as_deref().map(markup::clean);
            let line = line(asked, answer, view);
            match groups.iter_mut().find(|group| group.product == product && group.label == label) {
                Some(group) => group.lines.push(line),
                None => groups.push(Group { product, label, lines: vec![line] }),
            }
        }
        for group in &mut groups {
            if group.lines.iter().all(|line| line.words == NOT_CONNECTED) {
                group.lines.truncate(1);
                group.lines.iter_mut().for_each(|line| line.title = "All sources".to_owned());
            }
        }
        Rail { answered: report.answers.len(), all: report.answers.len() + report.waiting.len(), groups }
    }
}

/// Every source with its answer, in the order of the capabilities and not of the answers: each keeps its line. Routes that
/// are gone stand last; they also do in the table, so that these do not move either.
fn in_order<'a>(report: &'a Report, capabilities: &[CapabilityRow]) -> Vec<(&'a Asked, Option<&'a Answer>)> {
    let answered = report.answers.iter().map(|answer| (&answer.asked, Some(answer)));
    let mut all: Vec<_> = answered.chain(report.waiting.iter().map(|asked| (asked, None))).collect();
    all.sort_by_cached_key(|(asked, answer)| {
        let retired = answer.is_some_and(|answer| answer.outcome == Outcome::Retired);
        let place = capabilities.iter().position(|row| row.name == asked.source).unwrap_or(usize::MAX);
        (asked.product, asked.label.clone(), asked.connection.clone(), retired, place, asked.source.clone())
    });
    all
}

fn line(asked: &Asked, answer: Option<&Answer>, view: View<'_>) -> Line {
    let title = markup::clean(&asked.title);
    let Some(answer) = answer else {
        return Line { title, icon: "clock", class: "waiting", words: "asking…".to_owned(), again: None };
    };
    let (icon, class) = match answer.outcome {
        Outcome::Found => ("dot", "found"),
        Outcome::Nothing => ("none", "quiet"),
        Outcome::NotConnected | Outcome::NotApplicable | Outcome::Retired => ("ring", "off"),
        Outcome::Throttled | Outcome::TimedOut => ("clock", "gap"),
        Outcome::Denied | Outcome::Refused => ("lock", "gap"),
        _ => ("warn", "gap"),
    };
    let words = match answer.outcome {
        Outcome::Found => count(answer).to_string(),
        Outcome::Nothing => "nothing known".to_owned(),
        Outcome::Partial if !answer.findings.is_empty() => format!("{}, incomplete", count(answer)),
        Outcome::Retired => "retired".to_owned(),
        _ => answer.why_not().unwrap_or_default().to_owned(),
    };
    Line { title, icon, class, words, again: asked_again(answer, view) }
}

/// When a throttled source is asked again by this page itself: HTML.
pub fn asked_again(answer: &Answer, view: View<'_>) -> Option<String> {
    let at = answer.retry_at.filter(|_| view.again.contains(&answer.asked))?;
    Some(when::soon(at, view.now))
}

/// How many findings of the kind that the source is there for, each once; of any kind where it brought none of its own.
fn count(answer: &Answer) -> usize {
    let kind = Kind::of(&answer.asked);
    let own: HashSet<_> =
        answer.findings.iter().filter(|finding| kind.holds(finding)).map(|one| (one.kind, &one.id)).collect();
    if own.is_empty() { answer.findings.len() } else { own.len() }
}

/// What could not be asked, or not wholly, and what to do about it.
#[derive(Template)]
#[template(path = "search/_problems.html")]
pub struct Problems {
    id: String,
    /// Whom to ask about those that somebody else has to mend.
    contact: Option<Contact>,
    problems: Vec<Problem>,
}

/// One reason, with the sources that it holds for.
struct Problem {
    icon: &'static str,
    /// "Defender".
    product: &'static str,
    label: Option<String>,
    /// "Alerts, devices".
    sources: Vec<String>,
    /// "permission missing".
    outcome: &'static str,
    reason: Option<String>,
    /// When it may be asked again: HTML.
    again: Option<String>,
    /// When it is, by this page: HTML.
    by_itself: Option<String>,
    remedy: Option<String>,
    link: Option<Remedy>,
    permissions: Vec<String>,
    evidence: Vec<(String, String)>,
    set_aside: u32,
}

/// Where to put it right.
enum Remedy {
    /// On a page of Oriel.
    Here(String),
    /// On a page of Microsoft's portal.
    Outside(String),
}

impl Problems {
    /// What stands in the way on a tab.
    pub fn of(report: &Report, tab: Tab, view: View<'_>) -> Problems {
        let mut problems: Vec<(Outcome, &Answer, Problem)> = Vec::new();
        for answer in report.answers.iter().filter(|answer| tab.shows(answer.asked.product) && is_problem(answer)) {
            let title = markup::clean(&answer.asked.title);
            let known =
                problems.iter_mut().find(|(outcome, first, _)| *outcome == answer.outcome && same(first, answer));
            let problem = match known {
                Some((_, _, problem)) => problem,
                None => {
                    problems.push((answer.outcome, answer, problem(answer, view)));
                    let Some((_, _, problem)) = problems.last_mut() else { continue };
                    problem
                }
            };
            // Of a product without a connection nothing could be asked at all: its name says it.
            if answer.asked.connection.is_some() && !problem.sources.contains(&title) {
                problem.sources.push(title);
            }
            problem.set_aside += answer.set_aside;
            let permission = answer.asked.permission.iter().filter(|_| answer.outcome == Outcome::Denied);
            problem.permissions.extend(permission.cloned());
        }
        // What was never connected is no news: it stands last.
        problems.sort_by_key(|(outcome, _, _)| *outcome == Outcome::NotConnected);
        let stuck = problems.iter().any(|(outcome, _, _)| needs_somebody(*outcome));
        Problems {
            id: format!("{}-problems", tab.name()),
            contact: view.contact.filter(|_| stuck).cloned(),
            problems: problems.into_iter().map(|(_, _, problem)| problem).collect(),
        }
    }
}

fn is_problem(answer: &Answer) -> bool {
    let said_all =
        matches!(answer.outcome, Outcome::Found | Outcome::Nothing | Outcome::NotApplicable | Outcome::Retired);
    !said_all || answer.set_aside > 0
}

/// Whether somebody else than the reader has to put it right.
fn needs_somebody(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Denied | Outcome::Refused | Outcome::Unlicensed | Outcome::Unreachable | Outcome::Failed)
}

fn same(one: &Answer, two: &Answer) -> bool {
    one.asked.product == two.asked.product
        && one.asked.connection == two.asked.connection
        && one.reason == two.reason
        && one.remedy == two.remedy
        && one.remedy_link == two.remedy_link
}

fn problem(answer: &Answer, view: View<'_>) -> Problem {
    let by_itself = asked_again(answer, view);
    let throttled = answer.outcome == Outcome::Throttled && by_itself.is_none();
    Problem {
        icon: match answer.outcome {
            Outcome::Denied | Outcome::Refused => "lock",
            Outcome::Throttled | Outcome::TimedOut => "clock",
            Outcome::NotConnected => "ring",
            Outcome::Found | Outcome::Nothing => "note",
            _ => "warn",
        },
        product: answer.asked.product.title(),
        label: answer.asked.label.as_deref().map(markup::clean),
        sources: Vec::new(),
        outcome: answer.why_not().unwrap_or("some records set aside"),
        reason: answer.reason.as_deref().map(markup::clean),
        again: answer.retry_at.filter(|_| throttled).map(|at| when::ago(at, view.now)),
        // Nothing is left to do where it is done by itself.
        remedy: answer.remedy.as_deref().filter(|_| by_itself.is_none()).map(markup::clean),
        by_itself,
        link: answer.remedy_link.as_deref().and_then(remedy),
        permissions: Vec::new(),
        evidence: answer.evidence.iter().map(|(name, value)| (markup::words(name), markup::clean(value))).collect(),
        set_aside: 0,
    }
}

fn remedy(link: &str) -> Option<Remedy> {
    if link.starts_with('/') && !link.starts_with("//") {
        return Some(Remedy::Here(link.to_owned()));
    }
    markup::outside(link).map(Remedy::Outside)
}

/// Who was asked and knows nothing, folded into one line; and the routes that Microsoft has switched off.
#[derive(Template)]
#[template(path = "search/_quiet.html")]
pub struct Quiet {
    id: String,
    /// "6 sources know nothing; the shortest looked back 30 days".
    line: Option<String>,
    quiet: Vec<Said>,
    retired: Vec<Said>,
}

/// What one source said, in small print.
struct Said {
    source: String,
    words: String,
    /// When it was asked and how long it took: HTML.
    asked: String,
    permission: Option<String>,
}

impl Quiet {
    /// Who knows nothing, on a tab.
    pub fn of(report: &Report, tab: Tab, now: Timestamp) -> Quiet {
        let with = |outcome: Outcome| {
            report.answers.iter().filter(move |answer| answer.outcome == outcome && tab.shows(answer.asked.product))
        };
        let quiet: Vec<&Answer> = with(Outcome::Nothing).collect();
        Quiet {
            id: format!("{}-quiet", tab.name()),
            line: quiet_line(&quiet),
            quiet: quiet.iter().map(|answer| said(answer, period(answer), now)).collect(),
            retired: with(Outcome::Retired)
                .map(|answer| said(answer, answer.reason.as_deref().map(markup::clean).unwrap_or_default(), now))
                .collect(),
        }
    }
}

fn quiet_line(quiet: &[&Answer]) -> Option<String> {
    let who = match quiet.len() {
        0 => return None,
        1 => "1 source knows nothing".to_owned(),
        many => format!("{many} sources know nothing"),
    };
    let covered = quiet.iter().filter_map(|answer| answer.covered.as_ref()).filter(|covered| covered.to > covered.from);
    let Some(days) = covered.map(|covered| (covered.to.as_second() - covered.from.as_second() + 43_200) / 86_400).min()
    else {
        return Some(who);
    };
    let looked = if quiet.len() == 1 { "it looked back" } else { "the shortest looked back" };
    Some(format!("{who}; {looked} {days} day{}", if days == 1 { "" } else { "s" }))
}

fn period(answer: &Answer) -> String {
    let Some(covered) = &answer.covered else { return "Nothing known".to_owned() };
    // An old one is told where a table is quiet by its owner's word.
    let quiet = covered.newest_row.filter(|newest| answer.asked_at.duration_since(*newest) > DAY);
    let newest = quiet.map(|newest| format!(" · newest row of {}", when::day_words(newest, answer.asked_at)));
    format!("Nothing known · {}{}", covered.words(), newest.unwrap_or_default())
}

fn said(answer: &Answer, words: String, now: Timestamp) -> Said {
    let label = answer.asked.label.as_deref().map(|label| format!(" · {}", markup::clean(label))).unwrap_or_default();
    Said {
        source: format!("{} · {}{label}", answer.asked.product.title(), markup::clean(&answer.asked.title)),
        words,
        asked: format!("asked {} · {}", when::ago_live(answer.asked_at, now), took(answer.took)),
        permission: answer.asked.permission.clone(),
    }
}

/// "214 ms", "3.2 s".
pub fn took(took: Duration) -> String {
    if took < Duration::from_secs(1) {
        format!("{} ms", took.as_millis())
    } else {
        format!("{:.1} s", took.as_secs_f64())
    }
}
