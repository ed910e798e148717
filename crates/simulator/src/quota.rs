//! How much may be asked in how much time, and what is said when it was too much.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::json;

use crate::exchange::{Reply, Surface};

/// A number of calls in a window of seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    pub(crate) calls: u32,
    pub(crate) seconds: i64,
}

/// Counters by name. A window begins with the first call in it.
#[derive(Debug, Default)]
pub(crate) struct Quotas(Mutex<HashMap<String, (i64, u32)>>);

impl Quotas {
    /// Counts one call. Too many: the seconds until the window ends. A refused call counts too, as Microsoft's do.
    pub(crate) fn spend(&self, name: &str, budget: Budget, now: Timestamp) -> Result<(), i64> {
        if budget.calls == 0 {
            return Ok(());
        }
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, count) = counters.entry(name.to_owned()).or_insert((now.as_second(), 0));
        if now.as_second() >= *start + budget.seconds {
            (*start, *count) = (now.as_second(), 0);
        }
        *count += 1;
        if *count > budget.calls { Err((*start + budget.seconds - now.as_second()).max(1)) } else { Ok(()) }
    }
}

impl Budget {
    /// `45 per 00:01:00`.
    fn in_words(self) -> String {
        let (minutes, seconds) = (self.seconds / 60, self.seconds % 60);
        format!("{} per {:02}:{:02}:{seconds:02}", self.calls, minutes / 60, minutes % 60)
    }

    /// The 429 of a surface whose budget is spent.
    pub(crate) fn spent(self, surface: Surface, wait: i64) -> Reply {
        throttled(surface, Some(&wait.to_string()), &self.in_words())
    }
}

/// A 429 as the surface words it.
pub(crate) fn throttled(surface: Surface, retry_after: Option<&str>, budget: &str) -> Reply {
    let body = match surface {
        Surface::Graph => json!({"error": {
            "code": "TooManyRequests",
            "message": format!("API calls quota exceeded! maximum allowed {budget}"),
            "innerError": {"date": null, "request-id": null, "client-request-id": null},
        }}),
        // The code is the number as text, not the documented TooManyRequests.
        Surface::Defender => json!({"error": {
            "code": "429",
            "message": format!("API calls quota exceeded! maximum allowed {budget}"),
            "target": "00000000-0000-4000-8000-000000000429",
        }}),
        Surface::LogAnalytics => json!({"error": {
            "code": "ThrottledError",
            "message": "The request has been throttled. Please try again later.",
        }}),
        Surface::Identity => json!({"error": "too_many_requests", "error_description": "Too many requests"}),
        Surface::Login => json!({
            "error": "temporarily_unavailable",
            "error_description": "AADSTS90055: The request was denied because of throttling in the tenant.",
            "error_codes": [90055],
        }),
    };
    let reply = Reply::json(429, body);
    match retry_after {
        Some(wait) => reply.with("Retry-After", wait),
        None => reply,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_full_again_when_its_window_ends() {
        let quotas = Quotas::default();
        let start: Timestamp = "2026-11-25T02:00:00Z".parse().unwrap();
        let at = |seconds| Timestamp::from_second(start.as_second() + seconds).unwrap();
        let budget = Budget { calls: 2, seconds: 60 };
        assert_eq!(quotas.spend("a", budget, at(0)), Ok(()));
        assert_eq!(quotas.spend("a", budget, at(10)), Ok(()));
        assert_eq!(quotas.spend("a", budget, at(20)), Err(40));
        assert_eq!(quotas.spend("b", budget, at(20)), Ok(()));
        assert_eq!(quotas.spend("a", budget, at(60)), Ok(()));
        assert_eq!(quotas.spend("a", Budget { calls: 0, seconds: 60 }, at(61)), Ok(()));
        assert_eq!(Budget { calls: 1500, seconds: 3600 }.in_words(), "1500 per 01:00:00");
    }
}
