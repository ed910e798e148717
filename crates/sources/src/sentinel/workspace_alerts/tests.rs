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
    assert!(found[0].identities.contains(&identity::of_graph("da3cb12a2f_1", "MDATP")[1]), "{:?}", found[0].identities);
}

#[test]
fn an_alert_that_the_portal_has_too_is_known_by_the_portals_id() {
    let hunting = |id: &str, service: &str| {
        let row = json!({"Timestamp": "2026-07-01T10:00:00Z", "AlertId": id, "ServiceSource": service,
            "RemoteUrl": "https://evil.example/a"});
        crate::alerts::read(&asking("defender.alerts"), &indicator("evil.example"), &[row]).0.remove(0)
    };
    let own = "b08ade9d-0001-4000-8000-000000000001";
    let forwarded = |id: &str, provider: &str, link: String| {
        let more = json!({"ProviderName": provider, "VendorOriginalId": own, "AlertLink": link});
        found("evil.example", &[row(id, "2026-07-01T10:00:00Z", "Resolved", more)]).remove(0)
    };
    let page = |id: &str| format!("https://security.microsoft.com/alerts/{id}?tid=x");
    for (prefix, provider, service) in [
        ("ad", "IPC", "Microsoft Entra ID Protection"),
        ("fa", "OATP", "Microsoft Defender for Office 365"),
        ("ca", "MCAS", "Microsoft Defender for Cloud Apps"),
    ] {
        let id = format!("{prefix}{own}");
        let merged = search::merge::merge([&hunting(&id, service), &forwarded("S1", provider, page(&id))]);
        assert_eq!((merged.len(), merged[0].status.as_deref()), (1, Some("resolved")), "{provider}");
        let elsewhere = forwarded("S1", provider, format!("https://evil.example/alerts/{id}"));
        assert_eq!(elsewhere.identities.len(), 2, "a link to another host says nothing: {:?}", elsewhere.identities);
    }
    // The workspace's own rule links to no portal, and its id is in the portal's.
    let rule = forwarded(own, "ASI Scheduled Alerts", String::new());
    let merged = search::merge::merge([&hunting(&format!("sn{own}"), "Microsoft Sentinel"), &rule]);
    assert_eq!(merged.len(), 1);
}

#[test]
fn alerts_of_two_third_products_with_one_number_are_two() {
    let of = |id: &str, product: &str| {
        let more = json!({"ProviderName": product, "ProductName": product, "VendorOriginalId": "1001"});
        row(id, "2026-07-01T10:00:00Z", "New", more)
    };
    assert_eq!(found("evil.example", &[of("S1", "Contoso IDS"), of("S2", "Fabrikam Firewall")]).len(), 2);
}

#[test]
fn unreadable_entities_leave_the_alert_with_a_mention() {
    let cut = row("A", "2026-07-01T10:00:00Z", "New", json!({"Entities": "[{\"Url\":\"https://evil.example/"}));
    assert_eq!(found("evil.example", &[cut])[0].places[0].role.as_deref(), Some("mentioned"));
}
