use search::{Check, CheckState, Follow, Product, Verdict};

use super::Checklist;

fn check(step: &str, state: CheckState, title: &str) -> Check {
    Check {
        check: step.into(),
        capability: None,
        permission: None,
        state,
        code: "ok".into(),
        title: title.into(),
        remedy: None,
        link: None,
        trace_id: None,
        correlation_id: None,
    }
}

fn titles(list: &Checklist) -> Vec<&str> {
    list.steps.iter().map(|step| step.title).collect()
}

#[test]
fn while_it_runs_each_step_has_its_place_and_says_what_is_tried() {
    let done = [check("form", CheckState::Passed, "a"), check("discovery", CheckState::Passed, "b")];
    let list = Checklist::new("x", Product::Defender, &done, &[], true);
    assert_eq!(titles(&list), ["Form", "Tenant", "Sign-in", "Permissions", "What is asked"]);
    let trying: Vec<bool> = list.steps.iter().map(|step| step.trying.is_some()).collect();
    assert_eq!(trying, [false, false, true, false, false]);
    let words: Vec<&str> = list.steps.iter().map(|step| step.word.as_str()).collect();
    assert_eq!(words, ["1 passed", "1 passed", "", "to come", "to come"]);
    let probing = [check("roles", CheckState::Passed, "c"), check("probe", CheckState::Passed, "d")];
    for all in [&probing[..1], &probing[..]] {
        let list = Checklist::new("x", Product::Sentinel, all, &[], true);
        let trying: Vec<&str> = list.steps.iter().filter(|step| step.trying.is_some()).map(|step| step.title).collect();
        assert_eq!(trying, ["What is asked"], "more probes are to come");
    }
    let first = Checklist::new("x", Product::Sentinel, &[], &[], true);
    assert_eq!(titles(&first).last(), Some(&"Sentinel in the Defender portal"));
    assert!(first.steps[0].trying.is_some());
}

#[test]
fn at_the_end_only_steps_with_checks_are_shown_and_unknown_ones_last() {
    let done = [
        check("question", CheckState::Passed, "q"),
        check("form", CheckState::Passed, "a"),
        check("of a later version", CheckState::Failed, "c"),
    ];
    let list = Checklist::new("x", Product::Sentinel, &done, &[], false);
    assert_eq!(titles(&list), ["Form", "Open questions", "Further"]);
    assert_eq!(list.to_fix_word(), "1 thing to fix");
    assert_eq!(list.to_fix[0].anchor, "check-x-2");
    assert!(list.steps.iter().flat_map(|step| &step.items).any(|item| item.anchor == "check-x-2"));
}

#[test]
fn what_the_same_step_mends_is_said_once() {
    let missing = |step: &str, permission: &str| Check {
        code: "missing_permission".into(),
        permission: Some(permission.into()),
        remedy: Some(format!("Add {permission}.")),
        link: Some("https://portal.azure.com/#view/x/CallAnAPI/appId/1".into()),
        trace_id: Some("t".into()),
        correlation_id: Some("c".into()),
        ..check(step, CheckState::Failed, "missing")
    };
    let checks = [missing("roles", "A.Read.All, B.Read.All"), missing("probe", "A.Read.All")];
    let list = Checklist::new("x", Product::Defender, &checks, &[], false);
    let items: Vec<_> = list.steps.iter().flat_map(|step| &step.items).collect();
    assert_eq!(items[0].place.as_ref().map(|place| place.words), Some("Open API permissions"));
    assert_eq!(items[0].script.as_deref(), Some("/settings/set-up?connection=x&format=az&missing=yes#script"));
    assert_eq!(items[0].permissions, ["A.Read.All", "B.Read.All"]);
    assert_eq!(items[0].ticket(), "Trace ID: t\nCorrelation ID: c");
    assert_eq!((items[0].word(), items[1].word(), list.steps[1].word.as_str()), ("To fix", "Waits", "1 waiting"));
    assert_eq!((items[1].same_as.as_deref(), &items[1].remedy), (Some("check-x-0"), &None));
    assert!(items[1].place.is_none() && items[1].script.is_none());
    assert_eq!(list.to_fix.len(), 1);
}

#[test]
fn what_follows_has_a_mark_beside_its_words() {
    let follow = |verdict| Follow {
        capability: "defender.alerts".into(),
        title: "Alerts".into(),
        verdict,
        words: "works".into(),
    };
    let follows = [Verdict::Works, Verdict::WillWork, Verdict::Retired, Verdict::Off, Verdict::NotOffered].map(follow);
    let list = Checklist::new("x", Product::Defender, &[], &follows, false);
    let icons: Vec<&str> = list.follows.iter().map(|line| line.icon).collect();
    assert_eq!(icons, ["check", "warn", "ring", "ring", "ring"]);
}
