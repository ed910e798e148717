//! What sort of thing is known.

use serde::{Deserialize, Serialize};

/// What sort of thing is known, in the order of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// An alert.
    Alert,
    /// An incident, which holds alerts.
    Incident,
    /// An entry in Sentinel's or Defender's own list of indicators.
    ThreatIndicator,
    /// How many devices of the organisation spoke with the indicator.
    Prevalence,
    /// One device that spoke with the indicator, or was kept from it.
    Device,
    /// One message that came from the indicator, or has a link to it.
    Mail,
    /// Clicks of one account on a link to the indicator.
    Click,
    /// Sign-ins of one account from an address.
    SignIn,
    /// What a log has of the indicator, counted.
    Sighting,
    /// Microsoft's score and classification.
    Reputation,
    /// What the indicator resolved to, or what resolved to it.
    Resolution,
    /// A registration record, the current one or an earlier one.
    Whois,
    /// A TLS certificate that was seen there.
    Certificate,
    /// A name below it.
    Subdomain,
    /// An identifier of an analytics or advertising service found in its pages.
    Tracker,
    /// Software that runs there.
    Component,
    /// Another host that its pages lead to, or that leads to it.
    HostPair,
    /// A cookie that it sets.
    Cookie,
    /// An open port of an address.
    Port,
    /// An article that names it.
    Article,
    /// A profile of an actor or a tool that names it.
    Profile,
}

impl FindingKind {
    /// The name in the API and in counts.
    pub fn as_str(self) -> &'static str {
        match self {
            FindingKind::Alert => "alert",
            FindingKind::Incident => "incident",
            FindingKind::ThreatIndicator => "threat_indicator",
            FindingKind::Prevalence => "prevalence",
            FindingKind::Device => "device",
            FindingKind::Mail => "mail",
            FindingKind::Click => "click",
            FindingKind::SignIn => "sign_in",
            FindingKind::Sighting => "sighting",
            FindingKind::Reputation => "reputation",
            FindingKind::Resolution => "resolution",
            FindingKind::Whois => "whois",
            FindingKind::Certificate => "certificate",
            FindingKind::Subdomain => "subdomain",
            FindingKind::Tracker => "tracker",
            FindingKind::Component => "component",
            FindingKind::HostPair => "host_pair",
            FindingKind::Cookie => "cookie",
            FindingKind::Port => "port",
            FindingKind::Article => "article",
            FindingKind::Profile => "profile",
        }
    }

    /// Whether it tells of the world, and not of what happened in the organisation: its dates are when Microsoft's
    /// scanners saw it.
    pub fn is_intelligence(self) -> bool {
        self >= FindingKind::Reputation
    }
}
