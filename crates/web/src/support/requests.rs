//! The requests of late, so that a line of a log, an error page and a bundle can be laid side by side.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

/// So many are remembered.
const MOST: usize = 200;

/// A request that was answered. Its address is not among it: that may hold an indicator, or the token of a link.
#[derive(Clone, Debug, Serialize)]
pub struct Served {
    /// When it came in.
    pub at: Timestamp,
    /// Its id, as the response and the log have it.
    pub request_id: String,
    /// The method.
    pub method: String,
    /// The route: `/settings/connections/{id}`.
    pub route: String,
    /// The status code.
    pub status: u16,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// The requests that were answered last.
#[derive(Default)]
pub struct Requests(Mutex<VecDeque<Served>>);

impl Requests {
    /// Remembers one. What only asks whether the process lives is not worth a place.
    pub fn add(&self, served: Served) {
        if matches!(served.route.as_str(), "/healthz" | "/readyz" | "/metrics" | "/assets/{file}")
            && served.status < 400
        {
            return;
        }
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() == MOST {
            requests.pop_front();
        }
        requests.push_back(served);
    }

    /// Those that are remembered, the oldest first.
    pub fn lately(&self) -> Vec<Served> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(route: &str, request_id: usize, status: u16) -> Served {
        let at = Timestamp::UNIX_EPOCH;
        Served { at, request_id: request_id.to_string(), method: "GET".into(), route: route.into(), status, took_ms: 1 }
    }

    #[test]
    fn the_last_ones_are_remembered_and_no_knocking() {
        let requests = Requests::default();
        (0..MOST + 3).for_each(|id| requests.add(served("/search", id, 200)));
        requests.add(served("/healthz", 9000, 200));
        requests.add(served("/readyz", 9001, 503));
        let ids: Vec<String> = requests.lately().into_iter().map(|served| served.request_id).collect();
        assert_eq!((ids.len(), ids[0].as_str(), ids[MOST - 1].as_str()), (MOST, "4", "9001"));
    }
}
