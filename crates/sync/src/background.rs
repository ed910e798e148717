//! What is done in the background.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use search::{Attempt, Status, Validator, standing};
use store::Db;
use store::connections::Connection;
use store::grants::Scope;
use tokio::sync::Mutex;

use crate::due::{self, Times};
use crate::tidy::{self, Tidied};
use crate::{Clock, Look};

/// The lease of whoever works.
const LEASE: &str = "background";
/// What begins the name of a job that asks for a validation; the connection's id follows.
const VALIDATE: &str = "validate:";

/// What is over is thrown away this often.
const TIDY: SignedDuration = SignedDuration::from_hours(24);

/// How long the lease of whoever works holds, and how often it is renewed while the work goes on.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    /// So long after the last renewal another instance takes over.
    pub holds: SignedDuration,
    /// So often it is renewed: several times before it ends, so that one failure is not the end.
    pub renewed: Duration,
}

impl Default for Lease {
    fn default() -> Lease {
        Lease { holds: SignedDuration::from_mins(3), renewed: Duration::from_secs(40) }
    }
}

/// The work that goes on without anybody asking.
pub struct Background {
    db: Db,
    validator: Arc<dyn Validator>,
    look: Arc<dyn Look>,
    clock: Clock,
    instance: String,
    lease: Lease,
    keep_audit: Option<SignedDuration>,
    memory: Mutex<Memory>,
}

/// What this instance did when, so that a failure is not repeated every minute.
#[derive(Default)]
struct Memory {
    tried: HashMap<String, Timestamp>,
    pulsed: HashMap<String, Timestamp>,
    tidied: Option<Timestamp>,
}

/// What a tick did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Whether this instance is the one that works.
    pub held: bool,
    /// Ids of the connections that were tried, each with whether that came to a validation.
    pub validated: Vec<(String, bool)>,
    /// Ids of the connections whose tables were looked at.
    pub pulsed: Vec<String>,
    /// What was thrown away, if that was due.
    pub tidied: Option<Tidied>,
    /// How many changes the tables and credentials told. Those of a validation are told where it is kept.
    pub changes: usize,
}

