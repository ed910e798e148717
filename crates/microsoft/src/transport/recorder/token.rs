//! A token in an answer becomes one that opens nothing: unsigned, and with the claims that say what it was good for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

/// Members of Entra's answer that are tokens.
const TOKENS: [&str; 3] = ["access_token", "id_token", "refresh_token"];

/// Claims that say for whom, by whom, until when and for what a token was. Names of people and apps are not among them, nor
/// what Entra keeps in a token for itself.
const CLAIMS: [&str; 16] = [
    "appid", "appidacr", "aud", "azp", "azpacr", "exp", "iat", "idtyp", "iss", "nbf", "oid", "roles", "scp", "sub",
    "tid", "ver",
];

/// Entra's answer without its tokens. What cannot be read is left out whole if it could hold one.
pub(super) fn replaced(body: &str) -> String {
    match serde_json::from_str::<Value>(body) {
        Ok(Value::Object(mut members)) => {
            for name in TOKENS {
                if let Some(token) = members.get_mut(name) {
                    *token = Value::from(stand_in(token.as_str().unwrap_or_default()));
                }
            }
            Value::Object(members).to_string()
        }
        Ok(_) => String::new(),
        // A gateway's page is no token; half of an answer of Entra's may hold half of one.
        Err(_) if body.contains("_token") || body.contains("eyJ") => String::new(),
        Err(_) => body.to_owned(),
    }
}

/// The unsigned token with the same claims; `opaque` for one that cannot be read.
fn stand_in(token: &str) -> String {
    let payload = token.split('.').nth(1).map(|payload| payload.trim_end_matches('='));
    let claims = payload
        .and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok())
        .and_then(|bytes| serde_json::from_slice::<Map<String, Value>>(&bytes).ok());
    let Some(mut claims) = claims else { return "opaque".to_owned() };
    claims.retain(|name, _| CLAIMS.contains(&name.as_str()));
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(json!({ "alg": "none", "typ": "JWT" })), part(Value::Object(claims)))
}
