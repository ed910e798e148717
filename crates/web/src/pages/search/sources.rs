//! What could not be asked, or not wholly, and what to do about it.

use askama::Template;
use search::{Answer, Outcome, Report};

use super::parts::View;
use super::tab::Tab;
use crate::support::Contact;
use crate::{markup, when};

/// When a throttled source is asked again by this page itself: HTML.
pub fn asked_again(answer: &Answer, view: View<'_>) -> Option<String> {
    let at = answer.retry_at.filter(|_| view.again.contains(&answer.asked))?;
    Some(when::soon(at, view.now))
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
    /// Where there are several tenants: those that it holds for, each with where to put it right.
    tenants: Vec<(String, Option<Remedy>)>,
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
            let tenant = view.tenants.of_source(&answer.asked);
            let is_same = |first: &Answer| same(first, answer, tenant.is_some());
            let at = problems.iter().position(|(outcome, first, _)| *outcome == answer.outcome && is_same(first));
            let at = at.unwrap_or_else(|| {
                problems.push((answer.outcome, answer, problem(answer, view)));
                problems.len() - 1
            });
            let problem = &mut problems[at].2;
            // Of a product without a connection nothing could be asked at all: its name says it.
            if answer.asked.connection.is_some() && !problem.sources.contains(&title) {
                problem.sources.push(title);
            }
            let evidence = answer.evidence.iter();
            let of = |name: &str| match &tenant {
                Some(tenant) => format!("{tenant}: {}", markup::words(name)),
                None => markup::words(name),
            };
            let evidence: Vec<_> = evidence.map(|(name, value)| (of(name), markup::clean(value))).collect();
            // Of one connection's sources, the first tells it for all.
            if problem.evidence.is_empty() || tenant.as_ref().is_some_and(|tenant| !problem.names(tenant)) {
                problem.evidence.extend(evidence);
            }
            if let Some(tenant) = tenant.filter(|tenant| !problem.names(tenant)) {
                problem.tenants.push((tenant, answer.remedy_link.as_deref().and_then(remedy)));
            }
            problem.set_aside += answer.set_aside;
            for permission in answer.asked.permission.iter().filter(|_| answer.outcome == Outcome::Denied) {
                if !problem.permissions.contains(permission) {
                    problem.permissions.push(permission.clone());
                }
            }
        }
        for (_, _, problem) in &mut problems {
            if problem.tenants.len() > 1 {
                // One label and one page are not those of the others.
                (problem.label, problem.link) = (None, None);
            }
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

/// Whether two answers tell the same. What is the matter in thirty tenants is told once.
fn same(one: &Answer, two: &Answer, several: bool) -> bool {
    let elsewhere = several && (&one.asked.cloud, &one.asked.tenant) != (&two.asked.cloud, &two.asked.tenant);
    one.asked.product == two.asked.product
        && one.reason == two.reason
        && one.remedy == two.remedy
        && (elsewhere || (one.asked.connection == two.asked.connection && one.remedy_link == two.remedy_link))
}

impl Problem {
    fn names(&self, tenant: &str) -> bool {
        self.tenants.iter().any(|(known, _)| known == tenant)
    }
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
        tenants: Vec::new(),
        permissions: Vec::new(),
        evidence: Vec::new(),
        set_aside: 0,
    }
}

fn remedy(link: &str) -> Option<Remedy> {
    if link.starts_with('/') && !link.starts_with("//") {
        return Some(Remedy::Here(link.to_owned()));
    }
    markup::outside(link).map(Remedy::Outside)
}
