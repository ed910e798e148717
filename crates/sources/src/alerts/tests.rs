use search::Product;
use serde_json::json;

use super::*;
use crate::made::{asking, indicator, time};

fn row(id: &str, more: Value) -> Value {
    let mut row = json!({
        "Timestamp": "2026-11-20T10:00:00.1234567Z", "EvidenceTime": "2026-11-20T10:00:00Z", "AlertId": id,
        "Title": "Beacon", "Category": "CommandAndControl", "Severity": "High",
        "ServiceSource": "Microsoft Defender for Endpoint", "DetectionSource": "EDR",
        "AttackTechniques": "[\"Web Protocols (T1071.001)\"]", "EntityType": "Url", "EvidenceRole": "Related",
        "RemoteIP": "", "RemoteUrl": "", "LocalIP": "", "DeviceName": "", "AccountUpn": "", "AdditionalFields": ""
    });
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    row
}

fn found(value: &str, rows: &[Value]) -> Vec<Finding> {
    read(&asking("defender.alerts"), &indicator(value), rows).0
}

#[test]
fn the_prefilters_hits_on_neighbours_are_dropped() {
    let rows = [
        row("sub", json!({"RemoteUrl": "https://www.evil.example/a"})),
        row("longer", json!({"RemoteUrl": "https://evil.example.org/a"})),
        row("path", json!({"RemoteUrl": "https://other.example/?next=evil.example"})),
        row("exact", json!({"RemoteUrl": "https://EVIL.example:8443/a"})),
    ];
    let found = found("evil.example", &rows);
    assert_eq!(found.iter().map(|finding| finding.id.as_str()).collect::<Vec<_>>(), ["exact"]);
}

#[test]
fn rows_of_one_alert_are_one_finding_with_all_its_places() {
    let entity = r#"{"$id":"1","Url":"https://evil.example/a","Type":"url","LastVerdict":"Malicious"}"#;
    let rows = [
        row("da1_1", json!({"RemoteUrl": "https://evil.example/a", "AdditionalFields": entity})),
        row(
            "da1_1",
            json!({"EntityType": "Machine", "DeviceName": "ws01.corp.example.com", "EvidenceTime": "2026-11-21T00:00:00Z",
            "AdditionalFields": "{\"Address\":\"203.0.113.9\",\"Type\":\"ip\"}"}),
        ),
        row("da1_1", json!({"EntityType": "User", "AccountUpn": "alice@example.com"})),
    ];
    let found = found("evil.example", &rows);
    assert_eq!(found.len(), 1);
    let alert = &found[0];
    assert_eq!(alert.identities.len(), 2);
    assert_eq!(alert.identities[1].id, "1_1");
    assert_eq!((alert.first_seen, alert.last_seen), (time("2026-11-20T10:00:00Z"), time("2026-11-21T00:00:00Z")));
    assert_eq!(alert.severity, Some(Severity::High));
    assert_eq!(
        alert.links[0].url,
        "https://security.microsoft.com/alerts/da1_1?tid=11111111-1111-4111-8111-111111111111"
    );
    assert_eq!(alert.places.len(), 1, "the entity says the same as the column: {:?}", alert.places);
    assert_eq!(alert.places[0].place, "RemoteUrl");
    assert_eq!(alert.places[0].verdict.as_deref(), Some("malicious"));
    let Details::Alert { devices, accounts, pivots, techniques, .. } = &alert.details else { panic!("an alert") };
    assert_eq!(devices, &["ws01.corp.example.com"]);
    assert_eq!(accounts, &["alice@example.com"]);
    assert_eq!(pivots, &["203.0.113.9"]);
    assert_eq!(techniques, &["T1071.001"]);
}

#[test]
fn an_address_is_found_in_any_spelling_and_at_home_it_is_the_devices_own() {
    let rows = [
        row("mapped", json!({"RemoteIP": "::ffff:203.0.113.9"})),
        row("own", json!({"LocalIP": "203.0.113.9"})),
        row("url", json!({"RemoteUrl": "http://203.0.113.9/x"})),
        row("other", json!({"RemoteIP": "203.0.113.90"})),
    ];
    let found = found("203.0.113.9", &rows);
    let places: Vec<(&str, bool)> =
        found.iter().map(|finding| (finding.places[0].place.as_str(), finding.places[0].is_context())).collect();
    assert_eq!(places, [("RemoteIP", false), ("LocalIP", true), ("RemoteUrl", false)]);
}

