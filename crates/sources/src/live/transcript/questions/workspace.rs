//! The workspace: whether a fuzzy union over a missing table is a plain answer there.

use microsoft::log_analytics;
use search::Check;

use super::{Asker, found, unanswered};
use crate::query;

pub(super) async fn ask(asker: &Asker<'_>, tell: &mut impl FnMut(Check)) {
    let Some(workspace) = asker.connected.workspaces.first() else { return };
    let question = "A fuzzy union over a table that the workspace does not have";
    let answer = log_analytics::query(
        &asker.live.microsoft,
        &asker.call(),
        &workspace.id,
        &query::open::workspace_tables(),
        "P1D",
    )
    .await;
    tell(match answer.map(|rows| rows.incomplete) {
        Ok(None) => found("workspace_union_plain", format!("{question}: a plain answer without it.")),
        Ok(Some(why)) => found("workspace_union_partial", format!("{question}: an answer that says: {why}")),
        Err(error) => unanswered(question, &error),
    });
}
