use search::Scheme;
use serde_json::json;

use super::*;
use crate::made::{asking, indicator};

#[test]
fn an_alert_without_evidence_is_still_microsofts_word() {
    let alert = json!({"id": "da637_-880", "incidentId": 1126093, "severity": "Low", "status": "New", "classification": null,
        "title": "Beacon", "category": "null", "evidence": [], "alertCreationTime": "2026-11-20T10:00:00.7220239Z",
        "lastUpdateTime": "2026-11-21T10:00:00Z", "computerDnsName": "ws01.example.com",
        "relatedUser": {"userName": "alice", "domainName": "CORP"}});
    let finding = read(&asking("defender.endpoint_alerts"), &indicator("evil.example"), &alert).unwrap();
    assert_eq!(finding.places[0].place, "related by Defender");
    assert!(finding.places[0].is_unplaced(), "any other source's place says more");
    assert_eq!(finding.identities[0].scheme, Scheme::Graph);
    assert_eq!(finding.identities[1].id, "637_-880");
    assert_eq!(
        finding.links[0].url,
        "https://security.microsoft.com/alerts/da637_-880?tid=11111111-1111-4111-8111-111111111111"
    );
    let Details::Alert { incident, category, classification, devices, .. } = &finding.details else {
        panic!("an alert")
    };
    assert_eq!(incident.as_ref().unwrap().id, "1126093");
    assert_eq!((category, classification), (&None, &None));
    assert_eq!(devices, &["ws01.example.com"]);
    assert_eq!(read(&asking("defender.endpoint_alerts"), &indicator("evil.example"), &json!({})), None);
}

#[test]
fn evidence_is_read_and_the_windows_domain_is_no_dns_name() {
    let alert = json!({"id": "da1", "evidence": [
        {"entityType": "Url", "url": "evil.example", "domainName": "CORP.EXAMPLE"},
        {"entityType": "Ip", "ipAddress": "203.0.113.9", "url": null},
        {"entityType": "User", "userPrincipalName": "alice@example.com", "domainName": "corp.example"},
        null
    ]});
    let finding = read(&asking("defender.endpoint_alerts"), &indicator("evil.example"), &alert).unwrap();
    assert_eq!(finding.places[0].place, "evidence.url");
    let Details::Alert { pivots, accounts, .. } = &finding.details else { panic!("an alert") };
    assert_eq!(pivots, &["203.0.113.9"]);
    assert_eq!(accounts, &["alice@example.com"]);
}
