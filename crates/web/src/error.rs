//! What can go wrong on the way of a request, and the one place where that becomes a status code.
//!
//! A handler returns [`Error`]. It becomes a response that carries a [`Failure`] and no body; the outermost layer of
//! the pages dresses it as a page ([`page::dress`]), that of the API as problem+json ([`problem::dress`]). What comes
//! from a layer below, such as a body that is too large, is dressed the same way. The inner message goes to the log, here
//! and once.

pub mod page;
pub mod problem;

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

/// One field of a form that cannot be right.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// The field's name, in the form and in the API: `client_secret`.
    pub field: &'static str,
    /// What is wrong with it and what would do, in a sentence.
    pub message: String,
}

impl FieldError {
    /// A field and what is wrong with it.
    pub fn new(field: &'static str, message: impl Into<String>) -> FieldError {
        FieldError { field, message: message.into() }
    }
}

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing here.
    #[error("there is nothing at this address")]
    NotFound,
    /// A page was asked for without a session; `back` is where to return to.
    #[error("nobody is signed in")]
    SignInNeeded {
        /// Path and query of the page that was asked for.
        back: String,
    },
    /// The API was asked without a key that is known.
    #[error("no API key, or one that is not known")]
    KeyNeeded,
    /// Known, but not allowed to. The text says who is: "an owner".
    #[error("this needs {0}")]
    Forbidden(&'static str),
    /// The text is neither a domain nor an address; the sentence says what it is.
    #[error("{0}")]
    NotAnIndicator(String),
    /// Fields that cannot be right; at least one.
    #[error("a field cannot be right")]
    Fields(Vec<FieldError>),
    /// The request cannot be read.
    #[error("{1}")]
    Unreadable(StatusCode, String),
    /// Too many attempts.
    #[error("too many attempts")]
    TooMany {
        /// When the next may be made.
        until: Timestamp,
        /// The time now.
        now: Timestamp,
    },
    /// No search can be answered at this moment.
    #[error("not ready: {0}")]
    NotReady(#[source] store::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A secret that does not seal or open.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// A connection could not be tried.
    #[error(transparent)]
    Validator(#[from] search::validation::ValidatorError),
    /// A password could not be hashed.
    #[error(transparent)]
    Password(#[from] crate::passwords::HashError),
    /// A template could not be filled.
    #[error(transparent)]
    Template(#[from] askama::Error),
    /// Something broke that should not have.
    #[error("{0}")]
    Broken(String),
}

impl Error {
    /// One field that cannot be right.
    pub fn field(field: &'static str, message: impl Into<String>) -> Error {
        Error::Fields(vec![FieldError::new(field, message)])
    }
}

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
                 that was revoked stays refused.",
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

fn seconds(now: Timestamp, until: Timestamp) -> i64 {
    until.duration_since(now).as_secs().max(0) + 1
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let failure = Failure::from(&self);
        if failure.status.is_server_error() {
            tracing::error!(error = &self as &dyn std::error::Error, "request failed");
        }
        let mut response = failure.status.into_response();
        let headers = response.headers_mut();
        match &self {
            Error::SignInNeeded { back } => {
                let address = crate::pages::sign_in::address(back);
                if let Ok(address) = HeaderValue::from_str(&address) {
                    headers.insert(header::LOCATION, address);
                }
                return response;
            }
            Error::KeyNeeded => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Error::TooMany { until, now } => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds(*now, *until)));
            }
            _ => {}
        }
        response.extensions_mut().insert(failure);
        response
    }
}

impl From<QueryRejection> for Error {
    fn from(rejection: QueryRejection) -> Error {
        Error::Unreadable(rejection.status(), format!("The query of the address cannot be read: {rejection}."))
    }
}

impl From<JsonRejection> for Error {
    fn from(rejection: JsonRejection) -> Error {
        // The rejection's own text may quote what was sent, and what was sent may be a secret.
        let detail = match &rejection {
            JsonRejection::MissingJsonContentType(_) => "Send JSON, with `Content-Type: application/json`.",
            JsonRejection::JsonSyntaxError(_) => "What was sent is not JSON.",
            JsonRejection::JsonDataError(_) => {
                "What was sent is JSON of another shape than this address takes: a field that is not known, that is missing, \
                 or of another type. The API is described at /api."
            }
            _ => "What was sent cannot be read.",
        };
        Error::Unreadable(rejection.status(), detail.to_owned())
    }
}

impl From<PathRejection> for Error {
    fn from(_: PathRejection) -> Error {
        Error::NotFound
    }
}

/// The failure that a response carries, or that its bare status stands for. A response that has its own words is left
/// alone.
fn of_response(response: &mut Response) -> Option<Failure> {
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

/// What the bare response said beside its status: `WWW-Authenticate`, `Retry-After`, `Allow`.
fn keep_headers(bare: &Response, dressed: &mut Response) {
    for name in [header::WWW_AUTHENTICATE, header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = bare.headers().get(&name) {
            dressed.headers_mut().insert(name, value.clone());
        }
    }
}
