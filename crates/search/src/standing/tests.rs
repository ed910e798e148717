use jiff::civil::date;

use super::*;
use crate::validation::Status;

fn check(step: &str, capability: Option<&str>, state: CheckState, code: &str, title: &str) -> Check {
    Check {
        check: step.into(),
        capability: capability.map(str::to_owned),
        permission: None,
        state,
        code: code.into(),
        title: title.into(),
        remedy: None,
        link: None,
        trace_id: None,
        correlation_id: None,
    }
}

fn signed_in() -> Check {
    check("token", None, CheckState::Passed, "ok", "The app signs in.")
}

fn probe(code: &str, title: &str) -> Check {
    let state = if code == "ok" { CheckState::Passed } else { CheckState::Failed };
    check("probe", Some("defender.alerts"), state, code, title)
}

fn validation(checks: Vec<Check>, verdict: Verdict, words: &str) -> Validation {
    let follow = Follow { capability: "defender.alerts".into(), title: "Alerts".into(), verdict, words: words.into() };
    let validated_at = "2026-11-25T03:00:00Z".parse().unwrap();
    Validation { status: Status::Attention, checks, follows: vec![follow], validated_at }
}

/// Applies what was found to what was known, as the store does, and answers with what is told.
fn look(known: &mut Vec<(String, String)>, found: &[Standing]) -> Vec<String> {
    let changed = changes(known, found);
    for standing in found {
        known.retain(|(subject, _)| *subject != standing.subject);
        known.extend(standing.state.map(|state| (standing.subject.clone(), state.to_owned())));
    }
    changed.into_iter().map(|changed| changed.title).collect()
}

fn works() -> Vec<Standing> {
    of_validation(&validation(vec![signed_in(), probe("ok", "")], Verdict::Works, "works"))
}

fn lost() -> Vec<Standing> {
    let probe = probe("missing_permission", "Alerts: the app has no permission.");
    of_validation(&validation(vec![signed_in(), probe], Verdict::WillWork, "will work when it is granted"))
}

fn refused() -> Vec<Standing> {
    let token = check("token", None, CheckState::Failed, "secret_expired", "The secret has expired.");
    of_validation(&validation(vec![token], Verdict::WillWork, "will work when the app signs in"))
}

#[test]
fn the_first_look_is_no_change_and_the_same_look_is_none() {
    let mut known = Vec::new();
    assert!(look(&mut known, &works()).is_empty() && look(&mut known, &works()).is_empty());
    assert_eq!(known.len(), 2);
}

#[test]
fn a_capability_that_stops_is_told_once_and_told_once_when_it_is_back() {
    let mut known = Vec::new();
    look(&mut known, &works());
    assert_eq!(look(&mut known, &lost()), ["Alerts: the app has no permission."]);
    assert!(look(&mut known, &lost()).is_empty());
    assert_eq!(look(&mut known, &works()), ["Alerts: works again."]);
}

#[test]
fn what_did_not_come_in_time_says_nothing_and_what_is_lost_behind_it_is_told_later() {
    let mut known = Vec::new();
    look(&mut known, &works());
    for code in ["throttled", "timed_out", "dns", "failed"] {
        let passing = of_validation(&validation(
            vec![signed_in(), probe(code, "Alerts: Microsoft did not answer.")],
            Verdict::WillWork,
            "",
        ));
        assert!(look(&mut known, &passing).is_empty(), "{code}");
    }
    assert_eq!(look(&mut known, &lost()), ["Alerts: the app has no permission."]);
}

#[test]
fn a_refused_sign_in_is_one_line_and_not_one_for_each_capability() {
    let mut known = Vec::new();
    look(&mut known, &works());
    assert_eq!(look(&mut known, &refused()), ["The secret has expired."]);
    assert!(look(&mut known, &refused()).is_empty());
    assert_eq!(look(&mut known, &works()), ["The app signs in to Microsoft again."]);
}

#[test]
fn no_way_to_microsoft_is_no_refusal() {
    let found = |code: &str| {
        let step = check("discovery", None, CheckState::Failed, code, "login.example cannot be reached.");
        of_validation(&validation(vec![step], Verdict::WillWork, ""))
    };
    assert_eq!(found("dns")[0].state, Some(UNREACHABLE));
    assert_eq!(found("unknown_tenant")[0].state, Some(REFUSED));
    assert!(found("timed_out").is_empty());
}

#[test]
fn a_product_that_is_missing_is_no_refusal_as_long_as_the_app_signs_in_somewhere() {
    let missing = check("token", None, CheckState::Failed, "resource_missing", "The tenant does not have it.");
    let follow = "will work when the tenant has the product";
    let found = of_validation(&validation(vec![signed_in(), missing], Verdict::WillWork, follow));
    assert_eq!(found[0].state, Some(SIGNS_IN));
    assert_eq!(found[1].state, Some(DOES_NOT_WORK));
    assert_eq!(found[1].title, "Alerts: will work when the tenant has the product.");
}

#[test]
fn what_its_owner_switches_off_is_forgotten_without_a_word() {
    let mut known = Vec::new();
    look(&mut known, &works());
    let off = of_validation(&validation(vec![signed_in()], Verdict::Off, "switched off"));
    assert!(look(&mut known, &off).is_empty());
    assert!(look(&mut known, &lost()).is_empty(), "switched on again, it begins anew");
}

#[test]
fn a_credential_is_counted_down_in_five_steps() {
    let ends = date(2026, 12, 31);
    let mut known = Vec::new();
    let mut told = Vec::new();
    let mut today = date(2026, 11, 25);
    while today < date(2027, 1, 5) {
        told.extend(look(&mut known, &[of_credential("secret", Some(ends), today)]));
        today = today.tomorrow().unwrap();
    }
    let expected = [
        "The secret ends in 30 days, on 31 Dec 2026.",
        "The secret ends in 7 days, on 31 Dec 2026.",
        "The secret ends tomorrow, 31 Dec 2026.",
        "The secret ends today, 31 Dec 2026.",
        "The secret ended on 31 Dec 2026.",
    ];
    assert_eq!(told, expected);
    let renewed = of_credential("certificate", Some(date(2028, 1, 31)), today);
    assert_eq!(look(&mut known, &[renewed]), ["The certificate now lasts until 31 Jan 2028."]);
}

#[test]
fn only_what_is_as_it_should_be_is_well() {
    assert!([SIGNS_IN, WORKS, FRESH, LASTS].into_iter().all(is_well));
    assert!(![REFUSED, UNREACHABLE, DOES_NOT_WORK, RETIRED, SILENT, "ended", "7_days"].into_iter().any(is_well));
}
