//! How many calls an interface is sent. Microsoft counts over sliding windows, a call that is refused counts too, and asking
//! too early lengthens the pause, so Oriel counts first.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{Call, Priority};

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Interface {
    Graph,
    Hunting,
    Defender,
    LogAnalytics,
}

/// Whose calls are counted together. Hunting has one budget a tenant, whichever app asks; the others one an app and tenant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    interface: Interface,
    cloud: String,
    tenant: String,
    client: String,
}

impl Key {
    pub(crate) fn new(call: &Call<'_>, interface: Interface) -> Key {
        let credential = call.credential;
        Key {
            interface,
            cloud: credential.cloud.name.clone(),
            tenant: credential.tenant.to_ascii_lowercase(),
            client: match interface {
                Interface::Hunting => String::new(),
                _ => credential.client.to_ascii_lowercase(),
            },
        }
    }
}

/// Part of each budget that background work leaves to people.
const PEOPLES_SHARE: f64 = 0.4;

/// Log Analytics runs 5 queries of one caller at a time and queues the rest; one is left for others.
const SEATS: usize = 4;

/// No call now, and when there may be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) until: Instant,
    pub(crate) why: String,
}

pub(crate) struct Budgets {
    meters: Mutex<HashMap<Key, Meter>>,
    hunting_share: f64,
}

struct Meter {
    windows: Vec<Window>,
    paused: Option<Wait>,
    seats: Option<Seats>,
}

struct Window {
    calls: usize,
    length: Duration,
    sent: VecDeque<Instant>,
}

#[derive(Clone)]
struct Seats {
    all: Arc<Semaphore>,
    background: Arc<Semaphore>,
}

/// A place among the calls that run at the same time; given back when dropped.
#[derive(Default)]
pub(crate) struct Seat {
    _held: Vec<OwnedSemaphorePermit>,
}

impl Budgets {
    pub(crate) fn new(hunting_share: f64) -> Budgets {
        Budgets { meters: Mutex::default(), hunting_share }
    }

    /// Counts a call that is sent now, or says when one may be sent.
    pub(crate) fn take(&self, key: &Key, priority: Priority, now: Instant) -> Result<(), Wait> {
        self.with(key, |meter| meter.take(priority, now))
    }

    /// Microsoft asked for a pause: nothing is sent before its end.
    pub(crate) fn pause(&self, key: &Key, until: Instant, why: &str) {
        self.with(key, |meter| {
            if meter.paused.as_ref().is_none_or(|paused| paused.until < until) {
                meter.paused = Some(Wait { until, why: why.to_owned() });
            }
        });
    }

    /// Waits for a place among the calls that run at the same time. Cancelled when dropped.
    pub(crate) async fn seat(&self, key: &Key, priority: Priority) -> Seat {
        let Some(seats) = self.with(key, |meter| meter.seats.clone()) else { return Seat::default() };
        let mut held = Vec::new();
        if priority == Priority::Background {
            held.extend(seats.background.acquire_owned().await.ok());
        }
        held.extend(seats.all.acquire_owned().await.ok());
        Seat { _held: held }
    }

    fn with<T>(&self, key: &Key, act: impl FnOnce(&mut Meter) -> T) -> T {
        let mut meters = self.meters.lock().unwrap_or_else(PoisonError::into_inner);
        match meters.get_mut(key) {
            Some(meter) => act(meter),
            None => act(meters.entry(key.clone()).or_insert(Meter::new(key.interface, self.hunting_share))),
        }
    }
}

impl Meter {
    /// Documented limits. Hunting: 45 a minute and tenant, of which a share. Defender for Endpoint: 100 a minute and 1,500 an
    /// hour. Graph security: 150 a minute. Log Analytics: 200 in 30 seconds.
    fn new(interface: Interface, hunting_share: f64) -> Meter {
        const MINUTE: Duration = Duration::from_secs(60);
        const HOUR: Duration = Duration::from_secs(3600);
        let window = |calls, length| Window { calls, length, sent: VecDeque::new() };
        let windows = match interface {
            Interface::Graph => vec![window(150, MINUTE)],
            Interface::Hunting => vec![window(part(45, hunting_share), MINUTE)],
            Interface::Defender => vec![window(100, MINUTE), window(1500, HOUR)],
            Interface::LogAnalytics => vec![window(200, Duration::from_secs(30))],
        };
        let seats = (interface == Interface::LogAnalytics).then(|| Seats {
            all: Arc::new(Semaphore::new(SEATS)),
            background: Arc::new(Semaphore::new(part(SEATS, 1.0 - PEOPLES_SHARE))),
        });
        Meter { windows, paused: None, seats }
    }

    fn take(&mut self, priority: Priority, now: Instant) -> Result<(), Wait> {
        match &self.paused {
            Some(paused) if paused.until > now => return Err(paused.clone()),
            _ => self.paused = None,
        }
        let spent = self.windows.iter_mut().filter_map(|window| window.spent(priority, now));
        if let Some(wait) = spent.max_by_key(|wait| wait.until) {
            return Err(wait);
        }
        self.windows.iter_mut().for_each(|window| window.sent.push_back(now));
        Ok(())
    }
}

impl Window {
    fn spent(&mut self, priority: Priority, now: Instant) -> Option<Wait> {
        while self.sent.front().is_some_and(|&sent| sent + self.length <= now) {
            self.sent.pop_front();
        }
        let calls = match priority {
            Priority::People => self.calls,
            Priority::Background => part(self.calls, 1.0 - PEOPLES_SHARE),
        };
        let oldest = self.sent.len().checked_sub(calls)?;
        let until = *self.sent.get(oldest)? + self.length;
        let seconds = self.length.as_secs();
        Some(Wait { until, why: format!("Oriel's budget of {calls} calls in {seconds} seconds is spent") })
    }
}

/// A part of a whole number, at least 1.
fn part(whole: usize, share: f64) -> usize {
    ((whole as f64 * share) as usize).max(1)
}

#[cfg(test)]
mod tests;
