//! What hunting does not say of an alert (status, judgement, incident) is read from Graph for those that weigh most.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{FutureExt, StreamExt, stream};
use microsoft::{Error, graph};
use search::{Details, Finding, Question};
use serde_json::Value;

use super::{graph_alert, graph_incident};
use crate::asking::Asking;
use crate::outcome::Reading;

/// Alerts that are completed. The rest stay as hunting tells them.
const MOST: usize = 20;
/// Calls at a time.
const AT_ONCE: usize = 6;
/// How often an incident may have been merged into another.
const REDIRECTS: usize = 5;
/// What is left of the question's time for putting the answer together, so that slow details cost only themselves.
const RESERVE: Duration = Duration::from_secs(2);

/// Completes the weightiest alerts and adds their incidents. What could not be read is said in `reading`.
pub(crate) async fn complete(
    asking: &Asking,
    question: &Question,
    mut findings: Vec<Finding>,
    reading: &mut Reading,
) -> Vec<Finding> {
    by_weight(&mut findings);
    let deadline = deadline(question);
    let ids: Vec<String> = findings.iter().take(MOST).map(|finding| finding.id.clone()).collect();
    let asked: Vec<_> = ids.iter().map(|id| alert(asking, deadline, id).boxed()).collect();
    let answers: Vec<Result<Arc<Value>, Error>> = stream::iter(asked).buffered(AT_ONCE).collect().await;
    let mut failed = Failures::default();
    let mut full: Vec<Finding> = Vec::new();
    let mut absent = 0;
    for (finding, answer) in findings.iter().zip(answers) {
        match answer {
            Ok(alert) => full.extend(graph_alert::read(asking, &question.indicator, &alert)),
            // Graph leaves out what was tuned away or never became an incident; hunting still has it.
            Err(Error::Failed { status: 404, .. }) => absent += usize::from(finding.weighs()),
            Err(error) => failed.add(error),
        }
    }
    failed.tell("The state and incident of some alerts are not known", asking, reading);
    let beyond = findings.iter().skip(MOST).filter(|finding| finding.weighs()).count();
    reading.missing.extend(without_state(beyond, absent));
    let incidents = incidents(asking, deadline, &full, reading).await;
    together(search::merge::merge(full.iter().chain(&findings)), incidents)
}

/// Adds the incidents of the weightiest to alerts that have been read in full.
pub(crate) async fn with_incidents(
    asking: &Asking,
    question: &Question,
    mut full: Vec<Finding>,
    reading: &mut Reading,
) -> Vec<Finding> {
    by_weight(&mut full);
    if full.len() > MOST {
        reading.missing.push(format!("Only the incidents of the {MOST} alerts that weigh most were read."));
    }
    let weightiest = &full[..full.len().min(MOST)];
    let incidents = incidents(asking, deadline(question), weightiest, reading).await;
    together(full, incidents)
}

/// Those first whose state decides what is said of the indicator, then the newest.
fn by_weight(findings: &mut [Finding]) {
    findings.sort_by(|one, two| {
        let weight = |finding: &Finding| (finding.weighs(), finding.severity, finding.last_seen);
        weight(two).cmp(&weight(one)).then_with(|| one.id.cmp(&two.id))
    });
}

fn deadline(question: &Question) -> Instant {
    question.deadline.checked_sub(RESERVE).unwrap_or_else(Instant::now)
}

fn together(mut alerts: Vec<Finding>, incidents: Vec<(String, Finding)>) -> Vec<Finding> {
    name_incidents(&mut alerts, &incidents);
    alerts.extend(incidents.into_iter().map(|(_, finding)| finding));
    alerts
}

/// Of how many alerts nobody says whether they are open: people may have closed them as false.
fn without_state(beyond: usize, absent: usize) -> Option<String> {
    let alerts = match beyond + absent {
        0 => return None,
        1 => "1 alert".to_owned(),
        number => format!("{number} alerts"),
    };
    let because = match (beyond, absent) {
        (_, 0) => format!("only the {MOST} that weigh most are read in full"),
        (0, _) => "hunting has them, and the list of alerts does not".to_owned(),
        _ => format!(
            "only the {MOST} that weigh most are read in full, and the list of alerts does not have all of those"
        ),
    };
    Some(format!("The state of {alerts} is not known: {because}."))
}

