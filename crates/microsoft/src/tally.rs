//! What was sent, counted for whoever runs Oriel: calls by interface and how they ended, and what is left of the budgets.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::allow::Surface;
use crate::{Error, Microsoft};

/// Calls that ended alike, since the process began.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Calls {
    /// How many.
    pub count: u64,
    /// How long they took together, from the first byte sent to the last byte read.
    pub took: Duration,
}

/// Interface, and how the call ended.
type Kind = (&'static str, &'static str);

/// The counts of one process.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<BTreeMap<Kind, Calls>>);

impl Tally {
    /// Counts a call that was sent; `status` is that of the answer.
    pub(crate) fn sent(&self, surface: Surface, path: &str, status: Result<u16, &Error>, took: Duration) {
        self.add(interface(surface, path), ended(status), took);
    }

    /// Counts a call that was not sent, since its budget is spent.
    pub(crate) fn held_back(&self, interface: &'static str) {
        self.add(interface, "held_back", Duration::ZERO);
    }

    fn add(&self, interface: &'static str, ended: &'static str, took: Duration) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let calls = calls.entry((interface, ended)).or_default();
        calls.count += 1;
        calls.took += took;
    }
}

impl Microsoft {
    /// Every kind of call so far: (interface, how it ended, how often and how long). Interfaces are `login`, `identity`,
    /// `graph`, `hunting`, `defender` and `log_analytics`; a call ends with the class of its status (`2xx`, `4xx`, `5xx`, with
    /// `401`, `403` and `429` by themselves), as `timed_out`, as `unreachable`, or, if it was not sent, as
    /// `held_back`.
    pub fn calls(&self) -> Vec<(&'static str, &'static str, Calls)> {
        let calls = self.tally.0.lock().unwrap_or_else(PoisonError::into_inner);
        calls.iter().map(|((interface, ended), calls)| (*interface, *ended, *calls)).collect()
    }

    /// What is left of the budgets for people: (interface, the share that is left where least is), from 0 to 1. Interfaces
    /// that were not asked yet are not in it.
    pub fn budget_left(&self) -> Vec<(&'static str, f64)> {
        let now: Instant = (self.ticks)();
        self.budgets.left(now)
    }
}

/// Hunting is an interface of Graph's with a budget of its own.
fn interface(surface: Surface, path: &str) -> &'static str {
    match surface {
        Surface::Login => "login",
        Surface::Identity => "identity",
        Surface::Graph if path.ends_with("/runHuntingQuery") => "hunting",
        Surface::Graph => "graph",
        Surface::Defender => "defender",
        Surface::LogAnalytics => "log_analytics",
    }
}

/// As few words as an operator tells apart: a status is whatever the other side writes.
fn ended(status: Result<u16, &Error>) -> &'static str {
    match status {
        Ok(401) => "401",
        Ok(403) => "403",
        Ok(429) => "429",
        Ok(200..=299) => "2xx",
        Ok(300..=399) => "3xx",
        Ok(400..=499) => "4xx",
        Ok(_) => "5xx",
        Err(Error::TimedOut { .. }) => "timed_out",
        Err(_) => "unreachable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_interface_and_end() {
        let tally = Tally::default();
        let second = Duration::from_secs(1);
        tally.sent(Surface::Graph, "/v1.0/security/runHuntingQuery", Ok(429), second);
        tally.sent(Surface::Graph, "/v1.0/security/alerts_v2", Ok(206), second);
        tally.sent(Surface::Graph, "/v1.0/security/alerts_v2", Ok(200), second);
        tally.sent(Surface::Login, "/t/oauth2/v2.0/token", Ok(999), second);
        let late = Error::TimedOut { host: "graph.example".into(), waited: second };
        tally.sent(Surface::Defender, "/api/alerts", Err(&late), second);
        tally.held_back("hunting");
        let calls = tally.0.into_inner().unwrap();
        let count = |interface, ended| calls.get(&(interface, ended)).map(|calls| calls.count);
        assert_eq!(count("hunting", "429"), Some(1));
        assert_eq!(calls[&("graph", "2xx")], Calls { count: 2, took: second * 2 });
        assert_eq!(count("login", "5xx"), Some(1));
        assert_eq!(count("defender", "timed_out"), Some(1));
        assert_eq!(count("hunting", "held_back"), Some(1));
        assert_eq!(calls.len(), 5);
    }
}
