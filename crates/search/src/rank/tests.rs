use super::*;
use crate::made::{TENANT, alert, click, device, listing, mail, prevalence, sign_ins, time};
use crate::{FindingKind, Severity};

fn titles(mut findings: Vec<Finding>) -> Vec<String> {
    rank(&mut findings);
    findings.into_iter().map(|finding| finding.id).collect()
}

#[test]
fn alerts_stand_open_first_then_by_severity_then_by_last_activity() {
    let with = |id: &str, status: &str, severity, last: &str| Finding {
        status: Some(status.into()),
        severity,
        last_seen: Some(time(last)),
        ..alert(id)
    };
    let order = titles(vec![
        with("closed-high", "resolved", Some(Severity::High), "2026-11-25T00:00:00Z"),
        with("open-low", "new", Some(Severity::Low), "2026-11-25T00:00:00Z"),
        with("open-high-old", "in_progress", Some(Severity::High), "2026-11-01T00:00:00Z"),
        with("open-none", "new", None, "2026-11-25T00:00:00Z"),
        with("open-high-new", "new", Some(Severity::High), "2026-11-24T00:00:00Z"),
    ]);
    assert_eq!(order, ["open-high-new", "open-high-old", "open-low", "open-none", "closed-high"]);
}

#[test]
fn threat_indicators_stand_by_what_they_do_and_the_lapsed_last() {
    let order = titles(vec![
        listing("expired-block", Some("block"), "expired", "exact", None),
        listing("allow", Some("allow"), "active", "exact", None),
        listing("audit", Some("audit"), "active", "exact", None),
        listing("none", None, "active", "exact", None),
        listing("block", Some("block"), "active", "exact", None),
        listing("warn", Some("warn"), "active", "exact", None),
    ]);
    assert_eq!(order, ["block", "warn", "audit", "none", "allow", "expired-block"]);
}

#[test]
fn devices_that_connected_stand_before_those_that_were_blocked() {
    let order = titles(vec![
        device("blocked", "defender.devices", TENANT, 0, 9),
        prevalence(3, true),
        device("connected", "defender.devices", TENANT, 1, 9),
        alert("alert"),
    ]);
    assert_eq!(order, ["alert", "prevalence", "connected", "blocked"]);
    assert!(FindingKind::Prevalence < FindingKind::Device);
}

#[test]
fn what_still_can_do_harm_stands_first() {
    let order = titles(vec![
        mail("removed", "removed"),
        mail("there", "in_mailbox"),
        click("stopped", "blocked"),
        click("let", "allowed"),
        click("warned", "clicked_through"),
        sign_ins("failed@example.com", 0),
        sign_ins("succeeded@example.com", 1),
    ]);
    assert_eq!(order, ["there", "removed", "warned", "let", "stopped", "succeeded@example.com", "failed@example.com"]);
}
