//! Incidents. Which alerts belong to one is said by the alerts.

use serde::Deserialize;

use super::Moment;

/// One incident.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incident {
    /// Its number in the Defender portal.
    pub number: String,
    /// Its title.
    pub title: String,
    /// What it says happened.
    #[serde(default)]
    pub description: String,
    /// Graph's `severity`.
    pub severity: String,
    /// Graph's `status`: `active`, `inProgress`, `resolved`, `redirected`, `awaitingAction`.
    pub status: String,
    /// The incident that it was merged into, where it was.
    #[serde(default)]
    pub redirected_to: Option<String>,
    /// Graph's `classification`.
    #[serde(default)]
    pub classification: Option<String>,
    /// Graph's `determination`.
    #[serde(default)]
    pub determination: Option<String>,
    /// Whom it is assigned to: the part before the `@`.
    #[serde(default)]
    pub assigned_to: Option<String>,
    /// Labels that people gave it.
    #[serde(default)]
    pub labels: Vec<String>,
    /// When it was made.
    pub at: Moment,
    /// When it last changed.
    pub updated: Moment,
    /// The workspace that has a row of it: absent is the onboarded one, `none` is none.
    #[serde(default)]
    pub workspace: Option<String>,
}
