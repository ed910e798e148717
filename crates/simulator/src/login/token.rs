//! The token endpoint, in both versions.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::{assertion, person};
use crate::exchange::{Reply, Request, Surface, decoded};
use crate::microsoft::Asked;
use crate::scenario::{App, AppState, Licence, Secret, Tenant};
use crate::{access, ids};

/// Seconds. Microsoft's vary; a client must take what it is told.
const LIFETIME: i64 = 3_599;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(super) fn answer(asked: &Asked<'_>, request: &Request, tenant: &str, second_version: bool) -> Reply {
    let form = request.form();
    let field = |name: &str| form.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_str());
    let seed = format!("{tenant} {}", field("client_id").unwrap_or_default());
    match issued(asked, request, tenant, second_version, &field) {
        Ok(body) => Reply::json(200, body).with("Cache-Control", "no-store, no-cache").with("Pragma", "no-cache"),
        Err(refusal) => refusal.reply(asked.now, &seed),
    }
}

fn issued<'a>(
    asked: &Asked<'_>,
    request: &Request,
    tenant: &str,
    second_version: bool,
    field: &dyn Fn(&str) -> Option<&'a str>,
) -> Result<Value, Refusal> {
    let named = tenant;
    let place = asked.world.place(tenant).ok_or_else(|| Refusal::unknown_tenant(tenant))?;
    let tenant = &place.organisation.tenant;
    let basic = basic(request);
    let grant = field("grant_type").ok_or_else(|| Refusal::missing_parameter("grant_type"))?;
    if second_version && grant == "authorization_code" {
        return person::tokens(asked, tenant, field);
    }
    if grant != "client_credentials" {
        return Err(Refusal::grant_type(grant));
    }
    let client = field("client_id")
        .map(str::to_owned)
        .or_else(|| basic.as_ref().map(|(client, _)| client.clone()))
        .ok_or_else(|| Refusal::missing_parameter("client_id"))?;
    let resource = resource(second_version, field)?;
    let app = tenant.app(&client).ok_or_else(|| Refusal::unknown_app(&client, &tenant.name))?;
    let by_assertion = field("client_assertion").filter(|assertion| !assertion.is_empty());
    if let Some(assertion) = by_assertion {
        if field("client_assertion_type") != Some(ASSERTION_TYPE) {
            return Err(Refusal::assertion_type());
        }
        assertion::check(asked, tenant, named, app, assertion)?;
    } else {
        let secret = field("client_secret")
            .map(str::to_owned)
            .or_else(|| basic.map(|(_, secret)| secret))
            .filter(|secret| !secret.is_empty())
            .ok_or_else(Refusal::no_credential)?;
        let held =
            app.secrets.iter().find(|held| held.value == secret).ok_or_else(|| Refusal::wrong_secret(&client))?;
        if is_over(held, place.organisation.beginning, asked.now) {
            return Err(Refusal::expired_secret(&client));
        }
        if app.state == AppState::SecretsForbidden {
            return Err(Refusal::secrets_forbidden(&ids::guid("app management policy").to_string()));
        }
    }
    match app.state {
        AppState::Enabled | AppState::SecretsForbidden | AppState::FederationForbidden => {}
        AppState::Disabled => return Err(Refusal::disabled(&client, &app.name)),
        AppState::ConditionalAccess => return Err(Refusal::conditional_access()),
    }
    let surface = surface_of(asked, &resource).ok_or_else(|| Refusal::no_principal(&resource, &tenant.name))?;
    if surface == Surface::Defender && tenant.endpoint_licence == Licence::Absent {
        return Err(Refusal::no_principal(&resource, &tenant.name));
    }
    let expires = asked.now.as_second() + LIFETIME;
    let mut claims = claims(tenant, app, surface, &resource, asked.now.as_second(), expires);
    claims["appidacr"] = if by_assertion.is_some() { "2" } else { "1" }.into();
    let token = access::written(&claims);
    Ok(if second_version {
        json!({"token_type": "Bearer", "expires_in": LIFETIME, "ext_expires_in": LIFETIME, "access_token": token})
    } else {
        // The first version writes numbers as text.
        json!({
            "token_type": "Bearer", "expires_in": LIFETIME.to_string(), "ext_expires_in": LIFETIME.to_string(),
            "expires_on": expires.to_string(), "not_before": asked.now.as_second().to_string(), "resource": resource,
            "access_token": token,
        })
    })
}

