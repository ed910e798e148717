use std::time::Duration;

use indicator::Indicator;
use microsoft::{Refusal, RefusalCause, UnreachableCause};
use search::{Product, Severity};

use super::*;
use crate::made::{asking, indicator, now, time};

fn question() -> Question {
    Question { indicator: indicator("evil.example"), now: now(), deadline: std::time::Instant::now(), raw: true }
}

fn failed(source: &str, error: Error) -> Answer {
    answer(&asking(source), &question(), Err(error))
}

fn refused(cause: RefusalCause) -> Error {
    Error::Refused(Refusal {
        cause,
        code: Some(7_000_215),
        message: "text of Microsoft's".into(),
        trace_id: Some("t1".into()),
        correlation_id: Some("c1".into()),
        request_id: None,
    })
}

fn denied(required: &[&str]) -> Error {
    Error::Denied {
        required: required.iter().map(|permission| (*permission).to_owned()).collect(),
        held: vec!["Policy.Read.All".into()],
        message: "Missing application roles.".into(),
        request_id: Some("r1".into()),
    }
}

fn table_missing() -> Error {
    Error::TableMissing { name: "ThreatIntelIndicators".into(), message: "SEM0100".into(), request_id: None }
}

#[test]
fn every_error_has_its_outcome_a_reason_and_a_remedy() {
    let workspace = "sentinel.workspace_alerts";
    let cases: Vec<(&str, Error, Outcome, &str)> = vec![
        (
            "defender.alerts",
            refused(RefusalCause::WrongSecret),
            Outcome::Refused,
            "The client secret is not one of this app's.",
        ),
        (
            "defender.indicators",
            refused(RefusalCause::ResourceMissing),
            Outcome::Unlicensed,
            "does not know Defender for Endpoint",
        ),
        (
            "defender.devices",
            denied(&["ThreatHunting.Read.All"]),
            Outcome::Denied,
            "no application permission ThreatHunting.Read.All",
        ),
        (workspace, denied(&[]), Outcome::Denied, "no Azure role on the workspace"),
        (
            "defender.alerts",
            Error::Unlicensed { message: "x".into(), evidence: Vec::new() },
            Outcome::Unlicensed,
            "no active licence",
        ),
        ("sentinel.threat_indicators", table_missing(), Outcome::Unlicensed, "no table ThreatIntelIndicators"),
        (workspace, table_missing(), Outcome::Blind, "The workspace has no table ThreatIntelIndicators"),
        (
            "sentinel.classic_alerts",
            Error::Retired { status: 410, message: "Gone".into(), request_id: None },
            Outcome::Retired,
            "since autumn 2026",
        ),
        (
            "defender.alerts",
            Error::Throttled { until: now(), message: "quota".into() },
            Outcome::Throttled,
            "until 12:00:00 UTC",
        ),
        (
            "defender.alerts",
            Error::TimedOut { host: "graph.example".into(), waited: Duration::from_secs(3) },
            Outcome::TimedOut,
            "graph.example did not answer",
        ),
        (
            "defender.alerts",
            Error::Unreachable {
                host: "graph.example".into(),
                cause: UnreachableCause::Dns,
                message: "no such host.".into(),
            },
            Outcome::Unreachable,
            "graph.example cannot be reached: no such host.",
        ),
        (
            "defender.alerts",
            Error::Failed {
                status: 500,
                code: "UnknownError".into(),
                message: "text".into(),
                request_id: Some("r".into()),
            },
            Outcome::Failed,
            "status 500, UnknownError: text",
        ),
        (
            "defender.machines",
            Error::NotOffered { cloud: "China".into(), interface: "Defender".into() },
            Outcome::Unlicensed,
            "not offered in the cloud China",
        ),
        (
            "defender.alerts",
            Error::NotAllowed { method: "PATCH".into(), path: "/x".into() },
            Outcome::Failed,
            "was not sent",
        ),
    ];
    for (source, error, outcome, words) in cases {
        let answer = failed(source, error);
        assert_eq!(answer.outcome, outcome, "{words}");
        assert!(answer.reason.as_deref().unwrap().contains(words), "{words} is not in {:?}", answer.reason);
        assert!(answer.remedy.is_some(), "{words}");
        assert!(answer.findings.is_empty() && answer.covered.is_none(), "{words}");
    }
}

#[test]
fn ids_for_a_ticket_and_a_place_to_go_come_with_it() {
    let answer = failed("defender.alerts", refused(RefusalCause::SecretExpired));
    assert!(answer.evidence.contains(&("correlation_id".into(), "c1".into())), "{:?}", answer.evidence);
    assert!(answer.remedy_link.unwrap().starts_with("https://portal.azure.com/#"));
    let until = now();
    assert_eq!(failed("defender.alerts", Error::Throttled { until, message: String::new() }).retry_at, Some(until));
}