/// The database did not do its part. The next tick begins anew.
#[derive(Debug, thiserror::Error)]
#[error("work in the background stopped: {0}")]
pub struct Error(#[from] store::Error);

impl Background {
    /// Prepares everything and does nothing. `instance` names this process among all that share the database.
    pub fn new(
        db: Db,
        validator: Arc<dyn Validator>,
        look: Arc<dyn Look>,
        clock: Clock,
        instance: String,
    ) -> Background {
        let (lease, keep_audit) = (Lease::default(), None);
        Background { db, validator, look, clock, instance, lease, keep_audit, memory: Mutex::default() }
    }

    /// With another lease than the usual one.
    #[must_use]
    pub fn holding(self, lease: Lease) -> Background {
        Background { lease, ..self }
    }

    /// Keeps the content of the audit no longer than this. Without, all of it stays.
    #[must_use]
    pub fn keeping_audit(self, keep: SignedDuration) -> Background {
        Background { keep_audit: Some(keep), ..self }
    }

    /// Does what is due now, if this instance is the one that works, and stops when it is not any more. It may be dropped
    /// in the middle: what is not done is due again.
    pub async fn tick(&self) -> Result<Done, Error> {
        let mut memory = self.memory.lock().await;
        // Every instance sees refusals, whichever of them works.
        for connection in self.look.refused() {
            store::jobs::ask(&self.db, &format!("{VALIDATE}{connection}"), (self.clock)()).await?;
        }
        let mut done = Done { held: self.hold().await?, ..Done::default() };
        if done.held {
            let lost = {
                let work = self.work(&mut memory, &mut done);
                tokio::select! {
                    worked = work => { worked?; false }
                    () = self.keep() => true,
                }
            };
            if lost {
                tracing::warn!("another instance has taken over the work in the background");
                done.held = false;
            }
        }
        Ok(done)
    }

    async fn work(&self, memory: &mut Memory, done: &mut Done) -> Result<(), Error> {
        self.validate(memory, done).await?;
        if done.held {
            self.pulse(memory, done).await?;
        }
        if done.held {
            self.tidy(memory, done).await?;
        }
        Ok(())
    }

    /// Renews the lease for as long as it is polled. Ends when it is lost: a piece of work may take longer than it holds,
    /// and another instance that works on the same would ask everything twice.
    async fn keep(&self) {
        let mut held_until = (self.clock)() + self.lease.holds;
        loop {
            tokio::time::sleep(self.lease.renewed).await;
            let now = (self.clock)();
            match self.hold().await {
                Ok(true) => held_until = now + self.lease.holds,
                Ok(false) => return,
                Err(error) if now < held_until => {
                    tracing::warn!(%error, "the lease of the work in the background could not be renewed yet");
                }
                // Nobody says so, but another instance may have it by now.
                Err(_) => return,
            }
        }
    }

    /// Gives the lease back, so that another instance need not wait for its end.
    pub async fn release(&self) -> Result<(), Error> {
        Ok(store::jobs::release(&self.db, LEASE, &self.instance).await?)
    }

    async fn hold(&self) -> Result<bool, Error> {
        let now = (self.clock)();
        Ok(store::jobs::hold(&self.db, LEASE, &self.instance, now, now + self.lease.holds).await?)
    }

    async fn validate(&self, memory: &mut Memory, done: &mut Done) -> Result<(), Error> {
        let connections = store::connections::list(&self.db, &Scope::All).await?;
        let asked = store::jobs::asked(&self.db, VALIDATE).await?;
        for connection in &connections {
            let id = connection.id.as_str();
            let job = format!("{VALIDATE}{id}");
            let asked = asked.iter().find(|(name, _)| *name == job).map(|(_, at)| *at);
            let newest = store::validations::newest(&self.db, &Scope::All, &connection.id).await?;
            let failed = newest.as_ref().is_some_and(|validation| validation.status == Status::Failed);
            let validated = newest.map(|validation| validation.validated_at);
            let tried = memory.tried.get(id).copied();
            let times = Times { id, updated: connection.updated_at, validated, failed, tried, asked };
            if due::validation(times, (self.clock)()) {
                if !self.hold().await? {
                    done.held = false;
                    return Ok(());
                }
                memory.tried.insert(id.to_owned(), (self.clock)());
                let attempt = Attempt { in_background: true, ..Attempt::of(id) };
                let tried = self.validator.validate(&attempt, None).await;
                if let Err(error) = &tried {
                    tracing::warn!(connection.id = %id, %error, "a connection could not be tried in the background");
                }
                done.validated.push((id.to_owned(), matches!(tried, Ok(Some(_)))));
            }
            if let Some(at) = asked
                && !due::waits(Times { validated: self.validated(connection).await?, ..times })
            {
                store::jobs::done(&self.db, &job, at).await?;
            }
        }
        for (job, at) in &asked {
            let removed = !connections.iter().any(|one| job.strip_prefix(VALIDATE) == Some(one.id.as_str()));
            if removed {
                store::jobs::done(&self.db, job, *at).await?;
            }
        }
        memory.tried.retain(|id, _| connections.iter().any(|one| one.id.as_str() == id));
        Ok(())
    }

    async fn validated(&self, connection: &Connection) -> Result<Option<Timestamp>, Error> {
        let newest = store::validations::newest(&self.db, &Scope::All, &connection.id).await?;
        Ok(newest.map(|validation| validation.validated_at))
    }

    async fn pulse(&self, memory: &mut Memory, done: &mut Done) -> Result<(), Error> {
        let connections = store::connections::list(&self.db, &Scope::All).await?;
        memory.pulsed.retain(|id, _| connections.iter().any(|one| one.id.as_str() == id));
        let mut rest: Vec<&Connection> = connections.iter().collect();
        while let Some(first) = rest.first().copied() {
            // Those that sign in as the same app are looked at together.
            let (mates, others): (Vec<&Connection>, _) = rest.into_iter().partition(|one| is_mate(first, one));
            rest = others;
            let mut due = false;
            for one in &mates {
                due |= due::pulse(self.pulsed(memory, one).await?, (self.clock)());
            }
            if !due {
                continue;
            }
            if !self.hold().await? {
                done.held = false;
                return Ok(());
            }
            let mates: Vec<Connection> = mates.into_iter().cloned().collect();
            self.take(&mates, memory, done).await?;
        }
        Ok(())
    }

    /// Throws away what is over, once a day.
    async fn tidy(&self, memory: &mut Memory, done: &mut Done) -> Result<(), Error> {
        let now = (self.clock)();
        if memory.tidied.is_none_or(|at| now.duration_since(at) >= TIDY) {
            done.tidied = Some(tidy::tidy(&self.db, self.keep_audit, now).await?);
            memory.tidied = Some(now);
        }
        Ok(())
    }

    /// When its tables were looked at last, here or by another instance.
    async fn pulsed(&self, memory: &Memory, connection: &Connection) -> Result<Option<Timestamp>, Error> {
        let pulses = store::pulses::of(&self.db, &Scope::All, &connection.id).await?;
        let stored = pulses.iter().map(|pulse| pulse.taken_at).max();
        // A connection that was changed since has other tables.
        let here = memory.pulsed.get(connection.id.as_str()).copied();
        Ok(stored.max(here.filter(|at| *at >= connection.updated_at)))
    }

    async fn take(&self, mates: &[Connection], memory: &mut Memory, done: &mut Done) -> Result<(), Error> {
        let now = (self.clock)();
        for taken in self.look.pulse(mates).await? {
            let Some(tried) = mates.iter().find(|mate| mate.id == taken.connection) else { continue };
            if store::pulses::save_as_tried(&self.db, tried, &taken.pulses).await? {
                done.changes += store::changes::note(&self.db, &taken.connection, &taken.standings, now).await?;
            }
        }
        for connection in mates {
            let id = connection.id.as_str();
            memory.pulsed.insert(id.to_owned(), now);
            done.changes += store::changes::note(&self.db, &connection.id, &[credential(connection, now)], now).await?;
            done.pulsed.push(id.to_owned());
        }
        Ok(())
    }
}

/// Whether two connections sign in as the same app.
fn is_mate(one: &Connection, other: &Connection) -> bool {
    (&one.cloud, &one.tenant_guid) == (&other.cloud, &other.tenant_guid)
        && one.client_id.eq_ignore_ascii_case(&other.client_id)
}

fn credential(connection: &Connection, now: Timestamp) -> standing::Standing {
    let today = TimeZone::UTC.to_datetime(now).date();
    let credential = &connection.credential;
    standing::of_credential(&credential.kind.title().to_lowercase(), credential.ends, today)
}

#[cfg(test)]
mod tests;