/// HTTP Basic is accepted in the place of the two form fields.
fn basic(request: &Request) -> Option<(String, String)> {
    let value = request.header("authorization")?;
    let encoded = value.strip_prefix("Basic ").or_else(|| value.strip_prefix("basic "))?;
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client, secret) = text.split_once(':')?;
    Some((decoded(client), decoded(secret)))
}

/// The one resource that is asked for.
fn resource<'a>(second_version: bool, field: &dyn Fn(&str) -> Option<&'a str>) -> Result<String, Refusal> {
    if !second_version {
        let resource = field("resource").ok_or_else(|| Refusal::missing_parameter("resource"))?;
        return Ok(resource.trim_end_matches('/').to_owned());
    }
    let scope = field("scope").ok_or_else(|| Refusal::missing_parameter("scope"))?;
    let mut resources = BTreeSet::new();
    for one in scope.split_whitespace() {
        let resource = one.strip_suffix("/.default").ok_or_else(|| Refusal::not_default(one))?;
        if !resource.contains("://") && resource.parse::<uuid::Uuid>().is_err() {
            return Err(Refusal::invalid_scope(one));
        }
        resources.insert(resource.trim_end_matches('/').to_owned());
    }
    match resources.len() {
        0 => Err(Refusal::invalid_scope(scope)),
        1 => Ok(resources.into_iter().next().unwrap_or_default()),
        _ => Err(Refusal::several_resources(scope)),
    }
}

fn is_over(secret: &Secret, beginning: Timestamp, now: Timestamp) -> bool {
    secret.expires.is_some_and(|moment| moment.at(beginning) <= now)
}

/// The surface that a resource belongs to: its own base URL here, or one of Microsoft's names for it.
fn surface_of(asked: &Asked<'_>, resource: &str) -> Option<Surface> {
    let own = [Surface::Graph, Surface::Defender, Surface::LogAnalytics]
        .into_iter()
        .find(|surface| asked.surface(*surface).eq_ignore_ascii_case(resource));
    own.or(match resource.to_ascii_lowercase().as_str() {
        "https://graph.microsoft.com" | "00000003-0000-0000-c000-000000000000" => Some(Surface::Graph),
        "https://api.securitycenter.microsoft.com"
        | "https://securitycenter.onmicrosoft.com/windowsatpservice"
        | "fc780465-2017-40d4-a0c5-307022471b92" => Some(Surface::Defender),
        "https://api.loganalytics.io" | "ca7f3f0b-7d91-482c-8e09-c5d840d0eac5" => Some(Surface::LogAnalytics),
        _ => None,
    })
}

/// Version 1.0 from both endpoints, as these resources have it: `appid` and not `azp`.
fn claims(tenant: &Tenant, app: &App, surface: Surface, resource: &str, now: i64, expires: i64) -> Value {
    let issuer = format!("https://sts.windows.net/{}/", tenant.id);
    let principal = ids::guid(&format!("principal {}", app.client));
    let mut claims = json!({
        "aud": resource, "iss": issuer, "iat": now, "nbf": now, "exp": expires, "aio": "simulated",
        "app_displayname": app.name, "appid": app.client, "idp": issuer, "idtyp": "app",
        "oid": principal, "rh": "simulated", "sub": principal, "tenant_region_scope": tenant.region, "tid": tenant.id,
        "uti": ids::hex(&format!("{} {now} {surface}", app.client), 22), "ver": "1.0",
    });
    let roles = match surface {
        Surface::Graph => &app.graph,
        Surface::Defender => &app.defender,
        // The right to read a workspace is an Azure role, which no token tells.
        Surface::LogAnalytics | Surface::Login | Surface::Identity => return claims,
    };
    // Without consent the claim is absent, not empty.
    if let (false, Value::Object(members)) = (roles.is_empty(), &mut claims) {
        members.insert("roles".into(), json!(roles));
    }
    claims
}
