use serde_json::json;

use super::*;
use crate::made::{asking, indicator, now};

fn found(value: &str, entry: &Value) -> Option<Option<Finding>> {
    read(&asking("sentinel.classic_threat_indicators"), &indicator(value), now(), entry)
}

#[test]
fn an_entry_covers_its_value_its_wildcard_and_nothing_beside() {
    let wildcard =
        json!({"id": "1", "domainName": "*.bad.example", "expirationDateTime": "2026-12-01T00:00:00Z", "severity": 5});
    let finding = found("a.b.bad.example", &wildcard).unwrap().unwrap();
    let Details::ThreatIndicator { matched, state, .. } = &finding.details else { panic!("an entry") };
    assert_eq!((matched.as_str(), state.as_str(), finding.severity), ("wildcard", "active", Some(Severity::High)));
    assert_eq!(found("bad.example", &wildcard), Some(None));
    assert_eq!(found("notbad.example", &wildcard), Some(None));
    let address = json!({"id": "2", "networkDestinationIPv4": "203.0.113.9", "isActive": false});
    let finding = found("203.0.113.9", &address).unwrap().unwrap();
    assert_eq!(finding.status.as_deref(), Some("revoked"));
    assert_eq!(found("203.0.113.9", &json!({"networkIPv4": "203.0.113.9"})), None);
}

#[test]
fn the_filter_names_the_members_of_the_addresss_version() {
    assert_eq!(filter(&indicator("evil.example")).unwrap(), "domainName eq 'evil.example'");
    assert!(filter(&indicator("2001:db8::7")).unwrap().contains("networkDestinationIPv6 eq '2001:db8::7'"));
}
