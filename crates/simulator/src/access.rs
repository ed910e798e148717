//! Access tokens: JWT in shape, signed with nothing that anyone should trust.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::exchange::Request;

/// The claims that this side reads again; more are written (see `login::token`).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) aud: String,
    pub(crate) tid: String,
    pub(crate) appid: String,
    /// Absent where nothing was consented to: such a token is issued all the same.
    #[serde(default)]
    pub(crate) roles: Vec<String>,
    /// Delegated permissions, one after the other; only in a person's token.
    #[serde(default)]
    pub(crate) scp: String,
    /// The object id of whoever the token is for.
    #[serde(default)]
    pub(crate) oid: String,
    pub(crate) exp: i64,
}

/// What is wrong with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Missing,
    Malformed,
    Expired,
    WrongAudience,
}

/// A token of these claims.
pub(crate) fn written(claims: &serde_json::Value) -> String {
    let header = json!({"typ": "JWT", "alg": "RS256", "x5t": "simulated", "kid": "simulated"});
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", part(&header), part(claims), URL_SAFE_NO_PAD.encode("not a signature"))
}

/// The token that came with a request.
pub(crate) fn bearer(request: &Request) -> Option<&str> {
    let value = request.header("authorization")?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()).filter(|token| !token.is_empty())
}

/// The claims in a token.
pub(crate) fn read(token: &str) -> Option<Claims> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

/// The claims of the token that came with a request, if it is one for any of these audiences and not expired.
pub(crate) fn checked(request: &Request, now: Timestamp, audiences: &[&str]) -> Result<Claims, Fault> {
    let token = bearer(request).ok_or(Fault::Missing)?;
    let claims = read(token).ok_or(Fault::Malformed)?;
    if claims.exp <= now.as_second() {
        return Err(Fault::Expired);
    }
    let audience = claims.aud.trim_end_matches('/');
    if !audiences.iter().any(|wanted| audience.eq_ignore_ascii_case(wanted.trim_end_matches('/'))) {
        return Err(Fault::WrongAudience);
    }
    Ok(claims)
}

impl Claims {
    /// Whether the token has any of these roles. Microsoft spells one role in two ways, so case does not count.
    pub(crate) fn has_any(&self, wanted: &[&str]) -> bool {
        self.roles.iter().any(|held| wanted.iter().any(|wanted| held.eq_ignore_ascii_case(wanted)))
    }

    /// Microsoft's sentence on missing permissions: the wanted ones, then those in the token.
    pub(crate) fn missing(&self, wanted: &[&str]) -> String {
        format!(
            "Missing application roles. API required roles: {}, application roles: {}.",
            wanted.join(", "),
            self.roles.join(",")
        )
    }
}
