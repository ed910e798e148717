//! How the things of a connection stand, and what changed in it: pure.
//!
//! A [`Standing`] is told only where it is certain. An answer that did not come in time says nothing about a permission,
//! so what was known before stays known, and nothing is told twice.

use jiff::civil::Date;

use crate::validation::{Check, CheckState, Follow, Validation, Verdict};

/// How one thing of a connection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// `connection`, `credential`, a capability's name, or `table:PLACE/TABLE`.
    pub subject: String,
    /// A stable word; `None` if the thing is no longer looked at, so that what was known of it is forgotten.
    pub state: Option<&'static str>,
    /// What is told if it is a change, in a sentence.
    pub title: String,
}

/// One thing that stands otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// As in [`Standing`].
    pub subject: String,
    /// The word before.
    pub was: String,
    /// The word now.
    pub is: String,
    /// What is told, in a sentence.
    pub title: String,
}

/// The app signs in.
pub const SIGNS_IN: &str = "signs_in";
/// Microsoft refuses the sign-in.
pub const REFUSED: &str = "refused";
/// There is no way to Microsoft.
pub const UNREACHABLE: &str = "unreachable";
/// A capability answers.
pub const WORKS: &str = "works";
/// A capability does not, and will not by itself.
pub const DOES_NOT_WORK: &str = "does_not_work";
/// Microsoft has switched a capability's route off.
pub const RETIRED: &str = "retired";
/// A table had rows within the last day.
pub const FRESH: &str = "fresh";
/// A table had none.
pub const SILENT: &str = "silent";
/// A credential lasts longer than 30 days, or nobody said how long.
pub const LASTS: &str = "lasts";

/// Causes that pass, or say nothing about what they hid. A status without a name is Microsoft's trouble of the moment as often
/// as not.
const PASSING: [&str; 5] = ["throttled", "timed_out", "unavailable", "not_yet_effective", "failed"];
/// Causes on the way to Microsoft, by a check's code: what a proxy, a firewall or whoever answers in Microsoft's place does.
pub const ON_THE_WAY: [&str; 9] =
    ["dns", "connect", "tls", "tls_name", "tls_time", "proxy", "proxy_authentication", "broken", "web_page"];

fn is_passing(code: &str) -> bool {
    PASSING.contains(&code) || ON_THE_WAY.contains(&code)
}

/// Whether a state is as it should be.
pub fn is_well(state: &str) -> bool {
    matches!(state, SIGNS_IN | WORKS | FRESH | LASTS)
}

/// What stands otherwise than it was known; what was not known before is no change.
pub fn changes(known: &[(String, String)], found: &[Standing]) -> Vec<Changed> {
    let change = |standing: &Standing| {
        let (is, (_, was)) = (standing.state?, known.iter().find(|(subject, _)| *subject == standing.subject)?);
        (was != is).then(|| Changed {
            subject: standing.subject.clone(),
            was: was.clone(),
            is: is.to_owned(),
            title: standing.title.clone(),
        })
    };
    found.iter().filter_map(change).collect()
}

/// How a connection and its capabilities stand after it was tried.
pub fn of_validation(validation: &Validation) -> Vec<Standing> {
    let checks = &validation.checks;
    let mut standings: Vec<Standing> = connection(validation).into_iter().collect();
    let signs_in = validation.signs_in();
    for follow in &validation.follows {
        standings.extend(capability(follow, checks, signs_in));
    }
    standings
}

fn connection(validation: &Validation) -> Option<Standing> {
    let standing = |state, title: String| Some(Standing { subject: "connection".into(), state: Some(state), title });
    if validation.signs_in() {
        return standing(SIGNS_IN, "The app signs in to Microsoft again.".into());
    }
    let first = validation.checks.iter().find(|check| check.state == CheckState::Failed)?;
    match first.code.as_str() {
        code if PASSING.contains(&code) => None,
        code if ON_THE_WAY.contains(&code) => standing(UNREACHABLE, first.title.clone()),
        _ => standing(REFUSED, first.title.clone()),
    }
}

fn capability(follow: &Follow, checks: &[Check], signs_in: bool) -> Option<Standing> {
    let standing = |state, title: String| Standing { subject: follow.capability.clone(), state, title };
    match follow.verdict {
        Verdict::Off | Verdict::NotOffered => Some(standing(None, String::new())),
        Verdict::Retired => {
            Some(standing(Some(RETIRED), format!("{}: {}.", follow.title, follow.words.trim_end_matches('.'))))
        }
        Verdict::Works => Some(standing(Some(WORKS), format!("{}: works again.", follow.title))),
        // Told of the connection: ten more lines would say the same.
        Verdict::WillWork if !signs_in => None,
        Verdict::WillWork => {
            let own = |check: &&Check| {
                check.check == "probe" && check.capability.as_deref() == Some(follow.capability.as_str())
            };
            // What fails for the same reason as another capability is left out with the same code, and what was not tried waits
            // for the sign-in to its interface.
            let broken = |check: &&Check| check.state != CheckState::Passed;
            if checks.iter().filter(own).filter(broken).any(|check| is_passing(&check.code)) {
                return None;
            }
            let waits = checks.iter().filter(own).any(|check| check.code == "no_token");
            let token = |check: &&Check| check.check == "token" && check.state == CheckState::Failed;
            if waits && checks.iter().filter(token).any(|check| is_passing(&check.code)) {
                return None;
            }
            let failed = checks.iter().filter(own).find(|check| check.state == CheckState::Failed);
            let words = || format!("{}: {}.", follow.title, follow.words.trim_end_matches('.'));
            Some(standing(Some(DOES_NOT_WORK), failed.map_or_else(words, |failed| failed.title.clone())))
        }
    }
}

/// How long a credential still lasts, told at 30, 7, 1 and 0 days and when it has ended. `what` is its word on a page:
/// "secret", "certificate". The day of its end is still a day on which it works.
pub fn of_credential(what: &str, ends: Option<Date>, today: Date) -> Standing {
    let standing = |state, title: String| Standing { subject: "credential".into(), state: Some(state), title };
    let Some(ends) = ends else { return standing(LASTS, format!("The {what} is another one now.")) };
    let on = ends.strftime("%-d %b %Y");
    match days_left(ends, today) {
        ..0 => standing("ended", format!("The {what} ended on {on}.")),
        0 => standing("ends_today", format!("The {what} ends today, {on}.")),
        1 => standing("1_day", format!("The {what} ends tomorrow, {on}.")),
        left @ 2..=7 => standing("7_days", format!("The {what} ends in {left} days, on {on}.")),
        left @ 8..=30 => standing("30_days", format!("The {what} ends in {left} days, on {on}.")),
        _ => standing(LASTS, format!("The {what} now lasts until {on}.")),
    }
}

/// Whole days until a credential's last one; negative when that is past.
pub fn days_left(ends: Date, today: Date) -> i32 {
    today.until(ends).map_or(0, |span| span.get_days())
}

#[cfg(test)]
mod tests;
