//! Account settings: profile, password, API keys, and the Microsoft Graph Integration.

pub mod checklist;
pub mod checks;
pub mod connections;
pub mod credentials;
pub mod integration;
pub mod keys;
pub mod own_assets;
pub mod password;
pub mod support;
pub mod switches;
pub mod tables;
pub mod transcript;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use jiff::Timestamp;
use search::Product;
use serde::Deserialize;
use store::connections::ConnectionId;
use store::keys::ApiKey;
use store::people::{Person, Role};

use crate::Desk;
use crate::connection_form::{Draft, trimmed_sentence};
use crate::error::{Error, FieldError};
use crate::frame::{Frame, Section};
use crate::guard::SignedIn;
use crate::responses::render;
use connections::error_of;
use credentials::Came;
use integration::Integration;
use support::SupportPart;

/// What the address of the page says.
#[derive(Debug, Default, Deserialize)]
pub struct Ask {
    /// The connection whose form is open.
    edit: Option<ConnectionId>,
    /// The connection that is about to be removed.
    removing: Option<ConnectionId>,
    /// The product to which a connection is added.
    add: Option<Product>,
    /// Wait until the open connection has been tried: for browsers without JavaScript.
    #[serde(default)]
    wait: bool,
    /// Fields of the open form that had something round them, with commas between.
    #[serde(default)]
    trimmed: String,
    /// What was done just now.
    #[serde(default)]
    done: String,
}

/// What of the page is open, and how the last form came out.
pub enum Open {
    /// Nothing; a word says what was done just now.
    Nothing(String),
    /// The password was not changed, for these reasons.
    Password(Vec<FieldError>),
    /// A key was made (label, key), or not.
    Key(Result<(String, String), FieldError>),
    /// The support contact was not set: what was typed, and why it cannot be.
    Contact(String, FieldError),
    /// The form of a new connection.
    New {
        /// Of this product.
        product: Product,
        /// What was typed.
        draft: Option<Draft>,
        /// What cannot be right.
        errors: Vec<FieldError>,
    },
    /// The form of a connection.
    Edit {
        /// Of this one.
        id: ConnectionId,
        /// What was typed; absent for what is stored.
        draft: Option<Draft>,
        /// What cannot be right.
        errors: Vec<FieldError>,
        /// Sentences on what was put right.
        trimmed: Vec<String>,
    },
    /// The form of a connection, after something was done to its credentials.
    Credentials {
        /// Of this one.
        id: ConnectionId,
        /// How that came out.
        came: Came,
    },
    /// The question whether this connection is to be removed.
    Remove(ConnectionId),
}

impl Open {
    fn status(&self) -> StatusCode {
        let wrong = match self {
            Open::Password(errors) | Open::New { errors, .. } | Open::Edit { errors, .. } => !errors.is_empty(),
            Open::Credentials { came, .. } => !came.errors.is_empty(),
            Open::Key(made) => made.is_err(),
            Open::Contact(..) => true,
            Open::Nothing(_) | Open::Remove(_) => false,
        };
        if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
    }
}

#[derive(Template)]
#[template(path = "settings/show.html")]
struct SettingsPage {
    frame: Frame,
    now: Timestamp,
    person: Person,
    done: &'static str,
    password_errors: Vec<FieldError>,
    fewest: usize,
    keys: Vec<ApiKey>,
    new_key: Option<(String, String)>,
    key_error: Option<FieldError>,
    integration: Integration,
    support: SupportPart,
}

/// `GET /settings`
pub async fn show(
    SignedIn(person): SignedIn,
    State(desk): State<Desk>,
    Query(ask): Query<Ask>,
) -> Result<Response, Error> {
    let owner = person.role == Role::Owner;
    let open = match (ask.edit, ask.removing, ask.add) {
        (Some(id), _, _) if owner => {
            if ask.wait {
                desk.wait_for_validation(&id.to_string()).await?;
            }
            let trimmed = ask.trimmed.split(',').filter_map(trimmed_sentence).collect();
            Open::Edit { id, draft: None, errors: Vec::new(), trimmed }
        }
        (None, Some(id), _) if owner => Open::Remove(id),
        (None, None, Some(product)) if owner => Open::New { product, draft: None, errors: Vec::new() },
        _ => Open::Nothing(ask.done),
    };
    page(&desk, &person, open).await
}

/// The page, whatever is open on it.
pub async fn page(desk: &Desk, person: &Person, open: Open) -> Result<Response, Error> {
    let status = open.status();
    let integration = Integration::read(desk, person, &open).await?;
    let mut frame = super::frame("Account settings", person).section(Section::Settings);
    frame.refresh =
        integration.validating.as_ref().map(|id| (1, format!("/settings?edit={id}&wait=true#connection-{id}")));
    let mut page = SettingsPage {
        frame,
        now: desk.now(),
        person: person.clone(),
        done: "",
        password_errors: Vec::new(),
        fewest: crate::passwords::FEWEST,
        keys: store::keys::list_of(&desk.db, &person.id).await?,
        new_key: None,
        key_error: None,
        integration,
        support: SupportPart::default(),
    };
    page.support.contact = desk.support_contact().await?;
    page.support.typed = page.support.contact.as_ref().map(|contact| contact.text.clone()).unwrap_or_default();
    page.keys.retain(|key| key.revoked_at.is_none());
    match open {
        Open::Password(errors) => page.password_errors = errors,
        Open::Key(Ok(made)) => page.new_key = Some(made),
        Open::Key(Err(error)) => page.key_error = Some(error),
        Open::Contact(typed, error) => {
            page.support.typed = typed;
            page.support.error = Some(error);
        }
        Open::Nothing(done) => {
            page.done = match done.as_str() {
                "password" => "The password was changed. Other sessions of yours have ended.",
                "contact" => "The support contact was saved.",
                "removed" => "The connection was removed, and its credentials destroyed.",
                _ => "",
            }
        }
        _ => {}
    }
    Ok((status, render(&page)?).into_response())
}
