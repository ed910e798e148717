//! Incidents of a workspace whose alerts have the indicator: `SecurityIncident` joined with `SecurityAlert`.

use indicator::Indicator;
use microsoft::{NotALiteral, Resource};
use search::finding::IncidentReference;
use search::{Details, Finding, FindingKind, Identity, Product, Scheme, Severity};
use serde_json::{Value, json};

use super::{workspace_alerts, workspaces};
use crate::alerts::UNSENDABLE;
use crate::asking::Asking;
use crate::capability::{Capability, WORKSPACE_ROLE};
use crate::identity;
use crate::outcome::Reading;
use crate::query::table::{self, Table};
use crate::record::{Record, known_word};

pub(crate) const CAPABILITY: Capability = Capability {
    product: Product::Sentinel,
    name: "sentinel.workspace_incidents",
    title: "Incidents",
    permissions: &[WORKSPACE_ROLE],
    resource: Resource::LogAnalytics,
    reads: "Every incident in the workspaces named here: title, state, owner and its alerts.",
    route: "Log Analytics: SecurityIncident",
    retirement: None,
    needs_workspace: true,
    ask: |asking, question| {
        Box::pin(async move {
            let Ok(query) = query(&question.indicator) else { return Ok(Reading::not_applicable(UNSENDABLE)) };
            let read = |records: &[Value]| read(asking, &question.indicator, records);
            workspaces::ask(asking, question, &query, MOST_ROWS, TABLE, &read).await
        })
    },
    probe: |asking, question| Box::pin(workspaces::probe(asking, question, TABLE)),
};

const TABLE: Table = table::WORKSPACE_INCIDENTS;
const MOST_ROWS: usize = 500;

/// One line an incident and alert. Every change of an incident is a row; the newest counts.
pub(crate) fn query(indicator: &Indicator) -> Result<String, NotALiteral> {
    Ok(format!(
        "SecurityIncident\n\
         | where TimeGenerated > ago(90d)\n\
         | summarize arg_max(TimeGenerated, *) by IncidentName\n\
         | project IncidentName, IncidentNumber, Title, Severity, Status, Classification, Owner, Labels, ProviderName, ProviderIncidentId, FirstActivityTime, LastActivityTime, CreatedTime, LastModifiedTime, IncidentUrl, AdditionalData, AlertIds\n\
         | mv-expand AlertId = AlertIds\n\
         | extend SystemAlertId = tostring(AlertId)\n\
         | join kind=inner (SecurityAlert\n\
         \x20   | where TimeGenerated > ago(90d)\n\
         \x20   | where {}\n\
         \x20   | summarize arg_max(TimeGenerated, *) by SystemAlertId\n\
         \x20   | project SystemAlertId, AlertTime = TimeGenerated, VendorOriginalId, AlertName, AlertSeverity, AlertStatus = Status, AlertProvider = ProviderName, ProductName, StartTime, EndTime, AlertLink, Entities, ExtendedProperties) on SystemAlertId\n\
         | project IncidentName, IncidentNumber, Title, Severity, Status, Classification, Owner, Labels, ProviderName, ProviderIncidentId, FirstActivityTime, LastActivityTime, CreatedTime, LastModifiedTime, IncidentUrl, AdditionalData, SystemAlertId, AlertTime, VendorOriginalId, AlertName, AlertSeverity, AlertStatus, AlertProvider, ProductName, StartTime, EndTime, AlertLink, Entities, ExtendedProperties\n\
         | top {MOST_ROWS} by LastModifiedTime desc",
        workspace_alerts::mentions(indicator)?
    ))
}

/// One finding an incident, and its alerts with what people made of the incident: in a workspace state and judgement stand
/// there, and the alert stays "new" for ever.
pub(crate) fn read(asking: &Asking, indicator: &Indicator, records: &[Value]) -> (Vec<Finding>, u32) {
    let mut set_aside = 0;
    let mut lines: Vec<Line> = Vec::new();
    for record in records.iter().map(Record) {
        let (Some(incident), Some(alert)) = (record.str("IncidentName"), record.str("SystemAlertId")) else {
            set_aside += 1;
            continue;
        };
        let as_alert = as_alert(record);
        let Some(mut alert) = workspace_alerts::finding(asking, indicator, Record(&as_alert), alert) else { continue };
        let found = finding(asking, record, incident, alert.product);
        if let Details::Alert { incident, .. } = &mut alert.details {
            *incident = Some(IncidentReference {
                id: record.text("IncidentNumber").unwrap_or_else(|| found.id.clone()),
                title: Some(found.title.clone()),
                url: found.links.first().map(|link| link.url.clone()),
            });
        }
        let classification = known_word(record, "Classification").filter(|word| word != "undetermined");
        lines.push(Line { closed: found.status.as_deref() == Some("closed"), incident: found, alert, classification });
    }
    // Of several incidents with one alert, one that is open is the one to speak of: the sort is stable.
    lines.sort_by_key(|line| line.closed);
    let told: Vec<Finding> = lines.iter().flat_map(|line| [line.incident.clone(), judged(line, &lines)]).collect();
    (search::merge::merge(&told), set_aside)
}

