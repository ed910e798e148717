//! What is thrown away once a day, because its time is over.

use jiff::{SignedDuration, Timestamp};
use store::Db;

/// How connections changed is told for so long.
const CHANGES: SignedDuration = SignedDuration::from_hours(90 * 24);
/// What somebody searched stays in their list for so long.
const SEARCHES: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How much was thrown away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Changes of connections.
    pub changes: u64,
    /// Searches in people's lists.
    pub searches: u64,
    /// Sessions that had ended.
    pub sessions: u64,
    /// Entries of the audit whose content has gone; the chain still holds.
    pub audit: u64,
}

/// Throws away what is over. `keep_audit` is how long the content of the audit is kept; nothing of it goes without.
pub(crate) async fn tidy(db: &Db, keep_audit: Option<SignedDuration>, now: Timestamp) -> Result<Tidied, store::Error> {
    let audit = match keep_audit.and_then(|keep| now.checked_sub(keep).ok()) {
        Some(before) => store::audit::keep::expire(db, before, now).await?,
        None => 0,
    };
    Ok(Tidied {
        changes: store::changes::expire(db, now - CHANGES).await?,
        searches: store::searches::expire(db, now - SEARCHES).await?,
        sessions: store::sessions::expire(db, now).await?,
        audit,
    })
}
