use super::*;
use crate::made::{
    TENANT, alert, answer, asked, classified, device, indicator, listing, now, place, prevalence, report, report_on,
};
use crate::{Finding, FindingKind, Product, Severity};

mod traffic;

pub(super) fn found(findings: Vec<Finding>) -> Assessment {
    report(vec![answer("defender.alerts", Outcome::Found, findings)]).assessment
}

pub(super) fn placed(role: Option<&str>, verdict: Option<&str>) -> Finding {
    Finding { places: vec![place("ipEvidence.ipAddress", role, verdict)], ..alert("a") }
}

pub(super) fn severity(severity: Severity, finding: Finding) -> Finding {
    Finding { severity: Some(severity), ..finding }
}

fn closed(finding: Finding) -> Finding {
    Finding { status: Some("resolved".into()), ..finding }
}

#[test]
fn the_sentence_names_who_says_so_and_how_many_devices_spoke() {
    let devices = (1..=4).map(|at| device(&format!("d{at}"), "defender.devices", TENANT, 2, 0));
    let blocked = (5..=6).map(|at| device(&format!("d{at}"), "defender.devices", TENANT, 0, 1));
    let assessment = found(std::iter::once(alert("a")).chain(devices).chain(blocked).collect());
    assert_eq!(assessment.level, Level::Malicious);
    assert_eq!(
        assessment.sentence,
        "Microsoft: malicious (open high alert, 3 days ago); at least 4 devices connected, 2 more were blocked"
    );
}

#[test]
fn each_rule_speaks_for_what_it_is_about_and_gives_its_level() {
    use Severity::{Informational, Low, Medium};
    let sentinel = Finding { product: Product::Sentinel, ..alert("s") };
    let incident = Finding {
        kind: FindingKind::Incident,
        details: crate::Details::Incident { classification: None, assigned_to: None, alerts: None, labels: Vec::new() },
        ..alert("i")
    };
    let cases: Vec<(&str, Finding, Level, &str)> = vec![
        ("open high", alert("a"), Level::Malicious, "Microsoft: malicious (open high alert, 3 days ago)"),
        ("open high of Sentinel", sentinel, Level::Malicious, "Sentinel: malicious (open high alert, 3 days ago)"),
        (
            "confirmed",
            classified(severity(Medium, alert("a")), "true_positive"),
            Level::Malicious,
            "Microsoft: malicious (confirmed alert, 3 days ago)",
        ),
        (
            "verdict",
            closed(severity(Low, placed(None, Some("malicious")))),
            Level::Malicious,
            "Microsoft: malicious (evidence found malicious, 3 days ago)",
        ),
        (
            "role",
            closed(severity(Medium, placed(Some("command_and_control"), None))),
            Level::Malicious,
            "Microsoft: malicious (in an attacker's role, 3 days ago)",
        ),
        (
            "block",
            listing("t", Some("block"), "active", "exact", None),
            Level::Malicious,
            "Defender's indicators: malicious (active Block entry)",
        ),
        (
            "block by wildcard",
            listing("t", Some("block"), "active", "wildcard", None),
            Level::Malicious,
            "Defender's indicators: malicious (active Block entry)",
        ),
        (
            "sure feed",
            listing("t", None, "active", "exact", Some(75)),
            Level::Malicious,
            "Sentinel's threat indicators: malicious (active entry, confidence 75)",
        ),
        (
            "open medium",
            severity(Medium, alert("a")),
            Level::Suspicious,
            "Microsoft: suspicious (alert of medium or low severity, not closed, 3 days ago)",
        ),
        (
            "suspicious verdict",
            closed(severity(Low, placed(None, Some("suspicious")))),
            Level::Suspicious,
            "Microsoft: suspicious (evidence found suspicious, 3 days ago)",
        ),
        (
            "closed, unclassified",
            closed(alert("a")),
            Level::Suspicious,
            "Microsoft: suspicious (closed alert that nobody classified, 3 days ago)",
        ),
        (
            "warn",
            listing("t", Some("warn"), "active", "exact", None),
            Level::Suspicious,
            "Defender's indicators: suspicious (active Warn entry)",
        ),
        (
            "block of a URL",
            listing("t", Some("block"), "active", "url", None),
            Level::Suspicious,
            "Defender's indicators: suspicious (active Block entry for a URL on it)",
        ),
        (
            "listed mailbox",
            listing("t", None, "active", "email", Some(90)),
            Level::Suspicious,
            "Sentinel's threat indicators: suspicious (active entry for a mailbox at it, confidence 90)",
        ),
        (
            "unsure feed",
            listing("t", None, "active", "exact", Some(74)),
            Level::Suspicious,
            "Sentinel's threat indicators: suspicious (active entry, confidence 74)",
        ),
        (
            "feed without confidence",
            listing("t", None, "active", "url", None),
            Level::Suspicious,
            "Sentinel's threat indicators: suspicious (active entry for a URL on it)",
        ),
        ("informational", severity(Informational, alert("a")), Level::Seen, "Seen without judgement: 1 other alert"),
        ("closed low", closed(severity(Low, alert("a"))), Level::Seen, "Seen without judgement: 1 other alert"),
        (
            "severity unknown",
            Finding { severity: None, ..alert("a") },
            Level::Seen,
            "Seen without judgement: 1 other alert",
        ),
        ("prevalence", prevalence(1, false), Level::Seen, "Seen without judgement: seen by at least 1 device"),
        ("incident", incident, Level::Seen, "Seen without judgement: 1 incident"),
    ];
    for (name, finding, level, sentence) in cases {
        let assessment = found(vec![finding]);
        assert_eq!((assessment.level, assessment.sentence.as_str()), (level, sentence), "{name}");
        assert_eq!(assessment.reasons.len(), rules::RULES.len(), "{name}: those that did not speak are there too");
        assert!(assessment.reasons.iter().any(|reason| reason.spoke && reason.detail.is_some()), "{name}");
        assert!(assessment.reasons.iter().any(|reason| !reason.spoke && reason.detail.is_none()), "{name}");
    }
}

