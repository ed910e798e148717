//! What an owner does about people: each a form of the page.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use store::grants::Scope;
use store::keys::KeyId;
use store::people::{Change, PersonId, Role};
use store::sessions::SessionId;
use store::tenants::TenantId;

use super::{Came, page};
use crate::Desk;
use crate::error::Error;
use crate::people::{self, Made, Newcomer, ProvenManager, account};
use crate::responses::see;

/// Somebody new.
#[derive(Deserialize)]
pub struct New {
    #[serde(default)]
    name: String,
    #[serde(default)]
    role: String,
    /// `every` or `these`; empty where there is nothing to choose.
    #[serde(default)]
    tenants: String,
    #[serde(default)]
    tenant: Vec<TenantId>,
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    password: SecretString,
}

/// Which tenants were chosen: `every`, or `these`; nothing where nothing was said. What nobody can have chosen is no choice of
/// every one.
fn scope(chosen: &str, these: Vec<TenantId>) -> Result<Option<Scope>, Error> {
    match chosen {
        "every" => Ok(Some(Scope::All)),
        "these" => Ok(Some(Scope::Only(these.into_iter().collect::<BTreeSet<_>>()))),
        "" => Ok(None),
        _ => Err(Error::field("tenants", CHOOSE)),
    }
}

const CHOOSE: &str = "Choose every tenant, or which of them.";

/// A password that was typed; one is made where the field was left empty.
fn typed(password: SecretString) -> Option<SecretString> {
    Some(password).filter(|password| !password.expose_secret().is_empty())
}

fn shown(name: &str, made: Made) -> Option<(String, String)> {
    made.map(|password| (name.to_owned(), password.expose_secret().to_owned()))
}

/// `POST /people`: answers with the page that shows the password, once.
pub async fn create(
    ProvenManager(caller): ProvenManager,
    State(desk): State<Desk>,
    Form(new): Form<New>,
) -> Result<Response, Error> {
    let kept = (new.name.clone(), new.role.clone());
    let added = async {
        // An owner sees every tenant, whatever is ticked beside it.
        let scope = scope(&new.tenants, new.tenant)?.filter(|_| new.role != Role::Owner.as_str());
        let password = typed(new.password);
        people::add(&desk, &caller.actor, Newcomer { name: new.name, role: new.role, scope, password }).await
    };
    match added.await {
        Ok((person, made)) => {
            let made = shown(&person.name, made);
            page(&desk, &caller, Came { done: "changed".to_owned(), made, ..Came::default() }).await
        }
        Err(Error::Fields(errors)) => page(&desk, &caller, Came { errors, typed: kept, ..Came::default() }).await,
        Err(error) => Err(error),
    }
}

/// The form of somebody.
#[derive(Deserialize)]
pub struct OfPerson {
    #[serde(default)]
    role: String,
    /// `every` or `these`; empty where there is nothing to choose.
    #[serde(default)]
    tenants: String,
    #[serde(default)]
    tenant: Vec<TenantId>,
    #[serde(default)]
    may_unmask: Option<String>,
}

/// `POST /people/{id}`
pub async fn update(
    ProvenManager(caller): ProvenManager,
    State(desk): State<Desk>,
    Path(id): Path<PersonId>,
    Form(change): Form<OfPerson>,
) -> Result<Response, Error> {
    let person = account(&desk, &id).await?.person;
    let by = &caller.actor;
    let done = async {
        let role: Role = change.role.parse().map_err(|_| Error::field("role", "Choose a role."))?;
        let scope = scope(&change.tenants, change.tenant)?.ok_or_else(|| Error::field("tenants", CHOOSE))?;
        // Owners see every tenant and all names by being owners, auditors see no findings: what they were granted stays as
        // it is for the day when they are something else.
        let scope = Some(scope).filter(|_| role != Role::Owner);
        let may_unmask = matches!(role, Role::Analyst | Role::Viewer).then_some(change.may_unmask.is_some());
        people::change(&desk, by, &person, &Change { role: Some(role), scope, may_unmask, ..Change::default() }).await
    };
    match done.await {
        Ok(()) => Ok(see(&format!("/people?done=changed&edit={id}#person-{id}")).into_response()),
        Err(Error::Fields(errors)) => page(&desk, &caller, Came { edit: Some(id), errors, ..Came::default() }).await,
        Err(error) => Err(error),
    }
}

/// The form of a new password.
#[derive(Deserialize)]
pub struct Password {
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    password: SecretString,
}

