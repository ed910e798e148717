//! The page behind the one-time link: it makes the first owner.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;
use axum_extra::extract::cookie::CookieJar;
use secrecy::SecretString;
use serde::Deserialize;
use store::people::{NewPerson, Role};
use store::sessions::OpenedBy;

use crate::Desk;
use crate::error::{Error, FieldError};
use crate::frame::Frame;
use crate::passwords;
use crate::people::unfit_name;
use crate::responses::{render, see};
use crate::sessions::{self, Visitor};
use crate::tokens;

#[derive(Template)]
#[template(path = "first_start.html")]
struct FirstStartPage {
    frame: Frame,
    token: String,
    name: String,
    errors: Vec<FieldError>,
    void: bool,
    fewest: usize,
}

impl FirstStartPage {
    fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == field).map(|error| error.message.as_str())
    }
}

/// The form.
#[derive(Deserialize)]
pub struct NewOwner {
    #[serde(default)]
    name: String,
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    password: SecretString,
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    again: SecretString,
}

/// `GET /first-start/{token}`: the form. Looking at it uses nothing up.
pub async fn show(State(desk): State<Desk>, Path(token): Path<String>) -> Result<Response, Error> {
    let void = !holds(&desk, &token).await?;
    page(token, String::new(), Vec::new(), void)
}

async fn holds(desk: &Desk, token: &str) -> Result<bool, Error> {
    Ok(tokens::is_token(token) && store::first_start::holds(&desk.db, &tokens::hash(token), desk.now()).await?)
}

/// `POST /first-start/{token}`: makes the owner and signs them in, if the link still holds.
pub async fn create(
    State(desk): State<Desk>,
    visitor: Visitor,
    jar: CookieJar,
    Path(token): Path<String>,
    Form(form): Form<NewOwner>,
) -> Result<Response, Error> {
    let now = desk.now();
    desk.password_attempt("", visitor.client).await?;
    // Before anything is said of a name or a password: that too is for whoever holds the link.
    if !holds(&desk, &token).await? {
        return page(token, String::new(), Vec::new(), true);
    }
    let name = form.name.trim().to_owned();
    let mut errors = Vec::new();
    if let Some(message) = unfit_name(&name) {
        errors.push(FieldError::new("name", message));
    }
    errors.extend(passwords::unfit(&desk, None, &form.password, &form.again, &name).await?);
    if !errors.is_empty() {
        return page(token, name, errors, false);
    }
    let hash = passwords::hash_aside(form.password, desk.random.clone()).await?;
    let owner = NewPerson {
        name,
        role: Role::Owner,
        password_hash: hash,
        password_given: false,
        scope: store::grants::Scope::All,
    };
    match store::first_start::redeem(&desk.db, &tokens::hash(&token), owner, Some(&visitor.client.to_string()), now)
        .await
    {
        Ok(Some(person)) => {
            tracing::info!("the first owner was made");
            let jar = sessions::open(&desk, &visitor, &person, OpenedBy::Password, None, jar).await?;
            Ok((jar, see("/settings#integration")).into_response())
        }
        Ok(None) => page(token, String::new(), Vec::new(), true),
        Err(store::Error::NameTaken { name }) => {
            let errors = vec![FieldError::new("name", "Somebody of this name is there already. Choose another.")];
            page(token, name, errors, false)
        }
        Err(error) => Err(error.into()),
    }
}

fn page(token: String, name: String, errors: Vec<FieldError>, void: bool) -> Result<Response, Error> {
    let status = match (void, errors.is_empty()) {
        (true, _) => StatusCode::GONE,
        (false, false) => StatusCode::UNPROCESSABLE_ENTITY,
        (false, true) => StatusCode::OK,
    };
    let frame = Frame::bare("First start");
    let page = FirstStartPage { frame, token, name, errors, void, fewest: passwords::FEWEST };
    Ok((status, render(&page)?).into_response())
}
