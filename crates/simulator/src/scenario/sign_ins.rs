//! Sign-ins of one account from one address.

use serde::Deserialize;

use super::{Moment, Span};

/// Sign-ins of one account from one address, again and again.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIns {
    /// Whose: the part before the `@`.
    pub user: String,
    /// From where.
    pub address: String,
    /// The country of the address, as its two letters.
    #[serde(default)]
    pub country: String,
    /// To what.
    pub application: String,
    /// Entra's error code, 0 for a sign-in that succeeded; on premises any other than 0 is a failure.
    #[serde(default)]
    pub error: i32,
    /// Whether it was to the directory on premises.
    #[serde(default)]
    pub on_premises: bool,
    /// The first.
    pub at: Moment,
    /// The time between two.
    #[serde(default = "an_hour")]
    pub every: Span,
    /// How many; those that would lie ahead of the present have not happened.
    #[serde(default = "once")]
    pub times: u32,
}

fn an_hour() -> Span {
    Span(jiff::SignedDuration::from_hours(1))
}

fn once() -> u32 {
    1
}
