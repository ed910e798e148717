use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::Url;

use super::*;
use crate::Claims;

const SECRET: &str = "a~secret.of+ours";

fn reply(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Reply {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, value.parse().unwrap());
    }
    Reply { host: "login.example".into(), status, headers: map, body: body.as_bytes().to_vec() }
}

fn signed(claims: &Value) -> String {
    format!("eyJhbGciOiJSUzI1NiJ9.{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

fn of(
    surface: Surface,
    base: &Url,
    request: (Method, &str, Option<(&'static str, String)>),
    reply: &Reply,
) -> Exchange {
    let (method, path, body) = request;
    let url = base.join(path).unwrap();
    let secrets = vec![SECRET];
    exchange(&Request { surface, base, method, url, headers: Vec::new(), body, bearer: Some(SECRET), secrets }, reply)
}

#[test]
fn a_token_is_replaced_by_one_that_opens_nothing_and_says_the_same() {
    let claims = json!({
        "aud": "https://graph.example", "tid": "t", "appid": "a", "roles": ["SecurityAlert.Read.All"], "exp": 1_764_033_900,
        "app_displayname": "An app of somebody's", "uti": "x", "ipaddr": "192.0.2.7",
    });
    let token = signed(&claims);
    let body = json!({ "token_type": "Bearer", "expires_in": 3599, "access_token": token }).to_string();
    let form = format!(
        "grant_type=client_credentials&client_id=a&client_secret={}&client_assertion=eyJhbGciOi&scope=s",
        url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect::<String>()
    );
    let base = Url::parse("https://login.example/below/").unwrap();
    let request = (Method::POST, "t/oauth2/v2.0/token", Some(("application/x-www-form-urlencoded", form)));
    let kept =
        of(Surface::Login, &base, request, &reply(200, &[("set-cookie", "x=1"), ("x-ms-request-id", "1")], &body));
    assert_eq!((kept.path.as_str(), kept.whole), ("/t/oauth2/v2.0/token", true));
    assert_eq!(kept.headers, [("x-ms-request-id".to_owned(), "1".to_owned())]);
    let form = String::from_utf8(kept.request_body.clone().unwrap()).unwrap();
    assert_eq!(form, "grant_type=client_credentials&client_id=a&scope=s");
    let answer: Value = serde_json::from_slice(&kept.body).unwrap();
    let stand_in = answer["access_token"].as_str().unwrap();
    assert_eq!(Claims::read(stand_in).unwrap().roles, ["SecurityAlert.Read.All"]);
    assert!(stand_in.ends_with('.'), "no signature");
    let payload = URL_SAFE_NO_PAD.decode(stand_in.split('.').nth(1).unwrap()).unwrap();
    let payload = String::from_utf8(payload).unwrap();
    for gone in ["somebody", "192.0.2.7", "uti"] {
        assert!(!payload.contains(gone), "{payload}");
    }
    let everything = format!("{kept:?} {}", String::from_utf8_lossy(&kept.body));
    assert!(!everything.contains(SECRET) && !everything.contains(&token) && !everything.contains("c2lnbmF0dXJl"));
}

#[test]
fn what_could_be_half_a_token_is_left_out_and_an_opaque_one_is_named_so() {
    let half = r#"{"access_token":"eyJhbGciOiJ"#;
    assert_eq!(token::replaced(half), "");
    assert_eq!(token::replaced(r#"["eyJhbGciOiJ"]"#), "");
    assert_eq!(token::replaced("<html>sign in to the network</html>"), "<html>sign in to the network</html>");
    assert_eq!(token::replaced(r#"{"access_token":"0.AbC"}"#), r#"{"access_token":"opaque"}"#);
    assert_eq!(token::replaced(r#"{"access_token":7}"#), r#"{"access_token":"opaque"}"#);
}

#[test]
fn whatever_echoes_a_secret_or_a_token_does_not_bring_it_into_the_transcript() {
    let base = Url::parse("https://graph.example").unwrap();
    let body = format!(r#"{{"error":{{"message":"not {SECRET}"}}}}"#);
    let request = (Method::GET, "/v1.0/security/alerts_v2?$top=1", None);
    let reply = reply(400, &[("www-authenticate", "Bearer error=\"a~secret.of+ours\"")], &body);
    let kept = of(Surface::Graph, &base, request, &reply);
    assert_eq!(kept.query.as_deref(), Some("$top=1"));
    assert!(kept.headers[0].1.contains("[removed]"), "{:?}", kept.headers);
    assert!(String::from_utf8(kept.body).unwrap().contains("not [removed]"));
}
