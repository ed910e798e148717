//! Each workspace by itself: whether it answers, and whether the app may read more of it than it needs.

use futures_util::FutureExt;
use futures_util::future::join_all;
use microsoft::log_analytics;
use search::{Check, CheckState, Question};

use super::Checks;
use super::probe::rows_of;
use super::words::{passed, trouble};
use crate::asking::{Asking, Workspace};
use crate::query;
use crate::query::table;

/// Tries one capability in one workspace. Where there are several, the check says which.
pub(super) async fn probe(row: &Asking, workspace: &Workspace, question: &Question) -> Check {
    let Some(table) = table::read_by(row.capability.name) else {
        return passed("probe", format!("{}: nothing to ask.", row.capability.title));
    };
    let newest = row.freshness.workspace(row, workspace, table, question.now, question.deadline).await;
    let check = match newest {
        Ok(newest) => rows_of(row, newest, question),
        Err(error) => trouble("probe", Some(row.capability), &error, row),
    };
    if row.connection.workspaces.len() == 1 {
        return check;
    }
    let title = check.title.replacen(':', &format!(" in {}:", workspace.name()), 1);
    Check { title, ..check }
}

/// Asks each workspace that answered for a table that Oriel never reads: a role with a condition on tables does not show it.
pub(super) async fn roles(rows: &[Asking], question: &Question, checks: &mut Checks) {
    let answered = checks.made.iter().any(|check| {
        let of_workspace = rows
            .iter()
            .any(|row| row.capability.needs_workspace && check.capability.as_deref() == Some(row.capability.name));
        of_workspace && (check.state == CheckState::Passed || check.code == "blind")
    });
    let Some(row) = rows.iter().find(|row| row.capability.needs_workspace).filter(|_| answered) else { return };
    let mut asked = Vec::new();
    for workspace in &row.connection.workspaces {
        asked.push(reads_another_table(row, workspace, question).boxed());
    }
    let read = join_all(asked).await;
    let workspaces = row.connection.workspaces.iter().zip(read);
    let wide: Vec<&str> = workspaces.filter(|(_, wide)| *wide).map(|(workspace, _)| workspace.name()).collect();
    if wide.is_empty() {
        return;
    }
    let title =
        format!("The app's Azure role reads every table of {}, which is more than Oriel asks for.", wide.join(", "));
    let remedy = "Nothing has to be done for it to work. To narrow it: give the app Log Analytics Data Reader with a condition that \
                  names the tables SecurityAlert, SecurityIncident and ThreatIntelIndicators, and then take the wider role away \
                  (Log Analytics Reader, Microsoft Sentinel Reader or Reader, on the workspace or above it).";
    checks.add(Check {
        code: "wider_role".into(),
        permission: Some(row.capability.permission()),
        remedy: Some(remedy.into()),
        link: row.connection.roles_link(),
        ..passed("roles", title)
    });
}

/// Whatever but rows comes back says nothing about the role, or has been said by the probes.
async fn reads_another_table(row: &Asking, workspace: &Workspace, question: &Question) -> bool {
    let call = row.call(question.deadline);
    let rows = log_analytics::query(&row.microsoft, &call, &workspace.id, query::ANOTHER_TABLE, "P1D").await;
    rows.is_ok_and(|rows| !rows.rows.is_empty())
}
