//! Tokens: asked for once, renewed early, refused by name.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use microsoft::{Error, Fresh, Proof, RefusalCause, Resource};
use serde_json::json;

use crate::fake::*;

fn cause(error: &Error) -> RefusalCause {
    match error {
        Error::Refused(refusal) => refusal.cause,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn many_callers_at_once_make_one_request() {
    let fake = Fake::start(|seen, before| seen.is_token().then(|| token(before, &["SecurityAlert.Read.All"]))).await;
    let desk = Desk::new(&fake);
    let call = desk.call();
    let tokens = join_all((0..20).map(|_| desk.microsoft.token(&call, Resource::Graph, Fresh::IfNeeded))).await;
    assert!(tokens.iter().all(|token| token.as_ref().unwrap().claims().unwrap().holds("securityalert.read.all")));
    let asked = fake.tokens();
    assert_eq!(asked.len(), 1);
    let form = |name: &str| asked[0].form(name).unwrap_or_default();
    assert_eq!(asked[0].path, format!("/login/{TENANT}/oauth2/v2.0/token"));
    assert_eq!(
        (form("grant_type"), form("client_id"), form("client_secret")),
        ("client_credentials".into(), CLIENT.into(), SECRET.into())
    );
    assert_eq!(form("scope"), format!("{}graph/.default", fake.base));
    assert_eq!(asked[0].header("content-type"), "application/x-www-form-urlencoded");
}

#[tokio::test]
async fn each_interface_has_a_token_of_its_own() {
    let fake = Fake::start(|_, _| None).await;
    let desk = Desk::new(&fake);
    for resource in [Resource::Graph, Resource::Defender, Resource::LogAnalytics] {
        for _ in 0..2 {
            desk.microsoft.token(&desk.call(), resource, Fresh::IfNeeded).await.unwrap();
        }
    }
    let scopes: Vec<String> = fake.tokens().iter().map(|seen| seen.form("scope").unwrap()).collect();
    assert_eq!(scopes, ["graph", "defender", "logs"].map(|path| format!("{}{path}/.default", fake.base)));
}

#[tokio::test]
async fn a_token_is_renewed_after_80_percent_of_its_life_whatever_the_time_of_day_says() {
    let fake = Fake::start(|_, _| None).await;
    let (passed, start) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let ticks = Arc::clone(&passed);
    let desk = Desk::with(&fake, |settings| {
        settings.clock = Arc::new(|| "2001-01-01T00:00:00Z".parse().unwrap());
        settings.ticks = Arc::new(move || start + Duration::from_secs(ticks.load(Ordering::Relaxed)));
    });
    for (seconds, requests) in [(0, 1), (2800, 1), (2880, 2), (5700, 2), (5800, 3)] {
        passed.store(seconds, Ordering::Relaxed);
        desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::IfNeeded).await.unwrap();
        assert_eq!(fake.tokens().len(), requests, "after {seconds} s");
    }
}

#[tokio::test]
async fn a_new_token_is_fetched_when_it_is_wanted_new_or_was_forgotten() {
    let fake = Fake::start(|seen, before| {
        seen.is_token().then(|| token(before, if before == 0 { &[] } else { &["A.Read.All"] }))
    })
    .await;
    let desk = Desk::new(&fake);
    let roles = |token: microsoft::Token| token.claims().unwrap().roles.len();
    assert_eq!(roles(desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::IfNeeded).await.unwrap()), 0);
    assert_eq!(roles(desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::Always).await.unwrap()), 1);
    assert_eq!(roles(desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::IfNeeded).await.unwrap()), 1);
    assert_eq!(fake.tokens().len(), 2);
    desk.microsoft.forget(&desk.credential);
    desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::IfNeeded).await.unwrap();
    assert_eq!(fake.tokens().len(), 3);
}

#[tokio::test]
async fn a_refusal_is_remembered_until_someone_forces_a_try_or_the_secret_changes() {
    let fake = Fake::start(|seen, _| seen.is_token().then(|| refusal(401, "invalid_client", 7000222))).await;
    let mut desk = Desk::new(&fake);
    for _ in 0..3 {
        let error = microsoft::graph::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap_err();
        assert_eq!(cause(&error), RefusalCause::SecretExpired);
        assert!(error.evidence().contains(&("trace_id".into(), "t-7000222".into())));
    }
    assert_eq!((fake.tokens().len(), fake.calls().len()), (1, 0));
    desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::Always).await.unwrap_err();
    assert_eq!(fake.tokens().len(), 2);
    desk.credential.proof = Proof::Secret("another".into());
    desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::IfNeeded).await.unwrap_err();
    assert_eq!(fake.tokens().len(), 3);
}

