//! How Microsoft is reached.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use secrecy::SecretString;
use url::Url;

use crate::Cloud;

/// The time of day.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A clock that only goes forward, whatever happens to the time of day: ages of tokens and budgets are counted on it.
pub type Ticks = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Fills a buffer with random bytes: request ids, jitter.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// The proxy through which Microsoft is reached. Loopback never goes through it; environment variables are not read.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// `http://proxy.example.com:3128`. A user or a password in it is an error: `Debug` would print them.
    pub url: Url,
    /// User and password, where the proxy asks for them.
    pub login: Option<(String, SecretString)>,
    /// Hosts that are reached without it: a name (with everything below it), an address, or a network such as
    /// `10.0.0.0/8`.
    pub bypass: Vec<String>,
}

/// How Microsoft is reached, and with what clocks.
#[derive(Clone)]
pub struct Settings {
    /// The proxy, if there is one.
    pub proxy: Option<Proxy>,
    /// Certificates of further authorities, PEM, trusted beside the system's.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// `User-Agent` of every request.
    pub user_agent: String,
    /// Clouds beside the built-in ones, whose names they cannot take.
    pub clouds: Vec<Cloud>,
    /// Where a machine in Azure asks for tokens of its managed identity: scheme, host, port and a path below which the fixed
    /// one stands. Never from what someone entered; other than the usual one only in tests and in the demo.
    pub identity_endpoint: Url,
    /// Share of the tenant's documented hunting budget that Oriel uses, above 0 and up to 1: the SOC's own automation
    /// lives on the same budget.
    pub hunting_share: f64,
    /// The first pause before a call is tried again where Microsoft names none; doubled each time.
    pub first_pause: Duration,
    /// The longest pause that a person is kept waiting for; beyond it the call ends as throttled.
    pub longest_pause: Duration,
    /// The time of day.
    pub clock: Clock,
    /// The clock for ages.
    pub ticks: Ticks,
    /// Randomness.
    pub random: Random,
}

impl Settings {
    /// The usual settings: no proxy, the system's authorities, half of the hunting budget.
    pub fn new(clock: Clock, random: Random) -> Settings {
        Settings {
            proxy: None,
            extra_ca_pem: None,
            user_agent: "Oriel".to_owned(),
            clouds: Vec::new(),
            identity_endpoint: identity_endpoint(),
            hunting_share: 0.5,
            first_pause: Duration::from_millis(400),
            longest_pause: Duration::from_secs(10),
            clock,
            ticks: Arc::new(Instant::now),
            random,
        }
    }
}

/// Azure's instance metadata service: a link-local address, reached on the machine itself.
#[expect(clippy::expect_used, reason = "the text stands here")]
fn identity_endpoint() -> Url {
    Url::parse("http://169.254.169.254").expect("the address is a URL")
}

/// A setting with which Microsoft cannot be reached.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The proxy's URL cannot be used.
    #[error("the proxy {0}")]
    Proxy(String),
    /// The file of authorities holds no certificate, or one that cannot be read.
    #[error("the file of further certificate authorities cannot be used: {0}")]
    Authorities(String),
    /// A further cloud cannot be used.
    #[error("the cloud “{name}” cannot be used: {reason}")]
    Cloud {
        /// Its name.
        name: String,
        /// Why.
        reason: String,
    },
    /// The hunting share is not above 0 and up to 1.
    #[error("the share of the hunting budget is {0}, but must be above 0 and at most 1")]
    HuntingShare(f64),
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made: {0}")]
    Client(String),
}
