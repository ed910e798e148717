//! One harmless call for a capability, and what it came to.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use microsoft::{Error, Token};
use search::{Check, CheckState, Question};

use super::words::{failed, lower, passed, skipped, trouble};
use super::workspace;
use crate::asking::Asking;
use crate::capability::Newest;
use crate::outcome;

/// Tries one capability: one check, or one for each workspace that it is asked in.
pub(super) fn probe<'a>(
    row: &'a Asking,
    off: bool,
    token: Option<Option<&'a Token>>,
    question: &'a Question,
) -> Vec<BoxFuture<'a, Check>> {
    let capability = row.capability;
    let one = |check: Check| vec![std::future::ready(of(row, check)).boxed()];
    if off {
        return one(skipped("switched_off", format!("{}: switched off.", capability.title)));
    }
    if let Some(why) = capability.lacking(row.connection.cloud()) {
        return one(skipped("not_offered", format!("{}: {}", capability.title, lower(why))));
    }
    if capability.needs_workspace && row.connection.workspaces.is_empty() {
        return one(no_workspace(row));
    }
    let Some(token) = token.flatten() else {
        let title = format!(
            "{}: not tried, since the app does not sign in to {}.",
            capability.title,
            capability.resource.title()
        );
        return one(skipped("no_token", title));
    };
    if capability.is_retired(question.now) {
        return vec![async move { of(row, retired(row, token, question).await) }.boxed()];
    }
    if capability.needs_workspace {
        let workspaces = row.connection.workspaces.iter();
        return workspaces
            .map(|one| async move { of(row, workspace::probe(row, one, question).await) }.boxed())
            .collect();
    }
    vec![
        async move {
            match (capability.probe)(row, question).await {
                Ok(probed) => of(row, beside_workspaces(row, rows_of(row, probed.newest, question), question).await),
                Err(error) => of(row, denied(row, token, &error)),
            }
        }
        .boxed(),
    ]
}

/// The check with its capability, and the permission unless the check knows better which.
fn of(row: &Asking, check: Check) -> Check {
    let capability = row.capability;
    Check {
        capability: Some(capability.name.into()),
        permission: check.permission.or_else(|| Some(capability.permission())),
        ..check
    }
}

fn no_workspace(row: &Asking) -> Check {
    let title = format!("{}: the connection names no workspace.", row.capability.title);
    // Said once is enough: the other capabilities of a workspace lack the same thing.
    if row.capability.name != crate::sentinel::workspace_alerts::CAPABILITY.name {
        return skipped("no_workspace", title);
    }
    Check {
        remedy: Some(
            "Copy the Workspace ID from the workspace's overview page in the Azure portal, and add it to the connection.".into(),
        ),
        link: row.connection.roles_link(),
        ..failed("probe", "no_workspace", title)
    }
}

/// Even where a retired route still answers, an empty answer is not to be relied on; nobody needs to act.
async fn retired(row: &Asking, token: &Token, question: &Question) -> Check {
    let capability = row.capability;
    let (words, replaced_by) =
        capability.retirement.map(|retirement| (retirement.words, retirement.replaced_by)).unwrap_or_default();
    let holds = token.claims().is_none_or(|claims| capability.permissions.iter().any(|one| claims.holds(one)));
    let answers = holds && (capability.probe)(row, question).await.is_ok();
    let more = if answers { " It still answers this app." } else { "" };
    let title = format!("{}: switched off by Microsoft {words}, not needed.{more}", capability.title);
    Check { remedy: Some(format!("In its place: {replaced_by}.")), ..skipped("retired", title) }
}

/// A failed probe. A permission that the token holds and the interface does not accept has just been granted.
fn denied(row: &Asking, token: &Token, error: &Error) -> Check {
    let capability = row.capability;
    let check = trouble("probe", Some(capability), error, row);
    let (Error::Denied { required, .. }, Some(claims)) = (error, token.claims()) else { return check };
    let missing: Vec<&str> = capability.permissions.iter().copied().filter(|one| !claims.holds(one)).collect();
    if !missing.is_empty() {
        let told = required.iter().find_map(|told| missing.iter().find(|one| one.eq_ignore_ascii_case(told)));
        let permission = told.map_or_else(|| missing.join(", "), |told| (*told).to_owned());
        return Check { permission: Some(permission), ..check };
    }
    if capability.name == crate::defender::indicators::CAPABILITY.name {
        return Check { link: None, ..does_not_suffice(check) };
    }
    let told = required.iter().find(|told| claims.holds(told)).map_or_else(|| capability.permission(), String::clone);
    let title = format!(
        "{}: the app holds {told}, and {} does not accept it yet.",
        capability.title,
        capability.resource.title()
    );
    let remedy = "Wait: a permission that has just been granted can take up to an hour. Then validate again. If it stays so, \
                  open a ticket with Microsoft and give the ids that stand here.";
    Check { code: "not_yet_effective".into(), title, remedy: Some(remedy.into()), link: None, ..check }
}

/// Microsoft's page on the list of indicators names permissions that can write, and no other: whether the one that reads is
/// enough shows in each tenant.
fn does_not_suffice(check: Check) -> Check {
    let remedy = "If it was granted within the last hour, wait and validate again. Otherwise Microsoft lets only apps that can write \
                  read this list in this tenant, which Oriel does not ask for: switch “Indicators” off. The list stays to be seen in \
                  the Defender portal, under Settings → Endpoints → Indicators.";
    Check {
        code: "permission_does_not_suffice".into(),
        title: "Indicators: the app holds Ti.Read.All, which Defender for Endpoint does not accept for its list."
            .into(),
        remedy: Some(remedy.into()),
        ..check
    }
}

/// Where the portal has no alert of Sentinel, whether the workspaces have some tells what is to be done.
async fn beside_workspaces(row: &Asking, check: Check, question: &Question) -> Check {
    if row.capability.name != crate::sentinel::alerts::CAPABILITY.name || check.code != "blind" {
        return check;
    }
    match super::onboarding::compare(row, question).await {
        Some(compared) if compared.state == CheckState::Failed => Check {
            check: check.check,
            title: format!("{}: {}", row.capability.title, lower(&compared.title)),
            ..compared
        },
        _ => check,
    }
}

/// A probe that was answered: a table without rows of the last day may not have known anything.
pub(super) fn rows_of(row: &Asking, newest: Newest, question: &Question) -> Check {
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
