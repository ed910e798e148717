//! `/api/v1/people`

mod record;

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use store::grants::Scope;
use store::keys::KeyId;
use store::people::{PersonId, Role};
use store::sessions::SessionId;
use store::tenants::TenantId;
use utoipa::ToSchema;

use record::{Given, KeyRecord, PersonRecord, SessionRecord};

use super::{Body, Path};
use crate::Desk;
use crate::error::Error;
use crate::error::problem::Problem;
use crate::people::{self, ChangingKey, ManagerKey, Newcomer, account};
use crate::sessions;

/// Somebody new.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// The name to sign in with.
    #[serde(default)]
    #[schema(required = true)]
    name: String,
    /// `owner`, `analyst`, `viewer` or `auditor`.
    #[serde(default)]
    #[schema(required = true)]
    role: String,
    /// Whether the person may see every tenant. It, or `tenants`, is needed where there are several tenants; an owner sees
    /// every one.
    every_tenant: Option<bool>,
    /// Ids of the tenants that the person may see, where that is not every one.
    #[schema(value_type = Option<Vec<String>>)]
    tenants: Option<Vec<TenantId>>,
    /// A password to begin with; without it one is made, and is in the answer. It is changed at the first sign-in.
    #[serde(default, deserialize_with = "crate::secret_text::read_optional")]
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<SecretString>,
}

/// A change. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// `owner`, `analyst`, `viewer` or `auditor`.
    role: Option<String>,
    /// Whether the person may sign in. `true` ends sessions and keys at once.
    disabled: Option<bool>,
    /// Whether the person may see every tenant; owners do.
    every_tenant: Option<bool>,
    /// Ids of the tenants that the person may see, where that is not every one.
    #[schema(value_type = Option<Vec<String>>)]
    tenants: Option<Vec<TenantId>>,
    /// Whether the person may see the people in findings by their names; owners may, and auditors see no findings.
    may_unmask: Option<bool>,
    /// Makes a new password, which is in the answer; sessions end.
    #[serde(default)]
    reset_password: bool,
    /// Takes the authenticator and the recovery codes away; sessions end.
    #[serde(default)]
    reset_second_factor: bool,
}

/// What a request says of tenants.
fn scope(every_tenant: Option<bool>, tenants: Option<Vec<TenantId>>) -> Result<Option<Scope>, Error> {
    match (every_tenant, tenants) {
        (Some(true), None) => Ok(Some(Scope::All)),
        (Some(true), Some(_)) => Err(Error::field("tenants", "Give `tenants` or `every_tenant`, and not both.")),
        (_, Some(tenants)) => Ok(Some(Scope::Only(tenants.into_iter().collect::<BTreeSet<_>>()))),
        (Some(false), None) => Ok(Some(Scope::Only(BTreeSet::new()))),
        (None, None) => Ok(None),
    }
}

/// Everybody.
#[utoipa::path(get, path = "/api/v1/people", tag = "people", responses((status = 200, body = Vec<PersonRecord>)))]
pub async fn list(_: ManagerKey, State(desk): State<Desk>) -> Result<Json<Vec<PersonRecord>>, Error> {
    let mut records = Vec::new();
    for account in store::people::accounts(&desk.db, desk.now()).await? {
        records.push(PersonRecord::read(&desk, account).await?);
    }
    Ok(Json(records))
}

/// Lets somebody in.
#[utoipa::path(
    post,
    path = "/api/v1/people",
    tag = "people",
    request_body = NewPerson,
    responses(
        (status = 201, body = Given),
        (status = 422, description = "A field cannot be right", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn create(
    ChangingKey(caller): ChangingKey,
    State(desk): State<Desk>,
    Body(new): Body<NewPerson>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<Given>), Error> {
    let scope = scope(new.every_tenant, new.tenants)?;
    let newcomer = Newcomer { name: new.name, role: new.role, scope, password: new.password };
    let (person, made) = people::add(&desk, &caller.actor, newcomer).await?;
    let record = PersonRecord::read(&desk, account(&desk, &person.id).await?).await?;
    let location = format!("/api/v1/people/{}", person.id);
    let given = Given { person: record, password: made.map(|password| password.expose_secret().to_owned()) };
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(given)))
}

