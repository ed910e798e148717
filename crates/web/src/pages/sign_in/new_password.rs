//! A step of signing in: a password that somebody else chose is changed before anything else.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;
use axum_extra::extract::cookie::CookieJar;
use secrecy::SecretString;
use serde::Deserialize;

use super::steps::Passing;
use crate::Desk;
use crate::error::{Error, FieldError};
use crate::frame::Frame;
use crate::passwords;
use crate::responses::render;
use crate::sessions::Visitor;

#[derive(Template)]
#[template(path = "sign_in/new_password.html")]
struct NewPasswordPage {
    frame: Frame,
    state: String,
    name: String,
    errors: Vec<FieldError>,
    fewest: usize,
}

/// The form.
#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    state: String,
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    password: SecretString,
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    again: SecretString,
}

/// `POST /sign-in/password`
pub async fn create(
    State(desk): State<Desk>,
    visitor: Visitor,
    jar: CookieJar,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Error> {
    let passing = Passing::read(&desk, &chosen.state).await?;
    // A page from before the code was given leads back to the code.
    let Some(mut passing) = passing.filter(|passing| passing.code || !passing.account.has_second_factor) else {
        return super::too_late(&desk).await;
    };
    let scope = store::grants::of(&desk.db, passing.person()).await?;
    let mut errors =
        passwords::unfit(&desk, Some(&scope), &chosen.password, &chosen.again, &passing.person().name).await?;
    if errors.is_empty() && passwords::verify_aside(chosen.password.clone(), Some(passing.hash.clone())).await {
        errors.push(FieldError::new("password", "This is the password that you were given. Choose one of your own."));
    }
    if !errors.is_empty() {
        return page(&desk, &passing, errors);
    }
    let hash = passwords::hash_aside(chosen.password, desk.random.clone()).await?;
    let (by, id) = (visitor.person(passing.person()), &passing.person().id);
    if !store::people::choose_password(&desk.db, &by, id, &passing.hash, &hash, None, desk.now()).await? {
        return super::too_late(&desk).await;
    }
    passing.account.password_given = false;
    passing.hash = hash;
    passing.go_on(&desk, &visitor, jar).await
}

/// The page.
pub fn page(desk: &Desk, passing: &Passing, errors: Vec<FieldError>) -> Result<Response, Error> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = NewPasswordPage {
        frame: Frame::bare("Choose a password"),
        state: passing.sealed(desk)?,
        name: passing.person().name.clone(),
        errors,
        fewest: passwords::FEWEST,
    };
    Ok((status, render(&page)?).into_response())
}
