//! Searches under way, by what is asked.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indicator::Indicator;
use search::Report;
use store::grants::Scope;
use tokio::sync::watch;

use super::Options;

/// What makes two searches the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The state of the connections: a search begun before a change is not joined after it.
    pub version: i64,
    /// Of which tenants: a search of other tenants is another search.
    pub scope: Scope,
    /// What is searched.
    pub indicator: Indicator,
    /// How.
    pub options: Options,
}

type Reports = HashMap<Place, watch::Receiver<Arc<Report>>>;

/// Searches under way.
#[derive(Clone, Default)]
pub struct Running(Arc<Mutex<Reports>>);

impl Running {
    fn lock(&self) -> MutexGuard<'_, Reports> {
        // Nothing that can panic is done under the lock, so what a poisoned one holds is sound.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The report of the same search, if it is under way.
    pub fn join(&self, place: &Place) -> Option<watch::Receiver<Arc<Report>>> {
        self.lock().get(place).cloned()
    }

    /// Makes a search known, unless somebody was faster: then theirs.
    pub fn enter(
        &self,
        place: Place,
        report: watch::Receiver<Arc<Report>>,
    ) -> Result<Ticket, watch::Receiver<Arc<Report>>> {
        match self.lock().entry(place) {
            Entry::Occupied(theirs) => Err(theirs.get().clone()),
            Entry::Vacant(free) => {
                let place = free.key().clone();
                free.insert(report);
                Ok(Ticket { running: self.clone(), place })
            }
        }
    }
}

/// Held while a search runs; when it is let go, also by a panic, the search is no longer under way.
pub struct Ticket {
    running: Running,
    place: Place,
}

impl Ticket {
    /// What is searched, and how.
    pub fn place(&self) -> &Place {
        &self.place
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.running.lock().remove(&self.place);
    }
}
