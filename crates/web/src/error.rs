//! What can go wrong on the way of a request, and the one place where that becomes a status code.
//!
//! A handler returns [`Error`]. It becomes a response that carries a [`Failure`] and no body; the outermost layer of
//! the pages dresses it as a page ([`page::dress`]), that of the API as problem+json ([`problem::dress`]). What comes
//! from a layer below, such as a body that is too large, is dressed the same way. The inner message goes to the log, here
//! and once.

mod failure;
pub mod page;
pub mod problem;

use std::borrow::Cow;

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use crate::limits::Full;
pub use failure::Failure;
use failure::{of_response, seconds};

/// One field of a form that cannot be right.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// The field's name, in the form and in the API: `client_secret`.
    pub field: Cow<'static, str>,
    /// What is wrong with it and what would do, in a sentence.
    pub message: String,
}

impl FieldError {
    /// A field and what is wrong with it.
    pub fn new(field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> FieldError {
        FieldError { field: field.into(), message: message.into() }
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
    /// Somebody who is signed in has to prove anew who they are.
    #[error("this needs a proof of who it is")]
    ProofNeeded,
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
    /// More at the same time than there is room for.
    #[error("too many requests at the same time: {0:?}")]
    Full(Full),
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
    pub fn field(field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Error {
        Error::Fields(vec![FieldError::new(field, message)])
    }
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
            Error::Full(_) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
            }
            _ => {}
        }
        response.extensions_mut().insert(failure);
        response
    }
}

impl From<QueryRejection> for Error {
    fn from(rejection: QueryRejection) -> Error {
        let text = rejection.body_text();
        let why = text.rsplit_once("query string: ").map_or(text.as_str(), |(_, why)| why);
        Error::Unreadable(rejection.status(), format!("The query of the address cannot be read: {why}."))
    }
}

impl From<JsonRejection> for Error {
    fn from(rejection: JsonRejection) -> Error {
        // The rejection's own text may quote what was sent, and what was sent may be a secret.
        let detail = match &rejection {
            JsonRejection::MissingJsonContentType(_) => "Send JSON, with `Content-Type: application/json`.",
            JsonRejection::JsonSyntaxError(_) => "What was sent is not JSON.",
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

/// What the bare response said beside its status: `WWW-Authenticate`, `Retry-After`, `Allow`.
fn keep_headers(bare: &Response, dressed: &mut Response) {
    for name in [header::WWW_AUTHENTICATE, header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = bare.headers().get(&name) {
            dressed.headers_mut().insert(name, value.clone());
        }
    }
}
