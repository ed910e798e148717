//! Error answers, each with its name and what to do.

use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::HeaderMap;
use url::Url;

use super::*;
use crate::Resource;
use crate::budget::Interface;

fn now() -> Timestamp {
    "2026-11-25T10:00:00Z".parse().unwrap()
}

fn ask(classic: bool) -> Ask {
    let url = Url::parse("https://graph.example/v1.0/security/alerts").unwrap();
    Ask {
        resource: Resource::Graph,
        interface: Interface::Graph,
        base: url.clone(),
        method: Method::GET,
        url,
        headers: Vec::new(),
        body: None,
        classic,
    }
}

fn with(status: u16, headers: &[(&'static str, &'static str)], body: &str, classic: bool) -> (Error, Next) {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, value.parse().unwrap());
    }
    let reply = Reply { host: "graph.example".into(), status, headers: map, body: body.as_bytes().to_vec() };
    read(&reply, &ask(classic), now())
}

fn plain(status: u16, body: &str) -> (Error, Next) {
    with(status, &[], body, false)
}

fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(|&text| text.to_owned()).collect()
}

#[test]
fn missing_roles_are_parsed_into_what_would_do_and_what_is_held() {
    let check = |message: &str, required: &[&str], held: &[&str]| {
        let body = serde_json::json!({"error": {"code": "Forbidden", "message": message, "innerError":
            {"date": "2024-05-08T08:26:35", "request-id": "r-1"}}});
        let (error, next) = plain(403, &body.to_string());
        assert_eq!(next, Next::End);
        assert_eq!(
            error,
            Error::Denied {
                required: owned(required),
                held: owned(held),
                message: message.into(),
                request_id: Some("r-1".into())
            }
        );
    };
    check(
        "Missing application roles. API required roles: SecurityAlert.Read.All,SecurityAlert.ReadWrite.All, application roles: .",
        &["SecurityAlert.Read.All", "SecurityAlert.ReadWrite.All"],
        &[],
    );
    check(
        "Missing application roles. API required roles: ThreatHunting.Read.All, application roles: Policy.Read.All,User.Read.All.",
        &["ThreatHunting.Read.All"],
        &["Policy.Read.All", "User.Read.All"],
    );
    check("API required roles: A.Read.All", &["A.Read.All"], &[]);
    check("Insufficient privileges to complete the operation.", &[], &[]);
}

#[test]
fn a_missing_azure_role_is_denied_with_the_innermost_sentence() {
    let body = r#"{"error":{"message":"outer","code":"InsufficientAccessError","innererror":{"code":"UnauthorizedClient","message":"no role here"},"correlationId":"c-1"}}"#;
    let denied = Error::Denied {
        required: vec![],
        held: vec![],
        message: "no role here".into(),
        request_id: Some("c-1".into()),
    };
    assert_eq!(plain(403, body), (denied, Next::End));
}

