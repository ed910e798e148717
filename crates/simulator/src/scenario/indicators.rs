//! The two lists of indicators: Sentinel's, which has states, and Defender's, which has actions.

use serde::Deserialize;

use super::Moment;

/// A threat indicator in Sentinel.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreatIndicator {
    /// The STIX pattern.
    pub pattern: String,
    /// The key and value that Microsoft took from the pattern. Absent where it could not: the row has only the pattern.
    #[serde(default)]
    pub key: Option<String>,
    /// See `key`.
    #[serde(default)]
    pub value: Option<String>,
    /// Its name.
    pub name: String,
    /// Its description.
    #[serde(default)]
    pub description: String,
    /// 0 to 100.
    #[serde(default = "fairly_sure")]
    pub confidence: u8,
    /// The feed that it came by.
    #[serde(default = "by_hand")]
    pub source: String,
    /// `malicious-activity`, `anomalous-activity` …
    #[serde(default = "malicious_activity")]
    pub kind: String,
    /// Its labels.
    #[serde(default)]
    pub labels: Vec<String>,
    /// When it was listed, and from when it holds.
    pub from: Moment,
    /// Until when it holds; absent is for ever.
    #[serde(default)]
    pub until: Option<Moment>,
    /// Whether it was revoked.
    #[serde(default)]
    pub revoked: bool,
    /// When it was deleted: a later row says so.
    #[serde(default)]
    pub deleted: Option<Moment>,
    /// When it was written again, as every unexpired one is each 7 to 10 days.
    #[serde(default)]
    pub republished: Vec<Moment>,
    /// The workspace that has it: absent is the onboarded one.
    #[serde(default)]
    pub workspace: Option<String>,
}

fn fairly_sure() -> u8 {
    75
}

fn by_hand() -> String {
    "Microsoft Sentinel".to_owned()
}

fn malicious_activity() -> String {
    "malicious-activity".to_owned()
}

/// An entry in Defender for Endpoint's list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedIndicator {
    /// The value.
    pub value: String,
    /// `DomainName`, `IpAddress`, `Url`, `FileSha256` …
    pub kind: String,
    /// `Block`, `Warn`, `Audit`, `Allowed`, `BlockAndRemediate`, `Alert`, `AlertAndBlock`.
    pub action: String,
    /// Its title.
    pub title: String,
    /// Its description.
    #[serde(default)]
    pub description: String,
    /// `Informational`, `Low`, `Medium`, `High`.
    #[serde(default = "informational")]
    pub severity: String,
    /// The application that it is from.
    #[serde(default)]
    pub application: Option<String>,
    /// Who made it: the part before the `@`.
    #[serde(default = "someone")]
    pub by: String,
    /// When it was made.
    pub at: Moment,
    /// When it expires; absent is never.
    #[serde(default)]
    pub expires: Option<Moment>,
    /// Whether it is still listed after its expiry. Defender deletes what has expired, though not at once.
    #[serde(default)]
    pub lingers: bool,
}

fn informational() -> String {
    "Informational".to_owned()
}

fn someone() -> String {
    "soc.automation".to_owned()
}
