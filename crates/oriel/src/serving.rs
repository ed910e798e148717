//! The door: connections come in, plain or through TLS, and the router answers until it is told to stop.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// A client that has not finished its TLS handshake by then is let go.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// After the signal to stop, what is under way gets this long.
const GRACE: Duration = Duration::from_secs(20);

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A listener whose connections are ready to speak HTTP.
struct Door {
    ready: mpsc::Receiver<(Box<dyn Stream>, SocketAddr)>,
    local: SocketAddr,
}

impl Door {
    /// Takes connections from `listener`; handshakes run side by side, so that a slow one holds up no other.
    fn open(mut listener: TcpListener, tls: Option<TlsAcceptor>) -> std::io::Result<Door> {
        let local = listener.local_addr()?;
        let (send, ready) = mpsc::channel(64);
        tokio::spawn(async move {
            loop {
                // This accept waits out errors such as "too many open files" by itself.
                let (stream, peer) = tokio::select! {
                    accepted = Listener::accept(&mut listener) => accepted,
                    () = send.closed() => return,
                };
                let (send, tls) = (send.clone(), tls.clone());
                tokio::spawn(async move {
                    if let Some(stream) = shake_hands(stream, tls).await {
                        let _ = send.send((stream, peer)).await;
                    }
                });
            }
        });
        Ok(Door { ready, local })
    }
}

async fn shake_hands(stream: TcpStream, tls: Option<TlsAcceptor>) -> Option<Box<dyn Stream>> {
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else { return Some(Box::new(stream)) };
    match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
        Ok(Ok(stream)) => Some(Box::new(stream)),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a TLS handshake failed");
            None
        }
        Err(_) => None,
    }
}

impl Listener for Door {
    type Io = Box<dyn Stream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(ready) => ready,
            // The accepting task is gone only when the runtime is; there is nothing more to wait for.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.local)
    }
}

#[derive(Clone)]
struct Peer(SocketAddr);

impl Connected<IncomingStream<'_, Door>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        Peer(*stream.remote_addr())
    }
}

/// The router's extractors ask for a plain address, whichever door the request came through.
async fn name_peer(mut request: axum::extract::Request) -> axum::extract::Request {
    if let Some(ConnectInfo(Peer(address))) = request.extensions().get().cloned() {
        request.extensions_mut().insert(ConnectInfo(address));
    }
    request
}

/// Answers on `listener` until `stop` is cancelled and what was under way has ended or has had its time.
pub async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let door = Door::open(listener, tls)?;
    let router = router.layer(axum::middleware::map_request(name_peer));
    let serving = axum::serve(door, router.into_make_service_with_connect_info::<Peer>())
        .with_graceful_shutdown(stop.clone().cancelled_owned());
    tokio::select! {
        done = serving => done,
        () = async { stop.cancelled().await; tokio::time::sleep(GRACE).await } => Ok(()),
    }
}

pub use crate::signals::stop_signal;

/// Waits for the signal that ends a server: Ctrl-C, or the service manager's SIGTERM.
pub async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
                return;
            }
            Err(error) => tracing::warn!(%error, "SIGTERM cannot be heard; only Ctrl-C stops this server"),
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