/// An alert by its id, read once for all sources of this credential and search.
async fn alert(asking: &Asking, deadline: Instant, id: &str) -> Result<Arc<Value>, Error> {
    let call = asking.call(deadline);
    let ask = async { graph::alert(&asking.microsoft, &call, id).await.map(Arc::new) };
    asking.shared.details.get(deadline, &format!("alert {id}"), ask).await
}

/// An incident by its id, likewise.
async fn incident(asking: &Asking, deadline: Instant, id: &str) -> Result<Arc<Value>, Error> {
    let call = asking.call(deadline);
    let ask = async { graph::incident(&asking.microsoft, &call, id).await.map(Arc::new) };
    asking.shared.details.get(deadline, &format!("incident {id}"), ask).await
}

/// The incidents of these alerts, each once, with the id under which the alert knows it.
async fn incidents(
    asking: &Asking,
    deadline: Instant,
    alerts: &[Finding],
    reading: &mut Reading,
) -> Vec<(String, Finding)> {
    let mut wanted: Vec<(String, search::Product)> = Vec::new();
    for alert in alerts {
        if let Details::Alert { incident: Some(incident), .. } = &alert.details
            && !wanted.iter().any(|(id, _)| *id == incident.id)
        {
            wanted.push((incident.id.clone(), alert.product));
        }
    }
    let asked: Vec<_> = wanted
        .iter()
        .map(|(id, product)| async move { (id, *product, follow(asking, deadline, id).await) }.boxed())
        .collect();
    let answers: Vec<_> = stream::iter(asked).buffered(AT_ONCE).collect().await;
    let mut failed = Failures::default();
    let mut incidents = Vec::new();
    for (id, product, answer) in answers {
        match answer {
            Ok(incident) => {
                incidents.extend(graph_incident::read(asking, &incident, product).map(|finding| (id.clone(), finding)))
            }
            Err(Error::Failed { status: 404, .. }) => {}
            Err(error) => failed.add(error),
        }
    }
    failed.tell("Some incidents could not be read", asking, reading);
    incidents
}

/// Reads an incident, and the one it was merged into, and so on; a circle ends where it closes.
async fn follow(asking: &Asking, deadline: Instant, id: &str) -> Result<Arc<Value>, Error> {
    let mut known = HashSet::from([id.to_owned()]);
    let mut found = incident(asking, deadline, id).await?;
    for _ in 0..REDIRECTS {
        let Some(next) = graph_incident::merged_into(&found).filter(|next| known.insert(next.clone())) else {
            break;
        };
        match incident(asking, deadline, &next).await {
            Ok(merged) => found = merged,
            // The one that was found says at least that it was merged.
            Err(_) => break,
        }
    }
    Ok(found)
}

/// Gives the alerts the titles of their incidents, and the number of the one that an incident was merged into.
fn name_incidents(alerts: &mut [Finding], incidents: &[(String, Finding)]) {
    for alert in alerts {
        if let Details::Alert { incident: Some(incident), .. } = &mut alert.details
            && let Some((_, finding)) = incidents.iter().find(|(id, _)| *id == incident.id)
        {
            incident.id = finding.id.clone();
            incident.title = Some(finding.title.clone());
            incident.url = finding.links.first().map(|link| link.url.clone()).or(incident.url.take());
        }
    }
}

/// Failures of one sort, told once.
#[derive(Default)]
struct Failures(Vec<Error>);

impl Failures {
    fn add(&mut self, error: Error) {
        self.0.push(error);
    }

    fn tell(self, what: &str, asking: &Asking, reading: &mut Reading) {
        if let Some(error) = self.0.first() {
            reading.part_failed(what, error, asking);
        }
    }
}

#[cfg(test)]
mod tests;
