//! Pauses that Microsoft asked another instance for.

use jiff::Timestamp;
use microsoft::{Microsoft, Pause};
use store::Db;

use super::Live;

/// Has `microsoft` keep to every pause that any instance over this database was asked for.
pub async fn keep_pauses(microsoft: &Microsoft, db: &Db, now: Timestamp) -> Result<(), store::Error> {
    for throttle in store::instances::throttles(db, now).await? {
        microsoft.pause(&Pause { key: throttle.key, why: throttle.why, until: throttle.until });
    }
    Ok(())
}

impl Live {
    /// Looks at the others' pauses before something is asked, where there are others: what one of them was told a second ago
    /// holds here too. What cannot be read now is read with the instance's next sign of life.
    pub(super) async fn look_at_pauses(&self) {
        if self.microsoft.instances() < 2 {
            return;
        }
        if let Err(error) = keep_pauses(&self.microsoft, &self.db, (self.clock)()).await {
            tracing::debug!(%error, "the other instances' pauses cannot be read");
        }
    }
}
