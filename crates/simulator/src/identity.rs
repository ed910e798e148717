//! Azure's instance metadata service, as far as managed identities ask it for tokens.

use serde_json::json;

use crate::exchange::{Reply, Request, Surface};
use crate::jwt;
use crate::microsoft::Asked;
use crate::scenario::Identity;
use crate::world::Place;

/// The key that all managed identities' tokens are signed by here.
pub(crate) const KEY: &str = include_str!("../scenarios/identity.pem");

/// Seconds: a day, as in the field.
const LIFETIME: i64 = 86_400;

pub(crate) fn answer(asked: &Asked<'_>, request: &Request) -> Reply {
    if request.path != "/metadata/identity/oauth2/token" {
        return Reply::text(404, "text/html", "<html><head><title>404 - Not Found</title></head></html>");
    }
    if request.method != "GET" {
        return Reply::empty(405).with("Allow", "GET");
    }
    if request.header("metadata").is_none_or(|value| !value.eq_ignore_ascii_case("true")) {
        return refused("invalid_request", "Required metadata header not specified");
    }
    if request.header("x-forwarded-for").is_some() {
        return refused("invalid_request", "The request was forwarded");
    }
    if request.parameter("api-version").is_none() {
        return refused("invalid_request", "Required query variable 'api-version' is missing");
    }
    let Some(resource) = request.parameter("resource").filter(|resource| !resource.is_empty()) else {
        return refused("invalid_request", "Required query variable 'resource' is missing");
    };
    let Some((place, identity)) = find(asked, request.parameter("client_id").as_deref()) else {
        return refused("invalid_request", "Identity not found");
    };
    let tenant = &place.organisation.tenant.id;
    let now = asked.now.as_second();
    let claims = json!({
        "aud": resource, "iss": issuer(asked, tenant), "iat": now, "nbf": now - 5, "exp": now + LIFETIME,
        "azp": identity.client, "oid": identity.principal, "sub": identity.principal, "tid": tenant, "idtyp": "app",
        "xms_mirid": "/subscriptions/simulated/resourcegroups/simulated/providers/Microsoft.Compute/virtualMachines/simulated",
        "ver": "2.0",
    });
    let Some(token) = jwt::signed(&claims, KEY) else { return Reply::empty(500) };
    Reply::json(
        200,
        json!({
            "access_token": token, "client_id": identity.client, "expires_in": LIFETIME.to_string(),
            "expires_on": (now + LIFETIME).to_string(), "ext_expires_in": LIFETIME.to_string(),
            "not_before": (now - 5).to_string(), "resource": resource, "token_type": "Bearer",
        }),
    )
}

/// Who issues the tokens of a tenant's managed identities.
pub(crate) fn issuer(asked: &Asked<'_>, tenant: &str) -> String {
    format!("{}/{tenant}/v2.0", asked.surface(Surface::Login))
}

fn find<'a>(asked: &Asked<'a>, client: Option<&str>) -> Option<(&'a Place, &'a Identity)> {
    let world = asked.world;
    world.places().find_map(|place| {
        let mut identities = place.organisation.tenant.identities.iter();
        let found = identities.find(|identity| match client {
            Some(client) => identity.client.eq_ignore_ascii_case(client),
            None => !identity.assigned,
        });
        Some((place, found?))
    })
}

fn refused(error: &str, description: &str) -> Reply {
    Reply::json(400, json!({"error": error, "error_description": description}))
}
