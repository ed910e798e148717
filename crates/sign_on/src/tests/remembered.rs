//! What is remembered of the provider, and when it is asked anew.

use jiff::SignedDuration;
use serde_json::Value;

use super::provider::{Provider, Sign};
use super::sign_in;
use crate::{Begin, Error};

#[tokio::test]
async fn a_key_rotation_keeps_nobody_out() {
    let provider = Provider::open().await;
    sign_in(&provider, Begin::default()).await.unwrap();
    provider.plan(|plan| {
        plan.published = [None, Some("second"), None];
        (plan.sign, plan.kid) = (Sign::Other, Some("second"));
    });
    sign_in(&provider, Begin::default()).await.unwrap();
    assert_eq!(provider.asked("keys"), 2);
    sign_in(&provider, Begin::default()).await.unwrap();
    assert_eq!(provider.asked("keys"), 2);
}

#[tokio::test]
async fn a_key_that_nobody_publishes_is_looked_for_once_a_minute() {
    let provider = Provider::open().await;
    provider.plan(|plan| plan.kid = Some("nobody's"));
    for _ in 0..5 {
        assert!(matches!(sign_in(&provider, Begin::default()).await, Err(Error::Token(_))));
    }
    assert_eq!(provider.asked("keys"), 2);
    provider.later(SignedDuration::from_secs(61));
    assert!(sign_in(&provider, Begin::default()).await.is_err());
    assert_eq!(provider.asked("keys"), 3);
}

#[tokio::test]
async fn a_provider_is_asked_once_an_hour_and_one_that_is_down_is_remembered_for_a_day() {
    let provider = Provider::open().await;
    for _ in 0..3 {
        provider.sign_on.begin(Begin::default()).await.unwrap();
    }
    assert_eq!(provider.asked("discovery"), 1);
    provider.later(SignedDuration::from_mins(61));
    provider.plan(|plan| plan.down = true);
    for _ in 0..3 {
        provider.sign_on.begin(Begin::default()).await.unwrap();
    }
    assert_eq!(provider.asked("discovery"), 2, "it is left alone for a moment");
    provider.later(SignedDuration::from_hours(24));
    let error = provider.sign_on.begin(Begin::default()).await.unwrap_err().to_string();
    assert!(error.contains("503"), "{error}");
    provider.plan(|plan| plan.down = false);
    provider.later(SignedDuration::from_secs(11));
    provider.sign_on.begin(Begin::default()).await.unwrap();
}

#[tokio::test]
async fn a_document_that_cannot_be_right_is_refused() {
    type Change = fn(&mut Value);
    let cases: [(&str, Change); 5] = [
        ("another issuer", |document| document["issuer"] = "https://other.example".into()),
        ("no token endpoint", |document| {
            document.as_object_mut().unwrap().remove("token_endpoint");
        }),
        ("not https", |document| document["token_endpoint"] = "http://login.example.com/token".into()),
        ("not https", |document| document["authorization_endpoint"] = "javascript:alert(1)".into()),
        ("cannot be read", |document| document["jwks_uri"] = 7.into()),
    ];
    for (words, change) in cases {
        let provider = Provider::open().await;
        provider.plan(|plan| plan.discovery = change);
        let error = provider.sign_on.begin(Begin::default()).await.unwrap_err().to_string();
        assert!(error.contains(words), "{words}: {error}");
    }
}

#[tokio::test]
async fn redirects_are_not_followed_and_endless_answers_not_read() {
    use axum::response::{IntoResponse, Redirect};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = axum::Router::new()
        .route("/a/.well-known/openid-configuration", axum::routing::get(|| async { Redirect::to("/b") }))
        .route("/b", axum::routing::get(|| async { "nobody is to come here" }))
        .route(
            "/c/.well-known/openid-configuration",
            axum::routing::get(|| async {
                ([("content-type", "application/json")], "9".repeat(2 << 20)).into_response()
            }),
        );
    tokio::spawn(async move { axum::serve(listener, router).await });
    for (path, words) in [("a", "303"), ("c", "larger")] {
        let issuer = format!("{base}/{path}");
        let provider = Provider::open_with(|settings| settings.issuer = issuer).await;
        let error = provider.sign_on.begin(Begin::default()).await.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}
