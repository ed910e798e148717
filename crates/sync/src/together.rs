//! Several instances over one database: each is heard of, counts the others, and keeps to what Microsoft asked any of them.

use std::sync::Arc;

use jiff::SignedDuration;
use microsoft::{Microsoft, Pause};
use store::Db;
use store::instances::Throttle;

use crate::{Clock, Error};

/// An instance counts so long after it was last heard of; it is heard of three times as often.
pub const LIVES: SignedDuration = SignedDuration::from_secs(45);

/// One instance among those that share a database.
pub struct Together {
    db: Db,
    microsoft: Arc<Microsoft>,
    clock: Clock,
    instance: String,
    lives: SignedDuration,
}

impl Together {
    /// Prepares everything; nobody hears of the instance yet. `instance` names this process among all that share the
    /// database, and is new at every start.
    pub fn new(db: Db, microsoft: Arc<Microsoft>, clock: Clock, instance: String) -> Together {
        Together { db, microsoft, clock, instance, lives: LIVES }
    }

    /// With another time after which an instance that is not heard of counts no more.
    #[must_use]
    pub fn living(self, lives: SignedDuration) -> Together {
        Together { lives, ..self }
    }

    /// Is heard of, and has this instance send its part of each budget and keep to every pause that holds. How many live,
    /// this one among them. While the database is away, what was known last holds on.
    pub async fn tick(&self) -> Result<u32, Error> {
        let now = (self.clock)();
        let live = store::instances::hear(&self.db, &self.instance, now, now + self.lives).await?;
        self.microsoft.share_budgets(live);
        sources::keep_pauses(&self.microsoft, &self.db, now).await?;
        Ok(live)
    }

    /// Tells the others of a pause that Microsoft asked this instance for.
    pub async fn tell(&self, pause: Pause) -> Result<(), Error> {
        let throttle = Throttle { key: pause.key, why: pause.why, until: pause.until };
        Ok(store::instances::throttle(&self.db, &throttle, (self.clock)()).await?)
    }

    /// Ends: the others have its part at once.
    pub async fn leave(&self) -> Result<(), Error> {
        Ok(store::instances::leave(&self.db, &self.instance).await?)
    }
}

#[cfg(test)]
mod tests;
