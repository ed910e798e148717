//! Sentinel's alerts in the Defender portal beside those of the workspaces: whether the two agree shows whether a workspace
//! is connected to the portal.

use jiff::{SignedDuration, Timestamp};
use microsoft::graph;
use search::{Check, Question};

use super::words::{failed, passed};
use crate::asking::{Asking, Workspace};
use crate::capability::Newest;
use crate::query::table;
use crate::record::Record;
use crate::sentinel;

/// How far back the two are compared: what hunting keeps too.
const PERIOD: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The comparison where the portal's list could be read; `None` where it could not be compared.
pub(super) async fn compare(row: &Asking, question: &Question) -> Option<Check> {
    let since = question.now.checked_sub(PERIOD).unwrap_or(question.now);
    let call = row.call(question.deadline);
    // A failure is said by the probe of the same list.
    let listing = graph::newest_sentinel_alert(&row.microsoft, &call, since).await.ok()?;
    let in_portal = listing.values.iter().filter_map(|alert| Record(alert).time("createdDateTime")).max();
    let mut in_workspaces = Vec::new();
    let asked = row.shared.asks(sentinel::workspace_alerts::CAPABILITY.name);
    for workspace in row.connection.workspaces.iter().filter(|_| asked) {
        // Asked by the workspace's own probe at the same time: one question serves both.
        let newest =
            row.freshness.workspace(row, workspace, table::WORKSPACE_ALERTS, question.now, question.deadline).await;
        if let Ok(newest) = newest {
            in_workspaces.push((workspace, recent(newest, since)));
        }
    }
    Some(judge(in_portal, &in_workspaces, row.rightly_quiet))
}

fn recent(newest: Newest, since: Timestamp) -> Option<Timestamp> {
    match newest {
        Newest::At(at) if at >= since => Some(at),
        _ => None,
    }
}

fn judge(
    in_portal: Option<Timestamp>,
    in_workspaces: &[(&Workspace, Option<Timestamp>)],
    rightly_quiet: bool,
) -> Check {
    let told: Vec<String> = in_workspaces
        .iter()
        .map(|(workspace, newest)| match newest {
            Some(at) => format!("in workspace {} {}", workspace.name(), when(*at)),
            None => format!("in workspace {} none in 30 days", workspace.name()),
        })
        .collect();
    let others = if told.is_empty() { String::new() } else { format!(", {}", told.join(", ")) };
    let several = in_workspaces.len() > 1;
    match in_portal {
        Some(at) => {
            let title = format!("Sentinel's newest alert: in the Defender portal {}{others}.", when(at));
            let remedy = "Of several workspaces only the primary one's alerts are joined with Defender's in the portal; the others \
                          are read in the workspaces themselves.";
            Check { remedy: several.then(|| remedy.into()), ..passed("onboarding", title) }
        }
        None if in_workspaces.iter().any(|(_, newest)| newest.is_some()) && !rightly_quiet => {
            let title = format!("Sentinel's newest alert: in the Defender portal none in 30 days{others}.");
            let remedy = "Look whether the workspace is connected to the Defender portal: there, under System → Settings → \
                          Microsoft Sentinel → Workspaces. Connect it if it is not listed. If it is listed as secondary, its \
                          alerts are not joined with Defender's: make it the primary one, or leave it. Until then Oriel reads the \
                          workspace itself; if it is to stay so, switch “Alerts in the Defender portal” off.";
            Check { remedy: Some(remedy.into()), ..failed("onboarding", "not_onboarded", title) }
        }
        None => {
            let title = format!("Sentinel's newest alert: in the Defender portal none in 30 days{others}.");
            let remedy =
                "If Sentinel is in use: is the workspace connected to the Defender portal, as primary or secondary?";
            let remedy = (!rightly_quiet).then(|| remedy.to_owned());
            Check { remedy, code: "no_sentinel_alerts".into(), ..passed("onboarding", title) }
        }
    }
}

fn when(at: Timestamp) -> String {
    at.strftime("on %-d %b %Y, %H:%M UTC").to_string()
}
