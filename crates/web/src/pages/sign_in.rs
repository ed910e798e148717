//! Signing in and out.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use axum_extra::extract::{Form, Query};
use secrecy::SecretString;
use serde::Deserialize;
use store::people::Role;

use crate::Desk;
use crate::client_address::ClientAddress;
use crate::error::Error;
use crate::frame::Frame;
use crate::guard::By;
use crate::passwords;
use crate::responses::{own_address, render, see};
use crate::sessions;
use crate::sign_in_limit::Verdict;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    name: String,
    back: String,
    refused: Option<String>,
    no_owner: bool,
}

/// What the address of the page says.
#[derive(Deserialize)]
pub struct Ask {
    #[serde(default)]
    back: String,
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
    page(&desk, String::new(), &ask.back, None).await
}

/// `POST /sign-in`
pub async fn create(
    State(desk): State<Desk>,
    by: By,
    client: ClientAddress,
    jar: CookieJar,
    Form(credentials): Form<Credentials>,
) -> Result<Response, Error> {
    let Credentials { name, password, back } = credentials;
    match desk.memory.sign_ins.attempt(&name, client.address, desk.now()) {
        Verdict::Wait(until) => {
            desk.metrics.sign_in("slowed");
            return Err(Error::TooMany { until, now: desk.now() });
        }
        Verdict::Try(delay) if delay.is_zero() => {}
        Verdict::Try(delay) => tokio::time::sleep(delay).await,
    }
    let known = store::people::by_name(&desk.db, name.trim()).await?.filter(|(person, _)| person.disabled_at.is_none());
    let (person, hash) = known.unzip();
    let fits = passwords::verify_aside(password, hash).await;
    let Some(person) = person.filter(|_| fits) else {
        desk.metrics.sign_in("refused");
        tracing::warn!(client.address = %client.address, "sign-in refused");
        let refused = "Name and password do not go together. An owner can set a new password, and so can whoever runs the server, \
                       with “oriel user reset-password”.";
        let page = page(&desk, name, &back, Some(refused.to_owned())).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    desk.metrics.sign_in("signed_in");
    desk.memory.sign_ins.succeeded(&name, client.address);
    let first = match (person.role, own_address(&back)) {
        // Home is for people who search.
        (Role::Auditor, "/") => "/settings",
        (_, back) => back,
    };
    let jar = sessions::open(&desk, &by.person(&person), person.id, jar).await?;
    Ok((jar, see(first)).into_response())
}

/// `POST /sign-out`
pub async fn delete(State(desk): State<Desk>, By(by): By, jar: CookieJar) -> Result<(CookieJar, Redirect), Error> {
    Ok((sessions::close(&desk, &by, jar).await?, see("/sign-in")))
}

async fn page(desk: &Desk, name: String, back: &str, refused: Option<String>) -> Result<Response, Error> {
    let no_owner = !store::people::any_owner(&desk.db).await?;
    let back = own_address(back).to_owned();
    Ok(render(&SignInPage { frame: Frame::bare("Sign in"), name, back, refused, no_owner })?.into_response())
}
