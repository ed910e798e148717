//! Whom to ask when something fails, and what to send along.

pub mod bundle;
pub mod contact;
pub mod requests;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

pub use bundle::bundle;
pub use contact::Contact;

/// What the program knows about itself, for whoever has to help.
pub struct About {
    /// Its version: "0.3.0".
    pub version: String,
    /// What it was built for: "linux x86_64".
    pub target: String,
    /// The configuration, as far as it may be shown: nothing secret is in it.
    pub configuration: Value,
    /// What it said lately of what went wrong.
    pub troubles: Arc<dyn Troubles>,
}

/// What the process said lately of what went wrong.
pub trait Troubles: Send + Sync {
    /// The lines, the oldest first.
    fn lately(&self) -> Vec<Line>;
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// `WARN` or `ERROR`.
    pub level: String,
    /// The part of the program that said it.
    pub target: String,
    /// The request that it was said for, where it was one.
    pub request_id: Option<String>,
    /// What was said.
    pub message: String,
    /// What was said along, by name.
    pub fields: BTreeMap<String, String>,
}