#[test]
fn it_never_counts_what_people_closed_as_false_or_expected() {
    for word in ["false_positive", "informational_expected_activity", "benign_positive"] {
        let bad = Finding { places: vec![place("x", Some("attacker"), Some("malicious"))], ..alert("a") };
        let assessment = found(vec![classified(bad, word)]);
        assert_eq!(assessment.level, Level::Seen, "{word}");
    }
}

#[test]
fn it_never_counts_lapsed_revoked_or_allowing_entries() {
    for state in ["expired", "revoked", "deleted", "future"] {
        assert_eq!(found(vec![listing("t", Some("block"), state, "exact", None)]).level, Level::Seen, "{state}");
        assert_eq!(found(vec![listing("t", None, state, "exact", Some(100))]).level, Level::Seen, "{state}");
    }
    assert_eq!(found(vec![listing("t", Some("allow"), "active", "exact", None)]).level, Level::Seen);
}

#[test]
fn it_never_takes_context_for_a_hit() {
    let roles = ["contextual", "client", "resolver", "resolved", "own_device", "recipient", "own_account", "mentioned"];
    for role in roles.into_iter().chain(["link_in_message", "attacked", "scanned"]) {
        assert_eq!(found(vec![placed(Some(role), Some("malicious"))]).level, Level::Seen, "{role}");
    }
    assert_eq!(found(vec![placed(None, Some("no_threats_found"))]).level, Level::Seen);
    assert_eq!(found(vec![Finding { places: Vec::new(), ..alert("a") }]).level, Level::Seen);
}

#[test]
fn it_never_takes_a_device_of_the_organisation_for_the_attacker_of_the_same_alert() {
    for own in ["own_device", "client"] {
        let places = vec![
            place("ipEvidence.ipAddress", Some("attacker"), Some("malicious")),
            place("deviceEvidence.lastExternalIpAddress", Some(own), None),
        ];
        let assessment = found(vec![Finding { places, ..alert("a") }]);
        assert_eq!(assessment.sentence, "Seen without judgement: 1 alert has it as context", "{own}");
    }
}

#[test]
fn it_never_holds_against_a_mail_provider_what_one_mailbox_sent() {
    for provider in ["gmail.com", "outlook.com", "yahoo.co.uk", "web.de", "qq.com"] {
        let sent = Finding { places: vec![place("Sender", Some("sender"), Some("malicious"))], ..alert("a") };
        let listed = listing("t", None, "active", "email", Some(90));
        let assessment =
            report_on(provider, vec![answer("defender.alerts", Outcome::Found, vec![sent, listed])]).assessment;
        assert_eq!(
            assessment.sentence,
            "Seen without judgement: 2 findings are not held against it: many unrelated people have their mailboxes there",
            "{provider}"
        );
    }
    let sender = placed(Some("sender"), Some("malicious"));
    assert_eq!(found(vec![sender]).level, Level::Malicious, "a name of its own answers for its mail");
}

