//! Whom to ask when something fails, set by an owner; and the bundle to send along.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::{Open, page};
use store::audit::Entry;

use crate::Desk;
use crate::audit::of_scope;
use crate::error::{Error, FieldError};
use crate::guard::Owner;
use crate::responses::see;
use crate::support::{self, Contact};

/// What the page shows of it.
#[derive(Default)]
pub struct SupportPart {
    /// Whom to ask, as it is set.
    pub contact: Option<Contact>,
    /// What stands in the field.
    pub typed: String,
    /// What is wrong with that.
    pub error: Option<FieldError>,
}

/// The form.
#[derive(Deserialize)]
pub struct Change {
    #[serde(default)]
    contact: String,
}

/// `POST /settings/support-contact`: nothing written takes it away.
pub async fn update(
    Owner(caller): Owner,
    State(desk): State<Desk>,
    Form(change): Form<Change>,
) -> Result<Response, Error> {
    match Contact::read(&change.contact) {
        Ok(contact) => {
            desk.set_support_contact(&caller.actor, contact.as_ref()).await?;
            Ok(see("/settings?done=contact#support").into_response())
        }
        Err(said) => page(&desk, &caller, Open::Contact(change.contact, FieldError::new("contact", said))).await,
    }
}

/// `GET /settings/support-bundle`
pub async fn bundle(Owner(caller): Owner, State(desk): State<Desk>) -> Result<Response, Error> {
    let text = support::bundle(&desk, &caller.scope).await?;
    let name = format!("oriel-support-{}.json", desk.now().strftime("%Y%m%dT%H%M%SZ"));
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    desk.note(&caller.actor, of_scope(&caller, Entry::new("support_bundle.made"))).await;
    tracing::info!("a support bundle was made");
    Ok((headers, text).into_response())
}
