//! `/api/v1/connections/validate`: many connections tried, a few at a time, a line for each as it ends.

use axum::body::{Body as Stream, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use store::connections::ConnectionId;
use utoipa::ToSchema;

use super::record::{ValidationRecord, validation_record};
use crate::Desk;
use crate::api::Body;
use crate::error::Error;
use crate::error::problem::Problem;
use crate::guard::OwnerKey;
use crate::responses::unbuffered;
use crate::sessions::watch::or_cut_off;
use crate::validating::End;

/// Which connections are to be tried.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// These.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    ids: Vec<ConnectionId>,
    /// Every one that the key may see.
    #[serde(default)]
    all: bool,
}

/// How one of them ended: a line of the answer.
#[derive(Serialize, ToSchema)]
pub struct Ended {
    /// The connection.
    id: String,
    /// What it is called.
    label: String,
    /// `ready`, `attention` or `failed`; `gone` if it was removed meanwhile, `broken` if the validation broke off.
    status: &'static str,
    /// What was found.
    validation: Option<ValidationRecord>,
}

/// Tries many connections, a few at a time.
///
/// The answer is NDJSON: a line for each connection as soon as its validation has ended. One that is being tried already is
/// not begun again. They are tried to the end also when nobody reads any more.
#[utoipa::path(
    post,
    path = "/api/v1/connections/validate",
    tag = "connections",
    request_body = Chosen,
    responses(
        (status = 200, description = "A line for each connection", body = Ended, content_type = "application/x-ndjson"),
        (status = 404, description = "One of the connections is not there", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Neither `ids` nor `all` is given, or both are", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn validate(
    OwnerKey(caller): OwnerKey,
    State(desk): State<Desk>,
    Body(chosen): Body<Chosen>,
) -> Result<Response, Error> {
    if chosen.all != chosen.ids.is_empty() {
        return Err(Error::field("ids", "Give the ids of the connections, or `all`, and not both."));
    }
    let mut connections = store::connections::list(&desk.db, &caller.scope).await?;
    if !chosen.all {
        connections.retain(|connection| chosen.ids.contains(&connection.id));
        if !chosen.ids.iter().all(|id| connections.iter().any(|connection| connection.id == *id)) {
            return Err(Error::NotFound);
        }
    }
    for connection in &connections {
        desk.note_connection(&caller, "connection.validated", connection).await;
    }
    let ids: Vec<String> = connections.iter().map(|connection| connection.id.to_string()).collect();
    let lines = desk.each_validated(&ids).map(move |(id, end)| {
        let label = connections.iter().find(|connection| connection.id.as_str() == id);
        let label = label.map(|connection| connection.label.clone()).unwrap_or_default();
        let (status, validation) = match end {
            End::Validated(validation) => {
                let record = validation_record(&validation);
                (record.status, Some(record))
            }
            End::Gone => ("gone", None),
            End::Broken => ("broken", None),
        };
        let mut line = serde_json::to_vec(&Ended { id, label, status, validation })?;
        line.push(b'\n');
        Ok::<_, serde_json::Error>(Bytes::from(line))
    });
    let headers = [(header::CONTENT_TYPE, "application/x-ndjson")];
    Ok(unbuffered((headers, Stream::from_stream(or_cut_off(lines, desk, caller))).into_response()))
}