#[test]
fn it_never_says_malicious_for_an_alert_that_people_may_have_closed_as_false() {
    let unknown = |finding| found(vec![Finding { status: None, ..finding }]);
    assert_eq!(unknown(alert("a")).sentence, "Microsoft: suspicious (high alert of unknown state, 3 days ago)");
    let bad = || placed(Some("command_and_control"), Some("malicious"));
    assert_eq!(unknown(bad()).level, Level::Suspicious);
    assert_eq!(
        unknown(severity(Severity::Informational, bad())).sentence,
        "Microsoft: suspicious (evidence found malicious, in an alert of unknown state, 3 days ago)"
    );
    assert_eq!(unknown(severity(Severity::Medium, bad())).level, Level::Suspicious);
    assert_eq!(unknown(classified(bad(), "true_positive")).level, Level::Malicious, "a judgement is a state");
}

#[test]
fn it_never_accuses_the_source_of_a_connection_for_that_alone() {
    assert_eq!(found(vec![placed(Some("source"), None)]).level, Level::Seen);
    assert_eq!(found(vec![placed(Some("source"), Some("unknown"))]).level, Level::Seen);
    assert_eq!(found(vec![placed(Some("source"), Some("malicious"))]).level, Level::Malicious, "Microsoft's own word");
}

#[test]
fn it_never_holds_against_a_private_address_or_a_shared_name_what_is_bad_on_it() {
    for value in ["104.16.132.229", "151.101.1.69", "2606:4700::6810:84e5", "1.1.1.1"] {
        let bad = vec![
            placed(Some("command_and_control"), Some("malicious")),
            listing("t", None, "active", "network", Some(90)),
        ];
        let assessment = report_on(value, vec![answer("defender.alerts", Outcome::Found, bad)]).assessment;
        assert_eq!(assessment.level, Level::Seen, "{value}: {}", assessment.sentence);
    }
    let listed = vec![listing("t", Some("block"), "active", "exact", None)];
    let assessment =
        report_on("104.16.132.229", vec![answer("defender.indicators", Outcome::Found, listed)]).assessment;
    assert_eq!(assessment.level, Level::Malicious, "an entry for the very address is somebody's word on it");
    for value in ["10.1.2.3", "127.0.0.1", "fe80::1", "100.64.0.1", "github.io", "docs.google.com", "www.dropbox.com"] {
        let bad = vec![alert("a"), listing("t", None, "active", "url", Some(90))];
        let assessment = report_on(value, vec![answer("defender.alerts", Outcome::Found, bad)]).assessment;
        assert_eq!(assessment.level, Level::Seen, "{value}");
        assert!(assessment.sentence.contains("2 findings are not held against it"), "{}", assessment.sentence);
    }
    let listed = vec![listing("t", Some("block"), "active", "exact", None)];
    let assessment =
        report_on("docs.google.com", vec![answer("defender.indicators", Outcome::Found, listed)]).assessment;
    assert_eq!(assessment.level, Level::Malicious, "an entry for the very name is somebody's word on the name");
}

#[test]
fn it_never_says_blocked_because_an_entry_would_block() {
    let assessment = found(vec![listing("t", Some("block"), "active", "exact", None), prevalence(2, true)]);
    assert_eq!(
        assessment.sentence,
        "Defender's indicators: malicious (active Block entry); seen by at least 2 devices"
    );
    assert!(!assessment.sentence.contains("blocked"));
}

#[test]
fn it_never_adds_devices_over_tenants_or_sources() {
    let other = "22222222-2222-4222-8222-222222222222";
    let assessment = found(vec![
        device("d1", "defender.devices", TENANT, 1, 0),
        device("d2", "defender.devices", other, 1, 0),
        device("d3", "defender.machines", TENANT, 1, 0),
    ]);
    assert_eq!(assessment.sentence, "Seen without judgement: at least 1 device connected");
}

#[test]
fn it_never_says_nothing_known_without_period_and_sources_not_asked() {
    let mut unconnected = answer("sentinel.alerts", Outcome::NotConnected, Vec::new());
    unconnected.asked.connection = None;
    let assessment = report(vec![
        answer("defender.alerts", Outcome::Nothing, Vec::new()),
        answer("defender.devices", Outcome::Nothing, Vec::new()),
        unconnected,
    ])
    .assessment;
    assert_eq!(assessment.level, Level::NothingKnown);
    assert_eq!(
        assessment.sentence,
        "Nothing known in what was asked: 2 sources, 26 Oct to 25 Nov 2026 or longer; not asked: Sentinel (not connected)"
    );
}