/// Changes what somebody may do.
#[utoipa::path(
    patch,
    path = "/api/v1/people/{id}",
    tag = "people",
    params(("id" = String, Path, description = "The person")),
    request_body = Change,
    responses(
        (status = 200, body = Given),
        (status = 404, description = "There is nobody of this id", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field cannot be right", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn update(
    ChangingKey(caller): ChangingKey,
    State(desk): State<Desk>,
    Path(id): Path<PersonId>,
    Body(change): Body<Change>,
) -> Result<Json<Given>, Error> {
    let before = account(&desk, &id).await?;
    let role = change.role.as_deref().map(str::parse::<Role>).transpose();
    let role = role.map_err(|_| Error::field("role", "A role is one of: owner, analyst, viewer, auditor."))?;
    let scope = scope(change.every_tenant, change.tenants)?;
    let (hash, made) = match change.reset_password {
        true => people::other_password(&desk, &before, None).await.map(|(hash, made)| (Some((hash, true)), made))?,
        false => (None, None),
    };
    let wanted = store::people::Change {
        role,
        scope,
        may_unmask: change.may_unmask,
        password: hash,
        reset_second_factor: change.reset_second_factor,
        disabled: change.disabled,
    };
    people::change(&desk, &caller.actor, &before.person, &wanted).await?;
    let person = PersonRecord::read(&desk, account(&desk, &id).await?).await?;
    Ok(Json(Given { person, password: made.map(|password| password.expose_secret().to_owned()) }))
}

/// Ends somebody's access: sessions and keys with it. What the person did stays in the audit, and so does the name.
#[utoipa::path(
    delete,
    path = "/api/v1/people/{id}",
    tag = "people",
    params(("id" = String, Path, description = "The person")),
    responses(
        (status = 204, description = "The person can no longer sign in"),
        (status = 404, description = "There is nobody of this id", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The last owner stays", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn delete(
    ChangingKey(caller): ChangingKey,
    State(desk): State<Desk>,
    Path(id): Path<PersonId>,
) -> Result<StatusCode, Error> {
    let person = account(&desk, &id).await?.person;
    people::disable(&desk, &caller.actor, &person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody's sessions.
#[utoipa::path(
    get,
    path = "/api/v1/people/{id}/sessions",
    tag = "people",
    params(("id" = String, Path, description = "The person")),
    responses(
        (status = 200, body = Vec<SessionRecord>),
        (status = 404, description = "There is nobody of this id", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn sessions(
    _: ManagerKey,
    State(desk): State<Desk>,
    Path(id): Path<PersonId>,
) -> Result<Json<Vec<SessionRecord>>, Error> {
    account(&desk, &id).await?;
    let now = desk.now();
    let listed = store::sessions::list_of(&desk.db, &id, now).await?;
    let open = listed.into_iter().filter(|session| !sessions::is_over(session, now));
    Ok(Json(open.map(SessionRecord::from).collect()))
}

/// Ends all of somebody's sessions.
#[utoipa::path(
    delete,
    path = "/api/v1/people/{id}/sessions",
    tag = "people",
    params(("id" = String, Path, description = "The person")),
    responses(
        (status = 204, description = "They have ended"),
        (status = 404, description = "There is nobody of this id", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn end_sessions(
    ChangingKey(caller): ChangingKey,
    State(desk): State<Desk>,
    Path(id): Path<PersonId>,
) -> Result<StatusCode, Error> {
    account(&desk, &id).await?;
    store::sessions::delete_of_person(&desk.db, &caller.actor, &id, desk.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one of somebody's sessions.
#[utoipa::path(
    delete,
    path = "/api/v1/people/{id}/sessions/{session}",
    tag = "people",
    params(("id" = String, Path, description = "The person"), ("session" = String, Path, description = "The session")),
    responses(
        (status = 204, description = "It has ended"),
        (status = 404, description = "There is no such session", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn end_session(
    ChangingKey(caller): ChangingKey,
    State(desk): State<Desk>,
    Path((id, session)): Path<(PersonId, SessionId)>,
) -> Result<StatusCode, Error> {
    match store::sessions::end(&desk.db, &caller.actor, &id, &session, desk.now()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Error::NotFound),
    }
}

/// Somebody's keys that were not revoked. A key itself is shown to nobody again.
#[utoipa::path(
    get,
    path = "/api/v1/people/{id}/keys",
    tag = "people",
    params(("id" = String, Path, description = "The person")),
    responses(
        (status = 200, body = Vec<KeyRecord>),
        (status = 404, description = "There is nobody of this id", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn keys(
    _: ManagerKey,
    State(desk): State<Desk>,
    Path(id): Path<PersonId>,
) -> Result<Json<Vec<KeyRecord>>, Error> {
    account(&desk, &id).await?;
    Ok(Json(people::keys(&desk, &id).await?.into_iter().map(KeyRecord::from).collect()))
}

/// Revokes one of somebody's keys.
#[utoipa::path(
    delete,
    path = "/api/v1/people/{id}/keys/{key}",
    tag = "people",
    params(("id" = String, Path, description = "The person"), ("key" = String, Path, description = "The key's id")),
    responses(
        (status = 204, description = "It opens nothing any more"),
        (status = 404, description = "There is no such key", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn revoke_key(
    ChangingKey(caller): ChangingKey,
    State(desk): State<Desk>,
    Path((id, key)): Path<(PersonId, KeyId)>,
) -> Result<StatusCode, Error> {
    match store::keys::revoke(&desk.db, &caller.actor, Some(&id), &key, desk.now()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Error::NotFound),
    }
}
