//! The way there and back.

use super::provider::{Provider, Sign};
use super::{answered, sign_in};
use crate::{Answer, Begin, Error};

#[tokio::test]
async fn a_person_comes_back_as_who_the_provider_says() {
    let provider = Provider::open().await;
    let identity = sign_in(&provider, Begin::default()).await.unwrap();
    assert_eq!(identity.issuer, provider.base);
    assert_eq!((identity.subject.as_str(), identity.object.as_deref()), ("subject-of-alice", Some("object-of-alice")));
    assert_eq!(identity.name, "alice@example.com");
    assert!(identity.groups.is_empty() && identity.proven_at.is_none());
}

#[tokio::test]
async fn each_way_of_signing_that_is_allowed_holds() {
    let provider = Provider::open().await;
    provider.plan(|plan| plan.published = [Some("first"), Some("second"), Some("third")]);
    for (how, kid) in [(Sign::Rs256, "first"), (Sign::Ps256, "first"), (Sign::Es256, "third"), (Sign::Other, "second")]
    {
        provider.plan(|plan| (plan.sign, plan.kid) = (how, Some(kid)));
        sign_in(&provider, Begin::default()).await.unwrap();
    }
}

#[tokio::test]
async fn what_a_browser_brings_from_elsewhere_is_refused_before_anything_is_asked() {
    let provider = Provider::open().await;
    let (pending, answer) = answered(&provider, Begin::default()).await.unwrap();
    let other = provider.sign_on.begin(Begin::default()).await.unwrap().1;
    let foreign = [
        (&pending, Answer { state: String::new(), ..answer.clone() }),
        (&pending, Answer { state: "made-up".to_owned(), ..answer.clone() }),
        (&other, answer.clone()),
        (&pending, Answer { code: None, ..answer.clone() }),
        (&pending, Answer { issuer: Some("https://other.example".to_owned()), ..answer.clone() }),
    ];
    for (pending, answer) in foreign {
        assert!(matches!(provider.sign_on.finish(pending, &answer).await, Err(Error::Mixed)), "{answer:?}");
    }
    assert_eq!(provider.asked("token"), 0);
    provider.sign_on.finish(&pending, &Answer { issuer: Some(provider.base.clone()), ..answer }).await.unwrap();
}

#[tokio::test]
async fn a_code_is_good_once_and_with_its_own_verifier() {
    let provider = Provider::open().await;
    let (pending, answer) = answered(&provider, Begin::default()).await.unwrap();
    provider.sign_on.finish(&pending, &answer).await.unwrap();
    let replayed = provider.sign_on.finish(&pending, &answer).await.unwrap_err();
    assert!(matches!(&replayed, Error::Exchange { error, .. } if error == "invalid_grant"), "{replayed}");
    assert!(!replayed.to_string().contains('\n'), "{replayed}");

    // Somebody else's code, put into the browser of a victim whose state is right.
    let (pending, _) = answered(&provider, Begin::default()).await.unwrap();
    let (_, stolen) = answered(&provider, Begin::default()).await.unwrap();
    let injected = Answer { state: pending.state.clone(), ..stolen };
    let error = provider.sign_on.finish(&pending, &injected).await.unwrap_err();
    assert!(matches!(&error, Error::Exchange { error, .. } if error == "invalid_grant"), "{error}");
}

#[tokio::test]
async fn what_the_provider_says_instead_of_a_code_is_told_in_words() {
    let provider = Provider::open().await;
    let (pending, answer) = answered(&provider, Begin::default()).await.unwrap();
    for (error, words) in [
        ("access_denied", "declined"),
        ("consent_required", "consent"),
        ("interaction_required", "Sign in again"),
        ("temporarily_unavailable", "later"),
        ("of_its_own", "did not sign you in"),
    ] {
        let description = Some(format!("AADSTS0: <script>\u{1b}[31m\r\n{}", "x".repeat(1000)));
        let answer =
            Answer { code: None, error: Some(error.to_owned()), error_description: description, ..answer.clone() };
        let told = provider.sign_on.finish(&pending, &answer).await.unwrap_err().to_string();
        assert!(told.contains(words) && told.contains(error) && told.contains("AADSTS0"), "{told}");
        assert!(told.chars().count() < 700 && !told.contains(char::is_control), "{told}");
    }
}

#[tokio::test]
async fn who_is_to_prove_anew_is_asked_to_and_a_proof_of_before_is_none() {
    let provider = Provider::open().await;
    let begin = Begin { prove: true, ..Begin::default() };
    let (url, _) = provider.sign_on.begin(begin).await.unwrap();
    let query = url.query().unwrap();
    assert!(query.contains("prompt=login") && query.contains("max_age=0"), "{query}");
    let now = provider.now.lock().unwrap().as_second();
    provider.claims(move |claims| claims["auth_time"] = (now - 30).into());
    assert_eq!(sign_in(&provider, begin).await.unwrap().proven_at.unwrap().as_second(), now - 30);
    for before in [180, 7200] {
        provider.claims(move |claims| claims["auth_time"] = (now - before).into());
        assert!(matches!(sign_in(&provider, begin).await, Err(Error::Token(_))), "{before} s before");
    }
    sign_in(&provider, Begin::default()).await.unwrap();
}

/// Whoever sits before an open browser can take `prompt` and `max_age` out of the address: the token that comes back has no
/// time of a proof then, where the provider gives it to those alone who ask.
#[tokio::test]
async fn a_token_that_does_not_say_when_somebody_proved_who_they_are_is_no_proof() {
    let provider = Provider::open().await;
    let begin = Begin { prove: true, ..Begin::default() };
    let told = sign_in(&provider, begin).await.unwrap_err().to_string();
    assert!(told.contains("auth_time") && told.contains("Token configuration"), "{told}");
    sign_in(&provider, Begin::default()).await.unwrap();
}

#[tokio::test]
async fn the_provider_s_own_session_ends_where_it_says() {
    let provider = Provider::open().await;
    let url = provider.sign_on.way_out().await.unwrap();
    assert_eq!(url.as_str(), format!("{}/logout?client_id=oriel-at-the-provider", provider.base));
    let hostile = Provider::open().await;
    hostile.plan(|plan| plan.discovery = |document| document["end_session_endpoint"] = "javascript:alert(1)".into());
    assert_eq!(hostile.sign_on.way_out().await, None);
}

#[tokio::test]
async fn nothing_secret_is_in_what_is_printed() {
    let provider = Provider::open().await;
    let (pending, answer) = answered(&provider, Begin::default()).await.unwrap();
    let printed = format!("{pending:?} {answer:?} {:?}", provider.sign_on);
    for secret in [pending.state.as_str(), &pending.nonce, &pending.verifier, "code-0", super::provider::SECRET] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
