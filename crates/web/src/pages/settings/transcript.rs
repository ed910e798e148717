//! A validation written down, to be handed on: each exchange with Microsoft, with stand-ins for what is the tenant's.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use search::Attempt;
use store::connections::ConnectionId;

use crate::Desk;
use crate::error::Error;
use crate::guard::Owner;

/// `POST /settings/connections/{id}/transcript`: tries the connection once more, waits for the end, and gives the lines as a
/// file. What was found is kept as of any validation.
pub async fn create(
    Owner(caller): Owner,
    State(desk): State<Desk>,
    Path(id): Path<ConnectionId>,
) -> Result<Response, Error> {
    let connection = desk.connection_of(&caller, &id).await?;
    desk.note_connection(&caller, "transcript.made", &connection).await;
    let attempt = Attempt { record: true, ..Attempt::of(id.to_string()) };
    let attempted = desk.validator.validate(&attempt, None).await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a connection could not be validated");
        Error::Broken("the validation broke off".to_owned())
    })?;
    let lines = attempted.ok_or(Error::NotFound)?.transcript.unwrap_or_default();
    let name = format!("oriel-transcript-{}.ndjson", desk.now().strftime("%Y-%m-%d"));
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    tracing::info!(connection.id = %id, "a transcript was made");
    Ok((headers, lines).into_response())
}