#[test]
fn a_permission_that_can_write_is_never_suggested() {
    let answer = failed("defender.indicators", denied(&["Ti.ReadWrite", "Ti.ReadWrite.All"]));
    assert!(answer.reason.unwrap().contains("Ti.Read.All"));
    let answer = failed("defender.alerts", denied(&["SecurityAlert.ReadWrite.All", "SecurityAlert.Read.All"]));
    let said = format!("{:?} {:?}", answer.reason, answer.remedy);
    assert!(said.contains("SecurityAlert.Read.All") && !said.contains("Write"), "{said}");
}

#[test]
fn a_table_name_that_is_none_is_not_repeated() {
    let hostile = Error::TableMissing { name: "<img src=x>".into(), message: String::new(), request_id: None };
    assert!(!failed("sentinel.threat_indicators", hostile).reason.unwrap().contains('<'));
}

fn read(reading: Reading) -> Answer {
    answer(&asking("defender.devices"), &question(), Ok(reading))
}

fn finding() -> Finding {
    Finding {
        kind: search::FindingKind::Prevalence,
        id: "p".into(),
        identities: Vec::new(),
        tenant: None,
        cloud: None,
        title: String::new(),
        severity: Some(Severity::Low),
        status: None,
        first_seen: None,
        last_seen: None,
        updated: None,
        product: Product::Defender,
        service: None,
        routes: Vec::new(),
        links: Vec::new(),
        places: Vec::new(),
        details: search::Details::Prevalence { devices: 1, at_least: false },
    }
}

#[test]
fn an_empty_answer_is_nothing_only_where_it_could_have_been_otherwise() {
    let empty = |newest| read(Reading { newest, ..Reading::new() });
    let at = |text: &str| Newest::At(time(text).unwrap());
    assert_eq!(empty(Newest::NoTable).outcome, Outcome::Nothing);
    assert_eq!(empty(at("2026-11-25T11:00:00Z")).outcome, Outcome::Nothing);
    assert_eq!(empty(at("2026-11-24T12:00:00Z")).outcome, Outcome::Nothing, "a day to the second");
    let stale = empty(at("2026-11-24T11:59:59Z"));
    assert_eq!(stale.outcome, Outcome::Blind);
    assert!(stale.reason.unwrap().contains(
        "newest connection of any onboarded device in the Defender portal is of 24 Nov 2026, 11:59 UTC: either"
    ));
    let never = empty(Newest::Never);
    assert_eq!(never.outcome, Outcome::Blind);
    assert!(never.remedy.is_some());
}

#[test]
fn findings_are_found_and_what_is_missing_makes_them_partial() {
    let found = Reading { findings: vec![finding()], newest: Newest::Never, ..Reading::new() };
    assert_eq!(read(found).outcome, Outcome::Found, "findings prove that there are rows");
    let cut = Reading { findings: vec![finding()], missing: vec!["Only a part.".into()], ..Reading::new() };
    let answer = read(cut);
    assert_eq!((answer.outcome, answer.reason.as_deref()), (Outcome::Partial, Some("Only a part.")));
    let set_aside = read(Reading { set_aside: 2, ..Reading::new() });
    assert_eq!((set_aside.outcome, set_aside.set_aside), (Outcome::Partial, 2));
    let not_for_it = read(Reading::not_applicable("Not for an address."));
    assert_eq!(not_for_it.outcome, Outcome::NotApplicable);
    let gone = answer_of("sentinel.classic_alerts", Reading::gone());
    assert_eq!(gone.outcome, Outcome::Retired);
    assert!(gone.remedy.unwrap().contains("hunting"));
}

fn answer_of(source: &str, reading: Reading) -> Answer {
    answer(&asking(source), &question(), Ok(reading))
}

#[test]
fn a_quiet_table_of_alerts_is_blind_and_both_readings_are_told() {
    let quiet = |source: &str, newest| answer_of(source, Reading { newest, ..Reading::new() });
    let old = Newest::At(time("2026-11-20T08:30:00Z").unwrap());
    for (source, home) in [
        ("defender.alerts", "the Defender portal"),
        ("sentinel.alerts", "the Defender portal"),
        ("sentinel.workspace_alerts", "the workspace"),
    ] {
        let answer = quiet(source, old);
        assert_eq!(answer.outcome, Outcome::Blind, "{source}");
        let said = format!(
            "The newest alert of any kind in {home} is of 20 Nov 2026, 08:30 UTC: either there was none since, or data stopped."
        );
        assert_eq!(answer.reason.as_deref(), Some(said.as_str()));
        assert!(
            answer.remedy.unwrap().starts_with(&format!("Look in {home} for a newer one. If there is none, check "))
        );
    }
    let unconnected = quiet("sentinel.alerts", Newest::Never);
    assert!(unconnected.remedy.unwrap().contains("Connect the workspace"), "{:?}", unconnected.reason);
}