#[tokio::test]
async fn a_tenant_without_defender_is_unlicensed_and_one_without_log_analytics_is_refused() {
    let fake = Fake::start(|seen, _| seen.is_token().then(|| refusal(400, "invalid_resource", 500011))).await;
    let desk = Desk::new(&fake);
    let call = desk.call();
    let token = |resource| desk.microsoft.token(&call, resource, Fresh::IfNeeded);
    match token(Resource::Defender).await.unwrap_err() {
        Error::Unlicensed { evidence, .. } => assert!(evidence.contains(&("code".into(), "AADSTS500011".into()))),
        other => panic!("{other:?}"),
    }
    assert_eq!(cause(&token(Resource::LogAnalytics).await.unwrap_err()), RefusalCause::ResourceMissing);
}

#[tokio::test]
async fn entra_that_is_busy_is_asked_again_and_in_the_end_said_to_be_busy() {
    let fake = Fake::start(|seen, before| match before {
        0 if seen.is_token() => Some(refusal(400, "temporarily_unavailable", 90033)),
        1 if seen.is_token() => Some(Answer::text(503, "<html>busy</html>")),
        _ => None,
    })
    .await;
    let desk = Desk::new(&fake);
    desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::IfNeeded).await.unwrap();
    assert_eq!(fake.tokens().len(), 3);

    let fake = Fake::start(|seen, _| seen.is_token().then(|| refusal(503, "temporarily_unavailable", 90033))).await;
    let desk = Desk::new(&fake);
    let error = desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::IfNeeded).await.unwrap_err();
    assert!(matches!(&error, Error::Failed { status: 503, code, .. } if code == "AADSTS90033"), "{error:?}");
    assert_eq!(fake.tokens().len(), 4);
}

#[tokio::test]
async fn a_tenant_that_is_throttled_says_until_when() {
    let fake =
        Fake::start(|seen, _| seen.is_token().then(|| refusal(429, "x", 90055).with("retry-after", "300"))).await;
    let now: jiff::Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
    let desk = Desk::with(&fake, |settings| settings.clock = Arc::new(move || now));
    let error = desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::IfNeeded).await.unwrap_err();
    assert!(matches!(error, Error::Throttled { until, .. } if until == "2026-11-25T10:05:00Z".parse().unwrap()));
    assert_eq!(fake.tokens().len(), 1, "never before it may");
}

#[tokio::test]
async fn an_answer_without_a_token_is_a_failure_that_repeats_nothing_of_it() {
    let fake =
        Fake::start(|seen, _| seen.is_token().then(|| Answer::json(200, json!({"access_tokn": "token-XYZZY"})))).await;
    let desk = Desk::new(&fake);
    let error = desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::IfNeeded).await.unwrap_err();
    assert!(matches!(error, Error::Failed { status: 200, .. }));
    assert!(!format!("{error:?} {error}").contains("XYZZY"));
}

#[tokio::test]
async fn discovery_finds_the_tenant_or_says_that_there_is_none() {
    let fake = Fake::start(|seen, _| match seen.path.as_str() {
        "/login/contoso.example/v2.0/.well-known/openid-configuration" => Some(Answer::json(
            200,
            json!({"token_endpoint": "x", "issuer": format!("https://login.example/{TENANT}/v2.0"), "msgraph_host": "graph.example"}),
        )),
        _ => Some(refusal(400, "invalid_tenant", 90002)),
    })
    .await;
    let desk = Desk::new(&fake);
    let cloud = &desk.credential.cloud;
    let deadline = desk.call().deadline;
    let discovery = desk.microsoft.discover(cloud, " contoso.example ", deadline).await.unwrap();
    assert_eq!((discovery.tenant.as_deref(), discovery.graph_host.as_deref()), (Some(TENANT), Some("graph.example")));
    for tenant in ["elsewhere.example", "", "..", "a/b"] {
        let error = desk.microsoft.discover(cloud, tenant, deadline).await.unwrap_err();
        assert!(matches!(error, Error::Refused(_) | Error::NotAllowed { .. }), "{tenant}: {error:?}");
    }
    assert_eq!(fake.calls().len(), 2, "what is no tenant is not sent");
}

#[tokio::test]
async fn a_cloud_without_the_interface_says_so_and_nothing_is_sent() {
    let fake = Fake::start(|_, _| None).await;
    let desk = Desk::with(&fake, |settings| {
        settings.clouds[0].defender = None;
        settings.clouds[0].defender_resource = None;
    });
    let error = microsoft::defender::alerts_probe(&desk.microsoft, &desk.call()).await.unwrap_err();
    assert!(matches!(error, Error::NotOffered { .. }), "{error:?}");
    assert!(fake.tokens().is_empty());
}
