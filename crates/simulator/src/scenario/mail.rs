//! Messages, and clicks on what was in them.

use serde::Deserialize;

use super::{Moment, Span};

/// A message: a row for each recipient, a row for each link.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The subject.
    pub subject: String,
    /// The address in its From line.
    pub sender: String,
    /// The address that the sending server named; absent is the same.
    #[serde(default)]
    pub mail_from: Option<String>,
    /// The address of the sending server.
    #[serde(default)]
    pub sender_ip: String,
    /// To whom: the parts before the `@`.
    pub recipients: Vec<String>,
    /// The links in it.
    #[serde(default)]
    pub urls: Vec<String>,
    /// `Inbound`, `Outbound`, `Intra-org`.
    #[serde(default = "inbound")]
    pub direction: String,
    /// `Delivered`, `Junked`, `Blocked`, `Replaced`.
    #[serde(default = "delivered")]
    pub action: String,
    /// Where it was put: `Inbox/folder`, `Junk folder`, `Quarantine` …
    #[serde(default = "inbox")]
    pub location: String,
    /// What was found in it: `Phish`, `Malware, Phish`.
    #[serde(default)]
    pub threats: String,
    /// When it was taken out of the mailboxes, by ZAP or by hand.
    #[serde(default)]
    pub removed: Option<Moment>,
    /// When it came.
    pub at: Moment,
}

/// Clicks of one person on one link.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Click {
    /// Who: the part before the `@`.
    pub user: String,
    /// What was clicked.
    pub url: String,
    /// `ClickAllowed`, `ClickBlocked`, `UrlErrorPage` …
    #[serde(default = "click_allowed")]
    pub action: String,
    /// Whether the person went on past a warning.
    #[serde(default)]
    pub through: bool,
    /// `Email`, `Teams`, `Office`.
    #[serde(default = "email")]
    pub workload: String,
    /// The first click.
    pub at: Moment,
    /// The time between two.
    #[serde(default = "a_minute")]
    pub every: Span,
    /// How many.
    #[serde(default = "once")]
    pub times: u32,
}

fn inbound() -> String {
    "Inbound".to_owned()
}

fn delivered() -> String {
    "Delivered".to_owned()
}

fn inbox() -> String {
    "Inbox/folder".to_owned()
}

fn click_allowed() -> String {
    "ClickAllowed".to_owned()
}

fn email() -> String {
    "Email".to_owned()
}

fn a_minute() -> Span {
    Span(jiff::SignedDuration::from_mins(1))
}

fn once() -> u32 {
    1
}
