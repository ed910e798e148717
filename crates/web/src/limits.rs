//! How much may be asked, by whom, at the same time.
//!
//! What the network layer can tell (connections, headers, time) is bounded there; here is what needs to know who asks. One
//! who asks too much is told so and when to come back; everybody else goes on as before. A request counts until the last
//! byte of its answer has gone, so that a stream counts for as long as it lasts.

mod turns;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;

use crate::Desk;
use crate::client_address::ClientAddress;
use crate::error::Error;
pub use turns::{Full, Turn, Turns};

/// The most that a request may send, in bytes. Nothing that belongs here is larger.
pub const LARGEST_BODY: usize = 64 * 1024;
/// The longest path and query together, in bytes. A search with everything in it is a tenth of that.
pub const LONGEST_ADDRESS: usize = 8 * 1024;
/// The most fields of a form or a query. The longest form that belongs here has a line a capability.
pub const MOST_FIELDS: usize = 1000;

/// How many requests are worked on at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In one process.
    pub requests: usize,
    /// Of those, from one address: an office may be behind one.
    pub per_address: usize,
    /// Of those, for one person, by pages, streams and keys together.
    pub per_person: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { requests: 256, per_address: 128, per_person: 64 }
    }
}

/// Lets a request in if there is room, and if its address and form are of a size that belongs here.
pub async fn admit(State(desk): State<Desk>, client: ClientAddress, request: Request, next: Next) -> Response {
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if address > LONGEST_ADDRESS {
        return too_long(StatusCode::URI_TOO_LONG, "The address is longer than anything that belongs here.");
    }
    if request.uri().query().is_some_and(|query| has_too_many_fields(query.as_bytes())) {
        return too_long(StatusCode::URI_TOO_LONG, "The address has more fields than anything that belongs here.");
    }
    let turn = match desk.memory.turns.enter(client.address, &desk.settings.limits) {
        Ok(turn) => turn,
        Err(full) => return Error::Full(full).into_response(),
    };
    let mut request = match with_few_fields(request).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    request.extensions_mut().insert(turn.clone());
    hold(next.run(request).await, turn)
}

/// Reads a form that has to be read anyhow, and counts its fields before anything is made of them.
async fn with_few_fields(request: Request) -> Result<Request, Response> {
    let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
    if !kind.is_some_and(|kind| kind.starts_with(b"application/x-www-form-urlencoded")) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response());
    };
    if has_too_many_fields(&body) {
        let why = "The form has more fields than anything that belongs here. Send less.";
        return Err(too_long(StatusCode::PAYLOAD_TOO_LARGE, why));
    }
    Ok(Request::from_parts(parts, Body::from(body)))
}

fn has_too_many_fields(form: &[u8]) -> bool {
    form.iter().filter(|byte| **byte == b'&').count() >= MOST_FIELDS
}

fn too_long(status: StatusCode, why: &str) -> Response {
    Error::Unreadable(status, why.to_owned()).into_response()
}

/// Gives the turn back when the answer has gone. One that is complete already goes by itself.
fn hold(response: Response, turn: Turn) -> Response {
    if response.body().size_hint().exact().is_some() {
        return response;
    }
    response.map(|body| {
        Body::from_stream(body.into_data_stream().map(move |part| {
            let _held = &turn;
            part
        }))
    })
}
