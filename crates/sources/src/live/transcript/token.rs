//! The stand-in for a token that an exchange holds, with stand-ins in its claims.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::walk::Walk;

/// The token of `microsoft`'s recorder, once more replaced; anything else is no token that may be kept.
pub(super) fn replaced(token: &str, walk: &mut Walk<'_>) -> String {
    let mut parts = token.split('.');
    let (Some(head), Some(payload), Some(""), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return "opaque".to_owned();
    };
    let claims = URL_SAFE_NO_PAD.decode(payload).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let is_unsigned =
        URL_SAFE_NO_PAD.decode(head).is_ok_and(|head| String::from_utf8_lossy(&head).contains("\"none\""));
    match claims.filter(|claims| claims.is_object() && is_unsigned) {
        Some(claims) => {
            let claims = walk.all(&claims, false);
            format!("{head}.{}.", URL_SAFE_NO_PAD.encode(claims.to_string()))
        }
        None => "opaque".to_owned(),
    }
}
