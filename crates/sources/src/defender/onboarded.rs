//! Whether any device reports to Defender: if none does, its interface counts to zero whatever happened.

use std::time::Instant;

use search::Question;

use crate::asking::Asking;
use crate::outcome::Reading;
use crate::query::table;

/// Notes in an empty reading when hunting last saw a connection of any device, where this app hunts for devices. Where it
/// cannot tell, or not in half of the time that is left, the interface is taken at its word.
pub(crate) async fn note(asking: &Asking, question: &Question, reading: &mut Reading) {
    if !reading.findings.is_empty() || !asking.shared.asks(super::devices::CAPABILITY.name) {
        return;
    }
    let left = question.deadline.saturating_duration_since(Instant::now()) / 2;
    let newest = asking.freshness.hunting(asking, table::CONNECTIONS, question.now, question.deadline);
    if let Ok(Ok(newest)) = tokio::time::timeout(left, newest).await {
        reading.newest = newest;
    }
}