#[test]
fn the_product_follows_the_service_and_a_record_without_an_id_is_set_aside() {
    let sentinel = row("sn1", json!({"RemoteIP": "203.0.113.9", "ServiceSource": "Microsoft Sentinel"}));
    let nameless = row("", json!({"RemoteIP": "203.0.113.9"}));
    let (found, set_aside) =
        read(&asking("defender.alerts"), &indicator("203.0.113.9"), &[sentinel, nameless, json!(null)]);
    assert_eq!(found[0].product, Product::Sentinel);
    assert_eq!(found[0].identities.len(), 1, "no prefix is taken from another product's id");
    assert_eq!(set_aside, 2);
}

#[test]
fn hostile_text_stays_text_and_never_becomes_a_link() {
    let hostile = row("<img src=x onerror=alert(1)>", json!({"Title": "<script>", "RemoteIP": "203.0.113.9"}));
    let found = found("203.0.113.9", &[hostile]);
    assert_eq!(found[0].title, "<script>");
    assert!(found[0].links.is_empty());
}

#[test]
fn an_alert_of_graph_brings_state_judgement_and_incident() {
    let alert = json!({
        "id": "da1_1", "providerAlertId": "da1_1", "incidentId": "47", "status": "inProgress", "severity": "high",
        "classification": "truePositive", "serviceSource": "microsoftDefenderForEndpoint", "title": "Beacon",
        "category": null, "categories": ["CommandAndControl"], "alertWebUrl": "https://security.microsoft.com/alerts/da1_1?tid=x",
        "incidentWebUrl": "javascript:alert(1)", "mitreTechniques": ["T1071"], "createdDateTime": "2026-11-20T10:00:00.5Z",
        "lastUpdateDateTime": "2026-11-24T10:00:00.1234567Z", "evidence": [
            null,
            {"@odata.type": "#microsoft.graph.security.urlEvidence", "url": "https://evil.example/a", "verdict": "malicious"}
        ]
    });
    let asking = asking("defender.alerts");
    let finding = graph_alert::read(&asking, &indicator("evil.example"), &alert).unwrap();
    assert_eq!(finding.status.as_deref(), Some("in_progress"));
    assert_eq!(finding.identities.len(), 3, "{:?}", finding.identities);
    assert_eq!(finding.places.len(), 1);
    let Details::Alert { classification, incident, category, .. } = &finding.details else { panic!("an alert") };
    assert_eq!(classification.as_deref(), Some("true_positive"));
    assert_eq!(category.as_deref(), Some("CommandAndControl"));
    let incident = incident.as_ref().unwrap();
    assert_eq!((incident.id.as_str(), incident.url.as_deref()), ("47", None));
    // It merges with what hunting says of the same alert.
    let hunting = found("evil.example", &[row("da1_1", json!({"RemoteUrl": "https://evil.example/a"}))]).remove(0);
    let merged = search::merge::merge([&hunting, &finding]);
    assert_eq!(merged.len(), 1);
    assert_eq!(merged[0].status.as_deref(), Some("in_progress"));
    assert_eq!(graph_alert::read(&asking, &indicator("evil.example"), &json!({"title": "no id"})), None);
}

#[test]
fn a_sentinel_alert_of_graph_shares_an_id_with_the_workspaces() {
    let own = "0F0F0F0F-0001-4000-8000-000000000001";
    let alert = json!({"id": format!("sn{}", own.to_lowercase()), "providerAlertId": own, "serviceSource": "microsoftSentinel", "title": "Rule"});
    let finding = graph_alert::read(&asking("defender.alerts"), &indicator("evil.example"), &alert).unwrap();
    assert!(finding.identities.contains(&identity::of_sentinel(own)), "{:?}", finding.identities);
    assert_eq!(finding.product, Product::Sentinel);
}

#[test]
fn a_merged_incident_names_the_one_that_took_it() {
    let merged = json!({"id": "46", "status": "redirected", "redirectIncidentId": "47"});
    assert_eq!(graph_incident::merged_into(&merged).as_deref(), Some("47"));
    assert_eq!(graph_incident::merged_into(&json!({"id": "47", "status": "active", "redirectIncidentId": null})), None);
    let incident = json!({"id": 47, "displayName": "Beacon", "status": "active", "severity": "High", "customTags": ["x"],
        "incidentWebUrl": "https://security.microsoft.com/incidents/47"});
    let finding = graph_incident::read(&asking("defender.alerts"), &incident, Product::Defender).unwrap();
    assert_eq!((finding.id.as_str(), finding.links.len()), ("47", 1));
}
