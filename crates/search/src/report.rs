//! The answers of all sources to one question, merged and ranked.

use std::time::Duration;

use indicator::Indicator;
use jiff::Timestamp;

use crate::assessment::Assessment;
use crate::{Answer, Asked, Finding};

/// What is known, from whom, and what could not be asked. Complete at any moment: before the last answer has come, the
/// sources that have not answered stand in `waiting`.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was searched.
    pub indicator: Indicator,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// How long it has taken until now.
    pub took: Duration,
    /// Oriel's sentence.
    pub assessment: Assessment,
    /// Counts and dates.
    pub summary: Summary,
    /// What is known, merged over sources and ranked.
    pub findings: Vec<Finding>,
    /// What each source said, in the order of the sources.
    pub answers: Vec<Answer>,
    /// Sources that have not answered yet.
    pub waiting: Vec<Asked>,
}

/// Counts and dates of a report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// The earliest activity of all findings.
    pub first_seen: Option<Timestamp>,
    /// The latest activity of all findings.
    pub last_seen: Option<Timestamp>,
    /// Findings by kind and alerts by severity.
    pub counts: Counts,
    /// Whether every source that could be asked said all that it knows.
    pub complete: bool,
    /// What was covered, one clause a group of sources, and what was not asked.
    pub coverage: Vec<String>,
}

/// Findings by kind and alerts by severity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Alerts.
    pub alerts: u64,
    /// Alerts of high, medium, low, informational severity; the rest of `alerts` has none.
    pub high: u64,
    /// See `high`.
    pub medium: u64,
    /// See `high`.
    pub low: u64,
    /// See `high`.
    pub informational: u64,
    /// Incidents.
    pub incidents: u64,
    /// Threat indicators, of any state.
    pub threat_indicators: u64,
    /// Devices: the largest number that one source of one tenant says, never a sum over sources.
    pub devices: u64,
}
