//! An error as problem+json (RFC 9457).

use std::borrow::Cow;

use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::FieldError;
use crate::observe::RequestId;

/// What every `type` begins with. The rest is the last part of the failure's kind.
const TYPE: &str = "urn:oriel:problem:";

/// Why a request was not done.
#[derive(Serialize, ToSchema)]
pub struct Problem {
    /// Which problem it is; stable, to be compared: `urn:oriel:problem:invalid-field`.
    #[serde(rename = "type")]
    kind: String,
    /// What happened, in a few words.
    title: &'static str,
    /// The status code.
    status: u16,
    /// What happened, why, and what to do.
    detail: String,
    /// The first field that cannot be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<Cow<'static, str>>,
    /// Every field that cannot be right.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// The id under which the server's log has this request.
    request_id: String,
}

/// The outermost layer of the API: every error leaves as problem+json.
pub async fn dress(request: Request, next: Next) -> Response {
    let request_id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
    let mut response = next.run(request).await;
    let Some(failure) = super::of_response(&mut response) else { return response };
    let problem = Problem {
        kind: format!("{TYPE}{}", failure.kind),
        title: failure.title,
        status: failure.status.as_u16(),
        detail: failure.detail,
        field: failure.fields.first().map(|error| error.field.clone()),
        errors: failure.fields,
        request_id: request_id.0,
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut dressed = (failure.status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
    super::keep_headers(&response, &mut dressed);
    dressed
}
