use serde_json::json;

use super::*;
use crate::made::{asking, indicator};

fn row(more: Value) -> Value {
    let mut row = json!({
        "IncidentName": "0F00", "IncidentNumber": 47, "Title": "Phishing", "Severity": "High", "Status": "Closed",
        "Classification": "FalsePositive", "Owner": "{\"assignedTo\":\"Alice\"}", "Labels": "[{\"labelName\":\"kit\"}]",
        "ProviderName": "Microsoft XDR", "ProviderIncidentId": "4711", "LastModifiedTime": "2026-11-20T10:00:00Z",
        "IncidentUrl": "https://portal.azure.com/#incident", "SystemAlertId": "A1", "AlertTime": "2026-11-20T09:00:00Z",
        "AdditionalData": "{\"alertsCount\":2,\"providerIncidentUrl\":\"https://security.microsoft.com/incidents/4711\"}",
        "AlertName": "Rule", "AlertSeverity": "High", "AlertStatus": "New", "AlertProvider": "ASI Scheduled Alerts",
        "ProductName": "Azure Sentinel", "VendorOriginalId": "V1",
        "Entities": "[{\"Address\":\"203.0.113.9\",\"Type\":\"ip\"}]", "ExtendedProperties": ""
    });
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    row
}

#[test]
fn an_incident_and_its_alerts_know_of_each_other() {
    let rows =
        [row(json!({})), row(json!({"SystemAlertId": "A2", "VendorOriginalId": "V2"})), json!({"Title": "no id"})];
    let (found, set_aside) = read(&asking("sentinel.workspace_incidents"), &indicator("203.0.113.9"), &rows);
    assert_eq!(set_aside, 1);
    let incidents: Vec<&Finding> = found.iter().filter(|one| one.kind == FindingKind::Incident).collect();
    assert_eq!((incidents.len(), found.len()), (1, 3));
    let incident = incidents[0];
    assert_eq!(incident.identities[0], Identity { scheme: Scheme::Graph, id: "4711".into() });
    assert_eq!(incident.links.len(), 2);
    let Details::Incident { assigned_to, alerts, labels, classification } = &incident.details else {
        panic!("an incident")
    };
    assert_eq!((assigned_to.as_deref(), *alerts, labels), (Some("Alice"), Some(2), &vec!["kit".to_owned()]));
    assert_eq!(classification.as_deref(), Some("false_positive"));
    let alert = found.iter().find(|one| one.kind == FindingKind::Alert).unwrap();
    let Details::Alert { classification, incident, .. } = &alert.details else { panic!("an alert") };
    assert_eq!(classification.as_deref(), Some("false_positive"), "the judgement stands at the incident alone");
    assert_eq!(incident.as_ref().unwrap().id, "47");
}

fn the_alert(rows: &[Value]) -> (Option<String>, Option<String>) {
    let (found, _) = read(&asking("sentinel.workspace_incidents"), &indicator("203.0.113.9"), rows);
    let mut alerts = found.iter().filter(|one| one.kind == FindingKind::Alert);
    let alert = alerts.next().unwrap();
    assert_eq!(alerts.next(), None, "one alert, however many incidents hold it");
    let Details::Alert { classification, .. } = &alert.details else { panic!("an alert") };
    (alert.status.clone(), classification.clone())
}

#[test]
fn a_closed_incident_closes_its_alert_whatever_it_was_judged() {
    assert_eq!(the_alert(&[row(json!({}))]), (Some("closed".into()), Some("false_positive".into())));
    assert_eq!(the_alert(&[row(json!({"Classification": "Undetermined"}))]), (Some("closed".into()), None));
    assert_eq!(the_alert(&[row(json!({"Status": "Active", "Classification": ""}))]), (Some("new".into()), None));
    let resolved = json!({"AlertStatus": "Resolved", "Classification": ""});
    assert_eq!(the_alert(&[row(resolved)]), (Some("resolved".into()), None));
}

#[test]
fn of_several_incidents_with_one_alert_an_open_one_wins() {
    let closed = || row(json!({}));
    let open = || {
        row(json!({"IncidentName": "0F01", "IncidentNumber": 48, "ProviderIncidentId": "4712", "Status": "Active",
            "Classification": "", "LastModifiedTime": "2026-11-19T10:00:00Z"}))
    };
    for rows in [[closed(), open()], [open(), closed()]] {
        assert_eq!(the_alert(&rows), (Some("new".into()), None));
        let (found, _) = read(&asking("sentinel.workspace_incidents"), &indicator("203.0.113.9"), &rows);
        let alert = found.iter().find(|one| one.kind == FindingKind::Alert).unwrap();
        let Details::Alert { incident, .. } = &alert.details else { panic!("an alert") };
        assert_eq!(incident.as_ref().unwrap().id, "48");
    }
}

#[test]
fn the_incidents_word_outlives_the_alerts_own_row() {
    let asking = asking("sentinel.workspace_incidents");
    let (found, _) = read(&asking, &indicator("203.0.113.9"), &[row(json!({"Classification": "Undetermined"}))]);
    let own_row = as_alert(Record(&row(json!({}))));
    let own = workspace_alerts::finding(&asking, &indicator("203.0.113.9"), Record(&own_row), "A1").unwrap();
    assert_eq!(own.status.as_deref(), Some("new"));
    let merged = search::merge::merge(std::iter::once(&own).chain(&found));
    let alert = merged.iter().find(|one| one.kind == FindingKind::Alert).unwrap();
    assert_eq!((merged.len(), alert.status.as_deref()), (2, Some("closed")));
}

#[test]
fn an_incident_whose_alert_was_only_brushed_is_dropped() {
    let neighbour = row(json!({"Entities": "[{\"Address\":\"203.0.113.90\",\"Type\":\"ip\"}]"}));
    let (found, _) = read(&asking("sentinel.workspace_incidents"), &indicator("203.0.113.9"), &[neighbour]);
    assert!(found.is_empty());
}
