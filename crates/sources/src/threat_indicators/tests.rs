use rstest::rstest;
use serde_json::json;

use super::*;
use crate::made::{asking, indicator, now, time};

#[rstest]
#[case("evil.example", "domain-name:value", "Evil.Example", Some("exact"))]
#[case("evil.example", "domain-name:value", "www.evil.example", None)]
#[case("evil.example", "domain-name:value", "evil.example.org", None)]
#[case("www.evil.example", "domain-name:value", "evil.example", None)]
#[case("evil.example", "url:value", "https://evil.example/login", Some("url"))]
#[case("evil.example", "url:value", "https://other.example/?u=evil.example", None)]
#[case("evil.example", "email-addr:value", "boss@evil.example", Some("email"))]
#[case("a.b.bad.example", "domain-name:value", "*.bad.example", Some("wildcard"))]
#[case("bad.example", "domain-name:value", "*.bad.example", None)]
#[case("notbad.example", "domain-name:value", "*.bad.example", None)]
#[case("203.0.113.7", "ipv4-addr:value", "203.0.113.7", Some("exact"))]
#[case("203.0.113.7", "network-traffic:dst_ref.value", "203.0.113.7", Some("exact"))]
#[case("203.0.113.7", "ipv4-addr:value", "203.0.113.0/24", Some("network"))]
#[case("203.0.113.7", "network-traffic:dst_ref.value", "203.0.113.9/27", Some("network"))]
#[case("203.0.113.40", "ipv4-addr:value", "203.0.113.9/27", None)]
#[case("203.0.113.7", "ipv4-addr:value", "203.0.113.0/33", None)]
#[case("203.0.113.7", "ipv4-addr:value", "0.0.0.0/0", Some("network"))]
#[case("2001:db8::7", "ipv6-addr:value", "2001:0DB8::/32", Some("network"))]
#[case("2001:db9::7", "ipv6-addr:value", "2001:db8::/32", None)]
#[case("203.0.113.7", "url:value", "203.0.113.0/24", None)]
#[case("evil.example", "ipv4-addr:value", "203.0.113.0/24", None)]
#[case("xn--bcher-kva.example", "domain-name:value", "Bücher.example", Some("exact"))]
#[case("a.xn--bcher-kva.example", "domain-name:value", "*.bücher.example", Some("wildcard"))]
#[case("203.0.113.7", "url:value", "http://203.0.113.7/x", Some("url"))]
#[case("2001:db8::7", "ipv6-addr:value", "2001:0DB8::0007", Some("exact"))]
#[case("evil.example", "file:hashes.'SHA-256'", "evil.example", None)]
fn only_what_means_the_indicator_meets_it(
    #[case] searched: &str,
    #[case] key: &str,
    #[case] value: &str,
    #[case] expected: Option<&str>,
) {
    let row = json!({"Id": "x", "ObservableKey": key, "ObservableValue": value, "Pattern": ""});
    assert_eq!(meets(&indicator(searched), Record(&row)).map(|(_, matched, _)| matched), expected);
}

#[test]
fn a_pattern_that_sentinel_could_not_part_is_read_by_us() {
    let row = json!({"Id": "x", "ObservableKey": "", "ObservableValue": null,
        "Pattern": "[domain-name:value = 'other.example' OR domain-name:value='evil.example'] AND [ipv4-addr:value = '203.0.113.7']"});
    let met = |searched: &str| meets(&indicator(searched), Record(&row));
    assert_eq!(met("evil.example"), Some(("evil.example".into(), "exact", "Pattern".into())));
    assert_eq!(met("203.0.113.7").map(|(_, matched, _)| matched), Some("exact"));
    assert_eq!(met("evil.exampl"), None);
    let network = json!({"Id": "x", "Pattern": "[ipv4-addr:value ISSUBSET '198.51.100.0/25' AND domain-name:value != 'good.example']"});
    let met = |searched: &str| meets(&indicator(searched), Record(&network)).map(|(_, matched, _)| matched);
    assert_eq!(met("198.51.100.9"), Some("network"));
    assert_eq!((met("198.51.100.129"), met("good.example")), (None, None));
    for broken in ["[domain-name:value = 'evil", "[=']", "", "[[[", "'='"] {
        assert!(comparisons(broken).count() <= 1, "{broken}");
    }
}

#[rstest]
#[case(json!({}), "active")]
#[case(json!({"IsActive": true, "ValidUntil": "2026-12-31T00:00:00Z"}), "active")]
#[case(json!({"ValidUntil": "2026-11-25T12:00:00Z"}), "expired")]
#[case(json!({"IsActive": true, "ValidUntil": "2026-11-01T00:00:00Z"}), "expired")]
#[case(json!({"ValidFrom": "2026-12-01T00:00:00Z"}), "future")]
#[case(json!({"Revoked": true, "IsActive": true}), "revoked")]
#[case(json!({"Data": "{\"revoked\":true}"}), "revoked")]
#[case(json!({"IsDeleted": true, "Revoked": true}), "deleted")]
#[case(json!({"IsActive": false}), "revoked")]
fn the_state_is_told_as_of_the_time_asked(#[case] more: Value, #[case] expected: &str) {
    let mut row = json!({"Id": "x", "ObservableKey": "domain-name:value", "ObservableValue": "evil.example"});
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let (found, _) = read(&asking("sentinel.threat_indicators"), &indicator("evil.example"), now(), &[row]);
    assert_eq!(found[0].status.as_deref(), Some(expected));
}

#[test]
fn feed_confidence_and_tags_come_from_wherever_they_stand() {
    let row = json!({
        "Id": "TWljcm9zb2Z0IFNlbnRpbmVs---indicator--1", "TimeGenerated": "2026-11-20T03:00:00Z",
        "ObservableKey": "domain-name:value", "ObservableValue": "evil.example", "Confidence": "85", "Tags": "a, b",
        "Created": "2026-11-01T00:00:00Z", "Modified": "2026-11-02T00:00:00Z", "SourceSystem": "LogARepublisher",
        "Data": "{\"name\":\"Q4 kit\",\"description\":\"d\",\"indicator_types\":[\"malicious-activity\"],\"labels\":[\"a\"]}"
    });
    let (found, set_aside) =
        read(&asking("sentinel.threat_indicators"), &indicator("evil.example"), now(), &[row, json!({})]);
    assert_eq!(set_aside, 1);
    assert_eq!(found[0].title, "Q4 kit");
    assert_eq!(found[0].first_seen, time("2026-11-01T00:00:00Z"));
    let Details::ThreatIndicator { confidence, listed_by, tags, action, .. } = &found[0].details else {
        panic!("an entry")
    };
    assert_eq!(*confidence, Some(85));
    assert_eq!(listed_by.as_deref(), Some("Microsoft Sentinel"));
    assert_eq!(tags, &["malicious-activity", "a", "b"]);
    assert_eq!(*action, None);
}
