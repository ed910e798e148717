//! The work that goes on beside the pages: every minute, what is due.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use store::Db;
use sync::{Background, Lease};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::counted::background_ran;
use crate::instance::Instance;

/// So often at least it looks whether anything is due.
const EVERY: Duration = Duration::from_secs(60);

/// So often the end of the audit is told to the log, which is kept where whoever changes the database does not reach.
const TELLS: Duration = Duration::from_secs(60 * 60);

/// The background of this process.
pub fn of(instance: &Instance) -> Background {
    let (live, config) = (&instance.live, &instance.config);
    let keep_audit = SignedDuration::from_hours(24 * i64::from(config.audit_keep_days));
    Background::new(
        instance.db.clone(),
        Arc::clone(live) as Arc<dyn search::Validator>,
        Arc::clone(live) as Arc<dyn sync::Look>,
        Arc::clone(&instance.clock),
        instance.id.clone(),
    )
    .holding(lease(config.lives))
    .keeping_audit(keep_audit)
}

/// The work is held for longer than an instance lives unheard: it stays where it is between two looks.
fn lease(lives: SignedDuration) -> Lease {
    Lease { holds: lives * 4, renewed: lives.unsigned_abs() }
}

/// Works until `stop`; what is under way then is left, and is due again at the next start. `lives` is how long an instance
/// counts unheard.
pub async fn run(background: Background, db: Db, lives: SignedDuration, stop: CancellationToken) {
    let mut minutes = interval(EVERY.min(lives.unsigned_abs()));
    // A tick that took long is no reason for two in a row.
    minutes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut tells = Instant::now();
    let work = async {
        loop {
            minutes.tick().await;
            match background.tick().await {
                Ok(done) => {
                    background_ran(Some(done.held));
                    tracing::debug!(?done, "what was due in the background");
                    if done.held && tells <= Instant::now() {
                        tell_audit(&db).await;
                        tells = Instant::now() + TELLS;
                    }
                }
                Err(error) => {
                    background_ran(None);
                    tracing::warn!(%error, "the background tries again in a minute");
                }
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

/// For `oriel audit verify --anchor`.
async fn tell_audit(db: &Db) {
    match store::audit::head(db).await {
        Ok((0, _)) => {}
        Ok((number, hash)) => tracing::info!(anchor = format!("{number}:{hash}"), "the end of the audit"),
        Err(error) => tracing::warn!(%error, "the end of the audit cannot be read"),
    }
}
