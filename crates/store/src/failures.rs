//! How often the database failed, for whoever runs Oriel: counted by what it was, since the process began.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::Error;

/// The kinds that are counted, in the order of [`COUNTS`]. What a caller may have brought about (a name that is taken, what is
/// not there any more) is no failure of the database.
const KINDS: [&str; 5] = ["busy", "read_only", "full", "damaged", "failed"];

/// One process, one database, one count.
static COUNTS: [AtomicU64; KINDS.len()] = [const { AtomicU64::new(0) }; KINDS.len()];

/// Every kind with its count.
pub fn counted() -> Vec<(&'static str, u64)> {
    KINDS.iter().zip(&COUNTS).map(|(kind, count)| (*kind, count.load(Ordering::Relaxed))).collect()
}

/// Counts an error, if it is one of the database.
pub(crate) fn count(error: &Error) {
    let kind = match error {
        Error::Busy => "busy",
        Error::ReadOnly => "read_only",
        Error::Full => "full",
        Error::Damaged(_) => "damaged",
        Error::Failed(_) => "failed",
        _ => return,
    };
    if let Some(index) = KINDS.iter().position(|known| *known == kind) {
        COUNTS[index].fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_database_does_wrong_is_counted_and_what_a_caller_does_is_not() {
        let of = |kind: &str| counted().into_iter().find(|(known, _)| *known == kind).unwrap().1;
        let before = (of("damaged"), counted().iter().map(|(_, count)| count).sum::<u64>());
        let error = Error::from(sqlx::Error::Decode("no number".into()));
        assert!(matches!(error, Error::Damaged(_)));
        // Other tests of this process may count as well.
        assert!(of("damaged") > before.0);
        count(&Error::LastOwner);
        assert_eq!(counted().len(), KINDS.len());
        assert!(counted().iter().map(|(_, count)| count).sum::<u64>() > before.1);
    }
}
