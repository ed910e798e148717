//! The work that goes on beside the pages: every minute, what is due.

use std::sync::Arc;
use std::time::Duration;

use sync::Background;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::instance::Instance;

/// How often it looks whether anything is due.
const EVERY: Duration = Duration::from_secs(60);

/// The background of this process. Its name among the others is new at every start.
pub fn of(instance: &Instance) -> Background {
    let name = uuid::Uuid::new_v4().to_string();
    let live = &instance.live;
    Background::new(
        instance.db.clone(),
        Arc::clone(live) as Arc<dyn search::Validator>,
        Arc::clone(live) as Arc<dyn sync::Look>,
        Arc::clone(&instance.clock),
        name,
    )
}

/// Works until `stop`; what is under way then is left, and is due again at the next start.
pub async fn run(background: Background, stop: CancellationToken) {
    let mut minutes = interval(EVERY);
    // A tick that took long is no reason for two in a row.
    minutes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let work = async {
        loop {
            minutes.tick().await;
            match background.tick().await {
                Ok(done) => tracing::debug!(?done, "what was due in the background"),
                Err(error) => tracing::warn!(%error, "the background tries again in a minute"),
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = work => {}
    }
    if let Err(error) = background.release().await {
        tracing::debug!(%error, "another instance takes over when the lease ends");
    }
}
