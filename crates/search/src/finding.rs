//! One thing known about an indicator.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Product;

mod details;
mod kind;

pub use details::{Details, Field};
pub use kind::FindingKind;

/// Microsoft's four severities, least first. A value that is none of them is kept as no severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// For information.
    Informational,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
}

impl Severity {
    /// Reads any of the spellings that the products use, in any letter case.
    pub fn read(text: &str) -> Option<Severity> {
        match text.trim().to_ascii_lowercase().as_str() {
            "informational" | "information" => Some(Severity::Informational),
            "low" => Some(Severity::Low),
            "medium" => Some(Severity::Medium),
            "high" => Some(Severity::High),
            _ => None,
        }
    }

    /// The name in the API and on a page.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Informational => "informational",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
        }
    }
}

/// Whose numbering an identity belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// The id in Microsoft Graph.
    Graph,
    /// The id in the product that raised it (`providerAlertId`, `VendorOriginalId`).
    Provider,
    /// Sentinel's own id (`SystemAlertId`, the incident's GUID, the STIX id).
    Sentinel,
}

/// One name of a finding. Findings of one tenant that share one are one finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// Whose numbering.
    pub scheme: Scheme,
    /// The id, as it is compared.
    pub id: String,
}

/// Where in a record the indicator stood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The field, as Microsoft names it: `RemoteUrl`, `ipEvidence.ipAddress`, `Entities.dns.DomainName`, `text`.
    pub place: String,
    /// Microsoft's evidence role in lower case (`command_and_control`, `contextual` …), or Oriel's: `client`,
    /// `resolver`, `resolved` (an address that a name stood for), `own_device`, `own_account`, `recipient`, `sender`,
    /// `link_in_message`, `mentioned`, `related` (Microsoft relates the record to it without saying where it stands).
    /// Absent where the record says none.
    pub role: Option<String>,
    /// Microsoft's verdict on this piece of evidence: `malicious`, `suspicious`, `no_threats_found`, `unknown`.
    pub verdict: Option<String>,
}

impl Place {
    /// Whether the indicator merely stands near what happened: such places never make an indicator suspect.
    pub fn is_context(&self) -> bool {
        matches!(
            self.role.as_deref(),
            Some(
                "contextual"
                    | "client"
                    | "resolver"
                    | "resolved"
                    | "own_device"
                    | "recipient"
                    | "own_account"
                    | "link_in_message"
                    | "mentioned"
                    // Whom something was done to.
                    | "attacked"
                    | "scanned"
            )
        )
    }

    /// Whether nothing is known but that the record has to do with the indicator: any other place says more.
    pub fn is_unplaced(&self) -> bool {
        self.role.as_deref() == Some("related")
    }

    /// Whether it is one of the organisation's own here. An alert that says so in one place says so of the whole: an
    /// infected device stands in other places of the same alert as if it were the attacker.
    pub fn is_own(&self) -> bool {
        matches!(self.role.as_deref(), Some("own_device" | "client"))
    }

    /// Whether an alert can be held against the indicator for this place.
    pub fn counts(&self) -> bool {
        let verdict = self.verdict.as_deref();
        // A connection has a source, whoever meant harm: that alone accuses nobody.
        let mere_source =
            self.role.as_deref() == Some("source") && !matches!(verdict, Some("malicious" | "suspicious"));
        !self.is_context() && !mere_source && verdict != Some("no_threats_found")
    }
}

/// A link to a portal of Microsoft. Only https links to the cloud's portal hosts are ever put in here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Link {
    /// What it opens: "Defender portal", "Incident 4711".
    pub label: String,
    /// Where it leads.
    pub url: String,
}

/// The incident that an alert belongs to, as far as the alert's own record tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentReference {
    /// The incident's number or id, as the portal shows it.
    pub id: String,
    /// Its title, where known.
    pub title: Option<String>,
    /// Its page in the portal.
    pub url: Option<String>,
}

/// One thing known about the indicator, from one source or, in a report, from all that know it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What sort of thing.
    pub kind: FindingKind,
    /// The id to show and to link by: the first identity's, or a name for what has none (a device's name).
    pub id: String,
    /// All its names.
    pub identities: Vec<Identity>,
    /// The directory it belongs to (GUID). Findings of different tenants are never merged.
    pub tenant: Option<String>,
    /// The cloud in which that directory is: the same GUID in another cloud is another tenant.
    #[serde(default)]
    pub cloud: Option<String>,
    /// One line, as Microsoft wrote it. Hostile text: escape where it is shown.
    pub title: String,
    /// How bad Microsoft says it is.
    pub severity: Option<Severity>,
    /// Microsoft's status in lower case: `new`, `in_progress`, `resolved`, `active`, `expired`, `connected`, `blocked` …
    pub status: Option<String>,
    /// The earliest activity.
    pub first_seen: Option<Timestamp>,
    /// The latest activity.
    pub last_seen: Option<Timestamp>,
    /// When Microsoft last changed the record. In a merge the newest wins each field.
    pub updated: Option<Timestamp>,
    /// The product that raised it, by its service source and not by the connection that fetched it.
    pub product: Product,
    /// The service that raised it, named: "Microsoft Defender for Endpoint".
    pub service: Option<String>,
    /// The sources that brought it.
    pub routes: Vec<String>,
    /// Links to portals.
    pub links: Vec<Link>,
    /// Where the indicator stood in it.
    #[serde(rename = "where")]
    pub places: Vec<Place>,
    /// What only this kind has.
    pub details: Details,
}

impl Finding {
    /// Whether the indicator stands in it in a way that can be held against the indicator.
    pub fn weighs(&self) -> bool {
        self.places.iter().any(Place::counts) && !self.places.iter().any(Place::is_own)
    }
}
