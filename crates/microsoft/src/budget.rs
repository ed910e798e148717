//! How many calls an interface is sent. Microsoft counts over sliding windows, a call that is refused counts too, and asking
//! too early lengthens the pause, so Oriel counts first.
//!
//! Of several instances each has an equal part of every budget. A pause that Microsoft asks one of them for is told to the
//! others ([`Pause`](crate::Pause)), and after it each sends less for a while.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Priority;

mod key;
mod left;
mod pace;
mod window;

pub(crate) use key::{Interface, Key};
use pace::Pace;
use window::{Share, Window};

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
    /// How many instances have a part of each budget, this one among them.
    instances: AtomicU32,
}

struct Meter {
    windows: Vec<Window>,
    paused: Option<Wait>,
    pace: Pace,
    seats: Option<Seats>,
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
        Budgets { meters: Mutex::default(), hunting_share, instances: AtomicU32::new(1) }
    }

    /// From now on so many instances share the budgets. What was sent stays counted.
    pub(crate) fn share(&self, instances: u32) {
        let instances = instances.max(1);
        let mut meters = self.meters.lock().unwrap_or_else(PoisonError::into_inner);
        if self.instances.swap(instances, Ordering::Relaxed) != instances {
            // Who has a seat keeps it: for a moment a few more may run than seats are left, and Log Analytics queues those.
            meters
                .values_mut()
                .filter(|meter| meter.seats.is_some())
                .for_each(|meter| meter.seats = Some(seats(instances)));
        }
    }

    /// How many instances share the budgets.
    pub(crate) fn instances(&self) -> u32 {
        self.instances.load(Ordering::Relaxed)
    }

    /// Counts a call that is sent now, or says when one may be sent.
    pub(crate) fn take(&self, key: &Key, priority: Priority, now: Instant) -> Result<(), Wait> {
        let instances = self.instances();
        self.with(key, |meter| meter.take(priority, instances, now))
    }

    /// Microsoft asked for a pause: nothing is sent before its end, and less for a while after it.
    pub(crate) fn pause(&self, key: &Key, until: Instant, why: &str, now: Instant) {
        self.with(key, |meter| meter.pause(until, why, now));
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
            None => {
                let meter = Meter::new(key.interface(), self.hunting_share, self.instances());
                act(meters.entry(key.clone()).or_insert(meter))
            }
        }
    }
}

impl Meter {
    /// Documented limits. Hunting: 45 a minute and tenant, of which a share. Defender for Endpoint: 100 a minute and 1,500 an
    /// hour. Graph security: 150 a minute. Log Analytics: 200 in 30 seconds.
    fn new(interface: Interface, hunting_share: f64, instances: u32) -> Meter {
        const MINUTE: Duration = Duration::from_secs(60);
        const HOUR: Duration = Duration::from_secs(3600);
        let windows = match interface {
            Interface::Graph => vec![Window::new(150, MINUTE)],
            Interface::Hunting => vec![Window::new(part(45, hunting_share), MINUTE)],
            Interface::Defender => vec![Window::new(100, MINUTE), Window::new(1500, HOUR)],
            Interface::LogAnalytics => vec![Window::new(200, Duration::from_secs(30))],
        };
        let seats = (interface == Interface::LogAnalytics).then(|| seats(instances));
        Meter { windows, paused: None, pace: Pace::default(), seats }
    }

    fn pause(&mut self, until: Instant, why: &str, now: Instant) {
        let paused = self.paused.as_ref().filter(|paused| paused.until > now);
        if until <= now || paused.is_some_and(|paused| paused.until >= until) {
            return;
        }
        // Calls that were under way together are refused together: that is one sign of too many, and not one for each.
        if paused.is_none() {
            self.pace.lower(now);
        }
        self.pace.quiet_from(until);
        self.paused = Some(Wait { until, why: why.to_owned() });
    }

    fn take(&mut self, priority: Priority, instances: u32, now: Instant) -> Result<(), Wait> {
        match &self.paused {
            Some(paused) if paused.until > now => return Err(paused.clone()),
            _ => self.paused = None,
        }
        let share = Share { instances, halvings: self.pace.halvings(now), priority };
        let spent = self.windows.iter_mut().filter_map(|window| window.spent(share, now));
        if let Some(wait) = spent.max_by_key(|wait| wait.until) {
            return Err(wait);
        }
        self.windows.iter_mut().for_each(|window| window.count(now));
        Ok(())
    }
}

/// Places for this instance, of those that all have together.
fn seats(instances: u32) -> Seats {
    let all = (SEATS / usize::try_from(instances).unwrap_or(SEATS)).max(1);
    let background = part(all, 1.0 - PEOPLES_SHARE);
    Seats { all: Arc::new(Semaphore::new(all)), background: Arc::new(Semaphore::new(background)) }
}

/// A part of a whole number, at least 1.
fn part(whole: usize, share: f64) -> usize {
    ((whole as f64 * share) as usize).max(1)
}

#[cfg(test)]
mod tests;
