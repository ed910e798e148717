//! `/api/v1/audit`

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use store::audit::Entry;

use super::Query;
use crate::Desk;
use crate::error::Error;
use crate::error::problem::Problem;
use crate::guard::AuditorKey;
use crate::pages::audit::lines;

/// From where on.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Only entries after this number: the newest that was read before.
    #[serde(default)]
    #[param(default = 0)]
    after: i64,
}

/// The audit: who did what, in order, a line of JSON for each entry with all that its hash was made from.
///
/// With the key of an auditor or an owner. `oriel audit verify FILE` checks what was read. A key for some tenants reads their
/// entries alone, with which the chain cannot be checked.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "audit",
    params(Ask),
    responses((status = 200, description = "Lines of `{number, happened_at_us, content, salt, content_hash, hash}`", body = String, content_type = "application/x-ndjson"),
        (status = 400, description = "`after` is no number", body = Problem, content_type = "application/problem+json")),
)]
pub async fn show(
    AuditorKey(caller): AuditorKey,
    State(desk): State<Desk>,
    Query(ask): Query<Ask>,
) -> Result<Response, Error> {
    let entry = Entry::new("audit.exported").with(serde_json::json!({ "after": ask.after }));
    store::audit::append(&desk.db, &caller.actor, &[entry], desk.now()).await?;
    Ok(lines(desk, caller, ask.after))
}
