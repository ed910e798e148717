//! One harmless call for a capability, and what it came to.

use microsoft::{Error, Token};
use search::{Check, CheckState, Question};

use super::words::{check, failed, passed, skipped};
use crate::asking::Asking;
use crate::capability::{Capability, Newest};
use crate::outcome::{self, Trouble};

/// Tries one capability.
pub(super) async fn probe(row: &Asking, off: bool, token: Option<Option<&Token>>, question: &Question) -> Check {
    let capability = row.capability;
    let of = |check: Check| Check {
        capability: Some(capability.name.into()),
        permission: Some(capability.permission()),
        ..check
    };
    if off {
        return of(skipped("switched_off", format!("{}: switched off.", capability.title)));
    }
    if capability.needs_workspace && row.connection.workspaces.is_empty() {
        // Said once is enough: the other capabilities of a workspace lack the same thing.
        if capability.name != crate::sentinel::workspace_alerts::CAPABILITY.name {
            let title = format!("{}: the connection names no workspace.", capability.title);
            return of(skipped("no_workspace", title));
        }
        return of(Check {
            remedy: Some("Add the Log Analytics workspace ID to the connection.".into()),
            ..failed("probe", "no_workspace", format!("{}: the connection names no workspace.", capability.title))
        });
    }
    let Some(token) = token.flatten() else {
        let title = format!(
            "{}: not tried, since the app does not sign in to {}.",
            capability.title,
            capability.resource.title()
        );
        return of(skipped("no_token", title));
    };
    if let Some(retirement) = capability.retirement.filter(|_| capability.is_retired(question.now)) {
        let holds = token.claims().is_none_or(|claims| capability.permissions.iter().any(|one| claims.holds(one)));
        let answers = holds && (capability.probe)(row, question).await.is_ok();
        // Even where the old route still answers, an empty answer is not to be relied on; nobody needs to act.
        let more = if answers { " It still answers this app." } else { "" };
        let title = format!("{}: switched off by Microsoft {}, not needed.{more}", capability.title, retirement.words);
        return of(Check {
            remedy: Some(format!("In its place: {}.", retirement.replaced_by)),
            ..skipped("retired", title)
        });
    }
    match (capability.probe)(row, question).await {
        Ok(probed) => of(rows_of(row, probed.newest, question)),
        Err(error) => of(trouble("probe", Some(capability), &error, row)),
    }
}

/// A probe that was answered: a table without rows of the last day may not have known anything.
fn rows_of(row: &Asking, newest: Newest, question: &Question) -> Check {
    let capability = row.capability;
    let quiet = outcome::quiet(capability, newest, question.now);
    if quiet.is_some() && row.rightly_quiet {
        return passed("probe", format!("{}: answered; quiet, as marked.", capability.title));
    }
    if let Some((reason, remedy)) = quiet {
        let title = format!("{}: {}", capability.title, lower(&reason));
        return Check { remedy: Some(remedy), ..failed("probe", "blind", title) };
    }
    match capability.retirement {
        Some(retirement) => {
            passed("probe", format!("{}: answered. Its end is {}.", capability.title, retirement.words))
        }
        None => passed("probe", format!("{}: answered.", capability.title)),
    }
}

/// A failure in the words of a search's answer.
pub(super) fn trouble(step: &str, capability: Option<&Capability>, error: &Error, row: &Asking) -> Check {
    let Trouble { code, reason, remedy, link, .. } = outcome::trouble(error, row);
    let title =
        capability.map_or_else(|| reason.clone(), |capability| format!("{}: {}", capability.title, lower(&reason)));
    let evidence = error.evidence();
    let id = |names: &[&str]| {
        evidence.iter().find(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| value.clone())
    };
    Check {
        remedy,
        link,
        trace_id: id(&["trace_id", "request_id"]),
        correlation_id: id(&["correlation_id"]),
        ..check(step, CheckState::Failed, code, title)
    }
}

/// A sentence behind a colon begins small, unless with a name.
pub(super) fn lower(sentence: &str) -> String {
    match sentence.strip_prefix("The") {
        Some(rest) => format!("the{rest}"),
        None => sentence.to_owned(),
    }
}
