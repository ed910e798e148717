//! The managed identity of the machine, and every way in which it has none.

use std::sync::Arc;

use microsoft::{Error, Fresh, Proof, RefusalCause, Resource};
use serde_json::json;
use tokio::net::TcpListener;
use url::Url;

use crate::fake::*;

const PATH: &str = "/identity/metadata/identity/oauth2/token";

fn identity(client: Option<&str>) -> Proof {
    Proof::ManagedIdentity { client: client.map(str::to_owned) }
}

async fn sign_in(desk: &Desk) -> Result<(), Error> {
    desk.microsoft.token(&desk.call(), Resource::Graph, Fresh::IfNeeded).await.map(|_| ())
}

#[tokio::test]
async fn its_token_vouches_for_the_app() {
    let fake = Fake::start(|seen, _| {
        (seen.path == PATH).then(|| Answer::json(200, json!({"access_token": "id.tok.en", "expires_in": "86400"})))
    })
    .await;
    for (client, asked) in [(None, ""), (Some("c-1"), "&client_id=c-1")] {
        let mut desk = Desk::proving(&fake, identity(client));
        sign_in(&desk).await.unwrap();
        let seen = fake.calls().pop().unwrap();
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("GET", PATH));
        assert_eq!(seen.query, format!("api-version=2018-02-01&resource=api%3A%2F%2FAzureADTokenExchange{asked}"));
        assert_eq!((seen.header("metadata"), seen.header("authorization")), ("true", ""));
        let sent = fake.tokens().pop().unwrap();
        assert_eq!((sent.form("client_assertion").as_deref(), sent.form("client_secret")), (Some("id.tok.en"), None));
        // A cloud with an audience of its own.
        let mut cloud = (*desk.credential.cloud).clone();
        cloud.token_exchange = "api://Elsewhere".into();
        desk.credential.cloud = Arc::new(cloud);
        desk.microsoft.forget(&desk.credential);
        sign_in(&desk).await.unwrap();
        assert!(fake.calls().pop().unwrap().query.contains("resource=api%3A%2F%2FElsewhere"));
    }
}

#[tokio::test]
async fn each_refusal_of_the_endpoint_has_its_name() {
    let check = async |status: u16, body: &'static str, expected: RefusalCause, tries: usize| {
        let fake = Fake::start(move |seen, _| {
            (seen.path == PATH).then(|| Answer::text(status, body).with("location", "http://192.0.2.1/elsewhere"))
        })
        .await;
        let desk = Desk::proving(&fake, identity(None));
        match sign_in(&desk).await {
            Err(Error::Refused(refusal)) => assert_eq!(refusal.cause, expected, "{status} {body}"),
            other => panic!("{status} {body}: {other:?}"),
        }
        assert_eq!((fake.calls().len(), fake.tokens().len()), (tries, 0), "{status} {body}");
    };
    let not_found = r#"{"error":"invalid_request","error_description":"Identity not found"}"#;
    check(400, not_found, RefusalCause::IdentityNotFound, 1).await;
    check(400, r#"{"error":"bad_request_102","error_description":"x"}"#, RefusalCause::IdentityRefused, 1).await;
    let no_resource =
        r#"{"error":"invalid_resource","error_description":"AADSTS500011: The resource principal named x"}"#;
    check(400, no_resource, RefusalCause::ResourceMissing, 1).await;
    check(403, "", RefusalCause::IdentityRefused, 1).await;
    check(404, "<html>", RefusalCause::IdentityEndpointMissing, 1).await;
    check(410, "", RefusalCause::IdentityUnavailable, 4).await;
    check(500, "", RefusalCause::IdentityUnavailable, 4).await;
    check(200, "{}", RefusalCause::IdentityRefused, 1).await;
    check(200, "<html>", RefusalCause::IdentityRefused, 1).await;
    // A redirect is an answer like any other, and is not followed.
    check(302, "", RefusalCause::IdentityRefused, 1).await;
}

#[tokio::test]
async fn an_endpoint_that_is_asked_too_often_is_asked_again_and_then_said_to_be_busy() {
    let busy = |seen: &Seen, before: usize| match (seen.path == PATH, before) {
        (true, 0) => Some(Answer::text(429, "")),
        (true, _) => Some(Answer::json(200, json!({"access_token": "a.b.c"}))),
        _ => None,
    };
    let fake = Fake::start(busy).await;
    sign_in(&Desk::proving(&fake, identity(None))).await.unwrap();
    assert_eq!(fake.calls().len(), 2);

    let fake =
        Fake::start(|seen, _| (seen.path == PATH).then(|| Answer::text(429, "").with("retry-after", "300"))).await;
    assert!(matches!(sign_in(&Desk::proving(&fake, identity(None))).await, Err(Error::Throttled { .. })));
    assert_eq!(fake.calls().len(), 1, "never before it may");
}

#[tokio::test]
async fn where_nothing_listens_the_machine_has_no_identity_and_the_proxy_is_never_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let fake = Fake::start(|_, _| None).await;
    let proxy = microsoft::Proxy { url: fake.base.clone(), login: None, bypass: vec![] };
    let mut desk = Desk::with(&fake, |settings| {
        settings.identity_endpoint = nobody;
        settings.proxy = Some(proxy);
    });
    desk.credential.proof = identity(None);
    for _ in 0..2 {
        match sign_in(&desk).await {
            Err(Error::Refused(refusal)) => assert_eq!(refusal.cause, RefusalCause::IdentityEndpointMissing),
            other => panic!("{other:?}"),
        }
    }
    assert!(fake.calls().is_empty() && fake.tokens().is_empty());
}

#[tokio::test]
async fn an_identity_that_is_away_for_a_moment_does_not_end_a_token_that_is_still_good() {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::{Duration, Instant};
    let fake = Fake::start(|seen, before| match (seen.path == PATH, before) {
        (true, 0) => Some(Answer::json(200, json!({"access_token": "a.b.c"}))),
        (true, _) => Some(Answer::text(410, "")),
        _ => None,
    })
    .await;
    let (passed, start) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let ticks = Arc::clone(&passed);
    let mut desk = Desk::with(&fake, |settings| {
        settings.identity_endpoint = fake.base.join("identity").unwrap();
        settings.ticks = Arc::new(move || start + Duration::from_secs(ticks.load(Ordering::Relaxed)));
    });
    desk.credential.proof = identity(None);
    sign_in(&desk).await.unwrap();
    passed.store(3000, Ordering::Relaxed);
    sign_in(&desk).await.unwrap();
    assert_eq!(fake.calls().len(), 5, "it was asked, and asked again");
    passed.store(3600, Ordering::Relaxed);
    assert!(sign_in(&desk).await.is_err(), "a token that is over is not used");
}
