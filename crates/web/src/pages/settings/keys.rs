//! One's API keys: made and shown once, listed without themselves, revoked.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::{Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;
use store::grants::Scope;
use store::keys::{ApiKey, KeyId};

use super::{Open, page};
use crate::error::{Error, FieldError};
use crate::guard::SignedIn;
use crate::proof::ProvenPerson;
use crate::responses::see;
use crate::tenants::Tenants;
use crate::{Desk, api_keys};

/// The form.
#[derive(Deserialize)]
pub struct NewKey {
    #[serde(default)]
    label: String,
    /// Tenants to which it is narrowed, by GUID or `CLOUD/GUID`; none for all that the person may see.
    #[serde(default)]
    tenant: Vec<String>,
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
    let tenants = desk.tenants(&caller.scope).await?;
    let named: Option<BTreeSet<_>> =
        form.tenant.iter().map(|name| tenants.read(name).map(|tenant| tenant.id.clone())).collect();
    // A tenant that the person may not see is as one that is not there.
    let named = named.ok_or(Error::NotFound)?;
    let (key, hash) = api_keys::new_key(&desk.random);
    let made = store::keys::create(&desk.db, &caller.actor, &hash, &caller.id, label, desk.now()).await?;
    if !named.is_empty() {
        store::grants::set_of_key(&desk.db, &caller.actor, &made.id, &Scope::Only(named), desk.now()).await?;
    }
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

/// To which tenants each narrowed key is narrowed, in words.
pub async fn narrowed(desk: &Desk, keys: &[ApiKey], tenants: &Tenants) -> Result<Vec<(KeyId, String)>, Error> {
    let mut narrowed = Vec::new();
    for key in keys.iter().filter(|key| !key.all_tenants) {
        let scope = store::grants::of_key(&desk.db, &key.id, &key.person_id).await?;
        let names: Vec<&str> =
            tenants.iter().filter(|tenant| scope.admits(&tenant.id)).map(|tenant| tenant.name.as_str()).collect();
        let words = if names.is_empty() { "no tenant".to_owned() } else { names.join(", ") };
        narrowed.push((key.id.clone(), words));
    }
    Ok(narrowed)
}
