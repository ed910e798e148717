use super::*;
use crate::made::{answer, asked, now, time};

fn covered(from: &str, to: &str, limited_by: Limit) -> Covered {
    Covered { from: time(from), to: time(to), limited_by, newest_row: None }
}

#[test]
fn a_period_is_told_with_its_length_and_its_limit() {
    for (from, to, limit, words) in [
        (
            "2026-10-26T12:00:00Z",
            "2026-11-25T12:00:00Z",
            Limit::Retention,
            "26 Oct to 25 Nov 2026 (30 days, all that Microsoft keeps there)",
        ),
        ("2025-12-30T00:00:00Z", "2026-01-02T00:00:00Z", Limit::Setting, "30 Dec 2025 to 2 Jan 2026 (3 days)"),
        (
            "2026-11-24T00:00:00Z",
            "2026-11-25T00:00:00Z",
            Limit::Table,
            "24 Nov to 25 Nov 2026 (1 day, the table begins here)",
        ),
        ("2026-11-25T12:00:00Z", "2026-11-25T12:00:00Z", Limit::Setting, "as of 25 Nov 2026"),
    ] {
        assert_eq!(covered(from, to, limit).words(), words);
    }
}

#[test]
fn sources_of_one_product_and_period_share_a_clause() {
    let clauses = clauses(
        &[
            answer("defender.alerts", Outcome::Nothing, Vec::new()),
            answer("defender.devices", Outcome::Nothing, Vec::new()),
            answer("sentinel.alerts", Outcome::Denied, Vec::new()),
            answer("sentinel.threat_indicators", Outcome::Nothing, Vec::new()),
        ],
        &[asked("defender.machines")],
    );
    let period = "26 Oct to 25 Nov 2026 (30 days, all that Microsoft keeps there)";
    assert_eq!(
        clauses,
        [
            format!("Defender alerts, devices: {period}"),
            format!("Sentinel threat indicators: {period}"),
            "not asked: Sentinel alerts (permission missing)".into(),
            "still being asked: Defender machines".into(),
        ]
    );
}

#[test]
fn a_product_that_gave_nothing_for_one_reason_is_named_as_a_whole() {
    let refused = |name| answer(name, Outcome::Refused, Vec::new());
    let mut unconnected = answer("sentinel.alerts", Outcome::NotConnected, Vec::new());
    unconnected.asked.connection = None;
    let names = not_asked(&[
        unconnected,
        refused("defender.alerts"),
        refused("defender.devices"),
        answer("defender.classic", Outcome::Retired, Vec::new()),
    ]);
    assert_eq!(names.as_deref(), Some("Sentinel (not connected), Defender (sign-in refused)"));
    assert_eq!(not_asked(&[answer("defender.alerts", Outcome::Nothing, Vec::new())]), None);
}

#[test]
fn abbreviations_keep_their_capitals_inside_a_sentence() {
    assert_eq!(lower_first("IP addresses"), "IP addresses");
    assert_eq!(lower_first("Threat indicators"), "threat indicators");
    assert_eq!(day(now()), "25 Nov 2026");
}

#[test]
fn a_route_that_is_gone_and_that_nothing_replaces_is_a_gap_and_is_named() {
    let mut list = answer("defender.indicators", Outcome::Retired, Vec::new());
    let others = || answer("defender.alerts", Outcome::Nothing, Vec::new());
    assert!(!list.is_gap());
    assert_eq!(not_asked(&[others(), list.clone()]), None);
    list.replaced = false;
    assert!(list.is_gap());
    let named = "Defender indicators (switched off by Microsoft)";
    assert_eq!(not_asked(&[others(), list.clone()]).as_deref(), Some(named));
    let report = crate::made::report(vec![others(), list]);
    assert!(!report.summary.complete);
    assert!(report.assessment.sentence.contains(named), "{}", report.assessment.sentence);
}
