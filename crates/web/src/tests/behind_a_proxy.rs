//! What a proxy between reader and server must be told, and must not change.

use axum::http::StatusCode;
use search::Outcome;
use store::people::Role;

use super::office::{Caller, Fake, Office, PASSWORD};

#[tokio::test]
async fn a_stream_is_neither_collected_nor_compressed_on_its_way() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![Fake::new("defender.alerts", Outcome::Found)]).await;
    let reader = office.browser("ada", Role::Analyst).await.with("accept-encoding", "gzip, br");
    let stream = office.get(&reader, "/search/stream?q=c2.example.net").await;
    assert_eq!(stream.status, StatusCode::OK);
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("x-accel-buffering", "no"),
        ("cache-control", "no-store, no-transform"),
        ("content-encoding", ""),
    ] {
        assert_eq!(stream.header(name), value, "{name}");
    }
    stream.has("event: done");
}

#[tokio::test]
async fn where_an_answer_leads_is_told_without_the_name_that_the_proxy_asked_for() {
    let lent = databases::sqlite();
    let office = Office::open_with(lent.url(), vec![], |settings| {
        settings.public_url = "https://oriel.example.com/".parse().unwrap();
        settings.secure_cookies = true;
        settings.hosts = crate::Hosts::of(&settings.public_url).and(["inside.example"]);
    })
    .await;
    office.person("ada", Role::Analyst).await;
    let proxy = Caller::default().with("host", "inside.example:8440").with("x-forwarded-proto", "http");
    let asked = office.get(&proxy, "/search?q=example.com").await;
    assert_eq!(asked.header("location"), "/sign-in?back=%2Fsearch%3Fq%3Dexample.com");
    // The browser's origin is the public one, whatever name the proxy asks for.
    let browser = proxy.with("origin", "https://oriel.example.com");
    let form = [("name", "ada"), ("password", PASSWORD)];
    let signed_in = office.post(&browser, "/sign-in", &form).await;
    assert_eq!((signed_in.status, signed_in.header("location")), (StatusCode::SEE_OTHER, "/"), "{signed_in:?}");
    assert!(signed_in.header("set-cookie").starts_with("__Host-oriel="), "{signed_in:?}");
    let elsewhere = Caller::default().with("host", "inside.example:8440").with("origin", "https://inside.example");
    assert_eq!(office.post(&elsewhere, "/sign-in", &form).await.status, StatusCode::FORBIDDEN);
}
