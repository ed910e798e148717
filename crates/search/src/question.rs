//! What is asked of every source.

use std::time::{Duration, Instant};

use indicator::Indicator;
use jiff::Timestamp;

/// One search.
#[derive(Clone, Debug)]
pub struct Question {
    /// What is searched.
    pub indicator: Indicator,
    /// The time of asking.
    pub now: Timestamp,
    /// When an answer is too late.
    pub deadline: Instant,
    /// Whether answers keep Microsoft's own records.
    pub raw: bool,
}

impl Question {
    /// How long a search waits for its slowest source.
    pub const PATIENCE: Duration = Duration::from_secs(30);

    /// A question asked at `now`, with the usual patience.
    pub fn new(indicator: Indicator, now: Timestamp) -> Question {
        Question { indicator, now, deadline: Instant::now() + Question::PATIENCE, raw: false }
    }
}
