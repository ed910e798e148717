//! Account settings: profile, password, API keys, and the Microsoft Graph Integration.

pub mod access;
pub mod checklist;
pub mod checks;
pub mod connections;
pub mod credentials;
pub mod integration;
pub mod keys;
pub mod many;
pub mod own_assets;
pub mod password;
pub mod support;
pub mod switches;
pub mod tables;
pub mod tenants;
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
use store::keys::{ApiKey, KeyId};
use store::people::{Person, Role};

use crate::Desk;
use crate::connection_form::{Draft, trimmed_sentence};
use crate::connections::filter::Filter;
use crate::error::{Error, FieldError};
use crate::frame::{Frame, Section};
use crate::guard::{Caller, SignedIn};
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
    /// What the connections are looked for by.
    #[serde(default)]
    find: String,
    #[serde(default)]
    product: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    tenant: String,
}

/// What of the page is open, and how the last form came out.
pub enum Open {
    /// Nothing; a word says what was done just now.
    Nothing(String),
    /// The password was not changed, for these reasons.
    Password(Vec<FieldError>),
    /// Something was done to the second factor.
    Access(access::Came),
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
    /// The connection that is open.
    fn connection(&self) -> Option<&ConnectionId> {
        match self {
            Open::Edit { id, .. } | Open::Credentials { id, .. } | Open::Remove(id) => Some(id),
            _ => None,
        }
    }

    fn status(&self) -> StatusCode {
        let wrong = match self {
            Open::Password(errors) | Open::New { errors, .. } | Open::Edit { errors, .. } => !errors.is_empty(),
            Open::Credentials { came, .. } => !came.errors.is_empty(),
            Open::Access(came) => came.is_wrong(),
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
    /// To which tenants narrowed keys are narrowed.
    narrowed: Vec<(KeyId, String)>,
    new_key: Option<(String, String)>,
    key_error: Option<FieldError>,
    may_manage_people: bool,
    keys_without_sign_in_days: i64,
    integration: Integration,
    support: SupportPart,
    access: access::Access,
}

impl SettingsPage {
    fn narrowed_to(&self, key: &KeyId) -> Option<&str> {
        self.narrowed.iter().find(|(id, _)| id == key).map(|(_, words)| words.as_str())
    }
}

/// `GET /settings`
pub async fn show(
    SignedIn(caller): SignedIn,
    State(desk): State<Desk>,
    Query(ask): Query<Ask>,
) -> Result<Response, Error> {
    let owner = caller.role == Role::Owner;
    let filter = Filter { find: ask.find, product: ask.product, state: ask.state, tenant: ask.tenant };
    let open = match (ask.edit, ask.removing, ask.add) {
        (Some(id), _, _) if owner => {
            let connection = desk.connection_of(&caller, &id).await?;
            desk.note_connection(&caller, "connection.seen", &connection).await;
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
    page_of(&desk, &caller, open, filter).await
}

/// The page with all connections, whatever is open on it.
pub async fn page(desk: &Desk, caller: &Caller, open: Open) -> Result<Response, Error> {
    page_of(desk, caller, open, Filter::default()).await
}

async fn page_of(desk: &Desk, caller: &Caller, open: Open, filter: Filter) -> Result<Response, Error> {
    let status = open.status();
    let integration = Integration::read(desk, caller, &open, filter).await?;
    let mut frame = super::frame("Account settings", caller).section(Section::Settings);
    frame.refresh = match &integration.validating {
        Some(id) => Some((1, format!("/settings?edit={id}&wait=true#connection-{id}"))),
        None if integration.many > 0 && matches!(open, Open::Nothing(_)) => {
            Some((2, format!("/settings?done=validating{}#integration", integration.filter.query())))
        }
        None => None,
    };
    let own_keys = store::keys::list_of(&desk.db, &caller.id).await?;
    let mut page = SettingsPage {
        frame,
        now: desk.now(),
        person: caller.person.clone(),
        done: "",
        password_errors: Vec::new(),
        fewest: crate::passwords::FEWEST,
        narrowed: keys::narrowed(desk, &own_keys, &integration.tenants).await?,
        keys: own_keys,
        new_key: None,
        key_error: None,
        may_manage_people: crate::rights::MANAGE_PEOPLE.is_of(caller.role),
        keys_without_sign_in_days: desk.settings.keys_without_sign_in.as_hours() / 24,
        integration,
        support: SupportPart::default(),
        access: access::Access::read(desk, caller, access::Came::default()).await?,
    };
    page.support.contact = desk.support_contact().await?;
    page.support.typed = page.support.contact.as_ref().map(|contact| contact.text.clone()).unwrap_or_default();
    page.keys.retain(|key| key.revoked_at.is_none());
    match open {
        Open::Password(errors) => page.password_errors = errors,
        Open::Access(came) => page.access.came = came,
        Open::Key(Ok(made)) => page.new_key = Some(made),
        Open::Key(Err(error)) => page.key_error = Some(error),
        Open::Contact(typed, error) => {
            page.support.typed = typed;
            page.support.error = Some(error);
        }
        Open::Nothing(done) => {
            page.done = match done.as_str() {
                "password" => "The password was changed. Other sessions of yours have ended.",
                "second-factor-removed" => "The second factor is off. Other sessions of yours have ended.",
                "session" => "The session has ended.",
                "sessions" => "Your other sessions have ended.",
                "contact" => "The support contact was saved.",
                "none-ticked" => "No connection is ticked, so none was validated.",
                "renamed" => "The tenant’s name was saved.",
                "removed" => "The connection was removed, and its credentials destroyed.",
                _ => "",
            }
        }
        _ => {}
    }
    Ok((status, render(&page)?).into_response())
}
