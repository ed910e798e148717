//! The door: connections come in, plain or through TLS, and the router answers until it is told to stop.
//!
//! What a connection may take is bounded here, before anybody is known: how many there are, how long a head may take and
//! how large it may be, and how long an answer may lie unread. What is asked is bounded in `web`.

mod patient;
mod refuse;
mod turnstile;

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use patient::Patient;
use turnstile::{Place, Turnstile};

/// After the signal to stop, what is under way gets this long.
const GRACE: Duration = Duration::from_secs(20);

/// What one connection may take, and how many there may be.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Connections of this process at the same time.
    pub connections: usize,
    /// Of those, from one address that is no proxy.
    pub from_one_address: usize,
    /// Whose addresses stand for many people.
    pub proxies: web::Proxies,
    /// A client that has not finished its TLS handshake by then is let go.
    pub handshake: Duration,
    /// So long after it was accepted, a connection has to have sent the head of its first request.
    pub first_head: Duration,
    /// So long may the head of a further request take, with the time that a connection lies idle before it. Longer than the
    /// minute for which proxies keep theirs: whoever closes last does not answer into nothing.
    pub further_head: Duration,
    /// So long may an answer lie unread.
    pub unread: Duration,
    /// The largest head of a request: line and headers, in bytes.
    pub largest_head: usize,
    /// The most headers of a request.
    pub most_headers: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds {
            connections: 768,
            from_one_address: 384,
            proxies: web::Proxies::default(),
            handshake: Duration::from_secs(10),
            first_head: Duration::from_secs(15),
            further_head: Duration::from_secs(75),
            unread: Duration::from_secs(60),
            largest_head: 32 * 1024,
            most_headers: 100,
        }
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What every connection is served with.
struct Door {
    tls: Option<TlsAcceptor>,
    router: Router,
    bounds: Bounds,
    turnstile: Arc<Turnstile>,
    stop: CancellationToken,
}

/// Answers on `listener` until `stop` is cancelled and what was under way has ended or has had its time.
pub async fn serve(
    mut listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    bounds: Bounds,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let turnstile = Arc::new(Turnstile::new(&bounds));
    let door = Arc::new(Door { tls, router, bounds, turnstile, stop: stop.clone() });
    let connections = TaskTracker::new();
    loop {
        // This accept waits out errors such as "too many open files" by itself.
        let (stream, peer) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = stop.cancelled() => break,
        };
        match door.turnstile.enter(peer.ip()) {
            // Handshakes run side by side, so that a slow one holds up no other.
            Some(place) => drop(connections.spawn(Arc::clone(&door).welcome(stream, peer, place))),
            None if door.tls.is_none() => door.turnstile.refuse(stream),
            // Whoever wants to talk through TLS understands nothing else, and a handshake is what there is no room for.
            None => {}
        }
    }
    drop(listener);
    connections.close();
    let _ = tokio::time::timeout(GRACE, connections.wait()).await;
    Ok(())
}

impl Door {
    async fn welcome(self: Arc<Door>, stream: TcpStream, peer: SocketAddr, place: Place) {
        if let Some(stream) = self.shake_hands(stream).await {
            self.converse(stream, peer).await;
        }
        drop(place);
    }

    async fn shake_hands(&self, stream: TcpStream) -> Option<Box<dyn Stream>> {
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.tls else { return Some(Box::new(stream)) };
        match tokio::time::timeout(self.bounds.handshake, tls.accept(stream)).await {
            Ok(Ok(stream)) => Some(Box::new(stream)),
            Ok(Err(error)) => {
                tracing::debug!(%error, "a TLS handshake failed");
                None
            }
            Err(_) => None,
        }
    }

    /// One request after the other, until one side has enough.
    async fn converse(&self, stream: Box<dyn Stream>, peer: SocketAddr) {
        let spoken = Arc::new(AtomicBool::new(false));
        let answer = service_fn({
            let (router, spoken) = (self.router.clone(), Arc::clone(&spoken));
            move |mut request: Request<Incoming>| {
                spoken.store(true, Ordering::Relaxed);
                request.extensions_mut().insert(ConnectInfo(peer));
                router.clone().oneshot(request.map(Body::new))
            }
        });
        let stream = TokioIo::new(Patient::new(stream, self.bounds.unread));
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(self.bounds.further_head)
            .max_header_size(self.bounds.largest_head)
            .max_headers(self.bounds.most_headers);
        let mut talk = pin!(http.serve_connection(stream, answer));
        let mut first = pin!(tokio::time::sleep(self.bounds.first_head));
        let (mut waits, mut stops) = (true, true);
        loop {
            tokio::select! {
                ended = talk.as_mut() => {
                    if let Err(error) = ended {
                        tracing::trace!(%error, "a connection broke off");
                    }
                    return;
                }
                () = first.as_mut(), if waits => {
                    if !spoken.load(Ordering::Relaxed) {
                        return;
                    }
                    waits = false;
                }
                () = self.stop.cancelled(), if stops => {
                    stops = false;
                    talk.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
