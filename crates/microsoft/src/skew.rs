//! How far our clock is from Microsoft's.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};

/// The newest difference seen, in seconds; `i64::MIN` before the first.
#[derive(Debug)]
pub(crate) struct Skew(AtomicI64);

impl Skew {
    pub(crate) fn unknown() -> Skew {
        Skew(AtomicI64::new(i64::MIN))
    }

    /// Compares a `Date` header with our clock.
    pub(crate) fn note(&self, date: Option<&str>, now: Timestamp) {
        let Some(date) = date else { return };
        let parsed = DateTimeParser::new().relaxed_weekday(true).parse_timestamp(date.replace("GMT", "+0000"));
        if let Ok(theirs) = parsed {
            self.0.store(now.duration_since(theirs).as_secs(), Ordering::Relaxed);
        }
    }

    /// Ours minus theirs: positive if ours is ahead.
    pub(crate) fn get(&self) -> Option<SignedDuration> {
        let seconds = self.0.load(Ordering::Relaxed);
        (seconds != i64::MIN).then(|| SignedDuration::from_secs(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_is_known_after_the_first_readable_date() {
        let skew = Skew::unknown();
        let now: Timestamp = "2026-11-25T10:10:00Z".parse().unwrap();
        skew.note(None, now);
        skew.note(Some("yesterday"), now);
        assert_eq!(skew.get(), None);
        skew.note(Some("Wed, 25 Nov 2026 10:00:00 GMT"), now);
        assert_eq!(skew.get(), Some(SignedDuration::from_mins(10)));
    }
}