#[test]
fn a_missing_table_is_told_from_a_missing_column_and_from_bad_syntax() {
    let nested = |text: &str| {
        format!(
            r#"{{"error":{{"code":"BadArgumentError","message":"m","innererror":{{"code":"SemanticError","message":"s","innererror":{{"code":"SEM0100","message":"{text}"}}}}}}}}"#
        )
    };
    let check = |body: String, table: Option<&str>| match (plain(400, &body).0, table) {
        (Error::TableMissing { name, .. }, Some(table)) => assert_eq!(name, table),
        (Error::Failed { status: 400, .. }, None) => {}
        (other, _) => panic!("{body}: {other:?}"),
    };
    for operator in ["'where' operator: ", "'union' operator: ", ""] {
        check(
            nested(&format!("{operator}Failed to resolve table or column expression named 'EmailEvents'")),
            Some("EmailEvents"),
        );
    }
    check(nested("Failed to resolve table expression named 'T'"), Some("T"));
    check(nested("Failed to resolve tabular function named 'F'"), Some("F"));
    check(nested("'extend' operator: Failed to resolve scalar expression named 'X'"), None);
    check(nested("Syntax Error"), None);
    check(r#"{"error":{"code":"BadRequest","message":"x","innererror":{"information":{"details":"{\"m\":\"Failed to resolve table or column expression named 'Old'\"}"}}}}"#.into(), Some("Old"));
}

#[test]
fn a_lacking_licence_is_no_lacking_permission_and_asks_for_no_new_token() {
    for (status, message) in [
        (401, "Unauthorized request - reason of failure: Account mode is inactive"),
        (401, "Unauthorized request - reason of failure: No Tvm license"),
        (403, "Unauthorized request - Account is not provisioned."),
    ] {
        let (error, next) =
            plain(status, &format!(r#"{{"error":{{"code":"Unauthorized","message":"{message}","target":"t-1"}}}}"#));
        assert_eq!(next, Next::End);
        match error {
            Error::Unlicensed { message: said, evidence } => {
                assert_eq!(said, message);
                assert!(evidence.contains(&("request_id".into(), "t-1".into())));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_token_that_is_not_accepted_asks_for_a_new_one() {
    let cause = |status, headers: &[(&'static str, &'static str)], body: &str| match with(status, headers, body, false)
    {
        (Error::Refused(refusal), next) => (refusal.cause, next),
        other => panic!("{other:?}"),
    };
    let token = r#"{"error":{"code":"InvalidAuthenticationToken","message":"Access token is empty."}}"#;
    let claims = ("www-authenticate", r#"Bearer error="insufficient_claims", claims="eyJ""#);
    assert_eq!(cause(401, &[], token), (RefusalCause::TokenRejected, Next::NewToken));
    assert_eq!(cause(401, &[], ""), (RefusalCause::TokenRejected, Next::NewToken));
    assert_eq!(cause(403, &[], token), (RefusalCause::TokenRejected, Next::NewToken));
    assert_eq!(cause(401, &[claims], token), (RefusalCause::ConditionalAccess, Next::NewToken));
    assert_eq!(cause(403, &[claims], r#"{"error":{"code":"x"}}"#), (RefusalCause::ConditionalAccess, Next::End));
}

#[test]
fn throttling_says_until_when_by_header_or_by_its_text() {
    let check = |headers: &[(&'static str, &'static str)], message: &str, until: &str, pause: Option<u64>| {
        let body = format!(r#"{{"error":{{"code":"429","message":"{message}"}}}}"#);
        let expected = Error::Throttled { until: until.parse().unwrap(), message: message.into() };
        assert_eq!(with(429, headers, &body, false), (expected, Next::Pause(pause.map(Duration::from_secs))));
    };
    check(&[("retry-after", "2.128")], "later", "2026-11-25T10:00:03Z", Some(3));
    check(&[("retry-after", "Wed, 25 Nov 2026 10:02:00 GMT")], "later", "2026-11-25T10:02:00Z", Some(120));
    check(&[], "API calls quota exceeded! maximum allowed 1500 per 01:00:00", "2026-11-25T11:00:00Z", Some(3600));
    check(&[], "later", "2026-11-25T10:00:00Z", None);
}

#[test]
fn a_server_error_is_tried_again_after_as_long_as_it_asks() {
    let body = r#"{"error":{"code":"UnknownError","message":"","innerError":{"date":"2023-01-20T11:29:01","request-id":"r"}}}"#;
    let failed = Error::Failed {
        status: 504,
        code: "UnknownError".into(),
        message: "no reason is given but the code UnknownError".into(),
        request_id: Some("r".into()),
    };
    assert_eq!(plain(504, body), (failed, Next::Again(None)));
    assert_eq!(with(503, &[("Retry-After", "7")], "", false).1, Next::Again(Some(Duration::from_secs(7))));
}

#[test]
fn a_page_of_a_gateway_is_shown_by_its_beginning_and_says_nothing_about_permissions() {
    let html = format!("<html><body>Bad Gateway {}</body></html>", "x".repeat(500));
    for status in [403, 404, 502] {
        match plain(status, &html).0 {
            Error::Failed { status: said, message, .. } => {
                assert_eq!(said, status);
                assert!(
                    message.starts_with("a web page came instead of an answer: <html><body>Bad Gateway"),
                    "{message}"
                );
                assert!(message.len() < 260);
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(plain(500, "").0, Error::Failed { message, .. } if message == "the answer is empty"));
    assert!(matches!(plain(400, "\u{fffd}[1,").0, Error::Failed { .. }));
}

#[test]
fn an_error_is_found_wherever_it_stands() {
    let check = |body: &str, code: &str, message: &str| match plain(404, body).0 {
        Error::Failed { code: said, message: text, .. } => {
            assert_eq!((said.as_str(), text.as_str()), (code, message), "{body}")
        }
        other => panic!("{other:?}"),
    };
    check(
        r#"{"error":{"code":"ResourceNotFound","message":"not found","innerError":{"date":"2023-07-07T11:13:19"}}}"#,
        "ResourceNotFound",
        "not found",
    );
    check(r#"{"Error":{"Code":"A","Message":"b"}}"#, "A", "b");
    check(r#"{"value":[{"error":{"code":"Unauthorized","message":"no"}}]}"#, "Unauthorized", "no");
    check(r#"{"Message":"No HTTP resource was found"}"#, "", "No HTTP resource was found");
    check(r#"{"error":"invalid_grant","error_description":"expired"}"#, "invalid_grant", "expired");
    check(r#"{"error":{"code":"","message":"a\r\n  b","innerError":null,"details":[]}}"#, "", "a b");
    check(r#"{"error":{"code":7,"message":["x"]}}"#, "", "no reason is given");
}

#[test]
fn an_error_that_nests_without_end_is_read_to_a_depth() {
    let body = format!("{}{}", r#"{"error":{"code":"a","innererror":"#.to_owned(), r#"{"innererror":"#.repeat(60));
    let body = format!("{body}1{}", "}".repeat(62));
    assert!(matches!(plain(400, &body).0, Error::Failed { code, .. } if code == "a"));
}

#[test]
fn a_classic_route_that_is_not_there_is_retired_and_any_route_that_says_so() {
    let retired = |status, body: &str, classic| matches!(with(status, &[], body, classic).0, Error::Retired { .. });
    assert!(retired(410, r#"{"error":{"code":"Gone","message":"This API has been retired."}}"#, false));
    assert!(retired(410, "", false));
    assert!(retired(403, r#"{"error":{"code":"Forbidden","message":"The API is no longer supported."}}"#, false));
    for (status, body) in [
        (404, ""),
        (405, ""),
        (501, ""),
        (400, r#"{"error":{"message":"Resource not found for the segment 'alerts'."}}"#),
    ] {
        assert!(retired(status, body, true), "{status}");
        assert!(!retired(status, body, false), "{status}");
    }
    let missing_role = r#"{"error":{"code":"Forbidden","message":"API required roles: SecurityEvents.Read.All, application roles: ."}}"#;
    assert!(matches!(with(403, &[], missing_role, true).0, Error::Denied { .. }));
}

#[test]
fn a_redirect_and_a_proxys_407_have_names() {
    assert!(
        matches!(plain(302, ""), (Error::Failed { status: 302, message, .. }, Next::End) if message.contains("not followed"))
    );
    assert!(matches!(
        plain(407, ""),
        (Error::Unreachable { cause: UnreachableCause::ProxyAuthentication, .. }, Next::End)
    ));
}

#[test]
fn the_request_id_of_the_header_goes_before_that_of_the_body() {
    let body = r#"{"error":{"code":"x","message":"y","innerError":{"request-id":"body"}}}"#;
    let id = |headers: &[(&'static str, &'static str)]| match with(404, headers, body, false).0 {
        Error::Failed { request_id, .. } => request_id,
        other => panic!("{other:?}"),
    };
    assert_eq!(id(&[("request-id", "header")]).as_deref(), Some("header"));
    assert_eq!(id(&[("x-ms-request-id", "other")]).as_deref(), Some("other"));
    assert_eq!(id(&[]).as_deref(), Some("body"));
}
