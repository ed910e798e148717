//! To the provider of single sign-on and back.
//!
//! What has to be known when the browser comes back is kept in a cookie of that browser, sealed: a link that was begun in
//! another browser signs nobody in here, and every instance with the same keyring can finish what another has begun.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::people::{Person, PersonId, Role};
use store::sessions::OpenedBy;

use crate::error::Error;
use crate::frame::Frame;
use crate::responses::{own_address, render, see};
use crate::sessions::{self, Visitor};
use crate::sign_on::{Begun, Outcome, Refused, Returned, SignOn};
use crate::{Desk, sealed_text};

mod admit;

/// How long somebody may take at the provider.
const HOLDS: SignedDuration = SignedDuration::from_mins(15);
/// What the cookie is sealed for.
const USE: &str = "single sign-on";

#[derive(Template)]
#[template(path = "sign_in/sso.html")]
struct RefusedPage {
    frame: Frame,
    sentence: String,
    /// The way to the provider, once more.
    again: String,
    emergency: bool,
}

/// What the address of the beginning says.
#[derive(Deserialize)]
pub struct Ask {
    #[serde(default)]
    back: String,
    /// Whether somebody who is signed in proves anew who they are.
    #[serde(default)]
    again: bool,
}

/// What the provider's answer says.
#[derive(Deserialize)]
pub struct Callback {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
    iss: Option<String>,
}

/// A sign-in that is under way in this browser.
#[derive(Serialize, Deserialize)]
struct Kept {
    pending: String,
    back: String,
    /// Who it has to be, where somebody proves anew who they are.
    proves: Option<PersonId>,
}

/// The address at which a sign-in begins, with the way back.
pub fn address(back: &str) -> String {
    let back: String = url::form_urlencoded::byte_serialize(own_address(back).as_bytes()).collect();
    format!("/sign-in/sso?back={back}")
}

/// Under https the browser itself sees to it that no other host can set it. Lax: the way back is a link from the
/// provider's pages.
fn cookie(desk: &Desk, value: String) -> Cookie<'static> {
    let name = if desk.settings.secure_cookies { "__Host-oriel-sso" } else { "oriel-sso" };
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(desk.settings.secure_cookies)
        .build()
}

fn keep(
    desk: &Desk,
    jar: CookieJar,
    begun: &Begun,
    back: String,
    proves: Option<PersonId>,
) -> Result<CookieJar, Error> {
    let kept = Kept { pending: begun.pending.expose_secret().to_owned(), back, proves };
    Ok(jar.add(cookie(desk, sealed_text::seal(desk, USE, kept, desk.now() + HOLDS)?)))
}

fn provider(desk: &Desk) -> Result<&dyn SignOn, Error> {
    desk.sign_on.as_deref().ok_or(Error::NotFound)
}

/// `GET /sign-in/sso`: off to the provider.
pub async fn begin(
    State(desk): State<Desk>,
    visitor: Visitor,
    jar: CookieJar,
    Query(ask): Query<Ask>,
) -> Result<Response, Error> {
    let provider = provider(&desk)?;
    let back = own_address(&ask.back).to_owned();
    let current = sessions::current(&desk, &jar).await?;
    let proves = match (current, ask.again) {
        (Some(_), false) => return Ok(see(&back).into_response()),
        (Some((_, person)), true) => Some(person.id),
        (None, _) => None,
    };
    match provider.begin(proves.is_some()).await {
        Ok(begun) => Ok((keep(&desk, jar, &begun, back, proves)?, see(begun.url.as_str())).into_response()),
        Err(refused) => sent_away(&desk, &visitor, jar, &back, "", refused).await,
    }
}

