//! Signing in and out.

mod code;
pub mod local;
mod new_password;
mod set_up;
pub mod sso;
pub mod steps;

pub use code::create as code;
pub use new_password::create as new_password;
pub use set_up::create as set_up;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use axum_extra::extract::{Form, Query};
use secrecy::SecretString;
use serde::Deserialize;
use store::audit::Entry;
use store::sessions::OpenedBy;

use crate::Desk;
use crate::error::Error;
use crate::frame::Frame;
use crate::guard::By;
use crate::passwords;
use crate::responses::{own_address, render, see};
use crate::sessions::{self, Visitor};
use steps::Passing;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    name: String,
    back: String,
    refused: Option<String>,
    no_owner: bool,
    ways: local::Ways,
}

/// What the address of the page says.
#[derive(Deserialize)]
pub struct Ask {
    #[serde(default)]
    back: String,
    /// Whether somebody has followed the link to the form that is for emergencies.
    #[serde(default)]
    emergency: bool,
}

/// The form.
#[derive(Deserialize)]
pub struct Credentials {
    #[serde(default)]
    name: String,
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    password: SecretString,
    #[serde(default)]
    back: String,
}

/// The address of the page, with the way back.
pub fn address(back: &str) -> String {
    match own_address(back) {
        "/" => "/sign-in".to_owned(),
        back => format!("/sign-in?back={}", url::form_urlencoded::byte_serialize(back.as_bytes()).collect::<String>()),
    }
}

/// `GET /sign-in`
pub async fn show(State(desk): State<Desk>, jar: CookieJar, Query(ask): Query<Ask>) -> Result<Response, Error> {
    if sessions::current(&desk, &jar).await?.is_some() {
        return Ok(see(own_address(&ask.back)).into_response());
    }
    page(&desk, String::new(), &ask.back, None, ask.emergency).await
}

/// `POST /sign-in`: the first step. Name and password are looked at the same way and for as long, whoever it is.
pub async fn create(
    State(desk): State<Desk>,
    visitor: Visitor,
    jar: CookieJar,
    Form(credentials): Form<Credentials>,
) -> Result<Response, Error> {
    let Credentials { name, password, back } = credentials;
    if let Some(why) = local::keeps_out(&desk, None) {
        let page = page(&desk, String::new(), &back, Some(why.to_owned()), true).await?;
        return Ok((StatusCode::FORBIDDEN, page).into_response());
    }
    desk.password_attempt(&name, visitor.client).await?;
    let known = store::people::by_name(&desk.db, name.trim()).await?.filter(|(person, _)| person.disabled_at.is_none());
    let known_name = known.as_ref().map(|(person, _)| person.name.clone());
    let (person, hash) = known.unzip();
    let fits = passwords::verify_aside(password, hash.clone()).await;
    let Some((person, hash)) = person.zip(hash).filter(|_| fits) else {
        desk.metrics.sign_in("refused");
        refused(&desk, &visitor, known_name.as_deref(), "password").await;
        let refused = "Name and password do not go together. An owner can set a new password, and so can whoever runs the server, \
                       with “oriel user reset-password”.";
        let page = page(&desk, name, &back, Some(refused.to_owned()), true).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    if let Some(why) = local::keeps_out(&desk, Some(&person)) {
        desk.metrics.sign_in("refused");
        refused(&desk, &visitor, Some(&person.name), "local").await;
        let page = page(&desk, name, &back, Some(why.to_owned()), true).await?;
        return Ok((StatusCode::FORBIDDEN, page).into_response());
    }
    Passing::begin(&desk, &person, hash, &back).await?.go_on(&desk, &visitor, jar).await
}

/// Writes down that somebody could not come in. That this fails lets nobody in either.
/// A name that nobody has is left out: it may be a password that was typed into the wrong field.
async fn refused(desk: &Desk, visitor: &Visitor, name: Option<&str>, what: &'static str) {
    tracing::warn!(client.address = %visitor.client, what, "sign-in refused");
    let name = name.unwrap_or_default();
    let entry = Entry::new("session.refused").with(serde_json::json!({ "what": what }));
    desk.note(&visitor.stranger(name), entry).await;
}

/// The page again, for somebody who was on the way for too long, or whose password was changed meanwhile.
async fn too_late(desk: &Desk) -> Result<Response, Error> {
    let refused = "This took longer than ten minutes, or something was changed meanwhile. Sign in once more.";
    let page = page(desk, String::new(), "/", Some(refused.to_owned()), true).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// What the browser throws away with the session: pages that it has, and what they remember there, such as which searches were
/// looked at in which height. Not its cookies: those of other servers of the same organisation are among them.
const CLEARED: [(HeaderName, &str); 1] = [(HeaderName::from_static("clear-site-data"), "\"cache\", \"storage\"")];

/// `POST /sign-out`
pub async fn delete(State(desk): State<Desk>, By(by): By, jar: CookieJar) -> Result<Response, Error> {
    let session = sessions::current(&desk, &jar).await?.map(|(session, _)| session.opened_by);
    // At the provider the browser stays signed in.
    let elsewhere = session == Some(OpenedBy::SingleSignOn) && desk.sign_on.is_some();
    let to = see(if elsewhere { "/signed-out" } else { "/sign-in" });
    Ok((CLEARED, sessions::close(&desk, &by, jar).await?, to).into_response())
}

async fn page(desk: &Desk, name: String, back: &str, refused: Option<String>, wanted: bool) -> Result<Response, Error> {
    let no_owner = !store::people::any_owner(&desk.db).await?;
    let back = own_address(back).to_owned();
    let ways = local::ways(desk, &back, wanted);
    Ok(render(&SignInPage { frame: Frame::bare("Sign in"), name, back, refused, no_owner, ways })?.into_response())
}
