//! What a request leaves behind: an id in the response and in every line of the log, a line at its end, and two numbers.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::Desk;
use crate::support::requests::Served;
use crate::tokens;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request: the caller's own if it is harmless, else a new one.
#[derive(Clone, Debug, Default)]
pub struct RequestId(pub String);

/// Gives the request its id, and counts it. The address itself is not logged, only the route: it may hold an indicator
/// or the token of a one-time link.
pub async fn observe(State(desk): State<Desk>, mut request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(&HEADER)
        .and_then(|value| value.to_str().ok())
        .filter(|id| is_harmless(id))
        .map_or_else(|| new_id(&desk), str::to_owned);
    request.extensions_mut().insert(RequestId(id.clone()));

    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let person = tracing::field::Empty;
    let span = tracing::info_span!("request", request.id = %id, method = %method, route, person.id = person);
    let (begun, at) = (Instant::now(), desk.now());
    let mut response = next.run(request).instrument(span.clone()).await;

    let took = begun.elapsed();
    let status = response.status();
    desk.metrics.served(method.as_str(), &route, status.as_u16(), took);
    span.in_scope(|| {
        tracing::info!(status = status.as_u16(), took_ms = (took.as_secs_f64() * 10_000.0).round() / 10.0, "served");
    });
    desk.memory.requests.add(Served {
        at,
        request_id: id.clone(),
        method: method.to_string(),
        route,
        status: status.as_u16(),
        took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    });
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, id);
    }
    response
}

fn is_harmless(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn new_id(desk: &Desk) -> String {
    let mut bytes = [0; 8];
    (desk.random)(&mut bytes);
    tokens::hex(&bytes)
}
