//! Sign-ins without a secret: a statement signed by the app's certificate, or a token of an issuer that the app trusts.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};

use super::refusal::Refusal;
use crate::exchange::Surface;
use crate::identity;
use crate::jwt::{Jwt, Public};
use crate::microsoft::Asked;
use crate::scenario::{App, AppState, Tenant};

/// Whether the assertion proves that this app signs in.
pub(super) fn check(
    asked: &Asked<'_>,
    tenant: &Tenant,
    named: &str,
    app: &App,
    assertion: &str,
) -> Result<(), Refusal> {
    let jwt = Jwt::read(assertion).filter(Jwt::is_known_algorithm).ok_or_else(Refusal::no_statement)?;
    if jwt.claim("iss").eq_ignore_ascii_case(&app.client) {
        own(asked, tenant, named, app, &jwt)
    } else {
        vouched(asked, tenant, app, &jwt)
    }
}

/// A statement of the app itself.
fn own(asked: &Asked<'_>, tenant: &Tenant, named: &str, app: &App, jwt: &Jwt<'_>) -> Result<(), Refusal> {
    if !jwt.claim("sub").eq_ignore_ascii_case(&app.client) {
        return Err(Refusal::other_subject());
    }
    // By SHA-256 or, as older clients have it, by SHA-1; where both are sent, both must fit.
    let mut held = app.certificates.iter().filter_map(|certificate| Public::read(&certificate.pem));
    let certificate = held.find(|held| {
        let fits = |name: &str, made: String| jwt.header(name).is_empty() || jwt.header(name) == made;
        let named = !jwt.header("x5t#S256").is_empty() || !jwt.header("x5t").is_empty();
        named
            && fits("x5t#S256", URL_SAFE_NO_PAD.encode(digest(&SHA256, &held.der)))
            && fits("x5t", URL_SAFE_NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &held.der)))
    });
    let shown = if jwt.header("x5t#S256").is_empty() { jwt.header("x5t") } else { jwt.header("x5t#S256") };
    let certificate = certificate.ok_or_else(|| Refusal::certificate("The key was not found.", shown))?;
    if !jwt.is_signed_by(&certificate) {
        let reason = "The provided signature value did not match the expected signature value.";
        return Err(Refusal::certificate(reason, shown));
    }
    if certificate.is_over(asked.now.as_second()) {
        return Err(Refusal::certificate("The key used is expired.", shown));
    }
    let login = asked.surface(Surface::Login);
    let mut names = tenant.domains.iter().map(String::as_str).chain([tenant.id.as_str(), named]);
    let is_ours = names.any(|name| {
        let audience = jwt.claim("aud");
        [format!("{login}/{name}/oauth2/v2.0/token"), format!("{login}/{name}/oauth2/token")]
            .iter()
            .any(|ours| ours.eq_ignore_ascii_case(audience))
    });
    if !is_ours {
        return Err(Refusal::other_audience());
    }
    in_time(asked, jwt)
}

/// A token of someone else, whom the app trusts.
fn vouched(asked: &Asked<'_>, tenant: &Tenant, app: &App, jwt: &Jwt<'_>) -> Result<(), Refusal> {
    let (issuer, entra) = (jwt.claim("iss"), identity::issuer(asked, &tenant.id));
    if app.state == AppState::FederationForbidden {
        return Err(Refusal::federation_forbidden());
    }
    if app.federated.is_empty() {
        return Err(Refusal::not_federated(&app.client, &app.name));
    }
    let of_entra = asked.world.places().any(|place| identity::issuer(asked, &place.organisation.tenant.id) == issuer);
    if of_entra && issuer != entra {
        return Err(Refusal::identity_elsewhere(issuer));
    }
    let of_issuer = || app.federated.iter().filter(|held| held.issuer == issuer || held.issuer == "tenant" && of_entra);
    let of_subject = || of_issuer().filter(|held| held.subject == jwt.claim("sub"));
    if of_issuer().next().is_none() {
        return Err(Refusal::no_match(700_211, "issuer", issuer));
    }
    if of_subject().next().is_none() {
        return Err(Refusal::no_match(700_213, "subject", jwt.claim("sub")));
    }
    let held = of_subject()
        .find(|held| held.audience == jwt.claim("aud"))
        .ok_or_else(|| Refusal::no_match(700_212, "audience", jwt.claim("aud")))?;
    let key = if of_entra { Some(identity::KEY) } else { held.key.as_deref() };
    let key = key.and_then(Public::read).ok_or_else(|| Refusal::no_key(issuer))?;
    if !jwt.is_signed_by(&key) {
        return Err(Refusal::bad_signature());
    }
    in_time(asked, jwt)
}

fn in_time(asked: &Asked<'_>, jwt: &Jwt<'_>) -> Result<(), Refusal> {
    let validity = jwt.validity().ok_or_else(Refusal::no_statement)?;
    if jwt.is_good(asked.now.as_second()) { Ok(()) } else { Err(Refusal::out_of_time(asked.now, validity)) }
}
