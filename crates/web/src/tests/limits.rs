//! Too much: at once, too long, too deep; and under another name.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use rstest::rstest;
use search::Outcome;
use store::people::Role;

use super::office::{Caller, Fake, Office, PASSWORD};
use crate::{Limits, Proxies};

/// Asks for a search and does not wait for its end.
macro_rules! begin {
    ($office:ident, $caller:expr, $fake:ident, $path:expr) => {{
        let (caller, office, before) = ($caller, &$office, $fake.was_asked());
        let mut asking = Box::pin(async move { office.get(&caller, $path).await });
        let end = Instant::now() + Duration::from_secs(60);
        while $fake.was_asked() == before {
            assert!(Instant::now() < end, "it is not asked");
            tokio::select! {
                reply = &mut asking => panic!("answered at once: {reply:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
        asking
    }};
}

#[rstest]
#[case::of_the_process(Limits { requests: 1, ..Limits::default() }, "192.0.2.11", "alice", 503, "busy")]
#[case::of_an_address(Limits { per_address: 1, ..Limits::default() }, "192.0.2.10", "alice", 429, "too-many-at-once")]
#[case::of_a_person(Limits { per_person: 1, ..Limits::default() }, "192.0.2.11", "kate", 429, "too-many-at-once")]
#[tokio::test]
async fn one_too_many_is_told_so_and_when_to_come_back(
    #[case] limits: Limits,
    #[case] peer: &str,
    #[case] person: &str,
    #[case] status: u16,
    #[case] kind: &str,
) {
    let lent = databases::sqlite();
    let fake = Fake::held("defender.alerts", Outcome::Nothing);
    let office = Office::open_with(lent.url(), vec![fake.clone()], |settings| settings.limits = limits).await;
    let kate = office.script("kate", Role::Viewer).await;
    let alice = office.script("alice", Role::Viewer).await;
    let other = if person == "kate" { kate.clone() } else { alice };
    let asking = begin!(office, kate, fake, "/api/v1/search?q=a.example");

    let refused = office.get(&other.clone().with("x-test-peer", peer), "/api/v1/search?q=b.example").await;
    assert_eq!(refused.status.as_u16(), status, "{refused:?}");
    assert_eq!(refused.json()["type"], format!("urn:oriel:problem:{kind}"));
    assert_eq!(refused.header("retry-after"), "2");
    let probe = office.get(&Caller::default(), "/readyz").await;
    assert_eq!(probe.status, StatusCode::OK, "those who run the server are answered");

    fake.may_answer.add_permits(10);
    assert_eq!(asking.await.status, StatusCode::OK);
    let again = office.get(&other.with("x-test-peer", peer), "/api/v1/search?q=b.example").await;
    assert_eq!(again.status, StatusCode::OK, "the place is free again: {again:?}");
}

#[tokio::test]
async fn behind_a_proxy_each_address_is_counted_for_itself() {
    let lent = databases::sqlite();
    let fake = Fake::held("defender.alerts", Outcome::Nothing);
    let office = Office::open_with(lent.url(), vec![fake.clone()], |settings| {
        settings.limits = Limits { per_address: 1, ..Limits::default() };
        settings.proxies = Proxies::parse(&["192.0.2.10".to_owned()]).unwrap();
    })
    .await;
    let kate = office.script("kate", Role::Viewer).await;
    let from = |address: &str| kate.clone().with("x-forwarded-for", address);
    let asking = begin!(office, from("198.51.100.1"), fake, "/api/v1/search?q=a.example");
    assert_eq!(office.get(&from("198.51.100.1"), "/api/v1/audit").await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(office.get(&from("198.51.100.2"), "/api/v1/audit").await.status, StatusCode::FORBIDDEN);
    fake.may_answer.add_permits(10);
    asking.await;
}

#[tokio::test]
async fn a_page_that_finds_no_room_is_a_page() {
    let lent = databases::sqlite();
    let office = Office::open_with(lent.url(), vec![], |settings| {
        settings.limits = Limits { requests: 0, ..Limits::default() };
    })
    .await;
    let page = office.get(&Caller::default(), "/sign-in").await;
    assert_eq!((page.status, page.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "2"));
    page.has("<h1>").has("Try again in a moment");
}

#[rstest]
#[case::a_long_query("/sign-in?back=", 9_000, 414)]
#[case::a_long_path("/assets/", 9_000, 414)]
#[case::one_that_fits("/sign-in?back=", 4_000, 200)]
#[tokio::test]
async fn an_address_has_an_end(#[case] begins: &str, #[case] letters: usize, #[case] status: u16) {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let reply = office.get(&Caller::default(), &format!("{begins}{}", "a".repeat(letters))).await;
    assert_eq!(reply.status.as_u16(), status);
}

#[tokio::test]
async fn a_form_and_a_query_have_few_fields() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    office.person("alice", Role::Analyst).await;
    let query = office.get(&Caller::default(), &format!("/sign-in?{}", "a&".repeat(1001))).await;
    assert_eq!(query.status, StatusCode::URI_TOO_LONG);
    query.has("more fields");
    let mut form = vec![("name", "alice"), ("password", PASSWORD)];
    form.resize(998, ("x", ""));
    assert_eq!(office.post(&Caller::default(), "/sign-in", &form).await.status, StatusCode::SEE_OTHER);
    form.resize(1002, ("x", ""));
    let refused = office.post(&Caller::default(), "/sign-in", &form).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    refused.has("more fields");
}

#[rstest]
#[case::lists("[", "]")]
#[case::objects("{\"a\":", "}")]
#[tokio::test]
async fn json_that_is_deeper_than_anything_is_refused(#[case] open: &str, #[case] close: &str) {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.script("kate", Role::Owner).await;
    let body = format!("{}1{}", open.repeat(9_000), close.repeat(9_000));
    let reply = office.send(&owner, "POST", "/api/v1/connections", Some(("application/json", body))).await;
    assert!(matches!(reply.status.as_u16(), 400 | 422), "{reply:?}");
    let nested = format!("{{\"label\": {}1{}}}", open.repeat(9_000), close.repeat(9_000));
    let reply = office.send(&owner, "POST", "/api/v1/connections", Some(("application/json", nested))).await;
    assert!(matches!(reply.status.as_u16(), 400 | 422), "{reply:?}");
}

#[rstest]
#[case::another_name("rebound.example", 421)]
#[case::another_name_with_our_port("rebound.example:8440", 421)]
#[case::another_address("192.0.2.1", 421)]
#[case::nothing("", 421)]
#[case::its_own("127.0.0.1:8440", 200)]
#[case::the_machine("localhost", 200)]
#[tokio::test]
async fn a_server_answers_under_its_own_names(#[case] host: &str, #[case] status: u16) {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let key = office.script("kate", Role::Viewer).await;
    for (caller, path) in
        [(Caller::default(), "/sign-in"), (key, "/api/v1/search?q=a.example"), (Caller::default(), "/nothing")]
    {
        let reply = office.get(&caller.with("host", host).with("x-forwarded-host", "127.0.0.1:8440"), path).await;
        let expected = if status == 200 && path == "/nothing" { 404 } else { status };
        assert_eq!(reply.status.as_u16(), expected, "{path}: {reply:?}");
        if status == 421 {
            assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
            assert!(host.is_empty() || !reply.body.contains("rebound"), "{reply:?}");
            reply.has("`public_url`").has_not("192.0.2.1");
        }
    }
    for probe in ["/healthz", "/readyz"] {
        assert_eq!(office.get(&Caller::default().with("host", host), probe).await.status, StatusCode::OK, "{probe}");
    }
}

#[tokio::test]
async fn a_request_with_another_name_in_its_line_is_not_answered() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let reply = office.get(&Caller::default(), "http://rebound.example/sign-in").await;
    assert_eq!(reply.status, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(office.get(&Caller::default(), "http://localhost:8440/sign-in").await.status, StatusCode::OK);
}

#[rstest]
#[case("//evil.example")]
#[case("https://evil.example/")]
#[case("/\\evil.example")]
#[case("\\/evil.example")]
#[case("/%09/evil.example")]
#[case("/\t/evil.example")]
#[case("javascript:alert(1)")]
#[case(" //evil.example")]
#[case("/x\r\nset-cookie: a=b")]
#[tokio::test]
async fn signing_in_never_leads_out(#[case] back: &str) {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    office.person("alice", Role::Analyst).await;
    let form = [("name", "alice"), ("password", PASSWORD), ("back", back)];
    let reply = office.post(&Caller::default(), "/sign-in", &form).await;
    let to = reply.header("location");
    assert!(to == "/" || (to.starts_with("/%09/") && !to.starts_with("//")), "{to}");
    assert_eq!(reply.headers.get_all("set-cookie").iter().count(), 1);
    let escaped: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
    let page = office.get(&Caller::default(), &format!("/sign-in?back={escaped}")).await;
    page.has_not("href=\"//").has_not("value=\"//").has_not("javascript:");
}

#[rstest]
#[case("/assets/..%2f..%2fCargo.toml")]
#[case("/assets/../Cargo.toml")]
#[case("/assets/%2e%2e/Cargo.toml")]
#[case("/assets/..%5c..%5cCargo.toml")]
#[case("/assets//etc/passwd")]
#[case("/assets/%00")]
#[case("/assets/app.css%00.js")]
#[case("/assets/")]
#[tokio::test]
async fn an_asset_is_what_is_built_in_and_nothing_else(#[case] path: &str) {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let reply = office.get(&Caller::default(), path).await;
    assert!(matches!(reply.status, StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST), "{reply:?}");
    reply.has_not("[package]").has_not("root:");
}

#[tokio::test]
async fn under_https_a_browser_is_told_to_stay_there() {
    let lent = databases::sqlite();
    let office = Office::open_with(lent.url(), vec![], |settings| settings.secure_cookies = true).await;
    for path in ["/sign-in", "/healthz", "/nothing", "/api/v1/search"] {
        let reply = office.get(&Caller::default(), path).await;
        assert!(reply.header("strict-transport-security").starts_with("max-age=31536000"), "{path}");
    }
}