/// `POST /people/{id}/password`: answers with the page that shows the password, once.
pub async fn reset_password(
    ProvenManager(caller): ProvenManager,
    State(desk): State<Desk>,
    Path(id): Path<PersonId>,
    Form(form): Form<Password>,
) -> Result<Response, Error> {
    let account = account(&desk, &id).await?;
    let done = async {
        let (hash, made) = people::other_password(&desk, &account, typed(form.password)).await?;
        let change = Change { password: Some((hash, true)), ..Change::default() };
        people::change(&desk, &caller.actor, &account.person, &change).await.map(|()| made)
    };
    match done.await {
        Ok(_) if id == caller.id => Ok(see("/sign-in").into_response()),
        Ok(made) => {
            let made = shown(&account.person.name, made);
            page(&desk, &caller, Came { edit: Some(id), done: "changed".to_owned(), made, ..Came::default() }).await
        }
        Err(Error::Fields(errors)) => page(&desk, &caller, Came { edit: Some(id), errors, ..Came::default() }).await,
        Err(error) => Err(error),
    }
}

/// `POST /people/{id}/second-factor/remove`
pub async fn reset_second_factor(
    ProvenManager(caller): ProvenManager,
    State(desk): State<Desk>,
    Path(id): Path<PersonId>,
) -> Result<Redirect, Error> {
    let person = account(&desk, &id).await?.person;
    people::change(&desk, &caller.actor, &person, &Change { reset_second_factor: true, ..Change::default() }).await?;
    Ok(see(&format!("/people?done=second-factor&edit={id}#person-{id}")))
}

/// `POST /people/{id}/disable`
pub async fn disable(
    ProvenManager(caller): ProvenManager,
    State(desk): State<Desk>,
    Path(id): Path<PersonId>,
) -> Result<Response, Error> {
    let person = account(&desk, &id).await?.person;
    match people::disable(&desk, &caller.actor, &person).await {
        Ok(()) => Ok(see("/people?done=disabled").into_response()),
        Err(Error::Fields(errors)) => page(&desk, &caller, Came { edit: Some(id), errors, ..Came::default() }).await,
        Err(error) => Err(error),
    }
}

/// `POST /people/{id}/enable`
pub async fn enable(
    ProvenManager(caller): ProvenManager,
    State(desk): State<Desk>,
    Path(id): Path<PersonId>,
) -> Result<Redirect, Error> {
    store::people::enable(&desk.db, &caller.actor, &id, desk.now()).await?;
    Ok(see(&format!("/people?done=enabled&edit={id}#person-{id}")))
}

/// `POST /people/{id}/sessions/end`: all of them.
pub async fn end_sessions(
    ProvenManager(caller): ProvenManager,
    State(desk): State<Desk>,
    Path(id): Path<PersonId>,
) -> Result<Redirect, Error> {
    store::sessions::delete_of_person(&desk.db, &caller.actor, &id, desk.now()).await?;
    Ok(see(&format!("/people?done=sessions&edit={id}#person-{id}")))
}

/// `POST /people/{id}/sessions/{session}/end`
pub async fn end_session(
    ProvenManager(caller): ProvenManager,
    State(desk): State<Desk>,
    Path((id, session)): Path<(PersonId, SessionId)>,
) -> Result<Redirect, Error> {
    if !store::sessions::end(&desk.db, &caller.actor, &id, &session, desk.now()).await? {
        return Err(Error::NotFound);
    }
    Ok(see(&format!("/people?done=sessions&edit={id}#person-{id}")))
}

/// `POST /people/{id}/keys/{key}/revoke`
pub async fn revoke_key(
    ProvenManager(caller): ProvenManager,
    State(desk): State<Desk>,
    Path((id, key)): Path<(PersonId, KeyId)>,
) -> Result<Redirect, Error> {
    if !store::keys::revoke(&desk.db, &caller.actor, Some(&id), &key, desk.now()).await? {
        return Err(Error::NotFound);
    }
    Ok(see(&format!("/people?done=key&edit={id}#person-{id}")))
}

/// The switch for everybody.
#[derive(Deserialize)]
pub struct Required {
    #[serde(default)]
    required: Option<String>,
}

/// `POST /people/second-factor`: whether everybody who signs in by a password has to have a second factor.
pub async fn require_second_factor(
    ProvenManager(caller): ProvenManager,
    State(desk): State<Desk>,
    Form(form): Form<Required>,
) -> Result<Redirect, Error> {
    use store::settings::{REQUIRED, SECOND_FACTOR, clear, set};
    match form.required {
        Some(_) => set(&desk.db, &caller.actor, SECOND_FACTOR, REQUIRED, desk.now()).await?,
        None => clear(&desk.db, &caller.actor, SECOND_FACTOR, desk.now()).await?,
    }
    Ok(see(if form.required.is_some() { "/people?done=required" } else { "/people?done=not-required" }))
}
