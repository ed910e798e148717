//! Rows of a workspace's `SecurityAlert`: one for each time the alert changed.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{AlertRecord, Organisation, Row, capitalised, entities, instant, row, service};
use crate::scenario::{Service, What};

/// The rows: the alert as it was made and, if it has changed since, as it is now.
pub(crate) fn rows(organisation: &Organisation, record: &AlertRecord) -> Vec<Row> {
    let entities = entities::entities(organisation, record);
    let mut rows = vec![version(organisation, record, &entities, record.created, "New")];
    let now = status(&record.entry.status);
    if record.updated > record.created {
        rows.push(version(organisation, record, &entities, record.updated, now));
    }
    rows
}

fn status(graph: &str) -> &'static str {
    match graph {
        "inProgress" => "InProgress",
        "resolved" => "Resolved",
        _ => "New",
    }
}

fn version(organisation: &Organisation, record: &AlertRecord, entities: &str, at: Timestamp, status: &str) -> Row {
    let entry = &record.entry;
    let names = service::names(entry.service);
    let compromised = entry.evidence.iter().find_map(|evidence| match &evidence.what {
        What::Device { name } => Some(organisation.full_name(name)),
        What::User { name } | What::Mailbox { user: name } => Some(organisation.upn(name)),
        _ => None,
    });
    let (product, component) = match entry.service {
        Service::Sentinel => ("Azure Sentinel", "Scheduled Alerts"),
        _ => (names.product, ""),
    };
    row(json!({
        "TimeGenerated": instant(at),
        "DisplayName": entry.title,
        "AlertName": entry.title,
        "AlertSeverity": capitalised(&entry.severity),
        "Description": entry.description,
        "ProviderName": names.provider,
        "VendorName": "Microsoft",
        // Without the prefix that Graph and the portal put before it.
        "VendorOriginalId": record.provider_id,
        "SystemAlertId": record.system_id,
        "AlertType": format!("{}_{}", names.provider.replace(' ', ""), entry.category),
        "ConfidenceScore": Value::Null,
        "IsIncident": false,
        "StartTime": instant(record.first),
        "EndTime": instant(record.last),
        "ProcessingEndTime": instant(at),
        "RemediationSteps": if entry.actions.is_empty() { String::new() } else { json!([entry.actions]).to_string() },
        "ExtendedProperties": json!({"ProcessedBySentinel": "True", "Alert generation status": "Full alert created"}).to_string(),
        "Entities": entities,
        "ProductName": product,
        "ProductComponentName": component,
        "AlertLink": format!("https://security.microsoft.com/alerts/{}?tid={}", record.id, organisation.tenant.id),
        "Status": status,
        "CompromisedEntity": compromised.unwrap_or_default(),
        "Tactics": entry.category,
        "Techniques": if entry.techniques.is_empty() { String::new() } else { json!(entry.techniques).to_string() },
        "Type": "SecurityAlert",
    }))
}
