use serde_json::json;

use super::*;
use crate::made::{asking, indicator};

#[test]
fn an_account_is_told_with_what_succeeded_and_what_failed() {
    let rows = [
        json!({"Account": "anna@example.com", "Succeeded": 3, "Failed": "1", "FirstSeen": "2026-11-20T08:00:00Z",
            "LastSeen": "2026-11-21T08:00:00Z", "Applications": ["Portal"], "Countries": ["", "RO"]}),
        json!({"Account": "otto", "Succeeded": 0, "Failed": 16}),
        json!({"Account": "", "Succeeded": 0, "Failed": 16}),
    ];
    let (found, set_aside) = read(&asking("defender.sign_ins"), &rows);
    let states: Vec<_> = found.iter().map(|one| (one.id.as_str(), one.status.as_deref().unwrap())).collect();
    assert_eq!(states, [("anna@example.com", "succeeded"), ("otto", "failed")]);
    assert_eq!(set_aside, 1);
    let Details::SignIn { succeeded, failed, applications, country, .. } = &found[0].details else {
        panic!("a sign-in")
    };
    assert_eq!((*succeeded, *failed, country.as_deref()), (3, 1, Some("RO")));
    assert_eq!(applications, &["Portal".to_owned()]);
}

#[test]
fn nobody_signs_in_from_a_domain() {
    assert_eq!(query(&indicator("evil.example")), None);
    assert!(query(&indicator("2001:db8::7")).unwrap().contains("2001:db8:0:0:0:0:0:7"));
}
