//! Asking every workspace of a connection the same.

use std::time::Instant;

use futures_util::{FutureExt, StreamExt, stream};
use microsoft::{Error, log_analytics};
use search::{Finding, Question};
use serde_json::Value;

use crate::asking::{Asking, Workspace};
use crate::capability::{Newest, Probed};
use crate::outcome::{self, Reading};
use crate::query;
use crate::query::table::Table;

/// What is said where a connection names no workspace.
const NONE: &str = "The connection names no workspace, so Sentinel's own tables were not asked: only what the Defender portal \
                    has is known.";
const ADD: &str = "Add the Log Analytics workspace ID to the Sentinel connection.";

/// Reads the records of one workspace: findings, and how many could not be read.
pub(super) type Read<'a> = &'a (dyn Fn(&[Value]) -> (Vec<Finding>, u32) + Send + Sync);

/// Workspaces that are asked at the same time: Log Analytics runs five queries of one app at once, and each search has three.
const AT_ONCE: usize = 2;

/// Asks all workspaces. One that fails leaves the answer partial; if none answers, the first failure is the answer.
pub(super) async fn ask(
    asking: &Asking,
    question: &Question,
    query: &str,
    most: usize,
    table: Table,
    read: Read<'_>,
) -> Result<Reading, Error> {
    let workspaces = &asking.connection.workspaces;
    let mut reading = Reading { covered: Some(query::workspace_period(question.now)), ..Reading::new() };
    if workspaces.is_empty() {
        return Ok(Reading {
            missing: vec![NONE.into()],
            remedy: Some(ADD.into()),
            remedy_link: Some("/settings".into()),
            ..Reading::new()
        });
    }
    let asked: Vec<_> = workspaces
        .iter()
        .map(|workspace| async move { (workspace, one(asking, question, workspace, query, table, read).await) }.boxed())
        .collect();
    let answers: Vec<_> = stream::iter(asked).buffered(AT_ONCE).collect().await;
    let mut answered = 0;
    let mut first_error = None;
    let mut newest: Option<Newest> = None;
    let mut quiet = Vec::new();
    for (workspace, answer) in answers {
        match answer {
            Ok(answer) => {
                answered += 1;
                if answer.records.len() >= most {
                    reading.missing.push(format!(
                        "Of {} only the newest {most} records were read, so older ones may be missing.",
                        name(workspace)
                    ));
                }
                reading.missing.extend(answer.incomplete.map(|why| format!("{}: {why}.", title(workspace))));
                reading.findings.extend(answer.findings);
                reading.set_aside += answer.set_aside;
                reading.raw.extend(answer.records);
                match answer.newest {
                    None => {}
                    Some(Ok(this)) => {
                        newest = Some(weaker(newest, this));
                        let words = outcome::quiet(asking.capability, this, question.now);
                        let words = words.filter(|_| !asking.rightly_quiet);
                        quiet.extend(words.map(|(reason, remedy)| (format!("{}: {reason}", title(workspace)), remedy)));
                    }
                    Some(Err(error)) => {
                        reading.part_failed(
                            &format!("Whether new rows still arrive in {} could not be checked", name(workspace)),
                            &error,
                            asking,
                        );
                    }
                }
            }
            Err(error) => {
                reading.part_failed(&title(workspace), &error, asking);
                first_error.get_or_insert(error);
            }
        }
    }
    if answered == 0
        && let Some(error) = first_error
    {
        return Err(error);
    }
    // What one workspace knows, or could have known, does not speak for another that could not have known. Where all of them
    // are quiet, the whole answer is.
    let whole = reading.findings.is_empty() && quiet.len() == answered;
    if !whole {
        for (reason, remedy) in quiet {
            reading.missing.push(reason);
            reading.remedy.get_or_insert(remedy);
        }
    }
    if let Some(newest) = newest {
        reading.newest = if whole || asking.rightly_quiet { newest } else { Newest::NoTable };
        if let (Newest::At(time), Some(covered)) = (newest, &mut reading.covered) {
            covered.newest_row = Some(time);
        }
    }
    Ok(reading)
}

/// The newest row of every workspace's table.
pub(super) async fn probe(asking: &Asking, question: &Question, table: Table) -> Result<Probed, Error> {
    let mut weakest = Newest::NoTable;
    for workspace in &asking.connection.workspaces {
        let newest = asking.freshness.workspace(asking, workspace, table, question.now, question.deadline).await?;
        weakest = weaker(Some(weakest).filter(|weakest| *weakest != Newest::NoTable), newest);
    }
    Ok(Probed { newest: weakest })
}

struct Answered {
    records: Vec<Value>,
    findings: Vec<Finding>,
    set_aside: u32,
    incomplete: Option<String>,
    /// Asked only where there are no findings.
    newest: Option<Result<Newest, Error>>,
}

async fn one(
    asking: &Asking,
    question: &Question,
    workspace: &Workspace,
    query: &str,
    table: Table,
    read: Read<'_>,
) -> Result<Answered, Error> {
    let deadline: Instant = question.deadline;
    let call = asking.call(deadline);
    let rows = log_analytics::query(&asking.microsoft, &call, &workspace.id, query, query::WORKSPACE_SPAN).await?;
    let records: Vec<Value> = rows.rows.iter().map(microsoft::Row::to_value).collect();
    let (findings, set_aside) = read(&records);
    let newest = match findings.is_empty() {
        true => Some(asking.freshness.workspace(asking, workspace, table, question.now, deadline).await),
        false => None,
    };
    Ok(Answered { records, findings, set_aside, incomplete: rows.incomplete, newest })
}

/// Of two tables the one that could have known less.
fn weaker(one: Option<Newest>, two: Newest) -> Newest {
    match (one, two) {
        (None, two) => two,
        (Some(Newest::Never), _) | (_, Newest::Never) => Newest::Never,
        (Some(Newest::At(one)), Newest::At(two)) => Newest::At(one.min(two)),
        (Some(one), Newest::NoTable) => one,
        (Some(Newest::NoTable), two) => two,
    }
}

/// What people call the workspace, else its id.
fn name(workspace: &Workspace) -> String {
    format!("workspace {}", workspace.name())
}

/// The same at the beginning of a sentence.
fn title(workspace: &Workspace) -> String {
    format!("Workspace {}", workspace.name())
}

#[cfg(test)]
mod tests;
