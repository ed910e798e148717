//! Which provider is asked, as whom, and by which way.

use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;
use url::Url;

/// The time of day.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Fills a buffer with random bytes that nobody can guess.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// Which provider is asked, as whom, and by which way.
#[derive(Clone)]
pub struct Settings {
    /// The issuer, letter by letter as the provider's discovery document has it: an address, https but on this machine.
    pub issuer: String,
    /// The application's id at the provider.
    pub client_id: String,
    /// Its secret; an application without one is proven by PKCE alone.
    pub client_secret: Option<SecretString>,
    /// Where the provider sends the browser back to. It has to be registered there.
    pub redirect: Url,
    /// The groups that are worth knowing, where a token has room for none and they have to be asked for.
    pub groups: Vec<String>,
    /// The proxy, if there is one.
    pub proxy: Option<Proxy>,
    /// Certificates of further authorities, PEM, trusted beside the system's.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// The time of day.
    pub clock: Clock,
    /// Randomness for state, nonce and verifier.
    pub random: Random,
}

/// The proxy through which the provider is reached. Loopback never goes through it; environment variables are not read.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// `http://proxy.example.com:3128`, without user and password.
    pub url: Url,
    /// User and password, where the proxy asks for them.
    pub login: Option<(String, SecretString)>,
    /// Hosts that are reached without it: a name (with everything below it), an address, a network, or `*`.
    pub bypass: Vec<String>,
}
