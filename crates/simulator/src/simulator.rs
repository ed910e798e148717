//! Starting and stopping.

use std::net::SocketAddr;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use crate::Error;
use crate::exchange::Surface;
use crate::faults::Faults;
use crate::microsoft::Microsoft;
use crate::recorded::Recorded;
use crate::replay::Replay;
use crate::scenario::Scenario;
use crate::server::{self, Answers, Shared};

/// Tells the time. A test moves its own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Where to listen, and by which clock.
#[derive(Clone)]
pub struct Options {
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    /// What the time is: tokens expire by it, quotas refill by it, and the scenario is told from it.
    pub clock: Clock,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("listen", &self.listen).finish_non_exhaustive()
    }
}

/// A running simulator. Dropping it stops it too, without waiting.
#[derive(Debug)]
pub struct Simulator {
    base: Url,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
    stopped: CancellationToken,
    _guard: DropGuard,
}

impl Simulator {
    /// Starts with a scenario.
    pub async fn start(scenario: Scenario, options: Options) -> Result<Simulator, Error> {
        let faults = Faults::new(scenario.faults().to_vec());
        let clock = Arc::clone(&options.clock);
        Self::listen(options, faults, move |base| Answers::Scenario(Box::new(Microsoft::new(scenario, base, clock))))
            .await
    }

    /// Starts with recorded exchanges, and answers nothing else.
    pub async fn replay(replay: Replay, options: Options) -> Result<Simulator, Error> {
        Self::listen(options, Faults::new(Vec::new()), |_| Answers::Replay(replay)).await
    }

    async fn listen(
        options: Options,
        faults: Faults,
        answers: impl FnOnce(Url) -> Answers,
    ) -> Result<Simulator, Error> {
        let address = options.listen;
        let failed = |source| Error::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let base = server::base(listener.local_addr().map_err(failed)?);
        let stopped = CancellationToken::new();
        let shared = Arc::new(Shared::new(answers(base.clone()), faults, options.clock, stopped.clone()));
        let serving = tokio::spawn(server::serve(listener, Arc::clone(&shared), stopped.clone()));
        Ok(Simulator { base, shared, serving, _guard: stopped.clone().drop_guard(), stopped })
    }

    /// Where it answers: `http://127.0.0.1:PORT/`. The surfaces stand under `login`, `graph`, `defender` and
    /// `log_analytics`.
    pub fn base(&self) -> Url {
        self.base.clone()
    }

    /// The base URL of one surface, without a slash at the end.
    pub fn surface(&self, surface: Surface) -> String {
        format!("{}{surface}", self.base)
    }

    /// Where the managed identity of the simulated machine is asked for tokens: what a client has in the place of
    /// `http://169.254.169.254`.
    pub fn identity_endpoint(&self) -> Url {
        let mut url = self.base.clone();
        url.set_path(Surface::Identity.as_str());
        url
    }

    /// The lines of `oriel.toml` that make this a cloud of that name.
    pub fn cloud_toml(&self, name: &str) -> String {
        let mut text = format!("[clouds.{name}]\n");
        for surface in Surface::ALL {
            text.push_str(&format!("{surface} = \"{}\"\n", self.surface(surface)));
        }
        text.push_str("portal = \"https://security.microsoft.com\"\n");
        text.push_str("azure_portal = \"https://portal.azure.com\"\n");
        text
    }

    /// Has Entra sign people's tokens by another key from now on, and publish no other.
    pub fn rotate_keys(&self) {
        self.shared.rotate_keys();
    }

    /// The rules of what goes wrong, to be changed while it runs.
    pub fn faults(&self) -> &Faults {
        self.shared.faults()
    }

    /// What was asked so far, without secrets.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.requests()
    }

    /// Forgets what was asked so far.
    pub fn forget_requests(&self) {
        self.shared.forget_requests();
    }

    /// Stops listening and waits until every connection is closed.
    pub async fn stop(self) {
        self.stopped.cancel();
        if let Err(error) = self.serving.await {
            tracing::debug!(%error, "the simulator's task ended early");
        }
    }
}
