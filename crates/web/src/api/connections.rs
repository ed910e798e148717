//! `/api/v1/connections`

pub(crate) mod credentials;
pub(crate) mod many;
pub(crate) mod record;
pub(crate) mod watch;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use search::Product;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use store::connections::ConnectionId;
use utoipa::ToSchema;

use record::{ConnectionRecord, ValidationRecord, record, validation_record};

use super::{Body, Path, Query};
use crate::Desk;
use crate::connection_form::{self, CredentialDraft, Draft, trimmed_sentence};
use crate::connections::filter::{Filter, Listed, STATES};
use crate::error::Error;
use crate::error::problem::Problem;
use crate::guard::{Caller, OwnerKey};
use crate::validating::End;

/// A new connection. What is left out is refused by name, with all else that cannot be right.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConnection {
    /// `sentinel` or `defender`.
    #[serde(default)]
    #[schema(required = true)]
    product: String,
    /// What to call it; the product's name without it.
    #[serde(default)]
    label: String,
    /// The directory (GUID).
    #[serde(default)]
    #[schema(required = true)]
    tenant_id: String,
    /// The app (GUID).
    #[serde(default)]
    #[schema(required = true)]
    client_id: String,
    /// The secret's Value; needed unless `credential` names another kind.
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    #[schema(value_type = String, format = Password)]
    client_secret: SecretString,
    /// The cloud; the first of the configuration without it.
    #[serde(default)]
    cloud: Option<String>,
    /// Workspaces of Sentinel: each an ID (GUID), then perhaps a space and a name.
    #[serde(default)]
    workspace_ids: Vec<String>,
    /// Capabilities that are not to be asked.
    #[serde(default)]
    switched_off: Vec<String>,
    /// Capabilities whose tables are rightly quiet: days without a new row are no gap there.
    #[serde(default)]
    quiet: Vec<String>,
    /// The day on which the secret ends.
    #[serde(default)]
    secret_ends: Option<String>,
    /// Another credential in the place of `client_secret`.
    #[serde(default)]
    credential: Option<CredentialBody>,
}

/// How a connection signs in.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialBody {
    /// `secret`, `certificate`, `managed_identity` or `federated_token`.
    kind: String,
    /// Certificate and private key, PEM; without it they are made here.
    #[serde(default, deserialize_with = "crate::secret_text::read_optional")]
    #[schema(value_type = Option<String>, format = Password)]
    certificate_pem: Option<SecretString>,
    /// The client ID of a user-assigned managed identity; without it the machine's own is used.
    #[serde(default)]
    identity_client_id: Option<String>,
    /// The day on which a secret ends, as `secret_ends`. A certificate tells its end itself.
    #[serde(default)]
    ends: Option<String>,
}

impl CredentialBody {
    /// As the form takes it, and the day on which it ends.
    fn draft(body: Option<CredentialBody>) -> (CredentialDraft, Option<String>) {
        let Some(body) = body else { return (CredentialDraft::default(), None) };
        let draft = CredentialDraft {
            kind: body.kind,
            make: body.certificate_pem.is_none(),
            certificate_pem: body.certificate_pem.unwrap_or_default(),
            identity: body.identity_client_id.unwrap_or_default(),
        };
        (draft, body.ends)
    }
}

/// A change. What is left out stays, but for the end of a secret that is replaced; changing cloud, tenant or client needs the
/// credential again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    label: Option<String>,
    tenant_id: Option<String>,
    client_id: Option<String>,
    #[serde(default, deserialize_with = "crate::secret_text::read_optional")]
    #[schema(value_type = Option<String>, format = Password)]
    client_secret: Option<SecretString>,
    cloud: Option<String>,
    workspace_ids: Option<Vec<String>>,
    switched_off: Option<Vec<String>>,
    quiet: Option<Vec<String>>,
    /// The day on which the secret ends; the empty text takes it away.
    secret_ends: Option<String>,
    /// Another credential in the place of the one in use, which is destroyed.
    #[serde(default)]
    credential: Option<CredentialBody>,
}

/// Which connections are listed. What is not set narrows nothing.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Part of a label, of a tenant's name or GUID, of a workspace's name or GUID, or of an app's GUID.
    #[serde(default)]
    find: String,
    /// `sentinel` or `defender`.
    #[serde(default)]
    product: String,
    /// `attention` (which has those that have failed, and those whose credential ends soon), `failed`, `ready`, or `new` for those
    /// that were not tried yet as they are now.
    #[serde(default)]
    state: String,
    /// The tenant: its GUID, or `CLOUD/GUID`.
    #[serde(default)]
    tenant: String,
}

impl Wanted {
    /// A word that is unknown would narrow nothing, and a script would take all for what it asked for.
    fn filter(self) -> Result<Filter, Error> {
        if !self.product.is_empty() && self.product.parse::<Product>().is_err() {
            return Err(Error::field("product", NO_PRODUCT));
        }
        if !self.state.is_empty() && !STATES.contains(&self.state.as_str()) {
            let states = STATES.join(", ");
            return Err(Error::field("state", format!("This is not a state. It is one of: {states}.")));
        }
        Ok(Filter { find: self.find, product: self.product, state: self.state, tenant: self.tenant })
    }
}

const NO_PRODUCT: &str = "This is not a product. It is one of: sentinel, defender.";

