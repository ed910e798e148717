//! The log of a server: one line a request, and nothing in it that is nobody's business.

use std::collections::BTreeSet;

use harness::Visitor;
use serde_json::Value;
use simulator::demo;

use crate::bench::{Bench, PASSWORD, signed_in};

const INDICATOR: &str = "very-unusual-name.example";

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_one_line_with_id_route_status_time_and_who_and_no_line_holds_what_was_searched() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    bench.connect("defender");
    let key = bench.key_of("olga");
    let (server, base) = bench.serve(&["--log-format", "json", "--log", "info"]);
    let browser = signed_in(&base, "olga", PASSWORD).await;
    let script = Visitor::with_key(base, &key);
    browser.get(&format!("/search?q={INDICATOR}&wait=true")).await.unwrap();
    browser.get(&format!("/search/stream?q={INDICATOR}")).await.unwrap();
    script.search(INDICATOR).await.unwrap();
    script.get(&format!("/api/v1/{INDICATOR}")).await.unwrap();
    browser.get("/settings/connections/no-such-one/checks").await.unwrap();
    let (code, said) = server.stop();
    assert_eq!(code, Some(0), "{}", said.err);

    let lines: Vec<Value> = said.err.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let served: Vec<&Value> = lines.iter().filter(|line| line["message"] == "served").collect();
    let routes: Vec<&str> = served.iter().map(|line| line["span"]["route"].as_str().unwrap()).collect();
    let expected = [
        "/sign-in",
        "/search",
        "/search/stream",
        "/api/v1/search",
        "/api/{*rest}",
        "/settings/connections/{id}/checks",
    ];
    assert_eq!(routes, expected, "one line a request, in their order: {}", said.err);
    let mut ids = BTreeSet::new();
    for line in &served {
        assert!(ids.insert(line["span"]["request.id"].as_str().unwrap()), "an id twice: {line}");
        assert!(line["status"].is_u64() && line["took_ms"].is_f64() && line["timestamp"].is_string(), "{line}");
        assert!(["GET", "POST"].contains(&line["span"]["method"].as_str().unwrap()), "{line}");
    }
    let who: Vec<bool> = served.iter().map(|line| line["span"]["person.id"].is_string()).collect();
    assert_eq!(who, [false, true, true, true, false, true], "{}", said.err);
    let people: BTreeSet<&str> = served.iter().filter_map(|line| line["span"]["person.id"].as_str()).collect();
    assert_eq!(people.len(), 1, "one person, by session and by key: {people:?}");

    for hidden in [INDICATOR, "unusual", "olga", PASSWORD, &key, demo::DEFENDER_SECRET] {
        assert!(!said.err.contains(hidden), "{hidden} is in the log: {}", said.err);
    }
}
