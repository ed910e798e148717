//! Where a browser is sent to sign in, and from where it is sent back:
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow>.

use url::Url;

use super::codes::Grant;
use super::refusal::Refusal;
use crate::exchange::{Reply, Request, pairs};
use crate::ids;
use crate::microsoft::Asked;
use crate::scenario::{App, Attempt, Tenant, User};

/// Entra's cookie of the same kind: who has signed in in this browser.
const COOKIE: &str = "ESTSAUTH";

/// A request that may be answered at the app's own address.
struct Wish<'a> {
    tenant: &'a Tenant,
    app: &'a App,
    redirect: Url,
    fields: Vec<(String, String)>,
}

impl<'a> Wish<'a> {
    /// What cannot be sent back is told on a page of Entra's, since the address may be a stranger's.
    fn read(asked: &Asked<'a>, tenant: &str, fields: Vec<(String, String)>) -> Result<Wish<'a>, Refusal> {
        let place = asked.world.place(tenant).ok_or_else(|| Refusal::unknown_tenant(tenant))?;
        let tenant = &place.organisation.tenant;
        let field = |name: &str| fields.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_str());
        let client = field("client_id").ok_or_else(|| Refusal::missing_parameter("client_id"))?;
        let app = tenant.app(client).ok_or_else(|| Refusal::unknown_app(client, &tenant.name))?;
        let wanted = field("redirect_uri").ok_or_else(|| Refusal::missing_parameter("redirect_uri"))?;
        let redirect = Url::parse(wanted).ok().filter(|url| is_registered(app, url));
        let redirect = redirect.ok_or_else(|| Refusal::redirect(wanted, client))?;
        Ok(Wish { tenant, app, redirect, fields })
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_str())
    }

    fn back(&self, answer: &[(&str, &str)]) -> Reply {
        let mut url = self.redirect.clone();
        url.query_pairs_mut().extend_pairs(answer);
        if let Some(state) = self.field("state") {
            url.query_pairs_mut().append_pair("state", state);
        }
        Reply::empty(302).with("Location", url.as_str()).with("Cache-Control", "no-store, no-cache")
    }

    fn refused(&self, asked: &Asked<'_>, error: &str, description: &str) -> Reply {
        let (trace, correlation) =
            (ids::guid(&format!("trace {}", asked.now)), ids::guid(&format!("authorize {}", asked.now)));
        let at = asked.now.strftime("%Y-%m-%d %H:%M:%SZ");
        let description = format!("{description} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {at}");
        self.back(&[("error", error), ("error_description", &description)])
    }
}

/// Compared letter by letter, but that the port does not count on loopback.
fn is_registered(app: &App, wanted: &Url) -> bool {
    app.redirects.iter().filter_map(|held| Url::parse(held).ok()).any(|mut held| {
        if matches!(held.host_str(), Some("localhost" | "127.0.0.1")) && held.set_port(wanted.port()).is_err() {
            return false;
        }
        held == *wanted
    })
}

/// `GET`: the page on which somebody signs in, or straight back for whoever has signed in before.
pub(super) fn ask(asked: &Asked<'_>, request: &Request, tenant: &str) -> Reply {
    let wish = match Wish::read(asked, tenant, request.parameters()) {
        Ok(wish) => wish,
        Err(refusal) => return refusal.page(asked.now),
    };
    if wish.field("response_type") != Some("code") {
        return wish.refused(
            asked,
            "unsupported_response_type",
            "AADSTS70005: response_type is not supported for the application.",
        );
    }
    if wish.field("code_challenge").is_some() && wish.field("code_challenge_method") != Some("S256") {
        return wish.refused(asked, "invalid_request", "AADSTS501491: Invalid size of Code_Challenge parameter.");
    }
    let known = known(request, wish.tenant);
    match (wish.field("prompt"), known) {
        (Some("login" | "select_account"), _) | (None, None) => page(&wish),
        (Some("none"), None) => wish.refused(
            asked,
            "login_required",
            "AADSTS50058: A silent sign-in request was sent but no user is signed in.",
        ),
        (_, Some(user)) => enter(asked, &wish, user),
        (Some(_), None) => page(&wish),
    }
}

