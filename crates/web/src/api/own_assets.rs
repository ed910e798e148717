//! `/api/v1/own-assets`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::own_assets::{self, Kept, OwnAssetId};
use utoipa::ToSchema;

use super::{Body, Path};
use crate::Desk;
use crate::error::problem::Problem;
use crate::error::{Error, FieldError};
use crate::guard::OwnerKey;
use crate::own_assets::read;
use crate::pages::settings::own_assets::chosen;
use crate::tenants::Tenants;

/// A domain or network of the organisation.
#[derive(Serialize, ToSchema)]
pub struct OwnAssetItem {
    /// Its id.
    id: String,
    /// `domain` or `network`.
    kind: &'static str,
    /// `example.com`, `203.0.113.0/24`.
    value: String,
    /// What it is, in its owner's words.
    note: String,
    /// The tenant whose organisation it belongs to: its GUID.
    tenant: Option<String>,
    /// `typed` or `offered`.
    how: &'static str,
    /// Why many others share it, where they do.
    shared: Option<&'static str>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// What is to be added.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOwnAssets {
    /// Domains, addresses and networks: `example.com`, `203.0.113.0/24`.
    #[serde(default)]
    #[schema(required = true)]
    values: Vec<String>,
    /// What they are.
    #[serde(default)]
    note: String,
    /// The tenant (GUID, or `CLOUD/GUID`); not needed where only one is connected.
    #[serde(default)]
    tenant: String,
}

/// The domains and networks of the organisation, of the tenants that the key may see.
#[utoipa::path(
    get,
    path = "/api/v1/own-assets",
    tag = "own assets",
    responses((status = 200, description = "The own assets", body = [OwnAssetItem])),
)]
pub async fn list(OwnerKey(caller): OwnerKey, State(desk): State<Desk>) -> Result<Json<Vec<OwnAssetItem>>, Error> {
    let tenants = desk.tenants(&caller.scope).await?;
    let kept = own_assets::list(&desk.db, &caller.scope).await?;
    Ok(Json(kept.into_iter().map(|kept| item(kept, &tenants)).collect()))
}

/// Adds domains and networks. One that is there already stays as it is.
///
/// Answers with all that there are then. Where one of them cannot be read, none is added.
#[utoipa::path(
    post,
    path = "/api/v1/own-assets",
    tag = "own assets",
    request_body = NewOwnAssets,
    responses(
        (status = 201, description = "The own assets", body = [OwnAssetItem]),
        (status = 422, description = "A value is no domain and no network, or the tenant is not known", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn create(
    OwnerKey(caller): OwnerKey,
    State(desk): State<Desk>,
    Body(new): Body<NewOwnAssets>,
) -> Result<(StatusCode, Json<Vec<OwnAssetItem>>), Error> {
    let tenants = desk.tenants(&caller.scope).await?;
    // A line break in one value would make two of it, and no value has one.
    let lines: Vec<String> = new.values.iter().map(|value| value.replace(['\r', '\n'], " ")).collect();
    let tenant = chosen(&tenants, &new.tenant).ok_or_else(|| {
        FieldError::new("tenant", "Name a connected tenant by its GUID: it is needed where there are several.")
    });
    let (assets, tenant) = match (read("values", &lines.join("\n"), &new.note), tenant) {
        (Ok(assets), Ok(tenant)) => (assets, tenant),
        (assets, tenant) => {
            let errors = assets.err().unwrap_or_default().into_iter().chain(tenant.err());
            return Err(Error::Fields(errors.collect()));
        }
    };
    own_assets::add(&desk.db, &caller.actor, &caller.scope, &tenant.id, &assets, desk.now()).await?;
    let kept = own_assets::list(&desk.db, &caller.scope).await?;
    Ok((StatusCode::CREATED, Json(kept.into_iter().map(|kept| item(kept, &tenants)).collect())))
}

/// Removes one: reports assess it again.
#[utoipa::path(
    delete,
    path = "/api/v1/own-assets/{id}",
    tag = "own assets",
    params(("id" = String, Path, description = "The own asset's id")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "There is none with this id", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn delete(
    OwnerKey(caller): OwnerKey,
    State(desk): State<Desk>,
    Path(id): Path<OwnAssetId>,
) -> Result<StatusCode, Error> {
    match own_assets::remove(&desk.db, &caller.actor, &caller.scope, &id, desk.now()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Error::NotFound),
    }
}

fn item(kept: Kept, tenants: &Tenants) -> OwnAssetItem {
    OwnAssetItem {
        id: kept.id.to_string(),
        kind: kept.own.asset.kind().as_str(),
        value: kept.own.asset.value(),
        shared: kept.own.asset.why_shared(),
        tenant: tenants.iter().find(|tenant| tenant.id == kept.tenant_id).map(|tenant| tenant.guid.clone()),
        note: kept.own.note,
        how: kept.how.as_str(),
        created_at: kept.created_at,
    }
}
