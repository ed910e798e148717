use serde_json::json;

use super::*;
use crate::made::{asking, indicator};

#[test]
fn a_legacy_alert_is_read_where_the_indicator_stands_in_it() {
    let alert = json!({"id": "L1", "title": "Beacon", "severity": "medium", "status": "newAlert", "category": "x",
        "eventDateTime": "2026-03-27T11:57:22.29Z", "vendorInformation": {"provider": "Azure Sentinel", "vendor": "Microsoft"},
        "sourceMaterials": ["javascript:alert(1)", "https://portal.azure.com/?tid=11111111-1111-4111-8111-111111111111#alert"],
        "networkConnections": [null, {"destinationDomain": "evil.example", "destinationAddress": "203.0.113.9", "sourceAddress": "10.0.0.5"}],
        "hostStates": [{"fqdn": "ws01.example.com", "privateIpAddress": "10.0.0.5"}], "userStates": null});
    let asking = asking("sentinel.classic_alerts");
    let finding = read(&asking, &indicator("evil.example"), &alert).unwrap().unwrap();
    assert_eq!((finding.product, finding.status.as_deref()), (Product::Sentinel, Some("new")));
    assert_eq!(finding.links[0].url, "https://portal.azure.com/?tid=11111111-1111-4111-8111-111111111111#alert");
    assert_eq!(finding.places[0].place, "networkConnections.destinationDomain");
    assert_eq!(read(&asking, &indicator("other.example"), &alert), Some(None));
    assert_eq!(read(&asking, &indicator("evil.example"), &json!({"title": "no id"})), None);
}

#[test]
fn the_filter_of_2020_quotes_its_value() {
    let sent = filter(&indicator("evil.example")).unwrap();
    assert_eq!(sent, "networkConnections/any(a:a/destinationDomain eq 'evil.example')");
    assert!(filter(&indicator("203.0.113.9")).unwrap().contains("destinationAddress eq '203.0.113.9'"));
}
