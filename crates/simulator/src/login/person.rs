//! A code changed for tokens: who somebody is, and what an app may do in their name.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::codes::{Grant, Spent};
use super::keys;
use super::refusal::Refusal;
use crate::exchange::Surface;
use crate::microsoft::Asked;
use crate::scenario::{App, Tenant, User};
use crate::{access, identity, ids};

/// Seconds.
const LIFETIME: i64 = 4_000;
/// Entra says that a token was issued five minutes ago, so that no clock finds it too young.
const EARLIER: i64 = 300;
/// A token has room for so many groups: <https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference>.
const MOST_GROUPS: usize = 200;

/// The answer to a code.
pub(super) fn tokens<'a>(
    asked: &Asked<'_>,
    tenant: &Tenant,
    field: &dyn Fn(&str) -> Option<&'a str>,
) -> Result<Value, Refusal> {
    let client = field("client_id").ok_or_else(|| Refusal::missing_parameter("client_id"))?;
    let app = tenant.app(client).ok_or_else(|| Refusal::unknown_app(client, &tenant.name))?;
    let secret = field("client_secret").filter(|secret| !secret.is_empty()).ok_or_else(Refusal::no_credential)?;
    if !app.secrets.iter().any(|held| held.value == secret) {
        return Err(Refusal::wrong_secret(client));
    }
    let code = field("code").ok_or_else(|| Refusal::missing_parameter("code"))?;
    let grant = asked.codes.redeem(code, asked.now).map_err(|spent| match spent {
        Spent::Unknown => Refusal::code(9_002_313, "Invalid request. Request is malformed or invalid."),
        Spent::Redeemed => Refusal::code(
            54_005,
            "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
        ),
        Spent::Expired => Refusal::code(70_008, "The provided authorization code or refresh token has expired due to inactivity."),
    })?;
    if grant.client != app.client || grant.tenant != tenant.id {
        return Err(Refusal::code(70_000, "The provided value for the 'code' parameter is not valid."));
    }
    if field("redirect_uri") != Some(grant.redirect.as_str()) {
        return Err(Refusal::code(
            500_112,
            "The reply address does not match the reply address provided when requesting Authorization code.",
        ));
    }
    if let Some(challenge) = &grant.challenge {
        let verifier = field("code_verifier").unwrap_or_default();
        if URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())) != *challenge {
            let message = "The Code_Verifier does not match the code_challenge supplied in the authorization request.";
            return Err(Refusal::code(501_481, message));
        }
    }
    let user = tenant.users.iter().find(|user| user.principal == grant.principal);
    let user = user.ok_or_else(|| Refusal::code(50_034, "The user account does not exist in the directory."))?;
    let scopes: Vec<&str> = grant.scope.split_whitespace().collect();
    let mut answer = json!({
        "token_type": "Bearer", "scope": granted(app, &scopes), "expires_in": LIFETIME, "ext_expires_in": LIFETIME,
        "access_token": access_token(asked, tenant, app, user, &scopes),
    });
    if scopes.contains(&"openid") {
        let claims = id_claims(asked, tenant, app, user, &grant);
        answer["id_token"] = keys::signed(&claims, asked.codes.rotation()).into();
    }
    Ok(answer)
}

/// What the token is good for: what was asked for, and what was consented to before for the same resource.
fn granted(app: &App, scopes: &[&str]) -> String {
    let oidc =
        scopes.iter().filter(|scope| ["openid", "profile", "email"].contains(scope)).map(|scope| (*scope).to_owned());
    oidc.chain(app.delegated.iter().cloned()).collect::<Vec<_>>().join(" ")
}

fn access_token(asked: &Asked<'_>, tenant: &Tenant, app: &App, user: &User, scopes: &[&str]) -> String {
    let now = asked.now.as_second();
    access::written(&json!({
        "aud": asked.surface(Surface::Graph), "iss": format!("https://sts.windows.net/{}/", tenant.id),
        "iat": now - EARLIER, "nbf": now - EARLIER, "exp": now + LIFETIME, "appid": app.client, "idtyp": "user",
        "oid": user.object(), "scp": granted(app, scopes), "tid": tenant.id, "upn": user.principal, "ver": "1.0",
    }))
}

fn id_claims(asked: &Asked<'_>, tenant: &Tenant, app: &App, user: &User, grant: &Grant) -> Value {
    let now = asked.now.as_second();
    let scopes: Vec<&str> = grant.scope.split_whitespace().collect();
    let mut claims = json!({
        "aud": app.client, "iss": identity::issuer(asked, &tenant.id), "iat": now - EARLIER, "nbf": now - EARLIER,
        "exp": now + LIFETIME, "aio": "simulated", "rh": "simulated",
        // Pairwise: another one for each app.
        "sub": ids::hex(&format!("{} at {}", user.principal, app.client), 43), "tid": tenant.id,
        "uti": ids::hex(&format!("{} {now}", user.principal), 22), "ver": "2.0",
        "auth_time": grant.signed_in_at.as_second(),
    });
    if let Some(nonce) = &grant.nonce {
        claims["nonce"] = nonce.as_str().into();
    }
    if scopes.contains(&"profile") {
        claims["name"] = user.name.as_str().into();
        claims["preferred_username"] = user.principal.as_str().into();
        claims["oid"] = user.object().to_string().into();
    }
    if scopes.contains(&"email") {
        claims["email"] = user.principal.as_str().into();
    }
    if !user.roles.is_empty() {
        claims["roles"] = json!(user.roles);
    }
    let groups = user.all_groups();
    if app.groups_claim && groups.len() > MOST_GROUPS {
        let address = format!("https://graph.windows.net/{}/users/{}/getMemberObjects", tenant.id, user.object());
        claims["_claim_names"] = json!({"groups": "src1"});
        claims["_claim_sources"] = json!({"src1": {"endpoint": address}});
    } else if app.groups_claim && !groups.is_empty() {
        claims["groups"] = json!(groups);
    }
    claims
}
