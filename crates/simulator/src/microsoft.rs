//! All surfaces over one scenario.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::exchange::{Reply, Request, Surface};
use crate::login::Redeemable;
use crate::quota::Quotas;
use crate::scenario::Scenario;
use crate::simulator::Clock;
use crate::world::World;
use crate::{defender, graph, identity, log_analytics, login};

/// Seconds after which a rolling story begins anew.
const TURN: i64 = 6 * 3_600;

/// The scenario, where it answers, and what has been asked of it.
pub(crate) struct Microsoft {
    scenario: Scenario,
    base: Url,
    started: Timestamp,
    world: Mutex<Option<Arc<World>>>,
    quotas: Quotas,
    /// What was handed to browsers and not yet changed for tokens.
    codes: Redeemable,
}

impl std::fmt::Debug for Microsoft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Microsoft").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

/// What a surface needs to answer one request.
pub(crate) struct Asked<'a> {
    pub(crate) world: &'a World,
    pub(crate) base: &'a Url,
    pub(crate) quotas: &'a Quotas,
    pub(crate) codes: &'a Redeemable,
    pub(crate) now: Timestamp,
}

impl Asked<'_> {
    /// The base URL of a surface, which is also the audience of its tokens.
    pub(crate) fn surface(&self, surface: Surface) -> String {
        format!("{}{surface}", self.base)
    }
}

impl Microsoft {
    pub(crate) fn new(scenario: Scenario, base: Url, clock: Clock) -> Microsoft {
        Microsoft {
            scenario,
            base,
            started: clock(),
            world: Mutex::default(),
            quotas: Quotas::default(),
            codes: Redeemable::default(),
        }
    }

    /// The story begins when the simulator starts. A rolling one begins anew every six hours, so that it stays fresh
    /// (what is older than a day looks like a source that has stopped), and yet nothing moves while someone reads.
    fn beginning(&self, now: Timestamp) -> Timestamp {
        if !self.scenario.is_rolling() {
            return self.started;
        }
        let turns = (now.as_second() - self.started.as_second()).div_euclid(TURN).max(0);
        self.started.saturating_add(SignedDuration::from_secs(turns * TURN)).unwrap_or(self.started)
    }

    fn world(&self, now: Timestamp) -> Arc<World> {
        let beginning = self.beginning(now);
        let mut held = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        match &*held {
            Some(world) if world.beginning == beginning => Arc::clone(world),
            _ => Arc::clone(held.insert(Arc::new(World::new(&self.scenario, beginning)))),
        }
    }

    pub(crate) fn rotate_keys(&self) {
        self.codes.rotate_keys();
    }

    pub(crate) fn answer(&self, request: &Request, now: Timestamp) -> Reply {
        let world = self.world(now);
        let asked = Asked { world: &world, base: &self.base, quotas: &self.quotas, codes: &self.codes, now };
        match request.surface {
            Surface::Login => login::answer(&asked, request),
            Surface::Graph => graph::answer(&asked, request),
            Surface::Defender => defender::answer(&asked, request),
            Surface::LogAnalytics => log_analytics::answer(&asked, request),
            Surface::Identity => identity::answer(&asked, request),
        }
    }
}
