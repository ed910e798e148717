//! What every handler works with.

use std::sync::Arc;

use crate::certificates::Certificates;
use jiff::{SignedDuration, Timestamp};
use search::own::Offers;
use search::set_up::SetUp;
use search::{Product, Sources, Validator};
use store::Db;
use url::Url;
use vault::Keyring;

use crate::client_address::Proxies;
use crate::hosts::Hosts;
use crate::limits::Limits;
use crate::memory::Memory;
use crate::metrics::Metrics;
use crate::sign_on::{NewPeopleSee, SignOn};
use crate::support::About;

/// Says what time it is. Tests hand in one that stands still.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Fills a buffer with random bytes that nobody can guess. Tests hand in one that counts.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// What the configuration says about pages and API.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address under which people reach this server: links are made from it, and posts from its origin are trusted.
    pub public_url: Url,
    /// Whether people reach the server by https, so that cookies are sent by no other way.
    pub secure_cookies: bool,
    /// Under which names this server answers.
    pub hosts: Hosts,
    /// Whose word is taken for where a request comes from.
    pub proxies: Proxies,
    /// How much is worked on at the same time.
    pub limits: Limits,
    /// Names of the clouds that a connection may be in, the default first.
    pub clouds: Vec<String>,
    /// Days after which what the audit's entries say is deleted.
    pub audit_keep_days: u32,
    /// Which tenants somebody sees who comes in through single sign-on for the first time.
    pub new_people_see: NewPeopleSee,
    /// How long the keys of somebody who comes in through single sign-on open something after the last time.
    pub keys_without_sign_in: SignedDuration,
}

/// One row of the table of capabilities, as far as the settings page shows it.
#[derive(Clone, Debug)]
pub struct CapabilityRow {
    /// The product that has it.
    pub product: Product,
    /// The source's name, as a connection's switches hold it: `defender.alerts`.
    pub name: String,
    /// What it is called on a page: "Alerts".
    pub title: String,
    /// The permission or role that it needs, in Microsoft's spelling.
    pub permission: Option<String>,
    /// What Microsoft said about the end of the route: "1 February 2027, announced".
    pub retirement: Option<String>,
    /// The day on which that is.
    pub retires: Option<jiff::civil::Date>,
    /// What is read with it, and of whom, in a sentence.
    pub reads: String,
    /// Where the permission is granted: "Microsoft Graph", "WindowsDefenderATP", "Azure role".
    pub resource: String,
    /// Clouds that do not have it, each with the reason.
    pub lacking: Vec<(String, String)>,
}

/// The desk at which a request is served. Cheap to clone: one for each request.
#[derive(Clone)]
pub struct Desk {
    /// Where people, sessions, keys and connections are kept.
    pub db: Db,
    /// Seals the secrets of connections.
    pub vault: Arc<Keyring>,
    /// What is asked at search time.
    pub sources: Arc<dyn Sources>,
    /// Tries connections.
    pub validator: Arc<dyn Validator>,
    /// Reads and makes certificates.
    pub certificates: Arc<dyn Certificates>,
    /// Signs people in at a provider, where one is configured.
    pub sign_on: Option<Arc<dyn SignOn>>,
    /// Writes what an administrator is handed to set Microsoft up.
    pub set_up: Arc<dyn SetUp>,
    /// Finds what the organisation seems to use.
    pub own_offers: Arc<dyn Offers>,
    /// What time it is.
    pub clock: Clock,
    /// Randomness for sessions, keys and request ids.
    pub random: Random,
    /// What the configuration says.
    pub settings: Arc<Settings>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What each product can answer.
    pub capabilities: Arc<[CapabilityRow]>,
    /// What the program says of itself to whoever has to help.
    pub about: Arc<About>,
    /// What this process remembers between requests. A new one for each server: `Arc::default()`.
    pub memory: Arc<Memory>,
}

impl Desk {
    /// The time of this moment.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Since when somebody who comes in through single sign-on has to have done so, for their keys to open something.
    pub fn keys_open_since(&self) -> Timestamp {
        self.now().saturating_sub(self.settings.keys_without_sign_in).unwrap_or(Timestamp::MIN)
    }
}
