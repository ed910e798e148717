//! What was found when a connection was tried.

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::UnboundedSender;

/// Whether the connection can be worked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Everything that is switched on works.
    Ready,
    /// Something works, something needs a hand.
    Attention,
    /// Nothing works.
    Failed,
}

/// How one check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// It is as it should be.
    Passed,
    /// It is not; the title says what, the remedy what to do.
    Failed,
    /// It could not or need not be tried; the title says why.
    Skipped,
}

/// One thing that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was tried: `form`, `discovery`, `token`, `roles`, `probe`.
    pub check: String,
    /// The capability it is for: `defender.alerts`.
    pub capability: Option<String>,
    /// The permission it needs.
    pub permission: Option<String>,
    /// How it came out.
    pub state: CheckState,
    /// A stable word for the cause: `ok`, `wrong_secret`, `missing_permission`, `retired` …
    pub code: String,
    /// What was found, in a sentence.
    pub title: String,
    /// What to do, in a sentence.
    pub remedy: Option<String>,
    /// Where to do it.
    pub link: Option<String>,
    /// Microsoft's trace or request id.
    pub trace_id: Option<String>,
    /// Microsoft's correlation id.
    pub correlation_id: Option<String>,
}

/// What was found when a connection was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validation {
    /// The sum of the checks.
    pub status: Status,
    /// The checks, in the order in which they were made.
    pub checks: Vec<Check>,
    /// When.
    pub validated_at: Timestamp,
}

/// Tries a connection.
pub trait Validator: Send + Sync {
    /// Tries the saved connection with this id, with new tokens, and keeps what was found. Each check is also sent to
    /// `progress` as it ends. `None` if there is no such connection.
    fn validate<'a>(
        &'a self,
        connection: &'a str,
        progress: Option<UnboundedSender<Check>>,
    ) -> BoxFuture<'a, Result<Option<Validation>, ValidatorError>>;
}

/// The connection could not be tried for a reason of Oriel's own: the database, or a secret that does not open.
#[derive(Debug, thiserror::Error)]
#[error("the connection could not be validated: {0}")]
pub struct ValidatorError(#[source] pub Box<dyn std::error::Error + Send + Sync>);
