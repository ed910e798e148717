//! How much less is sent after Microsoft asked for a pause.
//!
//! What is documented is not always what is left: others spend the same budget. Going on at the old pace when the pause is over
//! would meet the next 429, so a budget is halved at each, and gets one halving back for each quiet while.

use std::time::{Duration, Instant};

/// A budget is never less than an eighth of itself.
const MOST: u32 = 3;
/// Without another 429 for so long, one halving is taken back.
const QUIET: Duration = Duration::from_secs(5 * 60);

/// How often a budget was halved, and since when it has been quiet.
#[derive(Default)]
pub(super) struct Pace {
    lowered: Option<Lowered>,
}

struct Lowered {
    halvings: u32,
    quiet_from: Instant,
}

impl Pace {
    /// Halves once more.
    pub(super) fn lower(&mut self, now: Instant) {
        let halvings = (self.halvings(now) + 1).min(MOST);
        self.lowered = Some(Lowered { halvings, quiet_from: now });
    }

    /// Nothing is sent before then, so it is quiet from then on at the earliest.
    pub(super) fn quiet_from(&mut self, at: Instant) {
        if let Some(lowered) = &mut self.lowered {
            lowered.quiet_from = lowered.quiet_from.max(at);
        }
    }

    /// How often the budget is halved at this moment.
    pub(super) fn halvings(&self, now: Instant) -> u32 {
        let Some(lowered) = &self.lowered else { return 0 };
        let whiles = now.saturating_duration_since(lowered.quiet_from).as_secs() / QUIET.as_secs();
        lowered.halvings.saturating_sub(u32::try_from(whiles).unwrap_or(u32::MAX))
    }
}
