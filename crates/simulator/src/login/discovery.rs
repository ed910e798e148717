//! `/.well-known/openid-configuration`: whether a tenant exists, and its GUID.

use serde_json::json;

use super::refusal::Refusal;
use crate::exchange::{Reply, Surface};
use crate::microsoft::Asked;

pub(super) fn answer(asked: &Asked<'_>, tenant: &str, second_version: bool) -> Reply {
    let Some(place) = asked.world.place(tenant) else {
        return Refusal::unknown_tenant(tenant).discovery();
    };
    let tenant = &place.organisation.tenant;
    let login = asked.surface(Surface::Login);
    let at = format!("{login}/{}", tenant.id);
    let (version, issuer) = match second_version {
        true => ("/v2.0", format!("{at}/v2.0")),
        false => ("", format!("https://sts.windows.net/{}/", tenant.id)),
    };
    Reply::json(
        200,
        json!({
            "token_endpoint": format!("{at}/oauth2{version}/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": format!("{at}/discovery{version}/keys"),
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": issuer,
            "request_uri_parameter_supported": false,
            "userinfo_endpoint": format!("{}/oidc/userinfo", asked.surface(Surface::Graph)),
            "authorization_endpoint": format!("{at}/oauth2{version}/authorize"),
            "device_authorization_endpoint": format!("{at}/oauth2{version}/devicecode"),
            "http_logout_supported": true,
            "frontchannel_logout_supported": true,
            "end_session_endpoint": format!("{at}/oauth2{version}/logout"),
            "claims_supported": [
                "sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host",
                "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash",
                "c_hash", "email",
            ],
            "kerberos_endpoint": format!("{at}/kerberos"),
            "tenant_region_scope": tenant.region,
            "tenant_region_sub_scope": tenant.sub_region,
            "cloud_instance_name": "microsoftonline.com",
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": tenant.graph_host.as_deref().unwrap_or("graph.microsoft.com"),
            "rbac_url": "https://pas.windows.net",
        }),
    )
}
