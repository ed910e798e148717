//! One's API keys: made and shown once, listed without themselves, revoked.

use axum::extract::{Path, State};
use axum::response::{Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;
use store::keys::KeyId;

use super::{Open, page};
use crate::error::{Error, FieldError};
use crate::guard::SignedIn;
use crate::proof::ProvenPerson;
use crate::responses::see;
use crate::{Desk, api_keys};

/// The form.
#[derive(Deserialize)]
pub struct NewKey {
    #[serde(default)]
    label: String,
}

/// `POST /settings/keys`: answers with the page that shows the key. It is not redirected to, for then the key would have
/// to be kept somewhere in between.
pub async fn create(
    ProvenPerson(caller): ProvenPerson,
    State(desk): State<Desk>,
    Form(form): Form<NewKey>,
) -> Result<Response, Error> {
    let label = form.label.trim();
    if label.is_empty() || label.chars().count() > 80 || label.chars().any(char::is_control) {
        let error = FieldError::new("label", "A key has a name of 1 to 80 characters: what it is for.");
        return page(&desk, &caller, Open::Key(Err(error))).await;
    }
    let (key, hash) = api_keys::new_key(&desk.random);
    store::keys::create(&desk.db, &caller.actor, &hash, &caller.id, label, desk.now()).await?;
    page(&desk, &caller, Open::Key(Ok((label.to_owned(), key)))).await
}

/// `POST /settings/keys/{id}/revoke`
pub async fn revoke(
    SignedIn(caller): SignedIn,
    State(desk): State<Desk>,
    Path(id): Path<KeyId>,
) -> Result<Redirect, Error> {
    let own = store::keys::list_of(&desk.db, &caller.id).await?.into_iter().any(|key| key.id == id);
    if !own {
        return Err(Error::NotFound);
    }
    store::keys::revoke(&desk.db, &caller.actor, &id, desk.now()).await?;
    Ok(see("/settings#keys"))
}
