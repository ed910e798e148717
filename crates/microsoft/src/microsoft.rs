//! The one way to Microsoft of a process.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::mpsc::UnboundedSender;

use crate::budget::Budgets;
use crate::identity::Endpoint;
use crate::proxy::Route;
use crate::settings::{Clock, Random, Settings, SettingsError, Ticks};
use crate::skew::Skew;
use crate::tally::Tally;
use crate::tls::Issuers;
use crate::token::cache::Cache;
use crate::transport::recorder::{Recorder, Transcript};
use crate::{Cloud, Pause, transport};

/// HTTP client, token cache and budgets. One a process: a second one would not know what the first has sent. A clone is
/// cheap and shares all of them.
#[derive(Clone)]
pub struct Microsoft {
    pub(crate) client: reqwest::Client,
    pub(crate) route: Option<Arc<Route>>,
    pub(crate) identity: Endpoint,
    pub(crate) tokens: Arc<Cache>,
    pub(crate) budgets: Arc<Budgets>,
    /// Who is told of pauses, if anybody is.
    pub(crate) paused: Arc<Mutex<Option<UnboundedSender<Pause>>>>,
    pub(crate) skew: Arc<Skew>,
    pub(crate) issuers: Issuers,
    pub(crate) tally: Arc<Tally>,
    pub(crate) first_pause: Duration,
    pub(crate) longest_pause: Duration,
    pub(crate) largest_body: usize,
    pub(crate) clock: Clock,
    pub(crate) ticks: Ticks,
    pub(crate) random: Random,
    /// Where each exchange is written down, if it is.
    pub(crate) recorder: Option<Recorder>,
    clouds: Arc<[Arc<Cloud>]>,
}

impl Microsoft {
    /// Prepares everything and sends nothing.
    pub fn new(settings: Settings) -> Result<Microsoft, SettingsError> {
        if !(settings.hunting_share > 0.0 && settings.hunting_share <= 1.0) {
            return Err(SettingsError::HuntingShare(settings.hunting_share));
        }
        let mut clouds: Vec<Arc<Cloud>> = Cloud::all_built_in().into_iter().map(Arc::new).collect();
        for cloud in &settings.clouds {
            check(cloud, &clouds)?;
            clouds.push(Arc::new(cloud.clone()));
        }
        let issuers = Issuers::default();
        let (client, route) = transport::client(&settings, issuers.clone())?;
        let identity = Endpoint::new(&settings)?;
        Ok(Microsoft {
            client,
            identity,
            route: route.map(Arc::new),
            tokens: Arc::new(Cache::new()),
            budgets: Arc::new(Budgets::new(settings.hunting_share)),
            paused: Arc::default(),
            skew: Arc::new(Skew::unknown()),
            issuers,
            tally: Arc::default(),
            first_pause: settings.first_pause,
            longest_pause: settings.longest_pause,
            largest_body: transport::largest_body(),
            clock: settings.clock,
            ticks: settings.ticks,
            random: settings.random,
            recorder: None,
            clouds: clouds.into(),
        })
    }

    /// Every cloud: the built-in ones, then those of the configuration.
    pub fn clouds(&self) -> &[Arc<Cloud>] {
        &self.clouds
    }

    /// The cloud with this name.
    pub fn cloud(&self, name: &str) -> Option<Arc<Cloud>> {
        self.clouds.iter().find(|cloud| cloud.name == name).cloned()
    }

    /// The same way to Microsoft, but each exchange that goes over it is also written down: without secrets and tokens, with
    /// everything else as it came.
    pub fn recording(&self) -> (Microsoft, Transcript) {
        let recorder = Recorder::default();
        let transcript = recorder.transcript();
        (Microsoft { recorder: Some(recorder), ..self.clone() }, transcript)
    }

    /// Our clock minus Microsoft's by the newest answer, to the second: positive if ours is ahead. More than five minutes
    /// deserve a warning.
    pub fn clock_skew(&self) -> Option<SignedDuration> {
        self.skew.get()
    }
}

impl std::fmt::Debug for Microsoft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let clouds: Vec<&str> = self.clouds.iter().map(|cloud| cloud.name.as_str()).collect();
        f.debug_struct("Microsoft").field("route", &self.route).field("clouds", &clouds).finish_non_exhaustive()
    }
}

/// A further cloud has a name of its own, and plain http only towards this machine.
fn check(cloud: &Cloud, known: &[Arc<Cloud>]) -> Result<(), SettingsError> {
    let error = |reason: &str| SettingsError::Cloud { name: cloud.name.clone(), reason: reason.to_owned() };
    if known.iter().any(|known| known.name == cloud.name) {
        return Err(error("there is one of this name already"));
    }
    let bases = [Some(&cloud.login), Some(&cloud.graph), cloud.defender.as_ref(), Some(&cloud.log_analytics)];
    for base in bases.into_iter().flatten() {
        let loopback = match base.host() {
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => return Err(error("a base URL names no host")),
        };
        if base.scheme() != "https" && !(base.scheme() == "http" && loopback) {
            return Err(error("a base URL is not https, and plain http is for this machine only"));
        }
        if !base.username().is_empty() || base.password().is_some() || base.query().is_some() {
            return Err(error("a base URL has more than scheme, host, port and path"));
        }
    }
    Ok(())
}
