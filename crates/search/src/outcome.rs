//! How an answer came out. "Nothing known" is one of fourteen words, so that no failure can pass for it.

use serde::{Deserialize, Serialize};

/// What became of one question to one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There are findings.
    Found,
    /// Asked, and the answer is empty, from something that is known to have data.
    Nothing,
    /// Some of it came; the reason says what is missing.
    Partial,
    /// The call succeeds, but the source gives no rows at all or none newer than a day: it could not have known.
    Blind,
    /// The permission is not in the token, or the Azure role is missing.
    Denied,
    /// The credentials do not sign in.
    Refused,
    /// The tenant does not have the product.
    Unlicensed,
    /// Microsoft has switched this route off.
    Retired,
    /// The budget is spent; it is tried again by itself.
    Throttled,
    /// No answer in time.
    TimedOut,
    /// No connection: name resolution, TLS or a proxy.
    Unreachable,
    /// Microsoft answered with an error that has no name here.
    Failed,
    /// No connection is saved, or the capability is switched off.
    NotConnected,
    /// The source does not answer for this kind of indicator.
    NotApplicable,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Outcome; 14] = [
        Outcome::Found,
        Outcome::Nothing,
        Outcome::Partial,
        Outcome::Blind,
        Outcome::Denied,
        Outcome::Refused,
        Outcome::Unlicensed,
        Outcome::Retired,
        Outcome::Throttled,
        Outcome::TimedOut,
        Outcome::Unreachable,
        Outcome::Failed,
        Outcome::NotConnected,
        Outcome::NotApplicable,
    ];

    /// The name in the API and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Found => "found",
            Outcome::Nothing => "nothing",
            Outcome::Partial => "partial",
            Outcome::Blind => "blind",
            Outcome::Denied => "denied",
            Outcome::Refused => "refused",
            Outcome::Unlicensed => "unlicensed",
            Outcome::Retired => "retired",
            Outcome::Throttled => "throttled",
            Outcome::TimedOut => "timed_out",
            Outcome::Unreachable => "unreachable",
            Outcome::Failed => "failed",
            Outcome::NotConnected => "not_connected",
            Outcome::NotApplicable => "not_applicable",
        }
    }

    /// Whether the source was asked and said all that it knows: only then may an empty answer read as empty.
    pub fn is_complete(self) -> bool {
        matches!(self, Outcome::Found | Outcome::Nothing)
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
