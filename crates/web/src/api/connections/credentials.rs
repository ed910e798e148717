//! `/api/v1/connections/{id}/credentials`: a second credential is added, tried, switched to; the first is removed.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum_extra::extract::Query;
use search::{CheckState, Validation};
use secrecy::SecretString;
use serde::Deserialize;
use store::connections::ConnectionId;
use store::credentials::CredentialId;
use utoipa::ToSchema;

use super::record::{CredentialRecord, ValidationRecord, credential_record, validation_record};
use super::{Body, CredentialBody, Path};
use crate::Desk;
use crate::connection_form::{self, Draft};
use crate::connections::Switch;
use crate::error::Error;
use crate::error::problem::Problem;
use crate::guard::OwnerKey;
use crate::markup;

/// A credential that is to stand beside the one in use.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Added {
    /// A client secret's Value.
    #[serde(default, deserialize_with = "crate::secret_text::read_optional")]
    #[schema(value_type = Option<String>, format = Password)]
    client_secret: Option<SecretString>,
    /// The day on which that secret ends.
    #[serde(default)]
    secret_ends: Option<String>,
    /// Another credential in the place of `client_secret`.
    #[serde(default)]
    credential: Option<CredentialBody>,
}

/// Whether to switch although the credential does not sign in.
#[derive(Debug, Default, Deserialize)]
pub struct Anyway {
    /// Switch without trying.
    #[serde(default)]
    anyway: bool,
}

/// The credentials of a connection, the one in use first.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}/credentials",
    tag = "connections",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<CredentialRecord>), (status = 404, body = Problem, content_type = "application/problem+json")),
)]
pub async fn list(
    OwnerKey(caller): OwnerKey,
    State(desk): State<Desk>,
    Path(id): Path<ConnectionId>,
) -> Result<Json<Vec<CredentialRecord>>, Error> {
    let connection = desk.connection_of(&caller, &id).await?;
    desk.note_connection(&caller, "connection.seen", &connection).await;
    let held = std::iter::once(&connection.credential).chain(&connection.spare);
    Ok(Json(held.map(|credential| credential_record(&desk, credential)).collect()))
}

/// Adds a credential beside the one in use.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/credentials",
    tag = "connections",
    params(("id" = String, Path)),
    request_body = Added,
    responses(
        (status = 201, body = CredentialRecord),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field cannot be right, or there are two already", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn create(
    OwnerKey(caller): OwnerKey,
    State(desk): State<Desk>,
    Path(id): Path<ConnectionId>,
    Body(added): Body<Added>,
) -> Result<(StatusCode, Json<CredentialRecord>), Error> {
    let connection = desk.connection_of(&caller, &id).await?;
    let (credential, ends) = CredentialBody::draft(added.credential);
    let draft = Draft {
        client_secret: added.client_secret.unwrap_or_default(),
        secret_ends: ends.or(added.secret_ends).unwrap_or_default(),
        credential,
        ..Draft::default()
    };
    let (proposed, ends) = connection_form::check_credential(&desk, &draft).map_err(Error::Fields)?;
    let credential = desk.add_credential(&caller.actor, &connection, proposed, ends).await?.ok_or(Error::NotFound)?;
    Ok((StatusCode::CREATED, Json(credential_record(&desk, &credential))))
}

/// Tries a credential that is not in use; what is found is not kept as the connection's.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/credentials/{credential}/validate",
    tag = "connections",
    params(("id" = String, Path), ("credential" = String, Path)),
    responses((status = 200, body = ValidationRecord), (status = 404, body = Problem, content_type = "application/problem+json")),
)]
pub async fn validate(
    OwnerKey(caller): OwnerKey,
    State(desk): State<Desk>,
    Path((id, credential)): Path<(ConnectionId, CredentialId)>,
) -> Result<Json<ValidationRecord>, Error> {
    let connection = desk.connection_of(&caller, &id).await?;
    let validation = desk.try_credential(&connection, &credential).await?.ok_or(Error::NotFound)?;
    Ok(Json(validation_record(&validation)))
}

/// Lets the connection sign in by a credential, if that signs in. Then what was found with it is the connection's validation.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/credentials/{credential}/use",
    tag = "connections",
    params(("id" = String, Path), ("credential" = String, Path), ("anyway" = Option<bool>, Query, description = "Switch without trying")),
    responses(
        (status = 204),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "It does not sign in", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn switch(
    OwnerKey(caller): OwnerKey,
    State(desk): State<Desk>,
    Path((id, credential)): Path<(ConnectionId, CredentialId)>,
    Query(ask): Query<Anyway>,
) -> Result<StatusCode, Error> {
    let connection = desk.connection_of(&caller, &id).await?;
    match desk.switch_credential(&caller.actor, &connection, &credential, ask.anyway).await? {
        Switch::Done(tried) => {
            if tried.is_none() {
                desk.validate(&id.to_string()).await?;
            }
            Ok(StatusCode::NO_CONTENT)
        }
        Switch::DoesNotSignIn(validation) => Err(Error::field("credential", not_switched(&validation))),
        Switch::NothingToSwitchTo => Err(Error::NotFound),
    }
}

/// Why nothing was switched.
pub fn not_switched(validation: &Validation) -> String {
    let failed = validation.checks.iter().find(|check| check.state == CheckState::Failed);
    let why = failed.map_or_else(String::new, |check| format!(" {}", markup::clean(&check.title)));
    format!("The credential does not sign in, so nothing was switched.{why}")
}

/// Destroys a credential that is not in use.
#[utoipa::path(
    delete,
    path = "/api/v1/connections/{id}/credentials/{credential}",
    tag = "connections",
    params(("id" = String, Path), ("credential" = String, Path)),
    responses((status = 204), (status = 404, body = Problem, content_type = "application/problem+json")),
)]
pub async fn delete(
    OwnerKey(caller): OwnerKey,
    State(desk): State<Desk>,
    Path((id, credential)): Path<(ConnectionId, CredentialId)>,
) -> Result<StatusCode, Error> {
    desk.connection_of(&caller, &id).await?;
    match desk.remove_credential(&caller.actor, &caller.scope, &id, &credential).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Error::NotFound),
    }
}
