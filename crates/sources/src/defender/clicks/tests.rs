use serde_json::json;

use super::*;
use crate::made::{asking, indicator};

fn row(url: &str, allowed: u64, through: u64, clicked: u64) -> Value {
    json!({"Url": url, "AccountUpn": "anna@example.com", "Allowed": allowed, "ClickedThrough": through, "Clicked": clicked,
        "FirstSeen": "2026-11-20T08:00:00Z", "LastSeen": "2026-11-21T08:00:00Z", "Workload": "Email",
        "Chains": ["[\"https://short.example/x\",\"https://evil.example/y\"]", "", "no list"]})
}

#[test]
fn a_click_counts_for_the_host_that_was_clicked_and_for_those_it_led_over() {
    let place = |value: &str| {
        let (found, _) =
            read(&asking("defender.clicks"), &indicator(value), &[row("https://short.example/x", 1, 0, 1)]);
        found.first().map(|one| one.places[0].place.clone())
    };
    assert_eq!(place("short.example").as_deref(), Some("Url"));
    assert_eq!(place("evil.example").as_deref(), Some("UrlChain"));
    assert_eq!(place("a.evil.example"), None);
}

#[test]
fn the_worst_that_happened_is_the_state_and_all_is_counted() {
    for (row, state, counts) in [
        (row("https://evil.example/", 2, 1, 5), "clicked_through", (2, 2, 1)),
        (row("https://evil.example/", 1, 0, 1), "allowed", (1, 0, 0)),
        (row("https://evil.example/", 0, 0, 3), "blocked", (0, 3, 0)),
    ] {
        let (found, _) = read(&asking("defender.clicks"), &indicator("evil.example"), &[row]);
        assert_eq!(found[0].status.as_deref(), Some(state));
        let Details::Click { allowed, blocked, clicked_through, account, .. } = &found[0].details else {
            panic!("a click")
        };
        assert_eq!((*allowed, *blocked, *clicked_through), counts);
        assert_eq!(account.as_deref(), Some("anna@example.com"));
    }
}

#[test]
fn a_row_without_an_address_is_counted_and_not_shown() {
    let (found, set_aside) = read(&asking("defender.clicks"), &indicator("evil.example"), &[json!({"Url": null})]);
    assert_eq!((found.len(), set_aside), (0, 1));
}
