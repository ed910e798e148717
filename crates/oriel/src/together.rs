//! This process among the others that serve from the same database.

use std::sync::Arc;
use std::time::Duration;

use microsoft::Pause;
use sync::Together;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use web::Memory;

use crate::instance::Instance;

/// What is to be run beside the server.
pub struct Membership {
    together: Together,
    pauses: UnboundedReceiver<Pause>,
    memory: Arc<Memory>,
    every: Duration,
    /// How many there were when they were counted last.
    live: u32,
}

/// Makes this process known to the others, before it answers for the first time.
pub async fn join(instance: &Instance, memory: &Arc<Memory>) -> anyhow::Result<Membership> {
    let lives = instance.config.lives;
    let (microsoft, clock) = (Arc::clone(&instance.microsoft), Arc::clone(&instance.clock));
    let together = Together::new(instance.db.clone(), microsoft, clock, instance.id.clone()).living(lives);
    let mut membership = Membership {
        pauses: instance.microsoft.pauses(),
        memory: Arc::clone(memory),
        every: lives.unsigned_abs() / 3,
        together,
        live: 0,
    };
    membership.beat().await?;
    Ok(membership)
}

impl Membership {
    /// Stays known until `end`, and leaves.
    pub async fn keep(mut self, end: CancellationToken) {
        let mut beats = interval(self.every);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = end.cancelled() => break,
                _ = beats.tick() => if let Err(error) = self.beat().await {
                    tracing::warn!(%error, "the other instances do not hear of this one");
                },
                Some(pause) = self.pauses.recv() => if let Err(error) = self.together.tell(pause).await {
                    tracing::warn!(%error, "the other instances do not hear of a pause");
                },
            }
        }
        if let Err(error) = self.together.leave().await {
            tracing::debug!(%error, "this instance counts until its lease ends");
        }
    }

    async fn beat(&mut self) -> Result<(), sync::Error> {
        let live = self.together.tick().await?;
        self.memory.share_with(live);
        if std::mem::replace(&mut self.live, live) != live {
            tracing::info!(instances = live, "so many instances share Microsoft's budgets");
        }
        Ok(())
    }
}
