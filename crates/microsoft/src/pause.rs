//! Several instances, each with a client of its own: how they keep to Microsoft's limits together.
//!
//! This crate knows no database. Whoever runs an instance tells it how many there are, hears from it which pauses Microsoft
//! asked for, and tells it those that the others were asked for.

use std::sync::PoisonError;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::Microsoft;
use crate::budget::Key;

/// Microsoft's words are kept up to so many characters.
const LONGEST: usize = 300;
/// No pause is believed to be longer, whoever tells of it.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A pause that Microsoft asked for (429), as one instance tells it to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Whose calls are counted together: interface, tenant, app and cloud, for instances to compare.
    pub key: String,
    /// What Microsoft said: a text of theirs.
    pub why: String,
    /// Until when nothing is sent.
    pub until: Timestamp,
}

impl Microsoft {
    /// From now on so many instances send on the same budgets, this one among them: each has an equal part, and at least one
    /// call. What was sent stays counted.
    pub fn share_budgets(&self, instances: u32) {
        self.budgets.share(instances);
    }

    /// How many instances share the budgets, as it was told last.
    pub fn instances(&self) -> u32 {
        self.budgets.instances()
    }

    /// Every pause that Microsoft asks this instance for, from now on. There is one who listens: the newest.
    pub fn pauses(&self) -> UnboundedReceiver<Pause> {
        let (sender, receiver) = unbounded_channel();
        *self.paused.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        receiver
    }

    /// Keeps to a pause that another instance was asked for. One that holds already, or is over, changes nothing.
    pub fn pause(&self, pause: &Pause) {
        let Some(key) = Key::read(&pause.key) else { return };
        let left = Duration::try_from(pause.until.duration_since((self.clock)())).unwrap_or_default();
        let (now, left) = ((self.ticks)(), left.min(DAY));
        self.budgets.pause(&key, now + left, &pause.why, now);
    }

    /// Microsoft asked for a pause: it holds here at once, and is told.
    pub(crate) fn asked_to_pause(&self, key: &Key, wait: Duration, why: &str) {
        let now = (self.ticks)();
        self.budgets.pause(key, now + wait, why, now);
        if let Some(listener) = &*self.paused.lock().unwrap_or_else(PoisonError::into_inner) {
            let why = why.chars().take(LONGEST).collect();
            // Nobody listening any more is no reason not to pause.
            let _ = listener.send(Pause { key: key.text(), why, until: self.after(wait) });
        }
    }
}
