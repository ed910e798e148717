//! The list of all sources at the side of the report: how each answered, by connection and, where there are several, by tenant.

use std::collections::HashSet;

use askama::Template;
use search::{Answer, Asked, Outcome, Report};

use super::panels::Kind;
use super::parts::View;
use super::sources::asked_again;
use crate::markup;
use crate::state::CapabilityRow;

/// The list of all sources, a line each, in their own order: it stays where it is from the first moment on.
#[derive(Template)]
#[template(path = "search/_rail.html")]
pub struct Rail {
    /// Where there are several tenants: each with its sources, in the order of their names.
    tenants: Vec<TenantPart>,
    /// The sources of no tenant in particular, or of the only one.
    groups: Vec<Group>,
    answered: usize,
    all: usize,
}

/// The sources of one tenant, folded where there are many.
struct TenantPart {
    id: String,
    name: String,
    icon: &'static str,
    class: &'static str,
    /// "3 found", "nothing known".
    words: String,
    open: bool,
    groups: Vec<Group>,
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

/// So many tenants stand open; of more, each is one line until it is opened.
const MOST_OPEN: usize = 3;

/// A product of which every line would say so has one line.
const NOT_CONNECTED: &str = "not connected";

impl Rail {
    /// The list for a report.
    pub fn of(report: &Report, view: View<'_>) -> Rail {
        let mut tenants: Vec<(String, Vec<Shown<'_>>)> = Vec::new();
        let mut rest: Vec<Shown<'_>> = Vec::new();
        for (asked, answer) in in_order(report, view.capabilities) {
            if answer.is_some_and(|answer| answer.outcome == Outcome::NotApplicable) {
                continue;
            }
            let Some(name) = view.tenants.of_source(asked) else {
                rest.push((asked, answer));
                continue;
            };
            match tenants.iter_mut().find(|(known, _)| *known == name) {
                Some((_, sources)) => sources.push((asked, answer)),
                None => tenants.push((name, vec![(asked, answer)])),
            }
        }
        tenants.sort_by_cached_key(|(name, _)| name.to_lowercase());
        let open = tenants.len() <= MOST_OPEN;
        let part = |(at, (name, sources)): (usize, (String, Vec<Shown<'_>>))| {
            let (icon, class, words) = sum(report, &name, &sources, view);
            let id = format!("rail-tenant-{at}");
            TenantPart { id, name, icon, class, words, open, groups: groups(&sources, view) }
        };
        Rail {
            tenants: tenants.into_iter().enumerate().map(part).collect(),
            groups: groups(&rest, view),
            answered: report.answers.len(),
            all: report.answers.len() + report.waiting.len(),
        }
    }
}

/// A source, with its answer once that has come.
type Shown<'a> = (&'a Asked, Option<&'a Answer>);

/// One group a connection. Of a product that is not connected, one line says it.
fn groups(sources: &[Shown<'_>], view: View<'_>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (asked, answer) in sources {
        let product = asked.product.title();
        let label = asked.label.as_deref().map(markup::clean);
        let line = line(asked, *answer, view);
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
    groups
}

/// What the sources of a tenant come to.
fn sum(report: &Report, name: &str, sources: &[Shown<'_>], view: View<'_>) -> (&'static str, &'static str, String) {
    let of_tenant = |finding: &&search::Finding| view.tenants.of_finding(finding).as_deref() == Some(name);
    let found = report.findings.iter().filter(of_tenant).count();
    let gaps = sources.iter().filter(|(_, answer)| answer.is_some_and(Answer::is_gap)).count();
    let waits = sources.iter().any(|(_, answer)| answer.is_none());
    let gap = if gaps == 1 { "1 gap".to_owned() } else { format!("{gaps} gaps") };
    match (found, waits, gaps) {
        (0, true, _) => ("clock", "waiting", "asking…".to_owned()),
        (0, false, 0) => ("none", "quiet", "nothing known".to_owned()),
        (0, false, _) => ("warn", "gap", gap),
        (_, true, _) => ("dot", "found", format!("{found}, still asking")),
        (_, false, 0) => ("dot", "found", found.to_string()),
        (_, false, _) => ("dot", "found", format!("{found}, {gap}")),
    }
}

/// Every source with its answer, in the order of the capabilities and not of the answers: each keeps its line. Routes that
/// are gone stand last; they also do in the table, so that these do not move either.
fn in_order<'a>(report: &'a Report, capabilities: &[CapabilityRow]) -> Vec<Shown<'a>> {
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

/// How many findings of the kind that the source is there for, each once; of any kind where it brought none of its own.
fn count(answer: &Answer) -> usize {
    let kind = Kind::of(&answer.asked);
    let own: HashSet<_> =
        answer.findings.iter().filter(|finding| kind.holds(finding)).map(|one| (one.kind, &one.id)).collect();
    if own.is_empty() { answer.findings.len() } else { own.len() }
}