#[test]
fn a_table_that_is_marked_quiet_says_nothing_with_its_newest_row_and_is_blind_only_where_it_is_not_there() {
    let marked = |source: &str| Asking { rightly_quiet: true, ..asking(source) };
    let old = time("2026-11-02T08:30:00Z").unwrap();
    for source in ["defender.devices", "sentinel.threat_indicators", "sentinel.workspace_alerts"] {
        let covered = Some(Covered { newest_row: None, ..crate::query::workspace_period(now()) });
        let reading = |newest| Reading { newest, covered: covered.clone(), ..Reading::new() };
        let quiet = answer(&marked(source), &question(), Ok(reading(Newest::At(old))));
        assert_eq!((quiet.outcome, quiet.reason, quiet.remedy), (Outcome::Nothing, None, None), "{source}");
        assert_eq!(quiet.covered.unwrap().newest_row, Some(old), "{source}");
        let empty = answer(&marked(source), &question(), Ok(reading(Newest::Never)));
        assert_eq!(empty.outcome, Outcome::Nothing, "{source}");
        let unmarked = answer(&asking(source), &question(), Ok(reading(Newest::At(old))));
        assert_eq!(unmarked.outcome, Outcome::Blind, "{source}");
    }
    let absent = answer(&marked("sentinel.workspace_alerts"), &question(), Err(table_missing()));
    assert_eq!(absent.outcome, Outcome::Blind, "the mark is no word on a table that is not there");
    let part = Reading { missing: vec!["Only a part.".into()], newest: Newest::Never, ..Reading::new() };
    let part = answer(&marked("defender.alerts"), &question(), Ok(part));
    assert_eq!((part.outcome, part.reason.as_deref()), (Outcome::Partial, Some("Only a part.")));
}

#[test]
fn a_quiet_table_is_told_beside_what_is_missing_and_hides_no_finding() {
    let old = Newest::At(time("2026-11-20T08:30:00Z").unwrap());
    let missing = || vec!["Only a part.".to_owned()];
    let empty = read(Reading { newest: old, missing: missing(), ..Reading::new() });
    assert_eq!(empty.outcome, Outcome::Partial);
    assert!(empty.reason.unwrap().contains("either there was none since") && empty.remedy.is_some());
    let found = read(Reading { newest: old, findings: vec![finding()], ..Reading::new() });
    assert_eq!((found.outcome, found.reason), (Outcome::Found, None));
}

#[test]
fn raw_records_are_kept_only_where_they_were_asked_for() {
    let reading = || Reading { raw: vec![serde_json::json!({"a": 1})], ..Reading::new() };
    assert_eq!(read(reading()).raw.len(), 1);
    let modest = Question { raw: false, ..question() };
    assert!(answer(&asking("defender.devices"), &modest, Ok(reading())).raw.is_empty());
    assert!(matches!(modest.indicator, Indicator::Domain(_)));
}

#[test]
fn a_part_that_failed_is_told_in_the_words_of_its_failure() {
    let asking = asking("sentinel.workspace_alerts");
    let mut reading = Reading::new();
    reading.part_failed("workspace SOC-EU", &denied(&[]), &asking);
    assert!(reading.missing[0].starts_with("workspace SOC-EU: The app has no Azure role"));
    assert!(reading.remedy.is_some() && reading.remedy_link.is_some());
    assert_eq!(reading.evidence, [("request_id".to_owned(), "r1".to_owned())]);
}

#[test]
fn a_name_that_could_be_asked_for_in_one_spelling_only_is_never_nothing() {
    let symbol = Question { indicator: indicator("xn--i-7iq.example"), ..question() };
    assert!(matches!(crate::query::unicode(&symbol.indicator), Some(Err(_))));
    let of = |source: &str| answer(&asking(source), &symbol, Ok(Reading::new()));
    assert_eq!(of("defender.alerts").outcome, Outcome::Partial);
    assert!(of("defender.alerts").reason.unwrap().contains("ASCII form alone"));
    assert_eq!(
        of("defender.indicators").outcome,
        Outcome::Nothing,
        "a list that is read whole is compared in any spelling"
    );
}
