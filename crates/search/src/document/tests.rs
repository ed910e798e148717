use serde_json::{Value, json};

use super::*;
use crate::made::{alert, answer, asked, indicator, listing, now, report};
use crate::{Finding, Outcome};

fn document(report: &Report, raw: bool) -> Value {
    let parsed = indicator::parse("hxxps://evil[.]example:8443/a").unwrap();
    serde_json::to_value(Document::from_report(report, &parsed, raw)).unwrap()
}

fn members(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_names_of_the_contract_are_all_there() {
    let block = listing("t", Some("block"), "active", "exact", None);
    let document = document(&report(vec![answer("defender.alerts", Outcome::Found, vec![alert("a"), block])]), false);
    let has = |value: &Value, names: &[&str]| {
        for name in names {
            assert!(members(value).contains(name), "{name} is missing in {:?}", members(value));
        }
    };
    has(&document, &["indicator", "asked_at", "took_ms", "assessment", "summary", "answers"]);
    has(&document["indicator"], &["kind", "value", "unicode", "defanged", "input", "flags"]);
    has(&document["assessment"], &["level", "sentence", "reasons"]);
    has(&document["summary"], &["first_seen", "last_seen", "counts", "complete", "coverage"]);
    let answer = &document["answers"][0];
    has(
        answer,
        &[
            "source",
            "product",
            "connection",
            "tenant",
            "outcome",
            "reason",
            "remedy",
            "covered",
            "asked_at",
            "took_ms",
            "age_s",
            "permission",
            "findings",
        ],
    );
    has(&answer["covered"], &["from", "to", "limited_by", "newest_row"]);
    let finding = &answer["findings"][0];
    has(
        finding,
        &[
            "kind",
            "id",
            "title",
            "severity",
            "status",
            "first_seen",
            "last_seen",
            "product",
            "routes",
            "links",
            "where",
        ],
    );
    has(&finding["where"][0], &["place", "role", "verdict"]);
}

#[test]
fn the_values_are_those_of_the_report() {
    let document = document(&report(vec![answer("defender.alerts", Outcome::Found, vec![alert("a")])]), false);
    assert_eq!(document["indicator"]["kind"], "domain");
    assert_eq!(document["indicator"]["value"], "evil.example");
    assert_eq!(document["asked_at"], "2026-11-25T12:00:00Z");
    assert_eq!(document["took_ms"], 0);
    assert_eq!(document["assessment"]["level"], "malicious");
    let counts = json!({"alerts":1,"high":1,"medium":0,"low":0,"informational":0,"incidents":0,
        "threat_indicators":0,"devices":0,"mail":0,"in_mailboxes":0,"clicks":0,"sign_ins":0});
    assert_eq!(document["summary"]["counts"], counts);
    assert_eq!(document["answers"][0]["covered"]["limited_by"], "retention");
    let finding = &document["answers"][0]["findings"][0];
    assert_eq!(finding["kind"], "alert");
    assert_eq!(finding["where"], json!([{"place":"RemoteUrl","role":null,"verdict":null}]));
    assert_eq!(finding["details"]["of"], Value::Null, "the kind is told once");
    assert_eq!(document["findings"], document["answers"][0]["findings"]);
}

#[test]
fn an_alert_of_two_sources_has_one_id_and_both_routes_under_each() {
    let elsewhere = Finding { routes: vec!["sentinel.alerts".into()], ..alert("a") };
    let report = report(vec![
        answer("defender.alerts", Outcome::Found, vec![alert("a")]),
        answer("sentinel.alerts", Outcome::Found, vec![elsewhere]),
    ]);
    let document = document(&report, false);
    assert_eq!(document["summary"]["counts"]["alerts"], 1);
    for at in 0..2 {
        let findings = document["answers"][at]["findings"].as_array().unwrap();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0]["id"], "a");
        assert_eq!(findings[0]["routes"], json!(["defender.alerts", "sentinel.alerts"]));
    }
}

#[test]
fn raw_records_are_there_only_where_they_were_asked_for() {
    let mut with_raw = answer("defender.alerts", Outcome::Found, vec![alert("a")]);
    with_raw.raw = vec![json!({"AlertId": "a"})];
    let report = report(vec![with_raw]);
    assert_eq!(document(&report, true)["answers"][0]["raw"], json!([{"AlertId": "a"}]));
    assert!(!members(&document(&report, false)["answers"][0]).contains(&"raw"));
}

#[test]
fn sources_that_have_not_answered_are_named() {
    let report = Report::new(&indicator("evil.example"), &[asked("defender.alerts")], now());
    let document = document(&report, false);
    assert_eq!(document["answers"], json!([]));
    assert_eq!(document["waiting"][0]["source"], "defender.alerts");
}
