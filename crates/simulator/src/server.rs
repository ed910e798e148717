//! The transport: from axum's requests to the surfaces, and what goes wrong on the way.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{self, Bytes};
use axum::extract::State;
use axum::response::Response;
use jiff::fmt::rfc2822::DateTimePrinter;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::exchange::{Body, Reply, Request, Surface};
use crate::faults::Faults;
use crate::ids;
use crate::microsoft::Microsoft;
use crate::recorded::Recorded;
use crate::replay::Replay;
use crate::simulator::Clock;

/// No request of a client is larger: a query has at most some kilobytes.
const LARGEST_REQUEST: usize = 4 * 1024 * 1024;

/// Where answers come from.
#[derive(Debug)]
pub(crate) enum Answers {
    Scenario(Box<Microsoft>),
    Replay(Replay),
}

/// What all connections share.
pub(crate) struct Shared {
    answers: Answers,
    faults: Faults,
    clock: Clock,
    stopped: CancellationToken,
    requests: Mutex<Vec<Recorded>>,
    count: AtomicU64,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("answers", &self.answers).field("faults", &self.faults).finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn new(answers: Answers, faults: Faults, clock: Clock, stopped: CancellationToken) -> Shared {
        Shared { answers, faults, clock, stopped, requests: Mutex::default(), count: AtomicU64::new(0) }
    }

    pub(crate) fn rotate_keys(&self) {
        if let Answers::Scenario(microsoft) = &self.answers {
            microsoft.rotate_keys();
        }
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn forget_requests(&self) {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Answers one request, faults included.
    pub(crate) async fn answer(&self, request: &Request) -> Reply {
        let now = (self.clock)();
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(Recorded::new(request, now));
        let upset = self.faults.upset(request);
        if !upset.delay.is_zero() {
            // Stopping does not wait for an answer that is held back.
            tokio::select! {
                () = tokio::time::sleep(upset.delay) => {}
                () = self.stopped.cancelled() => return Reply::empty(503),
            }
        }
        let proper = match &upset.instead {
            Some(reply) => reply.clone(),
            None => match &self.answers {
                Answers::Scenario(microsoft) => microsoft.answer(request, now),
                Answers::Replay(replay) => replay.answer(request),
            },
        };
        let mut reply = upset.spoil(request, proper);
        let skewed = now.saturating_add(upset.skew).unwrap_or(now);
        if let Ok(date) = DateTimePrinter::new().timestamp_to_rfc9110_string(&skewed) {
            reply = reply.with("Date", date);
        }
        self.identified(request, reply)
    }

    /// The ids that Microsoft's services put on each answer.
    fn identified(&self, request: &Request, reply: Reply) -> Reply {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let id = ids::guid(&format!("request {number}")).to_string();
        let name = match request.surface {
            Surface::Graph => "request-id",
            Surface::Login | Surface::LogAnalytics => "x-ms-request-id",
            Surface::Defender | Surface::Identity => return reply,
        };
        if reply.headers.iter().any(|(held, _)| held.eq_ignore_ascii_case(name)) {
            return reply;
        }
        let reply = reply.with(name, id);
        match request.header("client-request-id") {
            Some(sent) if request.surface == Surface::Graph => reply.with("client-request-id", sent),
            _ => reply,
        }
    }
}

/// `http://ADDRESS:PORT/`.
pub(crate) fn base(address: SocketAddr) -> Url {
    #[expect(clippy::expect_used, reason = "an address and a port are always a URL")]
    Url::parse(&format!("http://{address}/")).expect("a socket address makes a URL")
}

/// Serves until it is stopped.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, stopped: CancellationToken) {
    let router = router(shared);
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped.cancelled_owned()).await {
        tracing::error!(%error, "the simulator stopped serving");
    }
}

/// The router, which tests ask without a network.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(handle).with_state(shared)
}

async fn handle(State(shared): State<Arc<Shared>>, request: axum::extract::Request) -> Response {
    let (parts, stream) = request.into_parts();
    let Ok(bytes) = body::to_bytes(stream, LARGEST_REQUEST).await else {
        return sent(Reply::empty(413));
    };
    let full = parts.uri.path();
    let (first, rest) = full.trim_start_matches('/').split_once('/').unwrap_or((full.trim_start_matches('/'), ""));
    if first == "faults" {
        return sent(shared.faults.control(parts.method.as_str(), &bytes));
    }
    let Some(surface) = Surface::named(first) else {
        return sent(Reply::text(
            404,
            "text/plain",
            "The surfaces are /login, /graph, /defender, /log_analytics and /identity.",
        ));
    };
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let request = Request {
        surface,
        method: parts.method.as_str().to_owned(),
        path: format!("/{rest}"),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers,
        body: bytes.to_vec(),
    };
    sent(shared.answer(&request).await)
}

fn sent(reply: Reply) -> Response {
    let mut builder = Response::builder().status(reply.status);
    let has_type = reply.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    for (name, value) in &reply.headers {
        builder = builder.header(name, value);
    }
    let (content_type, body) = match reply.body {
        Body::Empty => (None, body::Body::empty()),
        Body::Json(json) => (Some("application/json; charset=utf-8".to_owned()), body::Body::from(json.to_string())),
        Body::Text { content_type, text } => (Some(content_type), body::Body::from(text)),
        Body::Oversized(bytes) => (Some("application/json".to_owned()), oversized(bytes)),
    };
    if let Some(content_type) = content_type.filter(|_| !has_type) {
        builder = builder.header("content-type", content_type);
    }
    builder.body(body).unwrap_or_else(|error| {
        tracing::error!(%error, "an answer cannot be sent");
        Response::new(body::Body::empty())
    })
}

/// Well-formed JSON of this size, sent piece by piece so that neither side need hold it.
fn oversized(bytes: u64) -> body::Body {
    const PIECE: u64 = 64 * 1024;
    let pieces = (0..bytes.div_ceil(PIECE)).map(|_| Bytes::from(vec![b' '; PIECE as usize]));
    let all = std::iter::once(Bytes::from_static(b"{\"value\":[],\"padding\":\""))
        .chain(pieces)
        .chain([Bytes::from_static(b"\"}")]);
    body::Body::from_stream(futures_util::stream::iter(all.map(Ok::<_, std::convert::Infallible>)))
}

/// A pause, from milliseconds.
pub(crate) fn pause(ms: u64) -> Duration {
    Duration::from_millis(ms)
}
