//! What no response may lack, and who is kept out.

use std::sync::Arc;

use axum::http::StatusCode;
use futures_util::future::BoxFuture;
use rstest::rstest;
use search::{Source, Sources};
use store::people::Role;

use super::office::{Caller, Office, PASSWORD};

#[tokio::test]
async fn every_response_has_its_headers_and_an_id() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let nobody = Caller::default();
    for path in ["/", "/sign-in", "/nothing/here", "/api/v1/search?q=a.example", "/healthz", "/assets/none.css"] {
        let reply = office.get(&nobody, path).await;
        let policy = reply.header("content-security-policy");
        for part in ["default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
        assert_eq!(reply.header("x-request-id").len(), 16, "{path}");
    }
    let css = office.get(&nobody, crate::assets::url("tokens.css")).await;
    assert!(css.header("cache-control").contains("immutable"));
}

#[tokio::test]
async fn a_caller_may_bring_its_own_request_id_if_it_is_harmless() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let own = Caller::default().with("x-request-id", "ticket-4711.a");
    assert_eq!(office.get(&own, "/healthz").await.header("x-request-id"), "ticket-4711.a");
    let reply = office.get(&own, "/nothing").await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    reply.has("ticket-4711.a");
    let bad = Caller::default().with("x-request-id", "<script>");
    assert_eq!(office.get(&bad, "/healthz").await.header("x-request-id").len(), 16);
}

#[rstest]
#[case::named_by_the_browser("sec-fetch-site", "cross-site", 403)]
#[case::named_by_its_origin("origin", "https://evil.example", 403)]
#[case::of_the_same_site("sec-fetch-site", "same-origin", 303)]
#[case::of_the_public_address("origin", "http://127.0.0.1:8440", 303)]
#[tokio::test]
async fn a_post_from_another_site_is_refused(#[case] name: &'static str, #[case] value: &str, #[case] status: u16) {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    office.person("alice", Role::Analyst).await;
    let browser = Caller::default().with("host", "127.0.0.1:8440").with(name, value);
    let reply = office.post(&browser, "/sign-in", &[("name", "alice"), ("password", PASSWORD)]).await;
    assert_eq!(reply.status.as_u16(), status, "{reply:?}");
    if status == 403 {
        reply.has("Sent from another site");
    }
}

#[tokio::test]
async fn what_is_too_large_is_refused_as_a_page_and_as_a_problem() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let novel = "x".repeat(70_000);
    let page = office.post(&Caller::default(), "/sign-in", &[("name", &novel), ("password", "")]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    page.has("<h1>").has_not(&novel);
    let owner = office.script("kate", Role::Owner).await;
    let problem = office.json(&owner, "POST", "/api/v1/connections", serde_json::json!({ "label": novel })).await;
    assert_eq!(problem.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(problem.json()["type"], "urn:oriel:problem:too-large");
}

#[rstest]
#[case::analysts_do_not_change_connections(Role::Analyst, "/settings/connections", 403)]
#[case::nor_do_viewers(Role::Viewer, "/settings/connections", 403)]
#[tokio::test]
async fn what_is_for_owners_is_for_owners(#[case] role: Role, #[case] path: &str, #[case] status: u16) {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let browser = office.browser("alice", role).await;
    let reply = office.post(&browser, path, &[("product", "sentinel")]).await;
    assert_eq!(reply.status.as_u16(), status);
    reply.has("This is for an owner");
}

#[tokio::test]
async fn an_auditor_does_not_search() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let browser = office.browser("alan", Role::Auditor).await;
    let refused = office.get(&browser, "/search?q=example.com").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.has("Sign out").has("alan");
    let form = [("name", "alan"), ("password", PASSWORD)];
    assert_eq!(office.post(&Caller::default(), "/sign-in", &form).await.header("location"), "/settings");
    assert_eq!(office.get(&browser, "/settings").await.status, StatusCode::OK);
    let script = office.script("ann", Role::Auditor).await;
    let reply = office.get(&script, "/api/v1/search?q=example.com").await;
    assert_eq!(
        (reply.status, reply.json()["type"].as_str().unwrap()),
        (StatusCode::FORBIDDEN, "urn:oriel:problem:forbidden")
    );
}

#[tokio::test]
async fn a_method_that_does_not_exist_here_is_named_as_such() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let reply = office.send(&Caller::default(), "DELETE", "/api/v1/search", None).await;
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(reply.json()["type"], "urn:oriel:problem:method-not-allowed");
    assert!(reply.header("allow").contains("GET"));
}

#[tokio::test]
async fn a_page_with_a_secret_is_never_compressed() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let browser = office.browser("kate", Role::Owner).await.with("accept-encoding", "gzip");
    let page = office.get(&browser, "/api").await;
    assert_eq!(page.header("content-encoding"), "gzip");
    for path in ["/settings", "/sign-in"] {
        assert_eq!(office.get(&browser, path).await.header("content-encoding"), "", "{path}");
    }
    let key = office.post(&browser, "/settings/keys", &[("label", "nightly")]).await;
    assert_eq!((key.status, key.header("content-encoding")), (StatusCode::OK, ""));
}

struct Broken;

impl Sources for Broken {
    fn current(&self) -> BoxFuture<'_, Arc<[Arc<dyn Source>]>> {
        panic!("a slip of ours about bad.example")
    }
}

#[tokio::test]
async fn a_handler_that_breaks_off_is_answered_without_its_reason() {
    let lent = databases::sqlite();
    let mut office = Office::open(lent.url(), vec![]).await;
    office.desk.sources = Arc::new(Broken);
    office.router = crate::router(office.desk.clone());
    let script = office.script("kate", Role::Viewer).await;
    let problem = office.get(&script, "/api/v1/search?q=bad.example").await;
    assert_eq!(
        (problem.status, &problem.json()["type"]),
        (StatusCode::INTERNAL_SERVER_ERROR, &"urn:oriel:problem:broken".into())
    );
    problem.has_not("slip");
    let browser = office.browser("alice", Role::Viewer).await;
    let page = office.get(&browser, "/search?q=bad.example").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    page.has("Something broke").has(page.header("x-request-id")).has_not("slip");
}
