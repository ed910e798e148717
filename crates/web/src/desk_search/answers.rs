//! Answers that may be shown again for a short while.

use std::time::Duration;

use indicator::Indicator;
use jiff::Timestamp;
use moka::sync::Cache;
use search::{Answer, Asked, Outcome};

use super::running::Place;

/// How long what is complete may be shown again. The page says how old it is, and can ask again.
const COMPLETE: Duration = Duration::from_secs(5 * 60);
/// How long what is partial may: long enough for a page that loads itself again, too short to hide a recovery.
const PARTIAL: Duration = Duration::from_secs(30);
/// Findings that are kept, over all answers: at one to two kilobytes each, some tens of megabytes.
const MOST_FINDINGS: u64 = 20_000;

#[derive(PartialEq, Eq, Hash)]
struct Key {
    version: i64,
    indicator: Indicator,
    asked: Asked,
}

/// Answers at hand, by state of the connections, indicator and source. A source belongs to one connection and so to
/// one tenant: no answer is ever shown for another tenant.
pub struct Answers(Cache<Key, Answer>);

impl Default for Answers {
    fn default() -> Self {
        Answers(
            Cache::builder()
                .max_capacity(MOST_FINDINGS)
                .weigher(|_, answer: &Answer| u32::try_from(answer.findings.len() + 1).unwrap_or(u32::MAX))
                .time_to_live(COMPLETE)
                .build(),
        )
    }
}

impl Answers {
    /// The answer that this source gave a short while ago, unless the search wants a new one or Microsoft's records.
    pub fn at_hand(&self, place: &Place, asked: &Asked, now: Timestamp) -> Option<Answer> {
        if place.options.fresh || place.options.raw {
            return None;
        }
        let key = Key { version: place.version, indicator: place.indicator.clone(), asked: asked.clone() };
        self.0.get(&key).filter(|answer| is_young(answer, now))
    }

    /// Keeps an answer that may be shown again. Failures never are: the next search asks anew.
    pub fn keep(&self, place: &Place, answer: &Answer) {
        if place.options.raw || lifetime(answer.outcome).is_none() {
            return;
        }
        let key = Key { version: place.version, indicator: place.indicator.clone(), asked: answer.asked.clone() };
        self.0.insert(key, answer.clone());
    }
}

fn lifetime(outcome: Outcome) -> Option<Duration> {
    match outcome {
        Outcome::Found | Outcome::Nothing => Some(COMPLETE),
        Outcome::Partial => Some(PARTIAL),
        _ => None,
    }
}

fn is_young(answer: &Answer, now: Timestamp) -> bool {
    let age = now.duration_since(answer.asked_at).unsigned_abs();
    lifetime(answer.outcome).is_some_and(|lifetime| age < lifetime)
}
