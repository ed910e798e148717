//! What one source said.

use std::time::Duration;

use jiff::Timestamp;

use crate::{Finding, Outcome, Product};

/// What keeps an answer from reaching further back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Microsoft keeps no more.
    Retention,
    /// The budget allows no more.
    Quota,
    /// The mirror has not yet read further back.
    Backfill,
    /// The question asked for no more.
    Setting,
    /// The table itself begins here.
    Table,
}

impl Limit {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Limit::Retention => "retention",
            Limit::Quota => "quota",
            Limit::Backfill => "backfill",
            Limit::Setting => "setting",
            Limit::Table => "table",
        }
    }
}

/// The period that an answer covers.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Covered {
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// What sets the beginning.
    pub limited_by: Limit,
    /// The newest row of the whole source that is known of, whatever the indicator: proof that it has data. Where there
    /// are findings it is the newest of the rows that were read.
    pub newest_row: Option<Timestamp>,
}

/// Which source was asked, of which connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    /// `<product>.<capability>`: `defender.alerts`.
    pub source: String,
    /// The product that the connection is for.
    pub product: Product,
    /// Id of the connection; absent where there is none.
    pub connection: Option<String>,
    /// Label of the connection.
    pub label: Option<String>,
    /// The directory (GUID), which is one tenant only together with its cloud.
    pub tenant: Option<String>,
    /// The cloud's name.
    pub cloud: Option<String>,
    /// The permission that this source needs, in Microsoft's spelling.
    pub permission: Option<String>,
    /// What the source is called on a page: "Alerts", "Threat indicators".
    pub title: String,
}

/// What one source said. Always there: a source that failed has an answer too.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Who was asked.
    pub asked: Asked,
    /// How it came out.
    pub outcome: Outcome,
    /// Why, in a sentence, where the outcome is not `found` or `nothing`.
    pub reason: Option<String>,
    /// What to do about it, in a sentence.
    pub remedy: Option<String>,
    /// Where to do it: a page of Oriel (`/settings…`) or of the cloud's portal.
    pub remedy_link: Option<String>,
    /// Microsoft's code, request, trace and correlation ids, for a ticket: (name, value).
    pub evidence: Vec<(String, String)>,
    /// The period that the answer covers; absent where nothing was answered.
    pub covered: Option<Covered>,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// When it may be asked again, for `throttled`.
    pub retry_at: Option<Timestamp>,
    /// Records that did not parse and were set aside.
    pub set_aside: u32,
    /// Where Microsoft has switched the route off: whether another source answers in its place.
    pub replaced: bool,
    /// What is known.
    pub findings: Vec<Finding>,
    /// The records as Microsoft sent them, kept only where they were asked for.
    pub raw: Vec<serde_json::Value>,
}

impl Answer {
    /// An answer with an outcome and nothing else; the rest is filled in by struct update.
    pub fn new(asked: Asked, outcome: Outcome, asked_at: Timestamp) -> Answer {
        Answer {
            asked,
            outcome,
            reason: None,
            remedy: None,
            remedy_link: None,
            evidence: Vec::new(),
            covered: None,
            asked_at,
            took: Duration::ZERO,
            retry_at: None,
            set_aside: 0,
            replaced: true,
            findings: Vec::new(),
            raw: Vec::new(),
        }
    }

    /// Whether this source could have been asked and did not say all that it knows, so that a report with this answer
    /// is not complete.
    ///
    /// A product without any connection and an indicator of another kind leave no gap: nobody could have asked there. Nor
    /// does a route that Microsoft has switched off, if what replaces it is a source of its own; what was known by a route
    /// that nothing replaces is missing.
    pub fn is_gap(&self) -> bool {
        match self.outcome {
            Outcome::Found | Outcome::Nothing | Outcome::NotApplicable => false,
            Outcome::Retired => !self.replaced,
            Outcome::NotConnected => self.asked.connection.is_some(),
            _ => true,
        }
    }

    /// Why nothing, or not everything, came, in two or three words for a list: "permission missing". `None` where
    /// the answer is whole.
    pub fn why_not(&self) -> Option<&'static str> {
        Some(match self.outcome {
            Outcome::Found | Outcome::Nothing | Outcome::NotApplicable => return None,
            Outcome::Partial => "incomplete",
            Outcome::Blind => "no recent data",
            Outcome::Denied => "permission missing",
            Outcome::Refused => "sign-in refused",
            Outcome::Unlicensed => "not in this tenant",
            Outcome::Retired => "switched off by Microsoft",
            Outcome::Throttled => "throttled",
            Outcome::TimedOut => "no answer in time",
            Outcome::Unreachable => "not reachable",
            Outcome::Failed => "an error at Microsoft",
            Outcome::NotConnected if self.asked.connection.is_some() => "switched off in the settings",
            Outcome::NotConnected => "not connected",
        })
    }
}
