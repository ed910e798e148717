//! One rule: which requests, and what becomes of them.

use serde::{Deserialize, Serialize};

use crate::exchange::{Request, Surface, decoded};

/// One rule. What it does not name, it does not ask about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The surface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surface: Option<Surface>,
    /// The method, in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// A piece of the path and query, decoded, in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// A piece of the body: the name of a table in a query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// For how many requests; absent is for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// What becomes of the request.
    #[serde(flatten)]
    pub action: Action,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// 429, with this `Retry-After` or none.
    Throttle {
        /// Seconds, a fraction, a date: whatever a service might send.
        #[serde(default)]
        retry_after: Option<String>,
    },
    /// This status, with this body or the surface's own words.
    Fail {
        /// The status.
        status: u16,
        /// The body, sent as JSON if it is JSON.
        #[serde(default)]
        body: Option<String>,
    },
    /// The answer comes later.
    Delay {
        /// By so many milliseconds.
        ms: u64,
    },
    /// The answer ends in the middle.
    Truncate,
    /// A page of HTML in the place of the answer, as gateways send.
    Html {
        /// The status.
        #[serde(default = "bad_gateway")]
        status: u16,
    },
    /// No body.
    Empty {
        /// The status.
        #[serde(default = "ok")]
        status: u16,
    },
    /// A body that is too large.
    Oversized {
        /// Its size.
        #[serde(default = "too_large")]
        bytes: u64,
    },
    /// The link to the next page leads to the same page again.
    Loop,
    /// Some of the answer is missing, and the answer says so: PartialError in Log Analytics, 206 and a warning in Graph.
    Partial,
    /// The answer is right and its content type is not.
    ContentType {
        /// The content type.
        value: String,
    },
    /// The `Date` header is off.
    Clock {
        /// By so many seconds.
        seconds: i64,
    },
}

fn bad_gateway() -> u16 {
    502
}

fn ok() -> u16 {
    200
}

fn too_large() -> u64 {
    160 * 1024 * 1024
}

impl Rule {
    /// A rule for every request.
    pub fn new(action: Action) -> Rule {
        Rule { surface: None, method: None, path: None, body: None, times: None, action }
    }

    /// Only for this surface.
    pub fn on(mut self, surface: Surface) -> Rule {
        self.surface = Some(surface);
        self
    }

    /// Only where path and query hold this.
    pub fn path(mut self, piece: impl Into<String>) -> Rule {
        self.path = Some(piece.into());
        self
    }

    /// Only where the body holds this.
    pub fn body(mut self, piece: impl Into<String>) -> Rule {
        self.body = Some(piece.into());
        self
    }

    /// Only so many times.
    pub fn times(mut self, times: u32) -> Rule {
        self.times = Some(times);
        self
    }

    pub(crate) fn matches(&self, request: &Request) -> bool {
        let path = || format!("{}?{}", decoded(&request.path), decoded(&request.query)).to_lowercase();
        self.times != Some(0)
            && self.surface.is_none_or(|surface| surface == request.surface)
            && self.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(&request.method))
            && self.path.as_ref().is_none_or(|piece| path().contains(&piece.to_lowercase()))
            && self.body.as_ref().is_none_or(|piece| String::from_utf8_lossy(&request.body).contains(piece))
    }
}