/// One alert in one incident.
struct Line {
    incident: Finding,
    alert: Finding,
    closed: bool,
    /// What people judged of the incident, unless they left it undetermined.
    classification: Option<String>,
}

/// The line's alert with what people made of it: the first of its incidents speaks, and the alert is closed only if all of
/// them are.
fn judged(line: &Line, lines: &[Line]) -> Finding {
    let mut alert = line.alert.clone();
    let first = lines.iter().find(|other| other.alert.id.eq_ignore_ascii_case(&alert.id)).unwrap_or(line);
    if let Details::Alert { classification, .. } = &mut alert.details {
        classification.clone_from(&first.classification);
    }
    if first.closed && !matches!(alert.status.as_deref(), Some("resolved" | "dismissed")) {
        alert.status = Some("closed".into());
        // The alert's own row was written long before, and says "new".
        alert.updated = alert.updated.max(first.incident.updated);
    }
    alert
}

/// The alert's half of a line, under its own column names.
fn as_alert(record: Record<'_>) -> Value {
    let of = |column: &str| record.get(column).cloned().unwrap_or_default();
    json!({
        "TimeGenerated": of("AlertTime"), "VendorOriginalId": of("VendorOriginalId"), "AlertName": of("AlertName"),
        "AlertSeverity": of("AlertSeverity"), "Status": of("AlertStatus"), "ProviderName": of("AlertProvider"),
        "ProductName": of("ProductName"), "StartTime": of("StartTime"), "EndTime": of("EndTime"),
        "AlertLink": of("AlertLink"), "Entities": of("Entities"), "ExtendedProperties": of("ExtendedProperties"),
    })
}

fn finding(asking: &Asking, record: Record<'_>, name: &str, product: Product) -> Finding {
    let number = record.text("IncidentNumber");
    let provider = record.str("ProviderName").unwrap_or_default();
    let mut identities = vec![identity::of_sentinel(name)];
    // Of a workspace that is connected to the Defender portal, the incident is the portal's, under the portal's number.
    let portals = provider.to_ascii_lowercase().replace(' ', "");
    if matches!(portals.as_str(), "microsoftxdr" | "microsoftdefenderxdr" | "microsoft365defender")
        && let Some(id) = record.text("ProviderIncidentId")
    {
        identities.insert(0, Identity { scheme: Scheme::Graph, id });
    }
    let data = record.json("AdditionalData");
    let data = Record(&data);
    let owner = record.json("Owner");
    let owner = Record(&owner);
    let labels = record.json("Labels");
    let label = |label: &Value| match label {
        Value::String(text) => Some(text.clone()),
        other => Record(other).str("labelName").map(str::to_owned),
    };
    let titled =
        |prefix: &str| number.as_ref().map_or_else(|| prefix.to_owned(), |number| format!("{prefix} {number}"));
    let mut links: Vec<search::Link> = Vec::new();
    links.extend(asking.connection.link(titled("Incident"), record.str("IncidentUrl")));
    links.extend(asking.connection.link("Incident in the Defender portal", data.str("providerIncidentUrl")));
    Finding {
        kind: FindingKind::Incident,
        id: name.to_owned(),
        identities,
        tenant: asking.asked.tenant.clone(),
        cloud: asking.asked.cloud.clone(),
        title: record.str("Title").unwrap_or("Incident without a title").to_owned(),
        severity: record.str("Severity").and_then(Severity::read),
        status: known_word(record, "Status"),
        first_seen: record.time("FirstActivityTime").or_else(|| record.time("CreatedTime")),
        last_seen: record.time("LastActivityTime").or_else(|| record.time("LastModifiedTime")),
        updated: record.time("LastModifiedTime"),
        product,
        service: None,
        routes: asking.route(),
        links,
        places: Vec::new(),
        details: Details::Incident {
            classification: known_word(record, "Classification"),
            assigned_to: ["assignedTo", "userPrincipalName", "email"]
                .iter()
                .find_map(|member| owner.str(member))
                .map(str::to_owned),
            alerts: data.u64("alertsCount"),
            labels: labels.as_array().into_iter().flatten().filter_map(label).collect(),
        },
    }
}

#[cfg(test)]
mod tests;
