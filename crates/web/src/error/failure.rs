//! What the reader of an error is told.

use axum::http::{StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;

use super::{Error, FieldError};
use crate::limits::Full;

/// What the reader of an error is told. Everything in it may be shown.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The status code.
    pub status: StatusCode,
    /// The last part of the problem's `type`: stable, scripts may compare it.
    pub kind: &'static str,
    /// What happened, in a few words.
    pub title: &'static str,
    /// What happened, why, and what to do.
    pub detail: String,
    /// The fields that cannot be right.
    pub fields: Vec<FieldError>,
}

impl Failure {
    fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: impl Into<String>) -> Failure {
        Failure { status, kind, title, detail: detail.into(), fields: Vec::new() }
    }

    /// What to say about a status that a layer below gave without a word.
    pub fn of_status(status: StatusCode) -> Failure {
        match status {
            StatusCode::NOT_FOUND => Failure::from(&Error::NotFound),
            StatusCode::METHOD_NOT_ALLOWED => Failure::new(
                status,
                "method-not-allowed",
                "Not done this way",
                "This address exists, and does not take this method.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => Failure::new(
                status,
                "too-large",
                "Too large",
                "What was sent is larger than anything that belongs here. Send less.",
            ),
            StatusCode::URI_TOO_LONG => {
                Failure::new(status, "too-long", "Too long", "The address is longer than anything that belongs here.")
            }
            StatusCode::GATEWAY_TIMEOUT => Failure::new(
                status,
                "too-slow",
                "Not done in time",
                "This took longer than Oriel waits. Try again; if it stays so, look into the log of the server.",
            ),
            status if status.is_client_error() => Failure::new(
                status,
                "unreadable",
                "Not understood",
                "The request cannot be read as it is. The API is described at /api.",
            ),
            status => Failure::new(
                status,
                "broken",
                "Something broke",
                "Oriel could not do this, and the reason is in the log of the server, under the request id below.",
            ),
        }
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Failure {
        match error {
            Error::NotFound => Failure::new(
                StatusCode::NOT_FOUND,
                "not-found",
                "Nothing here",
                "There is nothing at this address. It may have been removed, or the link is cut short.",
            ),
            Error::SignInNeeded { .. } => Failure::new(
                StatusCode::SEE_OTHER,
                "sign-in-needed",
                "Sign in",
                "This page is for people who are signed in.",
            ),
            Error::KeyNeeded => Failure::new(
                StatusCode::UNAUTHORIZED,
                "key-needed",
                "An API key is needed",
                "Send an API key as `Authorization: Bearer KEY`. Keys are made in Account settings, under API keys; one \
                 that was revoked stays refused, and one of somebody who has not come in through single sign-on for long \
                 is refused until they do.",
            ),
            Error::ProofNeeded => Failure::new(
                StatusCode::FORBIDDEN,
                crate::proof::NEEDED,
                "Confirm that it is you",
                "You signed in a while ago. Open the page again, confirm that it is you, and send the form once more.",
            ),
            Error::Forbidden(who) => Failure::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                "Not allowed",
                format!("This is for {who}. An owner can change what people may do."),
            ),
            Error::NotAnIndicator(sentence) => Failure {
                fields: vec![FieldError::new("q", sentence.clone())],
                ..Failure::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "not-an-indicator",
                    "Neither a domain nor an address",
                    sentence.clone(),
                )
            },
            Error::Fields(fields) => Failure {
                fields: fields.clone(),
                ..Failure::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "invalid-field",
                    "A field cannot be right",
                    fields.iter().map(|field| field.message.as_str()).collect::<Vec<_>>().join(" "),
                )
            },
            Error::Unreadable(status, detail) => Failure { detail: detail.clone(), ..Failure::of_status(*status) },
            Error::TooMany { until, now } => Failure::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-attempts",
                "Too many attempts",
                format!(
                    "There were many attempts from here. The next one may be made in {} seconds.",
                    seconds(*now, *until)
                ),
            ),
            Error::Full(Full::Server) => Failure::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "Busy",
                "Oriel is answering as many requests as it can at the same time. Try again in a moment.",
            ),
            Error::Full(full) => Failure::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-at-once",
                "Too many at once",
                format!(
                    "Many requests {} are being answered already. Wait for some of them to end, then send this one again.",
                    if *full == Full::Person { "of yours" } else { "from your address" }
                ),
            ),
            Error::NotReady(_) => Failure::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "not-ready",
                "Not ready",
                "The database does not answer. The reason is in the log of the server.",
            ),
            Error::Store(_)
            | Error::Vault(_)
            | Error::Validator(_)
            | Error::Password(_)
            | Error::Template(_)
            | Error::Broken(_) => Failure::of_status(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

/// The whole seconds to wait, one more than none.
pub fn seconds(now: Timestamp, until: Timestamp) -> i64 {
    until.duration_since(now).as_secs().max(0) + 1
}

/// The failure that a response carries, or that its bare status stands for. A response that has its own words is left
/// alone.
pub fn of_response(response: &mut Response) -> Option<Failure> {
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        return Some(failure);
    }
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    if response.extensions().get::<tower_http::csrf::ProtectionError>().is_some() {
        return Some(Failure::new(
            status,
            "cross-site",
            "Sent from another site",
            "This form was sent from another site, or through an address that Oriel does not know as its own. Open \
             Oriel at its own address and send it again; behind a proxy, `public_url` has to name that address.",
        ));
    }
    let own_words =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| !kind.as_bytes().starts_with(b"text/plain"));
    (!own_words).then(|| Failure::of_status(status))
}
