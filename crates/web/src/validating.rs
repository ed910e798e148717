//! Trying a connection, for pages and API alike: several who ask at the same time watch the same checks.

mod in_turn;

pub use in_turn::Underway;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::Stream;
use search::{Attempt, Check, Validation};
use tokio::sync::{mpsc, watch};
use tracing::Instrument;

use crate::Desk;
use crate::error::Error;

/// How far a validation is.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// The checks that have ended, in their order.
    pub checks: Vec<Check>,
    /// How it ended, when it has.
    pub end: Option<End>,
}

/// How a validation ended.
#[derive(Clone, Debug)]
pub enum End {
    /// With this.
    Validated(Validation),
    /// The connection is not there any more.
    Gone,
    /// For a reason of Oriel's own; it is in the log.
    Broken,
}

/// A connection, in the state that it was saved in: one that is changed meanwhile is tried anew.
type Key = (String, i64);

/// Connections that are being tried, and those that wait for their turn.
#[derive(Clone, Default)]
pub struct Validating {
    table: Arc<Mutex<Table>>,
    /// Where those that were asked for together wait.
    queue: Arc<in_turn::Queue>,
}

#[derive(Default)]
struct Table {
    running: HashMap<Key, watch::Receiver<Progress>>,
    /// Those that wait for their turn or have it, by connection: how it ended, when it has.
    in_turn: HashMap<String, watch::Receiver<Option<End>>>,
    /// Those whose last validation broke off: nothing in the database says so.
    broken: HashSet<Key>,
}

impl Validating {
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held while a connection is tried; let go at the end, also by a panic.
struct Ticket {
    validating: Validating,
    key: Key,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.validating.lock().running.remove(&self.key);
        self.validating.queue.move_on();
    }
}

/// The progress at this moment and after each check, to the end.
pub fn updates(progress: watch::Receiver<Progress>) -> impl Stream<Item = Progress> + Send + 'static {
    futures_util::stream::unfold((progress, true), |(mut progress, first)| async move {
        if !first && progress.changed().await.is_err() {
            return None;
        }
        let now = progress.borrow_and_update().clone();
        Some((now, (progress, false)))
    })
}

impl Desk {
    /// Begins to try a connection, or joins in if that is under way. It goes on to its end whoever watches.
    pub async fn validate(&self, connection: &str) -> Result<watch::Receiver<Progress>, Error> {
        let version = store::meta::connections_version(&self.db).await?;
        let key = (connection.to_owned(), version);
        let (sender, receiver) = watch::channel(Progress::default());
        {
            let mut table = self.memory.validating.lock();
            if let Some(theirs) = table.running.get(&key) {
                return Ok(theirs.clone());
            }
            table.running.insert(key.clone(), receiver.clone());
            table.broken.remove(&key);
        }
        let ticket = Ticket { validating: self.memory.validating.clone(), key };
        tokio::spawn(self.clone().carry_out_validation(ticket, sender).in_current_span());
        Ok(receiver)
    }

    /// The validation of a connection that is under way, if one is.
    pub async fn validation_under_way(&self, connection: &str) -> Result<Option<watch::Receiver<Progress>>, Error> {
        let version = store::meta::connections_version(&self.db).await?;
        Ok(self.memory.validating.lock().running.get(&(connection.to_owned(), version)).cloned())
    }

    /// Whether the last validation of a connection, as it is saved now, broke off for a reason of Oriel's own.
    pub async fn validation_broke_off(&self, connection: &str) -> Result<bool, Error> {
        let version = store::meta::connections_version(&self.db).await?;
        Ok(self.memory.validating.lock().broken.contains(&(connection.to_owned(), version)))
    }

    /// Waits until a validation that is under way has ended; begins none.
    pub async fn wait_for_validation(&self, connection: &str) -> Result<(), Error> {
        if let Some(mut progress) = self.validation_under_way(connection).await? {
            while progress.changed().await.is_ok() {}
        }
        Ok(())
    }

    /// Tries a connection and waits for the end.
    pub async fn validated(&self, connection: &str) -> Result<End, Error> {
        let mut progress = self.validate(connection).await?;
        while progress.changed().await.is_ok() {}
        let end = progress.borrow().end.clone();
        Ok(end.unwrap_or(End::Broken))
    }

    async fn carry_out_validation(self, ticket: Ticket, progress: watch::Sender<Progress>) {
        let (sender, mut checks) = mpsc::unbounded_channel();
        let attempt = Attempt::of(&ticket.key.0);
        let validating = self.validator.validate(&attempt, Some(sender));
        let relay = async {
            while let Some(check) = checks.recv().await {
                progress.send_modify(|progress| progress.checks.push(check));
            }
        };
        let (validation, ()) = tokio::join!(validating, relay);
        let end = match validation {
            Ok(Some(attempted)) => End::Validated(attempted.validation),
            Ok(None) => End::Gone,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a connection could not be validated");
                End::Broken
            }
        };
        if matches!(end, End::Broken) {
            ticket.validating.lock().broken.insert(ticket.key.clone());
        }
        // Out of the list first: who asks after having seen the end begins a new validation.
        drop(ticket);
        progress.send_modify(|progress| progress.end = Some(end));
    }
}
