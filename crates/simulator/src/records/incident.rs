//! Incidents: Graph's resource, and the rows of a workspace's `SecurityIncident`.

use serde_json::{Value, json};

use super::graph_alert::incident_link;
use super::{AlertRecord, Organisation, Row, capitalised, instant, row, service};
use crate::ids;
use crate::scenario::Incident;

/// `microsoft.graph.security.incident`.
pub(crate) fn incident(organisation: &Organisation, incident: &Incident) -> Value {
    let tenant = &organisation.tenant.id;
    let (created, updated) = times(organisation, incident);
    json!({
        "@odata.type": "#microsoft.graph.security.incident",
        "id": incident.number,
        "tenantId": tenant,
        "status": incident.status,
        "incidentWebUrl": incident_link(&incident.number, tenant),
        "redirectIncidentId": incident.redirected_to,
        "displayName": incident.title,
        "description": incident.description,
        "summary": null,
        "createdDateTime": created,
        "lastUpdateDateTime": updated,
        "lastModifiedBy": "Microsoft 365 Defender-AlertCorrelation",
        "assignedTo": incident.assigned_to.as_deref().map(|person| organisation.upn(person)),
        "classification": incident.classification.as_deref().unwrap_or("unknown"),
        "determination": incident.determination.as_deref().unwrap_or("unknown"),
        "severity": incident.severity,
        "customTags": incident.labels,
        "systemTags": [],
        "comments": [],
        "priorityScore": null,
        "resolvingComment": null,
    })
}

fn times(organisation: &Organisation, incident: &Incident) -> (String, String) {
    let seed = format!("incident {} {}", organisation.tenant.id, incident.number);
    let at = |moment: crate::scenario::Moment, salt: &str| {
        let instant_ = moment.at(organisation.beginning);
        instant(instant_.saturating_sub(Organisation::fraction(&format!("{seed} {salt}"))).unwrap_or(instant_))
    };
    (at(incident.at, "created"), at(incident.updated, "updated"))
}

/// The incident's name in the workspace: a GUID, by which Sentinel's links go.
pub(crate) fn name(organisation: &Organisation, number: &str) -> String {
    ids::guid(&format!("incident {} {number}", organisation.tenant.id)).to_string()
}

/// The rows of `SecurityIncident`: as it was opened, and as it is now. A redirected incident is closed there.
pub(crate) fn rows(organisation: &Organisation, incident: &Incident, alerts: &[AlertRecord]) -> Vec<Row> {
    let (created, updated) = times(organisation, incident);
    let of_portal = organisation.is_of_portal(incident.workspace.as_deref());
    let held: Vec<_> =
        alerts.iter().filter(|record| record.entry.incident.as_deref() == Some(incident.number.as_str())).collect();
    let first = held.iter().map(|record| record.first).min();
    let last = held.iter().map(|record| record.last).max();
    let closed = matches!(incident.status.as_str(), "resolved" | "redirected");
    let now = match incident.status.as_str() {
        "resolved" | "redirected" => "Closed",
        "inProgress" => "Active",
        _ => "New",
    };
    let version = |at: &str, status: &str, closed: bool| {
        row(json!({
            "TenantId": organisation.workspace_name(incident.workspace.as_deref()),
            "TimeGenerated": at,
            "IncidentName": name(organisation, &incident.number),
            "Title": incident.title,
            "Description": incident.description,
            "Severity": capitalised(&incident.severity),
            "Status": status,
            "Classification": incident.classification.as_deref().filter(|_| closed).map(capitalised).unwrap_or_default(),
            "ClassificationComment": "",
            "ClassificationReason": incident.determination.as_deref().filter(|_| closed).map(capitalised).unwrap_or_default(),
            "Owner": json!({
                "objectId": incident.assigned_to.as_deref().map(|person| organisation.directory_id(person)),
                "email": incident.assigned_to.as_deref().map(|person| organisation.upn(person)),
                "assignedTo": incident.assigned_to.as_deref().map(super::organisation::display_name),
                "userPrincipalName": incident.assigned_to.as_deref().map(|person| organisation.upn(person)),
            }),
            "ProviderName": if of_portal { "Microsoft XDR" } else { "Azure Sentinel" },
            "ProviderIncidentId": incident.number,
            "FirstActivityTime": first.map(instant),
            "LastActivityTime": last.map(instant),
            "FirstModifiedTime": created,
            "LastModifiedTime": at,
            "CreatedTime": created,
            "ClosedTime": closed.then_some(at),
            "IncidentNumber": incident.number.parse::<i32>().ok(),
            "RelatedAnalyticRuleIds": [],
            "AlertIds": held.iter().map(|record| record.system_id.as_str()).collect::<Vec<_>>(),
            "BookmarkIds": [],
            "Comments": [],
            "Tasks": [],
            "Labels": incident.labels.iter().map(|label| json!({"labelName": label, "labelType": "User"})).collect::<Vec<_>>(),
            "IncidentUrl": format!(
                "https://portal.azure.com/#asset/Microsoft_Azure_Security_Insights/Incident/{}",
                name(organisation, &incident.number)
            ),
            "AdditionalData": json!({
                "alertsCount": held.len(),
                "bookmarksCount": 0,
                "commentsCount": 0,
                "alertProductNames": products(&held),
                "tactics": categories(&held),
                "providerIncidentUrl": of_portal.then(|| incident_link(&incident.number, &organisation.tenant.id)),
            }),
            "ModifiedBy": if of_portal { "Microsoft XDR" } else { "Incident created from alert" },
            "SourceSystem": "Azure",
            "Type": "SecurityIncident",
        }))
    };
    let mut rows = vec![version(&created, "New", false)];
    if updated != created {
        rows.push(version(&updated, now, closed));
    }
    rows
}

fn products(held: &[&AlertRecord]) -> Vec<&'static str> {
    let mut names: Vec<_> = held.iter().map(|record| service::names(record.entry.service).product).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn categories<'a>(held: &[&'a AlertRecord]) -> Vec<&'a str> {
    let mut names: Vec<_> = held.iter().map(|record| record.entry.category.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}
