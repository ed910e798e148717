use crate::assessment::tests::{found, placed, severity};
use crate::made::{TENANT, alert, classified, device, listing, now, place, prevalence};
use crate::{Finding, Product, Severity};

#[test]
fn the_richest_case_is_read_in_five_seconds_and_all_of_it_is_told_below() {
    let bad = |id: &str| Finding { places: vec![place("x", Some("attacker"), Some("malicious"))], ..alert(id) };
    let mut findings = vec![bad("a"), bad("b"), bad("c"), classified(bad("d"), "true_positive")];
    findings.push(Finding { product: Product::Sentinel, ..bad("e") });
    findings.push(listing("t1", Some("block"), "active", "exact", None));
    findings.push(listing("t2", None, "active", "exact", Some(90)));
    findings.extend((1..=3).map(|at| device(&format!("d{at}"), "defender.devices", TENANT, 2, 0)));
    findings.extend((4..=5).map(|at| device(&format!("d{at}"), "defender.devices", TENANT, 0, 1)));
    findings.push(prevalence(3, false));
    let more = found([findings.clone(), vec![prevalence(40, false)]].concat()).sentence;
    assert!(
        more.ends_with("at least 3 devices connected, 2 more were blocked, seen by at least 40 devices in all"),
        "{more}"
    );
    let assessment = found(findings);
    assert_eq!(
        assessment.sentence,
        "Microsoft: malicious (4 open high alerts, the last 3 days ago); listed by Defender (Block) and Sentinel \
         (confidence 90); at least 3 devices connected, 2 more were blocked"
    );
    assert!(assessment.sentence.len() < 175, "{}", assessment.sentence.len());
    let spoke =
        |words: &str| assessment.reasons.iter().any(|reason| reason.spoke && reason.detail.as_deref() == Some(words));
    assert!(spoke("confirmed alert, 3 days ago"), "{:?}", assessment.reasons);
    assert!(spoke("evidence found malicious in 5 alerts, the last 3 days ago"), "{:?}", assessment.reasons);
}

#[test]
fn no_alert_is_counted_under_two_speakers() {
    let sentinels = |finding| Finding { product: Product::Sentinel, ..finding };
    let confirmed = || sentinels(classified(alert("s"), "true_positive"));
    let apart = found(vec![alert("a"), confirmed()]);
    assert_eq!(
        apart.sentence,
        "Microsoft: malicious (open high alert, 3 days ago); Sentinel: malicious (confirmed alert, 3 days ago)"
    );
    let open = Finding { status: Some("new".into()), ..confirmed() };
    let together = found(vec![alert("a"), open]);
    assert_eq!(together.sentence, "Microsoft: malicious (2 open high alerts, the last 3 days ago)");
}

#[test]
fn one_list_seconds_the_other() {
    let (block, sure) =
        (listing("t1", Some("block"), "active", "exact", None), listing("t2", None, "active", "exact", Some(90)));
    assert_eq!(
        found(vec![block, sure]).sentence,
        "Defender's indicators: malicious (active Block entry); also listed by Sentinel (confidence 90)"
    );
    let (url, feed) = (listing("t1", Some("block"), "active", "url", None), listing("t2", None, "active", "url", None));
    let medium = severity(Severity::Medium, alert("a"));
    assert_eq!(
        found(vec![medium, url, feed]).sentence,
        "Microsoft: suspicious (alert of medium or low severity, not closed, 3 days ago); listed by Defender (Block, a \
         URL on it) and Sentinel (a URL on it)"
    );
}

#[test]
fn of_what_nobody_judged_the_first_three_are_told_and_the_rest_is_below() {
    let assessment = found(vec![
        device("d", "defender.devices", TENANT, 1, 0),
        severity(Severity::Informational, alert("i")),
        placed(Some("client"), None),
        classified(alert("c"), "false_positive"),
        listing("t", Some("allow"), "active", "exact", None),
    ]);
    assert_eq!(assessment.sentence.matches(';').count(), 2, "{}", assessment.sentence);
    assert_eq!(assessment.reasons.iter().filter(|reason| reason.spoke).count(), 5);
}

#[test]
fn an_old_alert_is_told_with_its_age_and_many_with_their_number() {
    let old = Finding { last_seen: Some(now() - jiff::SignedDuration::from_hours(24 * 90)), ..alert("b") };
    let assessment = found(vec![alert("a"), old]);
    assert_eq!(assessment.sentence, "Microsoft: malicious (2 open high alerts, the last 3 days ago)");
}