/// The connections, with their last validations.
#[utoipa::path(
    get,
    path = "/api/v1/connections",
    tag = "connections",
    params(Wanted),
    responses(
        (status = 200, body = Vec<ConnectionRecord>),
        (status = 422, description = "`product` or `state` is none", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn list(
    OwnerKey(caller): OwnerKey,
    State(desk): State<Desk>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Vec<ConnectionRecord>>, Error> {
    let listed = desk.listed(&caller.scope, &wanted.filter()?).await?;
    desk.note(&caller.actor, crate::audit::listed(listed.iter().map(|one| &one.connection))).await;
    let record = |Listed { connection, validation }| record(&desk, connection, validation.as_ref());
    Ok(Json(listed.into_iter().map(record).collect()))
}

/// Saves a connection and tries it.
///
/// It is saved also when the validation fails: the answer holds both.
#[utoipa::path(
    post,
    path = "/api/v1/connections",
    tag = "connections",
    request_body = NewConnection,
    responses(
        (status = 201, body = ConnectionRecord),
        (status = 422, description = "A field cannot be right", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn create(
    OwnerKey(caller): OwnerKey,
    State(desk): State<Desk>,
    Body(new): Body<NewConnection>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<ConnectionRecord>), Error> {
    let product: Product = new.product.parse().map_err(|_| Error::field("product", NO_PRODUCT))?;
    let (credential, ends) = CredentialBody::draft(new.credential);
    let draft = Draft {
        label: new.label,
        tenant_id: new.tenant_id,
        client_id: new.client_id,
        client_secret: new.client_secret,
        cloud: new.cloud.unwrap_or_default(),
        workspaces: new.workspace_ids,
        switched_off: new.switched_off,
        quiet: new.quiet,
        secret_ends: ends.or(new.secret_ends).unwrap_or_default(),
        credential,
    };
    let checked = connection_form::check(&desk, product, &draft, None).map_err(Error::Fields)?;
    let notes = checked.trimmed.iter().filter_map(|field| trimmed_sentence(field)).collect();
    let id = desk.create_connection(&caller.actor, &caller.scope, product, checked).await?;
    let record = ConnectionRecord { notes, ..tried(&desk, &caller, &id).await? };
    let location = format!("/api/v1/connections/{id}");
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(record)))
}

/// Changes a connection and tries it.
#[utoipa::path(
    patch,
    path = "/api/v1/connections/{id}",
    tag = "connections",
    params(("id" = String, Path)),
    request_body = Change,
    responses(
        (status = 200, body = ConnectionRecord),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field cannot be right", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn update(
    OwnerKey(caller): OwnerKey,
    State(desk): State<Desk>,
    Path(id): Path<ConnectionId>,
    Body(change): Body<Change>,
) -> Result<Json<ConnectionRecord>, Error> {
    let before = desk.connection_of(&caller, &id).await?;
    let (credential, ends) = CredentialBody::draft(change.credential);
    // The end of the secret before says nothing about another one's.
    let other = change.client_secret.as_ref().is_some_and(|secret| !secret.expose_secret().trim().is_empty());
    let stays = || before.credential.ends.filter(|_| !other).map(|date| date.to_string());
    let workspaces = || before.workspaces.iter().map(|one| format!("{} {}", one.id, one.label)).collect();
    let draft = Draft {
        label: change.label.unwrap_or_else(|| before.label.clone()),
        tenant_id: change.tenant_id.unwrap_or_else(|| before.tenant_guid.clone()),
        client_id: change.client_id.unwrap_or_else(|| before.client_id.clone()),
        client_secret: change.client_secret.unwrap_or_default(),
        cloud: change.cloud.unwrap_or_else(|| before.cloud.clone()),
        workspaces: change.workspace_ids.unwrap_or_else(workspaces),
        switched_off: change.switched_off.unwrap_or_else(|| before.switched_off.clone()),
        quiet: change.quiet.unwrap_or_else(|| before.quiet.clone()),
        credential,
        secret_ends: ends.or(change.secret_ends).or_else(stays).unwrap_or_default(),
    };
    let checked = connection_form::check(&desk, before.product, &draft, Some(&before)).map_err(Error::Fields)?;
    if !desk.update_connection(&caller.actor, &caller.scope, &before, checked).await? {
        return Err(Error::NotFound);
    }
    Ok(Json(tried(&desk, &caller, &id).await?))
}

/// Removes a connection and destroys its secret.
#[utoipa::path(
    delete,
    path = "/api/v1/connections/{id}",
    tag = "connections",
    params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem, content_type = "application/problem+json")),
)]
pub async fn delete(
    OwnerKey(caller): OwnerKey,
    State(desk): State<Desk>,
    Path(id): Path<ConnectionId>,
) -> Result<StatusCode, Error> {
    match store::connections::delete(&desk.db, &caller.actor, &caller.scope, &id, desk.now()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Error::NotFound),
    }
}

/// Tries a connection with new tokens.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/validate",
    tag = "connections",
    params(("id" = String, Path)),
    responses((status = 200, body = ValidationRecord), (status = 404, body = Problem, content_type = "application/problem+json")),
)]
pub async fn validate(
    OwnerKey(caller): OwnerKey,
    State(desk): State<Desk>,
    Path(id): Path<ConnectionId>,
) -> Result<Json<ValidationRecord>, Error> {
    let connection = desk.connection_of(&caller, &id).await?;
    desk.note_connection(&caller, "connection.validated", &connection).await;
    match desk.validated(&id.to_string()).await? {
        End::Validated(validation) => Ok(Json(validation_record(&validation))),
        End::Gone => Err(Error::NotFound),
        End::Broken => Err(Error::Broken("the validation broke off".to_owned())),
    }
}

/// A connection after having been tried. That it was saved is told whatever becomes of the validation.
async fn tried(desk: &Desk, caller: &Caller, id: &ConnectionId) -> Result<ConnectionRecord, Error> {
    let validation = match desk.validated(&id.to_string()).await? {
        End::Validated(validation) => Some(validation),
        End::Gone => return Err(Error::NotFound),
        End::Broken => None,
    };
    let connection = desk.connection_of(caller, id).await?;
    Ok(record(desk, connection, validation.as_ref()))
}
