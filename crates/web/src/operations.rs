//! What those who run the server ask: does it live, can it answer, what has it counted.

use axum::extract::State;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use store::grants::Scope;

use crate::Desk;
use crate::client_address::ClientAddress;
use crate::error::Error;
use crate::guard;
use crate::metrics::standing;

/// `GET /healthz`: the process answers. Nothing else is looked at, so that a database that is away does not have the
/// process restarted.
pub async fn health() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: 200 as soon as a search can be answered, 503 with the reason until then.
pub async fn ready(State(desk): State<Desk>) -> Result<&'static str, Error> {
    store::meta::connections_version(&desk.db).await.map_err(Error::NotReady)?;
    Ok("ready\n")
}

/// `GET /metrics`: for this machine itself, or with a key of somebody who may see every tenant: what is counted is counted over
/// all of them.
pub async fn metrics(State(desk): State<Desk>, client: ClientAddress, mut parts: Parts) -> Result<Response, Error> {
    if !client.is_this_machine || parts.headers.contains_key(header::AUTHORIZATION) {
        let caller = guard::key_holder(&mut parts, &desk).await?;
        if caller.scope != Scope::All {
            return Err(Error::Forbidden("somebody who may see every tenant"));
        }
    }
    // What was counted is told also while the database is away.
    let standing = standing::read(&desk.db, desk.now(), desk.keys_open_since()).await.inspect_err(|error| {
        tracing::warn!(%error, "the metrics lack the connections");
    });
    let text = desk.metrics.text(standing.ok().as_ref()).map_err(|error| Error::Broken(error.to_string()))?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
