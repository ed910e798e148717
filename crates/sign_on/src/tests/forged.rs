//! Tokens that do not hold.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::provider::{CLIENT, Provider, Sign};
use super::sign_in;
use crate::{Begin, Error};

async fn refused(provider: &Provider, words: &str) {
    match sign_in(provider, Begin::default()).await {
        Err(Error::Token(reason)) => assert!(reason.contains(words), "{reason}"),
        other => panic!("{words}: {other:?}"),
    }
}

#[tokio::test]
async fn a_token_without_a_signature_of_the_provider_s_is_refused() {
    let provider = Provider::open().await;
    provider.plan(|plan| plan.sign = Sign::None);
    refused(&provider, "signed").await;
    provider.plan(|plan| plan.forge = |token| format!("{}.", token.rsplit_once('.').unwrap().0));
    refused(&provider, "signed").await;
    provider.plan(|plan| (plan.sign, plan.forge) = (Sign::Hs256, |token| token));
    refused(&provider, "signed in a way").await;
    provider.plan(|plan| plan.sign = Sign::Other);
    refused(&provider, "signature does not hold").await;
    // The key of another kind under the same name.
    provider.plan(|plan| plan.sign = Sign::Es256);
    refused(&provider, "key").await;
}

#[tokio::test]
async fn a_token_that_was_changed_after_signing_is_refused() {
    let provider = Provider::open().await;
    provider.plan(|plan| {
        plan.forge = |token| {
            let mut parts = token.splitn(3, '.');
            let (head, claims, signature) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
            use base64::Engine as _;
            let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
            let mut claims: Value = serde_json::from_slice(&engine.decode(claims).unwrap()).unwrap();
            claims["groups"] = json!(["owners"]);
            format!("{head}.{}.{signature}", engine.encode(claims.to_string()))
        };
    });
    refused(&provider, "signature does not hold").await;
}

#[tokio::test]
async fn a_token_that_says_something_else_is_refused() {
    type Change = fn(&mut Value);
    let provider = Provider::open().await;
    let cases: [(&str, Change); 14] = [
        ("another issuer", |claims| claims["iss"] = "https://other.example".into()),
        ("another application", |claims| claims["aud"] = "another".into()),
        ("another application", |claims| claims["aud"] = json!(["another", "third"])),
        ("azp", |claims| claims["aud"] = json!([CLIENT, "another"])),
        ("azp", |claims| {
            claims["aud"] = json!([CLIENT, "another"]);
            claims["azp"] = "another".into();
        }),
        ("azp", |claims| claims["azp"] = "another".into()),
        ("nonce", |claims| claims["nonce"] = "another".into()),
        ("nonce", |claims| {
            claims.as_object_mut().unwrap().remove("nonce");
        }),
        ("clocks", |claims| claims["exp"] = (claims["exp"].as_i64().unwrap() - 3900 - 121).into()),
        ("clocks", |claims| claims["iat"] = (claims["iat"].as_i64().unwrap() + 300 + 121).into()),
        ("clocks", |claims| claims["iat"] = (claims["iat"].as_i64().unwrap() - 7200).into()),
        ("clocks", |claims| claims["nbf"] = (claims["nbf"].as_i64().unwrap() + 300 + 121).into()),
        ("at_hash", |claims| claims["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA".into()),
        ("sub", |claims| claims["sub"] = "".into()),
    ];
    for (words, change) in cases {
        provider.claims(change);
        refused(&provider, words).await;
    }
    provider.claims(|claims| {
        claims["aud"] = json!([CLIENT, "another"]);
        claims["azp"] = CLIENT.into();
    });
    sign_in(&provider, Begin::default()).await.unwrap();
}

#[tokio::test]
async fn clocks_may_differ_a_little() {
    let provider = Provider::open().await;
    provider.claims(|claims| {
        for name in ["iat", "nbf"] {
            claims[name] = (claims[name].as_i64().unwrap() + 300 + 60).into();
        }
        claims["exp"] = (claims["exp"].as_i64().unwrap() - 3900 - 60).into();
    });
    sign_in(&provider, Begin::default()).await.unwrap();
}

#[tokio::test]
async fn a_header_that_names_a_key_or_demands_something_does_not_matter_or_is_refused() {
    let provider = Provider::open().await;
    provider.plan(|plan| {
        plan.sign = Sign::Other;
        plan.change = std::sync::Arc::new(|head, _| head["jku"] = "https://other.example/keys".into());
    });
    refused(&provider, "signature does not hold").await;
    provider.later(SignedDuration::from_mins(2));
    provider.plan(|plan| {
        plan.sign = Sign::Rs256;
        plan.change = std::sync::Arc::new(|head, _| head["crit"] = json!(["exp"]));
    });
    refused(&provider, "").await;
}
