//! `/api/v1/tenants`: the tenants that a key may see, and what people call them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use store::tenants::{Known, TenantId};
use utoipa::ToSchema;

use super::{Body, Path};
use crate::Desk;
use crate::error::Error;
use crate::error::problem::Problem;
use crate::guard::OwnerKey;
use crate::tenants::readable_name;

/// A tenant.
#[derive(Serialize, ToSchema)]
pub struct TenantRecord {
    /// Its id here: people and keys are granted tenants by it.
    id: String,
    /// The cloud.
    cloud: String,
    /// The directory.
    tenant_id: String,
    /// What people call it.
    name: Option<String>,
    /// How many connections it has.
    connections: i64,
}

/// A change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// What people call it; the empty text takes the name away.
    #[serde(default)]
    name: String,
}

/// The tenants that the key may see, in the order in which they came.
#[utoipa::path(
    get,
    path = "/api/v1/tenants",
    tag = "connections",
    responses((status = 200, body = Vec<TenantRecord>)),
)]
pub async fn list(OwnerKey(caller): OwnerKey, State(desk): State<Desk>) -> Result<Json<Vec<TenantRecord>>, Error> {
    let record = |Known { tenant, connections, .. }: Known| TenantRecord {
        id: tenant.id.to_string(),
        cloud: tenant.cloud,
        tenant_id: tenant.guid,
        name: tenant.name,
        connections,
    };
    Ok(Json(store::tenants::known(&desk.db, &caller.scope).await?.into_iter().map(record).collect()))
}

/// Says what people call a tenant.
#[utoipa::path(
    patch,
    path = "/api/v1/tenants/{id}",
    tag = "connections",
    params(("id" = String, Path)),
    request_body = Rename,
    responses(
        (status = 204),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "This is no name", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn update(
    OwnerKey(caller): OwnerKey,
    State(desk): State<Desk>,
    Path(id): Path<TenantId>,
    Body(rename): Body<Rename>,
) -> Result<StatusCode, Error> {
    let name = readable_name(&rename.name)?;
    match store::tenants::set_name(&desk.db, &caller.actor, &caller.scope, &id, name.as_deref(), desk.now()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Error::NotFound),
    }
}
