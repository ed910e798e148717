//! Answers that may be shown again for a short while.

use std::time::Duration;

use indicator::Indicator;
use jiff::Timestamp;
use moka::sync::Cache;
use search::{Answer, Asked, Outcome};
use store::grants::Scope;
use store::people::PersonId;

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
    scope: Scope,
    quiet: Option<PersonId>,
    indicator: Indicator,
    asked: Asked,
}

impl Key {
    fn new(place: &Place, asked: &Asked, quiet: Option<PersonId>) -> Key {
        let Place { version, scope, indicator, .. } = place.clone();
        Key { version, scope, quiet, indicator, asked: asked.clone() }
    }
}

/// Answers at hand, by state of the connections, tenants of who asks, indicator and source. A source belongs to one connection
/// and so to one tenant: no answer is ever shown for another tenant. Nor does the age of an answer tell that somebody
/// with other tenants has asked, and what a quiet search brought is at hand for the same person's quiet searches alone.
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
        let kept = |quiet| self.0.get(&Key::new(place, asked, quiet)).filter(|answer| is_young(answer, now));
        [place.options.quiet.clone(), None].into_iter().find_map(kept)
    }

    /// Keeps an answer that may be shown again. Failures never are: the next search asks anew.
    pub fn keep(&self, place: &Place, answer: &Answer) {
        if place.options.raw || lifetime(answer.outcome).is_none() {
            return;
        }
        self.0.insert(Key::new(place, &answer.asked, place.options.quiet.clone()), answer.clone());
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
