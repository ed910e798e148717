//! One request, one answer: checked against the list of reads before it leaves, and read with a limit when it comes.

use std::time::Instant;

use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::allow::{self, Surface};
use crate::redact::redact;
use crate::{Error, Microsoft, UnreachableCause};

pub(crate) mod ask;
pub(crate) mod backoff;
mod client;
pub mod recorder;
pub(crate) mod send;
mod unreachable;

pub(crate) use client::client;

/// More than this is not read: Log Analytics sends at most 64 MB, compressed, and hunting 50 MB.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// A request, complete but for its own id.
pub(crate) struct Request<'a> {
    pub(crate) surface: Surface,
    pub(crate) base: &'a Url,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Option<(&'static str, String)>,
    pub(crate) bearer: Option<&'a str>,
    /// What may not be found in an error text, whatever the other side echoes.
    pub(crate) secrets: Vec<&'a str>,
}

/// An answer, with any status.
pub(crate) struct Reply {
    pub(crate) host: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All values of a header.
    pub(crate) fn header_values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
    }

    /// The request id under whichever name the host gives it.
    pub(crate) fn request_id(&self) -> Option<String> {
        let names = ["request-id", "x-ms-request-id", "x-ms-correlation-request-id"];
        names.iter().find_map(|name| self.header(name)).map(str::to_owned)
    }
}

impl Microsoft {
    /// Sends a request once. An answer with an error status is an answer; only no answer is an error.
    pub(crate) async fn exchange(&self, request: &Request<'_>, deadline: Instant) -> Result<Reply, Error> {
        allow::check(request.surface, request.base, &request.method, &request.url)?;
        let host = request.url.host_str().unwrap_or_default().to_owned();
        let started = Instant::now();
        let left = deadline.saturating_duration_since(started);
        if left.is_zero() {
            return Err(Error::TimedOut { host, waited: left });
        }
        let id = self.request_id();
        let mut builder = self.client.request(request.method.clone(), request.url.clone()).timeout(left);
        builder = builder.header(ACCEPT, "application/json").header(id_header(request.surface), id.as_str());
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        if let Some((kind, body)) = &request.body {
            builder = builder.header(CONTENT_TYPE, *kind).body(body.clone());
        }
        if let Some(bearer) = request.bearer {
            builder = builder.header(AUTHORIZATION, authorization(bearer)?);
        }
        let proxy = self.route.as_deref().and_then(|route| route.for_url(&request.url));
        let lost = |error| unreachable::read(error, &host, proxy, started.elapsed());
        let result = async {
            let response = builder.send().await.map_err(lost)?;
            self.skew.note(response.headers().get(DATE).and_then(|date| date.to_str().ok()), (self.clock)());
            self.read(response, &host, lost).await
        };
        let result = result.await.map(|mut reply| {
            if !reply.is_success() {
                reply.clean(&request.secrets);
            }
            reply
        });
        if let (Some(recorder), Ok(reply)) = (&self.recorder, &result) {
            recorder.note(request, reply);
        }
        let took_ms = started.elapsed().as_millis() as u64;
        let status = result.as_ref().map(|reply| reply.status);
        self.tally.sent(request.surface, request.url.path(), status, started.elapsed());
        match &result {
            Ok(reply) => tracing::debug!(
                http.host = host, http.method = %request.method, http.path = request.url.path(), http.status = reply.status,
                request.id = id, took_ms, "Microsoft answered"
            ),
            Err(error) => tracing::debug!(
                http.host = host, http.method = %request.method, http.path = request.url.path(), request.id = id, took_ms,
                %error, "Microsoft did not answer"
            ),
        }
        result
    }

    async fn read(
        &self,
        mut response: reqwest::Response,
        host: &str,
        lost: impl Fn(reqwest::Error) -> Error,
    ) -> Result<Reply, Error> {
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| match lost(error) {
            Error::Unreachable { host, cause: UnreachableCause::Connect, .. } => Error::Unreachable {
                host,
                cause: UnreachableCause::Broken,
                message: "the connection broke off in the middle of the answer".to_owned(),
            },
            other => other,
        })? {
            if body.len() + chunk.len() > self.largest_body {
                return Err(Error::Failed {
                    status,
                    code: String::new(),
                    message: format!("the answer is larger than {} MiB, and was not read", self.largest_body >> 20),
                    request_id: None,
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { host: host.to_owned(), status, headers, body })
    }

    pub(crate) fn request_id(&self) -> String {
        let mut bytes = [0; 16];
        (self.random)(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}

impl Reply {
    /// Takes secrets out of the body.
    pub(crate) fn clean(&mut self, secrets: &[&str]) {
        let text = String::from_utf8_lossy(&self.body);
        self.body = redact(&text, secrets).into_bytes();
    }
}

/// The largest body that is read, unless a test says otherwise.
pub(crate) fn largest_body() -> usize {
    LARGEST_BODY
}

fn id_header(surface: Surface) -> &'static str {
    match surface {
        Surface::LogAnalytics => "x-ms-client-request-id",
        Surface::Login | Surface::Graph | Surface::Defender | Surface::Identity => "client-request-id",
    }
}

/// Marked as sensitive, so that no `Debug` of a header map shows it.
fn authorization(bearer: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::try_from(format!("Bearer {bearer}")).map_err(|_| Error::Failed {
        status: 200,
        code: String::new(),
        message: "Entra issued a token that cannot be sent in a header".to_owned(),
        request_id: None,
    })?;
    value.set_sensitive(true);
    Ok(value)
}
