//! Entra's numbers and words, each with its cause.

use std::collections::HashSet;

use serde_json::json;

use super::codes::CODES;
use super::*;

fn read(body: Value) -> Refusal {
    Refusal::read(body.to_string().as_bytes()).unwrap()
}

#[test]
fn every_number_of_the_table_gives_its_cause_and_its_ids() {
    for (code, cause) in CODES {
        let refusal = read(json!({
            "error": "invalid_client",
            "error_description": format!("AADSTS{code}: Because of a reason. Trace ID: t-1 Correlation ID: c-1 Timestamp: 2026-01-01 00:00:00Z"),
            "error_codes": [code], "trace_id": "t-1", "correlation_id": "c-1",
        }));
        assert_eq!((refusal.cause, refusal.code), (cause, Some(code)), "{code}");
        assert_eq!(refusal.message, "Because of a reason.");
        let ids = [("code", format!("AADSTS{code}")), ("trace_id", "t-1".into()), ("correlation_id", "c-1".into())];
        assert_eq!(refusal.evidence(), ids.map(|(name, value)| (name.to_owned(), value)));
    }
}

#[test]
fn no_number_stands_twice_in_the_table() {
    let numbers: HashSet<u32> = CODES.iter().map(|(code, _)| *code).collect();
    assert_eq!(numbers.len(), CODES.len());
}

#[test]
fn every_cause_has_a_word_of_its_own_and_two_sentences() {
    let words: HashSet<&str> = RefusalCause::ALL.iter().map(|cause| cause.as_str()).collect();
    assert_eq!(words.len(), RefusalCause::ALL.len());
    for cause in RefusalCause::ALL {
        for sentence in [cause.title(), cause.remedy()] {
            assert!(sentence.ends_with('.') && sentence.starts_with(char::is_uppercase), "{sentence}");
            assert!(!sentence.contains('!') && !sentence.contains("AADSTS"), "{sentence}");
        }
        assert!(cause.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
    }
}

#[test]
fn number_and_ids_are_found_in_the_description_alone() {
    for separator in [" ", "\r\n"] {
        let description =
            ["AADSTS90002: Tenant 'x' not found: check it.", "Trace ID: t", "Correlation ID: c", "Timestamp: z"];
        let refusal = read(json!({"error": "invalid_request", "error_description": description.join(separator)}));
        assert_eq!((refusal.cause, refusal.code), (RefusalCause::TenantNotFound, Some(90002)));
        assert_eq!(refusal.message, "Tenant 'x' not found: check it.");
        assert_eq!((refusal.trace_id.as_deref(), refusal.correlation_id.as_deref()), (Some("t"), Some("c")));
    }
}

#[test]
fn a_number_that_is_known_goes_before_one_that_is_not() {
    let refusal = read(json!({"error": "invalid_grant", "error_codes": [1, "7000222"]}));
    assert_eq!((refusal.cause, refusal.code), (RefusalCause::SecretExpired, Some(7000222)));
}

#[test]
fn without_a_known_number_the_word_decides_and_else_the_cause_is_unknown() {
    let check = |body: Value, cause: RefusalCause, code: Option<u32>| {
        let refusal = read(body.clone());
        assert_eq!((refusal.cause, refusal.code), (cause, code), "{body}");
    };
    check(json!({"error": "invalid_tenant"}), RefusalCause::TenantNotFound, None);
    check(json!({"error": "temporarily_unavailable", "error_codes": null}), RefusalCause::Unavailable, None);
    check(json!({"error": "invalid_client", "error_codes": [4242]}), RefusalCause::Unknown, Some(4242));
    check(
        json!({"error": "x", "error_description": 7, "error_codes": "?", "trace_id": {}}),
        RefusalCause::Unknown,
        None,
    );
}

#[test]
fn what_is_not_entras_error_body_is_none() {
    for body in ["", "<html>", "[]", "{}", r#"{"error":{"code":"x"}}"#, r#"{"error":null}"#] {
        assert_eq!(Refusal::read(body.as_bytes()), None, "{body}");
    }
}

#[test]
fn a_policy_against_secrets_is_known_by_its_words_for_its_number_is_not() {
    let description = "Credential type not allowed as per assigned policy '3f1c'. Trace ID: t Correlation ID: c";
    let refusal = read(json!({"error": "invalid_client", "error_description": description, "error_codes": [4242]}));
    assert_eq!((refusal.cause, refusal.code), (RefusalCause::CredentialPolicy, Some(4242)));
    let known = read(json!({"error": "x", "error_description": description, "error_codes": [7000222]}));
    assert_eq!(known.cause, RefusalCause::SecretExpired, "a known number goes before words");
}

#[test]
fn no_remedy_takes_a_secret_for_granted_where_the_app_has_none() {
    let without = ["certificate", "assertion", "federated", "identity", "token_file"];
    let causes =
        RefusalCause::ALL.into_iter().filter(|cause| without.iter().any(|word| cause.as_str().starts_with(word)));
    let texts: Vec<String> = causes.map(|cause| format!("{} {}", cause.title(), cause.remedy())).collect();
    assert_eq!(texts.len(), 20);
    for text in texts {
        assert!(!text.contains("client secret") && !text.contains("Value"), "{text}");
    }
}
