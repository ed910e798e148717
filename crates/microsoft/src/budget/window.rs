//! So many calls in so long.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::{PEOPLES_SHARE, Wait, part};
use crate::Priority;

/// Which part of a budget is whose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    /// How many instances have an equal part.
    pub(super) instances: u32,
    /// How often that part is halved.
    pub(super) halvings: u32,
    /// Who waits.
    pub(super) priority: Priority,
}

/// A sliding window.
pub(super) struct Window {
    calls: usize,
    length: Duration,
    sent: VecDeque<Instant>,
}

impl Window {
    /// Microsoft's limit, before anything is taken off.
    pub(super) fn new(calls: usize, length: Duration) -> Window {
        Window { calls, length, sent: VecDeque::new() }
    }

    pub(super) fn count(&mut self, now: Instant) {
        self.sent.push_back(now);
    }

    /// The share of it that is left, from 0 to 1.
    pub(super) fn left(&mut self, share: Share, now: Instant) -> f64 {
        self.forget(now);
        let calls = share.of(self.calls);
        calls.saturating_sub(self.sent.len()) as f64 / calls as f64
    }

    fn forget(&mut self, now: Instant) {
        while self.sent.front().is_some_and(|&sent| sent + self.length <= now) {
            self.sent.pop_front();
        }
    }

    /// When there may be a call again, if there may be none now.
    pub(super) fn spent(&mut self, share: Share, now: Instant) -> Option<Wait> {
        self.forget(now);
        let calls = share.of(self.calls);
        let oldest = self.sent.len().checked_sub(calls)?;
        let until = *self.sent.get(oldest)? + self.length;
        let seconds = self.length.as_secs();
        Some(Wait { until, why: format!("Oriel's budget of {calls} calls in {seconds} seconds is spent") })
    }
}

impl Share {
    /// Its part of so many calls, at least one.
    fn of(self, calls: usize) -> usize {
        let instances = usize::try_from(self.instances).unwrap_or(usize::MAX).max(1);
        let own = ((calls / instances) >> self.halvings).max(1);
        match self.priority {
            Priority::People => own,
            Priority::Background => part(own, 1.0 - PEOPLES_SHARE),
        }
    }
}
