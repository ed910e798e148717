//! Trying many connections: a few at a time, the rest in a queue, each once however often it is asked for.

use std::collections::HashSet;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, Stream};
use tokio::sync::{Semaphore, watch};
use tracing::Instrument;

use super::{End, Validating};
use crate::Desk;
use crate::error::Error;

/// So many are tried at once: each asks several of Microsoft's interfaces, and people search meanwhile.
const AT_ONCE: usize = 4;

/// The queue of a server.
pub struct Queue {
    turns: Semaphore,
    /// Raised whenever one comes into the queue, to its turn, or to its end.
    moved: watch::Sender<u64>,
}

impl Default for Queue {
    fn default() -> Queue {
        Queue { turns: Semaphore::new(AT_ONCE), moved: watch::Sender::new(0) }
    }
}

impl Queue {
    /// Says that something has moved.
    pub(super) fn move_on(&self) {
        self.moved.send_modify(|moved| *moved += 1);
    }
}

/// Held while a connection is in the queue; let go at the end, also by a panic.
struct Place {
    validating: Validating,
    connection: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.validating.lock().in_turn.remove(&self.connection);
        self.validating.queue.move_on();
    }
}

impl Desk {
    /// Puts a connection into the queue, unless it is there already, and says how it ends. It keeps its place whoever watches.
    fn validate_in_turn(&self, connection: &str) -> watch::Receiver<Option<End>> {
        let validating = &self.memory.validating;
        let (sender, receiver) = watch::channel(None);
        {
            let mut table = validating.lock();
            if let Some(theirs) = table.in_turn.get(connection) {
                return theirs.clone();
            }
            table.in_turn.insert(connection.to_owned(), receiver.clone());
        }
        validating.queue.move_on();
        let place = Place { validating: validating.clone(), connection: connection.to_owned() };
        tokio::spawn(self.clone().take_turn(place, sender).in_current_span());
        receiver
    }

    async fn take_turn(self, place: Place, sender: watch::Sender<Option<End>>) {
        let queue = self.memory.validating.queue.clone();
        // The semaphore is never closed; without a turn there would be none for anybody.
        let Ok(_turn) = queue.turns.acquire().await else { return };
        let validating = self.validate(&place.connection).await;
        queue.move_on();
        let end = match validating {
            Ok(mut progress) => {
                while progress.changed().await.is_ok() {}
                progress.borrow().end.clone().unwrap_or(End::Broken)
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a connection could not be validated");
                End::Broken
            }
        };
        drop(place);
        sender.send_replace(Some(end));
    }

    /// Begins to try these connections, a few at a time.
    pub fn validate_all(&self, connections: &[String]) {
        for connection in connections {
            self.validate_in_turn(connection);
        }
    }

    /// The same, with how each ended, in the order in which they end.
    pub fn each_validated(&self, connections: &[String]) -> impl Stream<Item = (String, End)> + Send + use<> {
        let watched = connections.iter().map(|connection| {
            let (connection, mut end) = (connection.clone(), self.validate_in_turn(connection));
            async move {
                while end.borrow_and_update().is_none() {
                    if end.changed().await.is_err() {
                        break;
                    }
                }
                let ended = end.borrow().clone().unwrap_or(End::Broken);
                (connection, ended)
            }
            .boxed()
        });
        watched.collect::<FuturesUnordered<_>>()
    }

    /// The connections that wait for their turn, and those that are being tried, as they are saved now.
    pub async fn in_progress(&self) -> Result<Underway, Error> {
        let version = store::meta::connections_version(&self.db).await?;
        let table = self.memory.validating.lock();
        let tried: HashSet<String> =
            table.running.keys().filter(|(_, of)| *of == version).map(|(connection, _)| connection.clone()).collect();
        let waits = table.in_turn.keys().filter(|connection| !tried.contains(*connection)).cloned().collect();
        Ok(Underway { waits, tried })
    }

    /// Says when something in the queue has moved.
    pub fn queue_moves(&self) -> watch::Receiver<u64> {
        self.memory.validating.queue.moved.subscribe()
    }
}

/// What is under way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Underway {
    /// Connections that wait for their turn.
    pub waits: HashSet<String>,
    /// Connections that are being tried.
    pub tried: HashSet<String>,
}

impl Underway {
    /// Whether a connection waits for its turn or has it.
    pub fn holds(&self, connection: &str) -> bool {
        self.waits.contains(connection) || self.tried.contains(connection)
    }
}
