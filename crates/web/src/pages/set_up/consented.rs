//! Where Entra sends an administrator who was asked to grant consent: what came of it, in words.

use askama::Template;
use axum::extract::State;
use axum_extra::extract::{CookieJar, Query};
use serde::Deserialize;
use store::connections::Connection;

use super::returning;
use crate::Desk;
use crate::error::Error;
use crate::frame::{Frame, Section};
use crate::guard::Owner;
use crate::responses::{Page, render};
use crate::{markup, sessions};

/// What Entra says in the address. Anybody can write such an address: none of it is believed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    admin_consent: String,
    tenant: String,
    state: String,
    error: String,
    error_description: String,
}

/// What the administrator reads.
struct Told {
    well: bool,
    title: String,
    remedy: Option<String>,
    /// Entra's own words, where they say more.
    said: Option<String>,
}

#[derive(Template)]
#[template(path = "set_up/consented.html")]
struct ConsentedPage {
    frame: Frame,
    told: Told,
    connection: Option<(String, String)>,
}

/// `GET /settings/consented`. It changes nothing: what was granted is found by validating.
pub async fn show(
    Owner(caller): Owner,
    State(desk): State<Desk>,
    jar: CookieJar,
    Query(answer): Query<Answer>,
) -> Result<Page, Error> {
    let session = sessions::token(&desk, &jar);
    let asked = session.and_then(|session| returning::connection(&session, &answer.state, desk.now()));
    let connection = match asked {
        Some(id) => desk.connection_of(&caller, &id).await.ok(),
        None => None,
    };
    let told = match &connection {
        Some(connection) => told(&answer, connection),
        None => Told {
            well: false,
            title: "This is no answer to something that was asked in this browser within the last hour.".to_owned(),
            remedy: Some("If consent was granted, validating the connection shows it. Else choose the link in the set-up guide again.".to_owned()),
            said: None,
        },
    };
    let frame = crate::pages::frame("Consent", &caller).section(Section::Settings);
    let connection = connection.map(|connection| (connection.id.to_string(), markup::clean(&connection.label)));
    render(&ConsentedPage { frame, told, connection })
}

/// Entra's answer in words: "Admin consent on the Microsoft identity platform" names `admin_consent`, `tenant`, `error` and
/// `error_description`.
fn told(answer: &Answer, connection: &Connection) -> Told {
    let said = Some(markup::clean(&answer.error_description)).filter(|said| !said.is_empty());
    if answer.error.is_empty() && answer.admin_consent.eq_ignore_ascii_case("true") {
        let elsewhere = !answer.tenant.is_empty() && !answer.tenant.eq_ignore_ascii_case(&connection.tenant_guid);
        if elsewhere {
            return Told {
                well: false,
                title: format!("Consent was granted in another tenant: {}.", markup::clean(&answer.tenant)),
                remedy: Some(format!(
                    "Sign in to the tenant of this connection, {}, and grant it there.",
                    connection.tenant_guid
                )),
                said: None,
            };
        }
        return Told {
            well: true,
            title: "Entra says that consent was granted.".to_owned(),
            remedy: Some("Validate the connection: it shows each permission. It can take some minutes until they are in a new token.".to_owned()),
            said: None,
        };
    }
    let (title, remedy) = match answer.error.as_str() {
        "permission_denied" | "access_denied" => (
            "Consent was not granted.".to_owned(),
            "Whoever signed in chose Cancel, or may not grant it: that needs Privileged Role Administrator or Global Administrator. Nothing \
             was changed.",
        ),
        "" => (
            "Entra did not say whether consent was granted.".to_owned(),
            "Validate the connection: it shows each permission.",
        ),
        other => (
            format!("Consent was not granted: {}.", markup::clean(other)),
            "Grant it in the app registration instead: API permissions, Grant admin consent.",
        ),
    };
    Told { well: false, title, remedy: Some(remedy.to_owned()), said }
}