/// `GET /sign-in/sso/callback`: back from the provider.
pub async fn callback(
    State(desk): State<Desk>,
    visitor: Visitor,
    jar: CookieJar,
    Query(callback): Query<Callback>,
) -> Result<Response, Error> {
    let provider = provider(&desk)?;
    let kept = jar.get(cookie(&desk, String::new()).name()).map(|cookie| cookie.value().to_owned());
    let kept: Option<Kept> = kept.and_then(|kept| sealed_text::open(&desk, USE, &kept));
    // Whatever comes of it, it is used up.
    let jar = jar.remove(cookie(&desk, String::new()));
    let Some(Kept { pending, back, proves }) = kept else {
        let sentence =
            "No sign-in is under way in this browser, or it took longer than a quarter of an hour. Sign in again.";
        let refused = Refused { kind: "not_begun", sentence: sentence.to_owned() };
        return sent_away(&desk, &visitor, jar, "/", "", refused).await;
    };
    let returned = Returned {
        state: callback.state,
        code: callback.code.map(SecretString::from),
        error: callback.error,
        error_description: callback.error_description,
        issuer: callback.iss,
    };
    let arrived = match provider.finish(&SecretString::from(pending), returned).await {
        Ok(Outcome::Arrived(arrived)) => arrived,
        Ok(Outcome::Again(begun)) => {
            return Ok((keep(&desk, jar, &begun, back, proves)?, see(begun.url.as_str())).into_response());
        }
        Err(refused) => return sent_away(&desk, &visitor, jar, &back, "", refused).await,
    };
    let name = arrived.name.clone();
    match admit::admit(&desk, &visitor, arrived).await? {
        Ok(person) => enter(&desk, &visitor, jar, &person, &back, proves).await,
        Err(refused) => {
            let name = if refused.kind == admit::FORGOTTEN { "" } else { &name };
            sent_away(&desk, &visitor, jar, &back, name, refused).await
        }
    }
}

/// Opens the session; or notes in the one that is open that somebody has proved anew who they are.
async fn enter(
    desk: &Desk,
    visitor: &Visitor,
    jar: CookieJar,
    person: &Person,
    back: &str,
    proves: Option<PersonId>,
) -> Result<Response, Error> {
    let by = visitor.person(person);
    let jar = match (proves, sessions::current(desk, &jar).await?) {
        (Some(wanted), _) if wanted != person.id => {
            let sentence = "At the provider you are somebody else than here. Sign out here first, or choose the other account there.";
            let refused = Refused { kind: "somebody_else", sentence: sentence.to_owned() };
            return sent_away(desk, visitor, jar, back, &person.name, refused).await;
        }
        (Some(_), Some((session, current))) if current.id == person.id => {
            sessions::prove(desk, &by, &session, jar).await?
        }
        _ => sessions::open(desk, visitor, person, OpenedBy::SingleSignOn, None, jar).await?,
    };
    desk.metrics.sign_in("signed_in");
    let first = match (person.role, back) {
        // Home is for people who search.
        (Role::Auditor, "/") => "/settings",
        (_, back) => back,
    };
    Ok((jar, see(first)).into_response())
}

/// The page that says why nobody was signed in.
async fn sent_away(
    desk: &Desk,
    visitor: &Visitor,
    jar: CookieJar,
    back: &str,
    name: &str,
    refused: Refused,
) -> Result<Response, Error> {
    desk.metrics.sign_in("refused");
    tracing::warn!(client.address = %visitor.client, kind = refused.kind, why = refused.sentence, "single sign-on refused");
    let entry = store::audit::Entry::new("session.refused")
        .with(serde_json::json!({ "what": "single_sign_on", "because": refused.kind }));
    desk.note(&visitor.stranger(&name.chars().take(64).collect::<String>()), entry).await;
    let page = render(&RefusedPage {
        frame: Frame::bare("Not signed in"),
        sentence: refused.sentence,
        again: address(back),
        emergency: desk.local_login() != crate::sign_on::LocalLogin::Off,
    })?;
    Ok((StatusCode::FORBIDDEN, jar, page).into_response())
}

/// `GET /signed-out`: for somebody who came in through the provider and has left Oriel.
pub async fn signed_out(State(desk): State<Desk>) -> Result<Response, Error> {
    #[derive(Template)]
    #[template(path = "sign_in/signed_out.html")]
    struct SignedOut {
        frame: Frame,
        way_out: Option<String>,
    }
    let way_out = provider(&desk)?.way_out().await.map(String::from);
    Ok(render(&SignedOut { frame: Frame::bare("Signed out"), way_out })?.into_response())
}
