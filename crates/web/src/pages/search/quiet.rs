//! Who was asked and knows nothing, and which routes are gone: small print at the end of a tab.

use std::time::Duration;

use askama::Template;
use jiff::{SignedDuration, Timestamp};
use search::{Answer, Outcome, Report};

use super::parts::View;
use super::tab::Tab;
use crate::{markup, when};

/// A table without a row of the last day is quiet.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// So many tenants are named in the line itself; all of them stand in what it folds.
const MOST_NAMED: usize = 4;

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
    pub fn of(report: &Report, tab: Tab, view: View<'_>) -> Quiet {
        let with = |outcome: Outcome| {
            report.answers.iter().filter(move |answer| answer.outcome == outcome && tab.shows(answer.asked.product))
        };
        let quiet: Vec<&Answer> = with(Outcome::Nothing).collect();
        let silent = silent(report, tab, view);
        let folded = |answer: &&&Answer| {
            let name = view.tenants.of_source(&answer.asked);
            name.is_some_and(|name| silent.iter().any(|(silent, _)| *silent == name))
        };
        let (tenants, sources): (Vec<&Answer>, Vec<&Answer>) =
            quiet.iter().copied().partition(|answer| folded(&answer));
        let mut said: Vec<Said> = silent.iter().map(|(name, answers)| of_tenant(name, answers, view.now)).collect();
        said.extend(sources.iter().map(|answer| one(answer, period(answer), view)));
        let names: Vec<&str> = silent.iter().map(|(name, _)| name.as_str()).collect();
        Quiet {
            id: format!("{}-quiet", tab.name()),
            line: match tenants.is_empty() {
                true => quiet_line(&quiet),
                false => Some(tenants_line(&names, &quiet, sources.len())),
            },
            quiet: said,
            retired: with(Outcome::Retired)
                .map(|answer| one(answer, answer.reason.as_deref().map(markup::clean).unwrap_or_default(), view))
                .collect(),
        }
    }
}

/// Where there are several tenants: those of which every source that was asked says that it knows nothing.
fn silent<'a>(report: &'a Report, tab: Tab, view: View<'_>) -> Vec<(String, Vec<&'a Answer>)> {
    let mut tenants: Vec<(String, Vec<&Answer>)> = Vec::new();
    for answer in report.answers.iter().filter(|answer| tab.shows(answer.asked.product)) {
        let Some(name) = view.tenants.of_source(&answer.asked) else { continue };
        if matches!(answer.outcome, Outcome::NotApplicable | Outcome::Retired) {
            continue;
        }
        match tenants.iter_mut().find(|(known, _)| *known == name) {
            Some((_, answers)) => answers.push(answer),
            None => tenants.push((name, vec![answer])),
        }
    }
    let waits = |name: &String| report.waiting.iter().any(|asked| view.tenants.of_source(asked).as_ref() == Some(name));
    tenants.retain(|(name, answers)| {
        answers.iter().all(|answer| answer.outcome == Outcome::Nothing && answer.set_aside == 0) && !waits(name)
    });
    tenants.sort_by_cached_key(|(name, _)| name.to_lowercase());
    tenants
}

/// "28 tenants know nothing: Adatum, Contoso, Fabrikam, Litware and 24 more; the shortest looked back 30 days".
fn tenants_line(names: &[&str], quiet: &[&Answer], others: usize) -> String {
    let shown = names.iter().take(MOST_NAMED).copied().collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(MOST_NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let who = if names.len() == 1 { "1 tenant knows".to_owned() } else { format!("{} tenants know", names.len()) };
    let others = match others {
        0 => String::new(),
        1 => "; also 1 source of another".to_owned(),
        many => format!("; also {many} sources of others"),
    };
    let looked = days_back(quiet).map_or_else(String::new, |days| format!("; the shortest looked back {days}"));
    format!("{who} nothing: {shown}{more}{others}{looked}")
}

/// What a tenant that knows nothing says as a whole.
fn of_tenant(name: &str, answers: &[&Answer], now: Timestamp) -> Said {
    let oldest = answers.iter().map(|answer| answer.asked_at).min().unwrap_or(now);
    let slowest = answers.iter().map(|answer| answer.took).max().unwrap_or_default();
    Said {
        source: name.to_owned(),
        words: quiet_line(answers).unwrap_or_default(),
        asked: format!("asked {} · {}", when::ago_live(oldest, now), took(slowest)),
        permission: None,
    }
}

fn quiet_line(quiet: &[&Answer]) -> Option<String> {
    let who = match quiet.len() {
        0 => return None,
        1 => "1 source knows nothing".to_owned(),
        many => format!("{many} sources know nothing"),
    };
    let Some(days) = days_back(quiet) else { return Some(who) };
    let looked = if quiet.len() == 1 { "it looked back" } else { "the shortest looked back" };
    Some(format!("{who}; {looked} {days}"))
}

/// How far back the shortest of them looked, if any looks back.
fn days_back(quiet: &[&Answer]) -> Option<String> {
    let covered = quiet.iter().filter_map(|answer| answer.covered.as_ref()).filter(|covered| covered.to > covered.from);
    let days = covered.map(|covered| (covered.to.as_second() - covered.from.as_second() + 43_200) / 86_400).min()?;
    Some(format!("{days} day{}", if days == 1 { "" } else { "s" }))
}

fn period(answer: &Answer) -> String {
    let Some(covered) = &answer.covered else { return "Nothing known".to_owned() };
    // An old one is told where a table is quiet by its owner's word.
    let quiet = covered.newest_row.filter(|newest| answer.asked_at.duration_since(*newest) > DAY);
    let newest = quiet.map(|newest| format!(" · newest row of {}", when::day_words(newest, answer.asked_at)));
    format!("Nothing known · {}{}", covered.words(), newest.unwrap_or_default())
}

fn one(answer: &Answer, words: String, view: View<'_>) -> Said {
    let names = [answer.asked.label.as_deref().map(markup::clean), view.tenants.of_source(&answer.asked)];
    // A tenant is often called as its connections are.
    let [label, tenant] = names;
    let tenant = tenant.filter(|tenant| Some(tenant) != label.as_ref());
    let label: String = label.into_iter().chain(tenant).map(|name| format!(" · {name}")).collect();
    Said {
        source: format!("{} · {}{label}", answer.asked.product.title(), markup::clean(&answer.asked.title)),
        words,
        asked: format!("asked {} · {}", when::ago_live(answer.asked_at, view.now), took(answer.took)),
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
