//! One's API keys: made and shown once, listed without themselves, revoked.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::{Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;
use store::grants::Scope;
use store::keys::{ApiKey, KeyId, NewKey};

use super::{Open, page};
use crate::error::{Error, FieldError};
use crate::guard::{self, SignedIn};
use crate::people::unfit_label;
use crate::proof::ProvenPerson;
use crate::responses::see;
use crate::tenants::Tenants;
use crate::{Desk, rights, tokens};

/// The form.
#[derive(Deserialize)]
pub struct New {
    #[serde(default)]
    label: String,
    /// Tenants to which it is narrowed, by GUID or `CLOUD/GUID`; none for all that the person may see.
    #[serde(default)]
    tenant: Vec<String>,
    /// Whether it changes people as well.
    #[serde(default)]
    manage_people: Option<String>,
}

/// `POST /settings/keys`: answers with the page that shows the key. It is not redirected to, for then the key would have
/// to be kept somewhere in between.
pub async fn create(
    ProvenPerson(caller): ProvenPerson,
    State(desk): State<Desk>,
    Form(form): Form<New>,
) -> Result<Response, Error> {
    let label = form.label.trim();
    if let Some(message) = unfit_label(label) {
        return page(&desk, &caller, Open::Key(Err(FieldError::new("label", message)))).await;
    }
    let tenants = desk.tenants(&caller.scope).await?;
    let named: Option<BTreeSet<_>> =
        form.tenant.iter().map(|name| tenants.read(name).map(|tenant| tenant.id.clone())).collect();
    // A tenant that the person may not see is as one that is not there.
    let named = named.ok_or(Error::NotFound)?;
    let manage_people = form.manage_people.is_some();
    if manage_people {
        guard::may(caller.clone(), &rights::MANAGE_PEOPLE)?;
    }
    let (key, hash) = tokens::new(&desk.random);
    let scope = if named.is_empty() { Scope::All } else { Scope::Only(named) };
    let new = NewKey { hash: &hash, person: &caller.id, label, scope, manage_people };
    store::keys::create(&desk.db, &caller.actor, &new, desk.now()).await?;
    page(&desk, &caller, Open::Key(Ok((label.to_owned(), key)))).await
}

/// `POST /settings/keys/{id}/revoke`
pub async fn revoke(
    SignedIn(caller): SignedIn,
    State(desk): State<Desk>,
    Path(id): Path<KeyId>,
) -> Result<Redirect, Error> {
    if !store::keys::revoke(&desk.db, &caller.actor, Some(&caller.id), &id, desk.now()).await? {
        return Err(Error::NotFound);
    }
    Ok(see("/settings#keys"))
}

/// To which tenants each narrowed key is narrowed, in words.
pub async fn narrowed(desk: &Desk, keys: &[ApiKey], tenants: &Tenants) -> Result<Vec<(KeyId, String)>, Error> {
    let mut narrowed = Vec::new();
    for key in keys.iter().filter(|key| !key.all_tenants) {
        let scope = store::grants::of_key(&desk.db, &key.id, &key.person_id).await?;
        narrowed.push((key.id.clone(), tenants.in_words(&scope)));
    }
    Ok(narrowed)
}
