use super::*;
use crate::made::{TENANT, alert, answer, asked, device, indicator, listing, now, prevalence, report, time};
use crate::{Outcome, Product};

const OTHER: &str = "22222222-2222-4222-8222-222222222222";

#[test]
fn before_the_first_answer_everything_is_waited_for_and_nothing_is_complete() {
    let all = [asked("defender.alerts"), asked("sentinel.alerts")];
    let report = Report::new(&indicator("evil.example"), &all, now());
    assert_eq!(report.waiting, all);
    assert!(!report.summary.complete);
    assert_eq!(report.summary.coverage, ["still being asked: Defender alerts, Sentinel alerts"]);
}

#[test]
fn answers_stand_in_the_order_of_the_sources_whichever_came_first() {
    let all = ["defender.alerts", "defender.devices", "sentinel.alerts"].map(asked);
    let mut report = Report::new(&indicator("evil.example"), &all, now());
    for name in ["sentinel.alerts", "defender.alerts", "defender.devices"] {
        report.add(answer(name, Outcome::Nothing, Vec::new()), now());
    }
    let order: Vec<&str> = report.answers.iter().map(|answer| answer.asked.source.as_str()).collect();
    assert_eq!(order, ["defender.alerts", "defender.devices", "sentinel.alerts"]);
    assert!(report.waiting.is_empty());
    assert!(report.summary.complete);
}

#[test]
fn a_second_answer_of_a_source_replaces_the_first() {
    let mut report = report(vec![answer("defender.alerts", Outcome::Throttled, Vec::new())]);
    report.add(answer("defender.alerts", Outcome::Found, vec![alert("a")]), time("2026-11-25T12:00:02Z"));
    assert_eq!(report.answers.len(), 1);
    assert_eq!(report.summary.counts.alerts, 1);
    assert_eq!(report.took, Duration::from_secs(2));
}

#[test]
fn each_outcome_leaves_a_gap_or_not() {
    for outcome in Outcome::ALL {
        let whole = report(vec![answer("defender.alerts", outcome, Vec::new())]).summary.complete;
        let expected = matches!(outcome, Outcome::Found | Outcome::Nothing | Outcome::NotApplicable | Outcome::Retired);
        assert_eq!(whole, expected, "{outcome}");
    }
    let mut unconnected = answer("defender.alerts", Outcome::NotConnected, Vec::new());
    unconnected.asked.connection = None;
    assert!(report(vec![unconnected]).summary.complete, "nobody could have asked a product without a connection");
}

#[test]
fn one_alert_from_two_sources_counts_once_and_stands_under_both() {
    let report = report(vec![
        answer("defender.alerts", Outcome::Found, vec![alert("a"), alert("b")]),
        answer("sentinel.workspace_alerts", Outcome::Found, vec![alert("a")]),
    ]);
    assert_eq!(report.summary.counts.alerts, 2);
    assert_eq!(report.summary.counts.high, 2);
    assert_eq!(report.merged_of(&report.answers[0]).len(), 2);
    assert_eq!(report.merged_of(&report.answers[1])[0].id, "a");
}

#[test]
fn a_listing_does_not_tell_when_something_was_seen() {
    let old = Finding {
        first_seen: Some(time("2019-01-01T00:00:00Z")),
        ..listing("t", Some("block"), "active", "exact", None)
    };
    let report = report(vec![answer("defender.indicators", Outcome::Found, vec![old, alert("a")])]);
    assert_eq!(report.summary.first_seen, alert("a").first_seen);
    assert_eq!(report.summary.last_seen, alert("a").last_seen);
}

#[test]
fn devices_are_never_added_over_sources_or_tenants() {
    let findings = vec![
        device("d1", "defender.devices", TENANT, 3, 0),
        device("d2", "defender.devices", TENANT, 1, 1),
        device("d3", "defender.devices", TENANT, 0, 5),
        device("x1", "defender.devices", OTHER, 9, 0),
        device("m1", "defender.machines", TENANT, 1, 0),
    ];
    let named = Devices { connected: 2, blocked: 1, seen_by: 0, named: true, at_least: true };
    assert_eq!(Devices::of(&findings), named);
    let more = [findings, vec![prevalence(40, false)]].concat();
    assert_eq!(Devices::of(&more), Devices { seen_by: 40, ..named }, "a count does not say who was blocked");
    let counted = Devices::of(&[prevalence(40, false)]);
    assert_eq!((counted.connected, counted.named, counted.at_least), (40, false, true));
    let other_list = device("m2", "defender.machines", TENANT, 0, 9);
    assert_eq!(Devices::of(&[device("d1", "defender.devices", TENANT, 1, 0), other_list]).blocked, 0, "not mixed");
}

#[test]
fn products_keep_their_order() {
    assert_eq!(Product::ALL, [Product::Sentinel, Product::Defender]);
}
