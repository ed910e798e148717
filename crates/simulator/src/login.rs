//! Microsoft Entra ID: discovery, tokens by client credentials, and people who sign in to an app.

mod assertion;
mod authorize;
mod codes;
mod discovery;
mod keys;
mod person;
mod refusal;
mod token;

pub(crate) use codes::Redeemable;

use serde_json::json;

use crate::exchange::{Reply, Request};
use crate::microsoft::Asked;

pub(crate) fn answer(asked: &Asked<'_>, request: &Request) -> Reply {
    let segments = request.segments();
    let parts: Vec<_> = segments.iter().map(String::as_str).collect();
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", [tenant, "v2.0", ".well-known", "openid-configuration"]) => discovery::answer(asked, tenant, true),
        ("GET", [tenant, ".well-known", "openid-configuration"]) => discovery::answer(asked, tenant, false),
        ("GET", [tenant, "oauth2", "v2.0", "authorize"]) => authorize::ask(asked, request, tenant),
        // Here stands Entra's page on which somebody signs in; its form is of this side alone.
        ("POST", [tenant, "oauth2", "v2.0", "authorize"]) => authorize::signed_in(asked, request, tenant),
        ("GET", [tenant, "oauth2", "v2.0", "logout"]) if asked.world.place(tenant).is_some() => authorize::signed_out(),
        ("GET", [tenant, "discovery", "v2.0", "keys"]) if asked.world.place(tenant).is_some() => keys::answer(asked),
        ("POST", [tenant, "oauth2", "v2.0", "token"]) => token::answer(asked, request, tenant, true),
        ("POST", [tenant, "oauth2", "token"]) => token::answer(asked, request, tenant, false),
        _ => Reply::json(404, json!({"error": "not_found", "error_description": "There is nothing at this address."})),
    }
}
