//! Microsoft Entra ID: discovery, and tokens by client credentials.

mod assertion;
mod discovery;
mod refusal;
mod token;

use serde_json::json;

use crate::exchange::{Reply, Request};
use crate::microsoft::Asked;

pub(crate) fn answer(asked: &Asked<'_>, request: &Request) -> Reply {
    let segments = request.segments();
    let parts: Vec<_> = segments.iter().map(String::as_str).collect();
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", [tenant, "v2.0", ".well-known", "openid-configuration"]) => discovery::answer(asked, tenant, true),
        ("GET", [tenant, ".well-known", "openid-configuration"]) => discovery::answer(asked, tenant, false),
        ("POST", [tenant, "oauth2", "v2.0", "token"]) => token::answer(asked, request, tenant, true),
        ("POST", [tenant, "oauth2", "token"]) => token::answer(asked, request, tenant, false),
        _ => Reply::json(404, json!({"error": "not_found", "error_description": "There is nothing at this address."})),
    }
}
