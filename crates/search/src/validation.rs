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
    /// What was tried: `form`, `discovery`, `token`, `roles`, `probe`, `onboarding`, `question`.
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

/// What is to be expected of a capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It answers.
    Works,
    /// It will, once something is mended.
    WillWork,
    /// Microsoft has switched its route off.
    Retired,
    /// The connection's owner has switched it off.
    Off,
    /// The connection's cloud does not have it.
    NotOffered,
}

/// What follows from the checks for one capability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follow {
    /// The capability: `defender.alerts`.
    pub capability: String,
    /// What it is called on a page: "Alerts".
    pub title: String,
    /// What is to be expected.
    pub verdict: Verdict,
    /// In words, without the title: "will work when ThreatHunting.Read.All is granted".
    pub words: String,
}

/// What was found when a connection was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validation {
    /// The sum of the checks.
    pub status: Status,
    /// The checks, in the order in which they were made.
    pub checks: Vec<Check>,
    /// What follows, a line for each capability of the product.
    pub follows: Vec<Follow>,
    /// When.
    pub validated_at: Timestamp,
}

impl Validation {
    /// Whether the credential was accepted, at one interface at least: what is missing beyond that is not the credential's.
    pub fn signs_in(&self) -> bool {
        self.checks.iter().any(|check| check.check == "token" && check.state == CheckState::Passed)
    }
}

/// What is to be tried, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The id of the saved connection.
    pub connection: String,
    /// The id of a credential that the connection holds beside the one in use: it is tried in that one's place, and what is
    /// found is not kept as the connection's state.
    pub credential: Option<String>,
    /// Whether each exchange with Microsoft is written down, with stand-ins for everything that is the tenant's own.
    pub record: bool,
    /// Whether nobody waits for it: then it leaves people their part of each budget.
    pub in_background: bool,
}

impl Attempt {
    /// The connection as it is saved, without a transcript, for somebody who waits.
    pub fn of(connection: impl Into<String>) -> Attempt {
        Attempt { connection: connection.into(), credential: None, record: false, in_background: false }
    }
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempted {
    /// What was found.
    pub validation: Validation,
    /// The exchanges, a line of JSON each, if they were to be written down.
    pub transcript: Option<String>,
}

/// Tries a connection.
pub trait Validator: Send + Sync {
    /// Tries a saved connection with new tokens, and keeps what was found. Each check is also sent to `progress` as it ends.
    /// `None` if there is no such connection, or no such credential of it.
    fn validate<'a>(
        &'a self,
        attempt: &'a Attempt,
        progress: Option<UnboundedSender<Check>>,
    ) -> BoxFuture<'a, Result<Option<Attempted>, ValidatorError>>;
}

/// The connection could not be tried for a reason of Oriel's own: the database, or a secret that does not open.
#[derive(Debug, thiserror::Error)]
#[error("the connection could not be validated: {0}")]
pub struct ValidatorError(#[source] pub Box<dyn std::error::Error + Send + Sync>);
