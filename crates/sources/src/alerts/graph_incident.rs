//! An incident of Graph as a finding.

use search::{Details, Finding, FindingKind, Identity, Product, Scheme, Severity};
use serde_json::Value;

use crate::asking::Asking;
use crate::record::{Record, known_word};

/// Reads one incident; `None` if it has no id. Its product is that of its alerts.
pub(crate) fn read(asking: &Asking, incident: &Value, product: Product) -> Option<Finding> {
    let record = Record(incident);
    let id = record.text("id")?;
    let connection = &asking.connection;
    let labels: Vec<String> = [record.strings("customTags"), record.strings("systemTags")].concat();
    Some(Finding {
        kind: FindingKind::Incident,
        identities: vec![Identity { scheme: Scheme::Graph, id: id.clone() }],
        tenant: asking.asked.tenant.clone(),
        cloud: asking.asked.cloud.clone(),
        title: record.str("displayName").unwrap_or("Incident without a title").to_owned(),
        severity: record.str("severity").and_then(Severity::read),
        status: known_word(record, "status"),
        first_seen: record.time("createdDateTime"),
        last_seen: record.time("lastUpdateDateTime"),
        updated: record.time("lastUpdateDateTime"),
        product,
        service: None,
        routes: asking.route(),
        links: connection
            .link(format!("Incident {id} in the Defender portal"), record.str("incidentWebUrl"))
            .into_iter()
            .collect(),
        places: Vec::new(),
        details: Details::Incident {
            classification: known_word(record, "classification"),
            assigned_to: record.str("assignedTo").map(str::to_owned),
            alerts: None,
            labels,
        },
        id,
    })
}

/// The incident that this one was merged into.
pub(crate) fn merged_into(incident: &Value) -> Option<String> {
    let record = Record(incident);
    let redirected = known_word(record, "status").as_deref() == Some("redirected");
    record.text("redirectIncidentId").filter(|id| redirected && !id.is_empty() && id != "0")
}