#[test]
fn without_an_answer_from_one_that_weighs_it_cannot_say() {
    for outcome in [
        Outcome::Partial,
        Outcome::Blind,
        Outcome::Denied,
        Outcome::Refused,
        Outcome::Unlicensed,
        Outcome::Throttled,
        Outcome::TimedOut,
        Outcome::Unreachable,
        Outcome::Failed,
    ] {
        let assessment = report(vec![
            answer("defender.alerts", outcome, Vec::new()),
            answer("defender.devices", Outcome::Nothing, Vec::new()),
        ])
        .assessment;
        assert_eq!(assessment.level, Level::CannotSay, "{outcome}");
        assert!(assessment.sentence.starts_with("Cannot say: 1 source knows nothing, "), "{}", assessment.sentence);
        assert!(assessment.sentence.contains("; not asked: Defender alerts ("), "{}", assessment.sentence);
        assert!(!assessment.sentence.to_lowercase().contains("nothing known"));
    }
    assert_eq!(report(Vec::new()).assessment.sentence, "Cannot say: no source gave a whole answer");
}

#[test]
fn a_judgement_still_tells_what_was_not_asked() {
    let assessment = report(vec![
        answer("defender.alerts", Outcome::Found, vec![alert("a")]),
        answer("sentinel.alerts", Outcome::Denied, Vec::new()),
    ])
    .assessment;
    assert!(assessment.sentence.ends_with("; not asked: Sentinel (permission missing)"), "{}", assessment.sentence);
}

#[test]
fn while_sources_are_asked_it_says_so() {
    let all = ["defender.alerts", "defender.devices"].map(asked);
    let mut report = Report::new(&indicator("evil.example"), &all, now());
    assert_eq!(report.assessment.level, Level::CannotSay);
    assert_eq!(report.assessment.sentence, "Cannot say yet: still asking 2 sources");
    report.add(answer("defender.alerts", Outcome::Found, vec![alert("a")]), now());
    assert_eq!(report.assessment.sentence, "Microsoft: malicious (open high alert, 3 days ago); still asking 1 source");
}

#[test]
fn it_never_says_clean_and_gives_no_orders() {
    let mut sentences = Vec::new();
    for outcome in Outcome::ALL {
        sentences.push(report(vec![answer("defender.alerts", outcome, Vec::new())]).assessment.sentence);
    }
    for rule in rules::RULES {
        sentences.push(rule.words.into());
    }
    for finding in [alert("a"), classified(alert("a"), "false_positive"), prevalence(1, true)] {
        sentences.push(found(vec![finding]).sentence);
    }
    for sentence in sentences {
        let words: Vec<String> =
            sentence.to_lowercase().split(|letter: char| !letter.is_alphabetic()).map(str::to_owned).collect();
        for forbidden in ["clean", "safe", "benign", "harmless", "good", "ok", "please", "you", "must", "should"] {
            assert!(!words.iter().any(|word| word == forbidden), "“{forbidden}” in: {sentence}");
        }
    }
}

#[test]
fn what_is_the_organisations_own_is_told_and_not_assessed() {
    let own = |mut report: Report| {
        let asset = crate::own::read("evil.example").unwrap();
        report.set_own(Some(crate::own::OwnAsset { asset, note: "Web shop".into() }));
        report.assessment
    };
    let bad = vec![alert("a"), listing("l", Some("block"), "active", "exact", None)];
    let report = report(vec![answer("defender.alerts", Outcome::Found, bad)]);
    assert_eq!(report.assessment.level, Level::Malicious);
    let assessment = own(report);
    assert_eq!(assessment.level, Level::Seen);
    assert_eq!(
        assessment.sentence,
        "The organisation's own, not assessed: 2 findings are not held against it: it is the organisation's own"
    );
    let nothing = own(crate::made::report(vec![answer("defender.alerts", Outcome::Nothing, Vec::new())]));
    assert_eq!(nothing.level, Level::NothingKnown);
    assert!(
        nothing.sentence.starts_with("The organisation's own, not assessed. Nothing known"),
        "{}",
        nothing.sentence
    );
    let gap = own(crate::made::report(vec![answer("defender.alerts", Outcome::Denied, Vec::new())]));
    assert_eq!(gap.level, Level::CannotSay);
}

#[test]
fn what_stops_being_own_is_assessed_again() {
    let mut report = report(vec![answer("defender.alerts", Outcome::Found, vec![alert("a")])]);
    let before = report.assessment.clone();
    let asset = crate::own::read("evil.example").unwrap();
    report.set_own(Some(crate::own::OwnAsset { asset, note: String::new() }));
    assert_ne!(report.assessment, before);
    report.set_own(None);
    assert_eq!(report.assessment, before);
}
