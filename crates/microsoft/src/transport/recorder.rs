//! Writes down what was asked and what came back, for a transcript. Neither secrets nor tokens leave this crate: a token is
//! replaced here by one that is good for nothing and says the same about itself.
//!
//! Names, ids and addresses stay as they came: whoever hands a transcript on replaces them first.

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Method;
use reqwest::header::HeaderMap;

use super::{Reply, Request};
use crate::allow::Surface;
use crate::redact::redact;

mod fit;
mod token;

/// A longer body is shortened: of its list, as much is kept as fits.
const LONGEST_BODY: usize = 256 * 1024;

/// The headers that an answer is understood by. Cookies, server names and routes are not among them.
const HEADERS: [&str; 12] = [
    "content-type",
    "deprecation",
    "preference-applied",
    "request-id",
    "retry-after",
    "sunset",
    "warning",
    "www-authenticate",
    "x-ms-client-request-id",
    "x-ms-correlation-request-id",
    "x-ms-request-id",
    "client-request-id",
];

/// Form fields that are secret, or stand for one.
const SECRET_FIELDS: [&str; 4] = ["client_secret", "client_assertion", "assertion", "password"];

/// One request and the answer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Which of Microsoft's hosts was asked.
    pub surface: Surface,
    /// `GET` or `POST`.
    pub method: String,
    /// Below the cloud's base URL, encoded as it was sent; begins with a slash.
    pub path: String,
    /// Encoded as it was sent, without the question mark.
    pub query: Option<String>,
    /// JSON, or a form without its secret fields.
    pub request_body: Option<Vec<u8>>,
    /// HTTP status.
    pub status: u16,
    /// Those that say something about the answer, names in lower case.
    pub headers: Vec<(String, String)>,
    /// At most 256 KiB: a longer list is shortened, and anything else that is longer is left out.
    pub body: Vec<u8>,
    /// Whether the body is all that came.
    pub whole: bool,
}

/// What has been written down, to be taken at the end.
#[derive(Debug)]
pub struct Transcript(Arc<Mutex<Vec<Exchange>>>);

impl Transcript {
    /// The exchanges, in the order in which their answers came. A request that nobody answered is not among them.
    pub fn take(self) -> Vec<Exchange> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Where a client writes.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Vec<Exchange>>>);

impl Recorder {
    pub(crate) fn transcript(&self) -> Transcript {
        Transcript(Arc::clone(&self.0))
    }

    pub(crate) fn note(&self, request: &Request<'_>, reply: &Reply) {
        // The identity endpoint of a machine is none of Microsoft's surfaces, and gives tokens away without a question.
        let surfaces = [Surface::Login, Surface::Graph, Surface::Defender, Surface::LogAnalytics];
        if !surfaces.contains(&request.surface) {
            return;
        }
        let exchange = exchange(request, reply);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
    }
}

fn exchange(request: &Request<'_>, reply: &Reply) -> Exchange {
    let path = request.url.path();
    let below = path.strip_prefix(request.base.path().trim_end_matches('/')).unwrap_or(path);
    let clean = |text: &str| redact(text, &request.secrets);
    let text = clean(&String::from_utf8_lossy(&reply.body));
    let text =
        if request.method == Method::POST && request.surface == Surface::Login { token::replaced(&text) } else { text };
    let (body, whole) = match fit::shortened(text, LONGEST_BODY) {
        fit::Fit::Whole(text) => (text.into_bytes(), true),
        fit::Fit::Part(text) => (text.into_bytes(), false),
    };
    Exchange {
        surface: request.surface,
        method: request.method.to_string(),
        path: clean(below),
        query: request.url.query().map(clean),
        request_body: request.body.as_ref().map(|(kind, body)| without_secrets(kind, body, &clean).into_bytes()),
        status: reply.status,
        headers: headers(&reply.headers).map(|(name, value)| (name, clean(&value))).collect(),
        body,
        whole,
    }
}

fn without_secrets(kind: &str, body: &str, clean: &impl Fn(&str) -> String) -> String {
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return clean(body);
    }
    let open = url::form_urlencoded::parse(body.as_bytes()).filter(|(name, _)| !SECRET_FIELDS.contains(&name.as_ref()));
    clean(&url::form_urlencoded::Serializer::new(String::new()).extend_pairs(open).finish())
}

fn headers(all: &HeaderMap) -> impl Iterator<Item = (String, String)> {
    let kept = HEADERS.iter().flat_map(|name| all.get_all(*name).iter().map(move |value| (*name, value)));
    kept.filter_map(|(name, value)| Some((name.to_owned(), value.to_str().ok()?.to_owned())))
}

#[cfg(test)]
mod tests;
