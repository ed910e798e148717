//! What is due, by the times of what was done last: pure.

use jiff::{SignedDuration, Timestamp};

/// A validation is made anew after this long …
const VALIDATION_HOLDS: SignedDuration = SignedDuration::from_hours(4);
/// … and up to so much later, by the connection's id: thirty of them do not fall into one minute.
const SPREAD_SECONDS: u64 = 30 * 60;
/// Of a connection that did not work at all, sooner: whoever has mended it looks for the page to say so.
const FAILURE_HOLDS: SignedDuration = SignedDuration::from_mins(30);
/// After a refusal or a failure, the next try comes no sooner.
const BETWEEN_TRIES: SignedDuration = SignedDuration::from_mins(10);
/// Whoever saves a connection tries it; only if that did not come about is it done here.
const SAVED: SignedDuration = SignedDuration::from_mins(2);
/// Tables are looked at this often.
const PULSE: SignedDuration = SignedDuration::from_hours(1);

/// What is known of one connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times<'a> {
    /// Its id.
    pub id: &'a str,
    /// When it was changed last.
    pub updated: Timestamp,
    /// When it was validated last, by whomever.
    pub validated: Option<Timestamp>,
    /// Whether nothing worked then.
    pub failed: bool,
    /// When the background tried it last, with or without an answer.
    pub tried: Option<Timestamp>,
    /// When somebody asked for a validation that has not been made yet.
    pub asked: Option<Timestamp>,
}

/// Whether a connection is to be tried.
pub(crate) fn validation(times: Times<'_>, now: Timestamp) -> bool {
    let age = |at: Timestamp| now.duration_since(at);
    if times.tried.max(times.validated).is_some_and(|at| age(at) < BETWEEN_TRIES) {
        // A change may have come after that try, and its own has failed to come.
        return times.validated.is_none_or(|at| at < times.updated)
            && times.tried.is_none_or(|at| at < times.updated)
            && age(times.updated) >= SAVED;
    }
    match times.validated {
        None => age(times.updated) >= SAVED,
        Some(at) if at < times.updated => age(times.updated) >= SAVED,
        Some(at) if times.failed && age(at) >= FAILURE_HOLDS => true,
        Some(at) => waits(times) || age(at) >= VALIDATION_HOLDS + offset(times.id),
    }
}

/// Whether what was asked for has not been answered by a validation since.
pub(crate) fn waits(times: Times<'_>) -> bool {
    times.asked.is_some_and(|asked| times.validated.is_none_or(|at| at < asked))
}

/// Whether its tables are to be looked at.
pub(crate) fn pulse(taken: Option<Timestamp>, now: Timestamp) -> bool {
    taken.is_none_or(|at| now.duration_since(at) >= PULSE)
}

/// The same for the same id at every time and in every instance.
fn offset(id: &str) -> SignedDuration {
    // FNV-1a: spreads ids whose first halves, being times, are nearly the same.
    let hash = id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    SignedDuration::from_secs(i64::try_from(hash % SPREAD_SECONDS).unwrap_or_default())
}

#[cfg(test)]
mod tests;
