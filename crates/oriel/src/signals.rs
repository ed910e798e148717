//! The signals that end a server: Ctrl-C, and the service manager's SIGTERM.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The exit code of a process that was told twice to stop: as a shell tells an end by Ctrl-C.
const AT_ONCE: i32 = 130;

/// Is cancelled by the signal that ends a server. A second one ends the process at once, and what is under way with it.
pub fn stop_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let signal = stop.clone();
    let mut signals = Signals::new();
    tokio::spawn(async move {
        signals.next().await;
        tracing::info!("stopping; what is under way is finished first, and a second signal ends it at once");
        signal.cancel();
        signals.next().await;
        tracing::warn!("stopped at once, by a second signal");
        std::process::exit(AT_ONCE);
    });
    stop
}

/// Waits for the signal that ends a server.
pub async fn asked_to_stop() {
    Signals::new().next().await;
}

/// The two signals that end a server. They are listened for from the beginning: one that comes between two calls of
/// `next` is not lost.
struct Signals {
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
}

impl Signals {
    fn new() -> Signals {
        let listen = |kind: SignalKind, name: &str| {
            let heard = signal(kind);
            heard.inspect_err(|error| tracing::warn!(%error, "{name} cannot be heard")).ok()
        };
        Signals {
            interrupt: listen(SignalKind::interrupt(), "SIGINT"),
            terminate: listen(SignalKind::terminate(), "SIGTERM"),
        }
    }

    async fn next(&mut self) {
        tokio::select! {
            () = Self::of(&mut self.interrupt) => {}
            () = Self::of(&mut self.terminate) => {}
        }
    }

    async fn of(signal: &mut Option<Signal>) {
        let heard = match signal {
            Some(signal) => signal.recv().await,
            None => None,
        };
        if heard.is_none() {
            std::future::pending().await
        }
    }
}
