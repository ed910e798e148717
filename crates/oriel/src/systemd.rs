//! What systemd is told: ready, alive, stopping (`sd_notify(3)`). Without systemd nothing is said.

use std::ffi::OsString;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Where it is told, if it wants to be: `NOTIFY_SOCKET`.
pub struct Manager {
    socket: Option<(UnixDatagram, SocketAddr)>,
    watchdog: Option<Duration>,
}

impl Manager {
    /// Reads what systemd put into the environment.
    pub fn of_environment() -> Manager {
        Manager::new(std::env::var_os("NOTIFY_SOCKET"), std::env::var("WATCHDOG_USEC").ok().as_deref())
    }

    /// `socket` is a path, or a name without a file that begins with `@`; `watchdog` is in microseconds.
    fn new(socket: Option<OsString>, watchdog: Option<&str>) -> Manager {
        let address = socket.and_then(|name| match name.as_bytes() {
            [b'@', name @ ..] => SocketAddr::from_abstract_name(name).ok(),
            path if path.starts_with(b"/") => SocketAddr::from_pathname(&name).ok(),
            _ => None,
        });
        let socket = address.and_then(|address| Some((UnixDatagram::unbound().ok()?, address)));
        let watchdog =
            watchdog.and_then(|text| text.parse().ok()).filter(|micros| *micros > 0).map(Duration::from_micros);
        Manager { socket, watchdog }
    }

    /// Says that people are let in; then, three times in each period that systemd waits, that the process still gets its
    /// work done; and with `stop` that it ends. A process whose threads all hang says nothing, and is started anew.
    pub async fn tell(self, stop: CancellationToken) {
        self.say("READY=1");
        if let Some(watchdog) = self.watchdog.filter(|_| self.socket.is_some()) {
            let mut beats = tokio::time::interval(watchdog / 3);
            while let Some(_beat) = stop.run_until_cancelled(beats.tick()).await {
                self.say("WATCHDOG=1");
            }
        }
        stop.cancelled().await;
        self.say("STOPPING=1");
    }

    fn say(&self, state: &str) {
        if let Some((socket, address)) = &self.socket
            && let Err(error) = socket.send_to_addr(state.as_bytes(), address)
        {
            tracing::debug!(%error, state, "systemd could not be told");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(socket: &UnixDatagram) -> String {
        let mut bytes = [0; 64];
        let read = socket.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..read]).into_owned()
    }

    #[tokio::test]
    async fn systemd_hears_of_the_start_of_life_and_of_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let stop = CancellationToken::new();
        let telling = tokio::spawn(Manager::new(Some(path.into()), Some("3000")).tell(stop.clone()));
        let said = tokio::task::spawn_blocking(move || {
            let mut said = vec![heard(&socket), heard(&socket), heard(&socket)];
            stop.cancel();
            said.extend(std::iter::repeat_with(|| heard(&socket)).find(|said| said != "WATCHDOG=1"));
            said
        });
        assert_eq!(said.await.unwrap(), ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]);
        telling.await.unwrap();
    }

    #[tokio::test]
    async fn a_socket_without_a_file_is_one_too_and_none_is_no_harm() {
        let name = format!("oriel-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let socket = UnixDatagram::bind_addr(&address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let over = CancellationToken::new();
        over.cancel();
        Manager::new(Some(format!("@{name}").into()), None).tell(over.clone()).await;
        assert_eq!([heard(&socket), heard(&socket)], ["READY=1", "STOPPING=1"]);
        for (socket, watchdog) in [(None, Some("1")), (Some("nonsense"), None), (Some("/not/there"), Some("x"))] {
            Manager::new(socket.map(OsString::from), watchdog).tell(over.clone()).await;
        }
    }
}