/// `POST`: somebody has signed in on the page.
pub(super) fn signed_in(asked: &Asked<'_>, request: &Request, tenant: &str) -> Reply {
    let wish = match Wish::read(asked, tenant, pairs(&String::from_utf8_lossy(&request.body))) {
        Ok(wish) => wish,
        Err(refusal) => return refusal.page(asked.now),
    };
    let user = wish.field("login").and_then(|login| user(wish.tenant, login));
    let Some(user) = user else { return page(&wish) };
    let cookie = format!("{COOKIE}={}; Path=/login; HttpOnly; SameSite=Lax", user.principal);
    enter(asked, &wish, user).with("Set-Cookie", cookie)
}

/// Entra's page after signing out.
pub(super) fn signed_out() -> Reply {
    Reply::text(
        200,
        "text/html; charset=utf-8",
        "<!DOCTYPE html><title>Sign out</title><p>You signed out of your account.",
    )
    .with("Set-Cookie", format!("{COOKIE}=; Path=/login; Max-Age=0"))
}

fn user<'a>(tenant: &'a Tenant, principal: &str) -> Option<&'a User> {
    tenant.users.iter().find(|user| user.principal.eq_ignore_ascii_case(principal))
}

fn known<'a>(request: &Request, tenant: &'a Tenant) -> Option<&'a User> {
    let cookies = request.header("cookie")?.split(';').map(str::trim);
    let principal = cookies.filter_map(|cookie| cookie.split_once('=')).find(|(name, _)| *name == COOKIE)?.1;
    user(tenant, principal)
}

fn enter(asked: &Asked<'_>, wish: &Wish<'_>, user: &User) -> Reply {
    match user.attempt {
        Attempt::SignedIn => {}
        Attempt::Declined => {
            let description = "AADSTS65004: User declined to consent to access the app.";
            return wish.refused(asked, "access_denied", description);
        }
        Attempt::WithoutConsent => return without_consent(asked, wish),
        Attempt::Interrupted => {
            let description = "AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a \
                               new location, you must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'.";
            return wish.refused(asked, "interaction_required", description);
        }
    }
    let scope = wish.field("scope").unwrap_or_default();
    let own = format!("{}/", asked.surface(crate::exchange::Surface::Graph));
    let permissions = scope
        .split_whitespace()
        .filter_map(|one| one.strip_prefix(&own).or_else(|| one.strip_prefix("https://graph.microsoft.com/")));
    for permission in permissions {
        if !wish.app.delegated.iter().any(|held| held.eq_ignore_ascii_case(permission)) {
            return without_consent(asked, wish);
        }
    }
    let code = asked.codes.hand_out(Grant {
        tenant: wish.tenant.id.clone(),
        client: wish.app.client.clone(),
        redirect: wish.redirect.to_string(),
        principal: user.principal.clone(),
        scope: scope.to_owned(),
        nonce: wish.field("nonce").map(str::to_owned),
        challenge: wish.field("code_challenge").map(str::to_owned),
        signed_in_at: asked.now,
    });
    wish.back(&[("code", &code), ("session_state", &ids::guid(&user.principal).to_string())])
}

fn without_consent(asked: &Asked<'_>, wish: &Wish<'_>) -> Reply {
    let description = format!(
        "AADSTS65001: The user or administrator has not consented to use the application with ID '{}' named '{}'. Send an \
         interactive authorization request for this user and resource.",
        wish.app.client, wish.app.name
    );
    wish.refused(asked, "consent_required", &description)
}

fn page(wish: &Wish<'_>) -> Reply {
    let hidden = wish.fields.iter().filter(|(name, _)| name != "login" && name != "prompt");
    let hidden: String = hidden
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escaped(name), escaped(value)))
        .collect();
    let users: String = wish
        .tenant
        .users
        .iter()
        .map(|user| format!("<p><button name=\"login\" value=\"{0}\">{0}</button></p>", escaped(&user.principal)))
        .collect();
    let text = format!(
        "<!DOCTYPE html><html lang=\"en\"><title>Sign in to your account</title><h1>Pick an account</h1>\
         <p>{}: {}</p><form method=\"post\">{hidden}{users}</form></html>",
        escaped(&wish.tenant.name),
        escaped(&wish.app.name)
    );
    Reply::text(200, "text/html; charset=utf-8", text)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
