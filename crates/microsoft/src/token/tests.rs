//! What is kept of a token and of a refusal, and for how long.

use super::cache::Slot;
use super::*;

fn token(value: &str) -> Token {
    Token { value: value.into(), claims: None, lifetime: Duration::from_secs(1000) }
}

fn now() -> Timestamp {
    "2026-11-25T10:00:00Z".parse().unwrap()
}

fn refused() -> Error {
    no_tenant()
}

fn busy() -> Error {
    Error::Failed { status: 503, code: String::new(), message: String::new(), request_id: None }
}

fn exposed(result: Option<Result<Token, Error>>) -> Option<Result<String, Error>> {
    result.map(|result| result.map(|token| token.expose().to_owned()))
}

#[test]
fn entras_answer_is_read_leniently() {
    let lifetime = |body: &str| Token::read(body.as_bytes()).map(|token| token.lifetime.as_secs());
    assert_eq!(lifetime(r#"{"access_token":"a","expires_in":3599}"#), Some(3599));
    assert_eq!(lifetime(r#"{"access_token":"a","expires_in":"3599"}"#), Some(3599));
    assert_eq!(lifetime(r#"{"access_token":"a"}"#), Some(300));
    assert_eq!(lifetime(r#"{"access_token":"a","expires_in":1e18}"#), Some(300));
    assert_eq!(lifetime(r#"{"access_token":"a","expires_in":999999999}"#), Some(28 * 3600));
    for body in ["", "{}", r#"{"access_token":""}"#, r#"{"access_token":7}"#, "<html>"] {
        assert_eq!(lifetime(body), None, "{body}");
    }
}

#[test]
fn a_token_is_at_hand_for_80_percent_of_its_life() {
    let (mut slot, start) = (Slot::default(), Instant::now());
    assert!(slot.get(start).is_none());
    slot.put(Ok(token("a")), start, start, Fresh::IfNeeded).unwrap();
    assert_eq!(exposed(slot.get(start + Duration::from_secs(799))), Some(Ok("a".to_owned())));
    assert!(slot.get(start + Duration::from_secs(800)).is_none());
}

#[test]
fn the_old_token_serves_to_its_end_while_entra_is_busy_but_not_where_a_new_one_is_wanted() {
    let (mut slot, start) = (Slot::default(), Instant::now());
    slot.put(Ok(token("a")), start, start, Fresh::IfNeeded).unwrap();
    let (late, over) = (start + Duration::from_secs(900), start + Duration::from_secs(1000));
    assert_eq!(slot.put(Err(busy()), late, late, Fresh::IfNeeded).unwrap().expose(), "a");
    assert!(slot.put(Err(busy()), late, late, Fresh::Always).is_err());
    assert!(slot.put(Err(busy()), over, over, Fresh::IfNeeded).is_err());
    assert!(slot.get(over).is_none(), "being busy is not remembered");
}

#[test]
fn a_refusal_is_at_hand_for_a_minute_and_ends_the_old_token() {
    let (mut slot, start) = (Slot::default(), Instant::now());
    slot.put(Ok(token("a")), start, start, Fresh::IfNeeded).unwrap();
    assert!(slot.put(Err(refused()), start, start, Fresh::Always).is_err());
    assert_eq!(exposed(slot.get(start + Duration::from_secs(59))), Some(Err(refused())));
    assert!(slot.get(start + Duration::from_secs(60)).is_none());
}

#[test]
fn a_secret_in_the_form_of_a_guid_is_a_secret_id() {
    let cause = |secret: &str, resource| {
        let body = br#"{"error":"invalid_client","error_codes":[7000215]}"#;
        match named(Refusal::read(body).unwrap(), resource, &Proof::Secret(secret.into()), now()) {
            Error::Refused(refusal) => refusal.cause,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(cause("9f8e7d6c-0000-4000-8000-000000000000", Resource::Graph), RefusalCause::SecretIdPasted);
    assert_eq!(cause("abc8Q~value", Resource::Graph), RefusalCause::WrongSecret);
}

#[test]
fn a_token_does_not_print() {
    let token = token("token-XYZZY");
    assert!(!format!("{token:?}").contains("XYZZY"));
}
