use serde_json::json;

use super::*;
use crate::made::{asking, indicator, time};

fn row(id: &str, generated: &str, status: &str, more: Value) -> Value {
    let mut row = json!({
        "SystemAlertId": id, "TimeGenerated": generated, "Status": status, "AlertName": "Rule", "AlertSeverity": "Medium",
        "ProviderName": "ASI Scheduled Alerts", "ProductName": "Azure Sentinel", "VendorOriginalId": "V1", "Tactics": "InitialAccess",
        "Techniques": "[\"T1566\"]", "AlertLink": "https://portal.azure.com/#x", "StartTime": "2026-07-01T09:00:00Z", "EndTime": "",
        "Entities": "[{\"$id\":\"2\",\"Url\":\"https://evil.example/a\",\"Type\":\"url\"}]", "ExtendedProperties": ""
    });
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    row
}

fn found(value: &str, rows: &[Value]) -> Vec<Finding> {
    read(&asking("sentinel.workspace_alerts"), &indicator(value), rows).0
}

#[test]
fn versions_of_one_alert_are_one_and_the_newest_wins() {
    let rows =
        [row("A", "2026-07-01T10:00:00Z", "New", json!({})), row("a", "2026-07-02T08:00:00Z", "Resolved", json!({}))];
    let found = found("evil.example", &rows);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].status.as_deref(), Some("resolved"));
    assert_eq!(found[0].updated, time("2026-07-02T08:00:00Z"));
    assert_eq!(found[0].links.len(), 1);
}

#[test]
fn what_stands_only_in_properties_is_mentioned_and_neighbours_are_dropped() {
    let properties = "{\"Ip\":\"203.0.113.9\",\"List\":[\"x.evil.example\"]}";
    let rows = [
        row("A", "2026-07-01T10:00:00Z", "New", json!({"Entities": "", "ExtendedProperties": properties})),
        row("B", "2026-07-01T10:00:00Z", "New", json!({"Entities": "[]", "ExtendedProperties": "{}"})),
    ];
    let by_address = found("203.0.113.9", &rows);
    assert_eq!(by_address.len(), 1);
    assert_eq!(by_address[0].places[0].role.as_deref(), Some("mentioned"));
    assert!(found("evil.example", &rows).is_empty());
}

#[test]
fn an_alert_of_defender_in_a_workspace_is_defenders_and_shares_its_id() {
    let endpoint = row(
        "S1",
        "2026-07-01T10:00:00Z",
        "New",
        json!({"ProviderName": "MDATP", "ProductName": "Microsoft Defender Advanced Threat Protection", "VendorOriginalId": "3CB12A2F_1"}),
    );
    let found = found("evil.example", &[endpoint, json!({"AlertName": "no id"})]);
    assert_eq!(found[0].product, Product::Defender);
    assert!(found[0].identities.contains(&service::endpoint_id("da3cb12a2f_1")), "{:?}", found[0].identities);
}

#[test]
fn unreadable_entities_leave_the_alert_with_a_mention() {
    let cut = row("A", "2026-07-01T10:00:00Z", "New", json!({"Entities": "[{\"Url\":\"https://evil.example/"}));
    assert_eq!(found("evil.example", &[cut])[0].places[0].role.as_deref(), Some("mentioned"));
}
