//! An alert as the story tells it. One entry becomes a record in every interface that would have it.

use serde::Deserialize;

use super::{Moment, Span};

/// One alert.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// A name that is its own; all ids are made from it.
    pub key: String,
    /// The title.
    pub title: String,
    /// What it says happened.
    #[serde(default)]
    pub description: String,
    /// What Microsoft recommends.
    #[serde(default)]
    pub actions: String,
    /// The product that raised it.
    pub service: Service,
    /// Graph's `detectionSource`; absent is the product's own.
    #[serde(default)]
    pub detection: Option<String>,
    /// `informational`, `low`, `medium`, `high`.
    pub severity: String,
    /// Graph's `status`: `new`, `inProgress`, `resolved`.
    #[serde(default = "new")]
    pub status: String,
    /// Graph's `classification`.
    #[serde(default)]
    pub classification: Option<String>,
    /// Graph's `determination`.
    #[serde(default)]
    pub determination: Option<String>,
    /// `CommandAndControl`, `InitialAccess` …
    pub category: String,
    /// MITRE ATT&CK techniques.
    #[serde(default)]
    pub techniques: Vec<String>,
    /// When it began.
    pub at: Moment,
    /// How long it went on.
    #[serde(default = "a_while")]
    pub lasts: Span,
    /// When the record last changed; absent is shortly after it was made.
    #[serde(default)]
    pub updated: Option<Moment>,
    /// The number of its incident. An alert without one stands alone, and Graph does not list it.
    #[serde(default)]
    pub incident: Option<String>,
    /// The workspace that has it: absent is the onboarded one, `none` is none.
    #[serde(default)]
    pub workspace: Option<String>,
    /// To whom it is assigned.
    #[serde(default)]
    pub assigned_to: Option<String>,
    /// The threat's name.
    #[serde(default)]
    pub threat: Option<String>,
    /// What it is about.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

fn new() -> String {
    "new".to_owned()
}

fn a_while() -> Span {
    Span(jiff::SignedDuration::from_mins(18))
}

/// The products that raise alerts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Microsoft Defender for Endpoint.
    Endpoint,
    /// Microsoft Defender for Identity.
    Identity,
    /// Microsoft Defender for Cloud Apps.
    CloudApps,
    /// Microsoft Defender for Office 365.
    Office,
    /// Microsoft Defender XDR.
    Xdr,
    /// Microsoft Entra ID Protection.
    Entra,
    /// Microsoft Defender for Cloud.
    Cloud,
    /// Microsoft Sentinel.
    Sentinel,
}

/// One piece of evidence, with Microsoft's word on it.
#[derive(Clone, Debug, Deserialize)]
pub struct Evidence {
    /// What it is.
    #[serde(flatten)]
    pub what: What,
    /// Microsoft's verdict.
    #[serde(default)]
    pub verdict: Verdict,
    /// Graph's `evidenceRole`s: `commandAndControl`, `contextual` …
    #[serde(default)]
    pub roles: Vec<String>,
    /// Graph's `remediationStatus`.
    #[serde(default = "none")]
    pub remediation: String,
}

fn none() -> String {
    "none".to_owned()
}

/// A verdict on a piece of evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// None.
    #[default]
    Unknown,
    /// Suspicious.
    Suspicious,
    /// Malicious.
    Malicious,
    /// No threats found.
    NoThreatsFound,
}

impl Verdict {
    /// As Graph writes it.
    pub fn graph(self) -> &'static str {
        match self {
            Verdict::Unknown => "unknown",
            Verdict::Suspicious => "suspicious",
            Verdict::Malicious => "malicious",
            Verdict::NoThreatsFound => "noThreatsFound",
        }
    }

    /// As the entities of Sentinel and hunting write it (`LastVerdict`).
    pub fn entity(self) -> &'static str {
        match self {
            Verdict::Unknown => "Unknown",
            Verdict::Suspicious => "Suspicious",
            Verdict::Malicious => "Malicious",
            Verdict::NoThreatsFound => "NoThreatsFound",
        }
    }
}

/// What a piece of evidence is. Devices are named by their short name, people by the part before the `@`.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum What {
    /// An address.
    Ip {
        /// The address, as the record spells it.
        address: String,
        /// Two letters.
        #[serde(default)]
        country: Option<String>,
    },
    /// A URL, or what stands in its place.
    Url {
        /// As the record spells it.
        url: String,
    },
    /// A name that was looked up.
    Dns {
        /// The name.
        name: String,
        /// The addresses in the answer.
        #[serde(default)]
        answers: Vec<String>,
        /// Who asked.
        #[serde(default)]
        client: Option<String>,
        /// Who answered.
        #[serde(default)]
        resolver: Option<String>,
    },
    /// A connection.
    Connection {
        /// From this address.
        from: String,
        /// To this address.
        to: String,
        /// And this port.
        port: u16,
    },
    /// A device.
    Device {
        /// Its short name.
        name: String,
    },
    /// A person.
    User {
        /// The part before the `@`.
        name: String,
    },
    /// A file.
    File {
        /// Its name.
        name: String,
        /// Its folder.
        folder: String,
        /// Where it lay.
        #[serde(default)]
        device: Option<String>,
    },
    /// A process.
    Process {
        /// The image's name.
        name: String,
        /// The image's folder.
        folder: String,
        /// The command line.
        command: String,
        /// Who ran it.
        #[serde(default)]
        user: Option<String>,
        /// Where.
        #[serde(default)]
        device: Option<String>,
        /// The name of the parent's image.
        #[serde(default)]
        parent: Option<String>,
    },
    /// An e-mail message.
    Message {
        /// The subject.
        subject: String,
        /// The sender's address.
        sender: String,
        /// The address that it came from.
        sender_ip: String,
        /// To whom: the part before the `@`.
        recipient: String,
        /// The links in it.
        #[serde(default)]
        urls: Vec<String>,
        /// What became of it: `Delivered`, `Blocked`.
        #[serde(default = "delivered")]
        delivery: String,
    },
    /// A mailbox.
    Mailbox {
        /// Whose: the part before the `@`.
        user: String,
    },
    /// A kind of evidence that is newer than any client.
    Newer {
        /// An address in it.
        address: String,
        /// A URL in it.
        url: String,
    },
}

fn delivered() -> String {
    "Delivered".to_owned()
}
