//! How long to wait before the next try.

use std::time::{Duration, Instant};

use crate::{Microsoft, Priority};

/// How often a request is sent at most.
pub(crate) const TRIES: u32 = 4;

impl Microsoft {
    /// The pause before try number `tried` + 1 where Microsoft names none: doubled each time, and up to half longer by chance,
    /// so that callers who failed together do not come back together.
    pub(crate) fn backoff(&self, tried: u32) -> Duration {
        let pause = self.first_pause.saturating_mul(1 << tried.min(10));
        pause + pause.mul_f64(self.chance() / 2.0)
    }

    /// A wait that Microsoft asked for, and a little more by chance: never less.
    pub(crate) fn no_sooner(&self, wait: Duration) -> Duration {
        let spread = (wait / 10).min(Duration::from_secs(1));
        wait + spread.mul_f64(self.chance())
    }

    /// Whether a wait is worth it: it ends before the deadline, and is no longer than a person is kept waiting.
    pub(crate) fn is_worth(&self, wait: Duration, priority: Priority, deadline: Instant) -> bool {
        let patience = match priority {
            Priority::People => self.longest_pause,
            Priority::Background => Duration::MAX,
        };
        wait <= patience && wait < deadline.saturating_duration_since(Instant::now())
    }

    /// A number from 0 up to 1.
    fn chance(&self) -> f64 {
        let mut bytes = [0; 4];
        (self.random)(&mut bytes);
        f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
    }
}
