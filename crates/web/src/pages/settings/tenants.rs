//! What people call the tenants: shown beside each row where there are several.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;
use serde::Deserialize;
use store::tenants::TenantId;

use crate::Desk;
use crate::error::Error;
use crate::guard::Owner;
use crate::responses::see;
use crate::tenants::readable_name;

/// The form.
#[derive(Deserialize)]
pub struct Rename {
    #[serde(default)]
    name: String,
}

/// `POST /settings/tenants/{id}`: nothing written takes the name away.
pub async fn rename(
    Owner(caller): Owner,
    State(desk): State<Desk>,
    Path(id): Path<TenantId>,
    Form(form): Form<Rename>,
) -> Result<Response, Error> {
    let name = readable_name(&form.name)?;
    match store::tenants::set_name(&desk.db, &caller.actor, &caller.scope, &id, name.as_deref(), desk.now()).await? {
        true => Ok(see("/settings?done=renamed#integration").into_response()),
        false => Err(Error::NotFound),
    }
}
