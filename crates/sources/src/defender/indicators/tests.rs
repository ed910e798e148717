use rstest::rstest;
use serde_json::json;

use super::*;
use crate::made::{asking, indicator, now};

#[rstest]
#[case("evil.example", "DomainName", "EVIL.example", Some("exact"))]
#[case("evil.example", "DomainName", "www.evil.example", None)]
#[case("a.bad.example", "DomainName", "*.bad.example", Some("wildcard"))]
#[case("bad.example", "DomainName", "*.bad.example", None)]
#[case("evil.example", "Url", "http://evil.example/", Some("url"))]
#[case("203.0.113.9", "IpAddress", "203.0.113.9", Some("exact"))]
#[case("evil.example", "Url", "http://evil.example/a/b?c=d", Some("url"))]
#[case("xn--bcher-kva.example", "DomainName", "bücher.example", Some("exact"))]
#[case("203.0.113.9", "IpAddress", "203.0.113.0/27", Some("network"))]
#[case("203.0.113.40", "IpAddress", "203.0.113.0/27", None)]
#[case("2001:db8::7", "IpAddress", "2001:0DB8:0:0:0:0:0:7", Some("exact"))]
#[case("evil.example", "FileSha1", "evil.example", None)]
fn an_entry_meets_only_what_it_means(
    #[case] searched: &str,
    #[case] kind: &str,
    #[case] value: &str,
    #[case] expected: Option<&str>,
) {
    let indicator = indicator(searched);
    assert_eq!(meets(&indicator, kind, value), expected);
    // Whatever meets it is near it in the list.
    let entry = json!({"id": "1", "indicatorType": kind, "indicatorValue": value});
    let near = list::Entries::new(&[entry], None, now()).near(&indicator).len();
    assert!(near == 1 || expected.is_none(), "{near}");
}

#[rstest]
#[case("Block", Some("block"))]
#[case("AlertAndBlock", Some("block"))]
#[case("BlockAndRemediate", Some("block"))]
#[case("Allowed", Some("allow"))]
#[case("Warn", Some("warn"))]
#[case("Audit", Some("audit"))]
#[case("SomethingNew", Some("something_new"))]
#[case("", None)]
fn actions_have_one_word_each(#[case] text: &str, #[case] expected: Option<&str>) {
    assert_eq!(action(text).as_deref(), expected);
}

#[test]
fn the_filter_asks_for_the_value_its_urls_and_the_wildcards_above_it() {
    let sent = filter(&indicator("login.bad.example")).unwrap();
    assert!(sent.starts_with("indicatorValue eq 'login.bad.example' or "), "{sent}");
    assert!(sent.contains("indicatorValue eq 'https://login.bad.example/'"), "{sent}");
    assert!(sent.contains("indicatorValue eq '*.bad.example'"), "{sent}");
    assert!(filter(&indicator("2001:db8::7")).unwrap().contains("'http://[2001:db8::7]/'"));
}

#[test]
fn an_entry_lapses_at_the_time_asked_and_without_an_end_never() {
    let entry = |until: Value| {
        json!({"id": "995", "indicatorValue": "evil.example", "indicatorType": "DomainName", "action": "Block",
        "severity": "High", "title": "kit", "expirationTime": until, "creationTimeDateTimeUtc": "2026-01-01T00:00:00Z",
        "createdByDisplayName": "ti-sync"})
    };
    let state = |until: Value| {
        let found =
            read(&asking("defender.indicators"), &indicator("evil.example"), now(), &entry(until)).unwrap().unwrap();
        found.status.unwrap()
    };
    assert_eq!(state(Value::Null), "active");
    assert_eq!(state(json!("2026-12-01T00:00:00Z")), "active");
    assert_eq!(state(json!("2026-11-25T12:00:00Z")), "expired");
    let asking = asking("defender.indicators");
    assert_eq!(read(&asking, &indicator("evil.example"), now(), &json!({"id": "1"})), None);
    assert_eq!(read(&asking, &indicator("other.example"), now(), &entry(Value::Null)), Some(None));
}
