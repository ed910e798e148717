//! A finding as the API gives it.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Finding, Scheme};

/// One thing known.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FindingRecord {
    /// `alert`, `incident`, `threat_indicator`, `prevalence`, `device`, `mail`, `click`, `sign_in` or `sighting`; of threat
    /// intelligence `reputation`, `resolution`, `whois`, `certificate`, `subdomain`, `tracker`, `component`, `host_pair`,
    /// `cookie`, `port`, `article` or `profile`.
    pub kind: &'static str,
    /// Its id, the same from whichever source it came.
    pub id: String,
    /// All its ids.
    pub identities: Vec<IdentityRecord>,
    /// The directory it belongs to.
    pub tenant: Option<String>,
    /// The cloud in which that is.
    pub cloud: Option<String>,
    /// One line, as Microsoft wrote it: text from outside, to be escaped.
    pub title: String,
    /// `high`, `medium`, `low` or `informational`.
    pub severity: Option<&'static str>,
    /// Microsoft's status.
    pub status: Option<String>,
    /// The earliest activity.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub first_seen: Option<Timestamp>,
    /// The latest activity.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_seen: Option<Timestamp>,
    /// When Microsoft last changed it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub updated: Option<Timestamp>,
    /// The product that raised it.
    pub product: &'static str,
    /// The service that raised it.
    pub service: Option<String>,
    /// The sources that brought it.
    pub routes: Vec<String>,
    /// Links to Microsoft's portals.
    pub links: Vec<LinkRecord>,
    /// Where the indicator stood in it.
    #[serde(rename = "where")]
    pub places: Vec<PlaceRecord>,
    /// What only its kind has.
    #[schema(value_type = Object)]
    pub details: serde_json::Value,
}

/// One id.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdentityRecord {
    /// Whose numbering: `graph`, `provider` or `sentinel`.
    pub scheme: &'static str,
    /// The id.
    pub id: String,
}

/// A link to a portal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LinkRecord {
    /// What it opens.
    pub label: String,
    /// Where it leads, always https.
    pub url: String,
}

/// Where the indicator stood.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlaceRecord {
    /// The field.
    pub place: String,
    /// The role it played.
    pub role: Option<String>,
    /// Microsoft's verdict on it.
    pub verdict: Option<String>,
}

impl FindingRecord {
    pub(super) fn of(finding: &Finding) -> FindingRecord {
        FindingRecord {
            kind: finding.kind.as_str(),
            id: finding.id.clone(),
            identities: (finding.identities.iter())
                .map(|identity| IdentityRecord { scheme: scheme(identity.scheme), id: identity.id.clone() })
                .collect(),
            tenant: finding.tenant.clone(),
            cloud: finding.cloud.clone(),
            title: finding.title.clone(),
            severity: finding.severity.map(crate::Severity::as_str),
            status: finding.status.clone(),
            first_seen: finding.first_seen,
            last_seen: finding.last_seen,
            updated: finding.updated,
            product: finding.product.as_str(),
            service: finding.service.clone(),
            routes: finding.routes.clone(),
            links: (finding.links.iter())
                .map(|link| LinkRecord { label: link.label.clone(), url: link.url.clone() })
                .collect(),
            places: (finding.places.iter())
                .map(|place| PlaceRecord {
                    place: place.place.clone(),
                    role: place.role.clone(),
                    verdict: place.verdict.clone(),
                })
                .collect(),
            details: details(finding),
        }
    }
}

/// The details without the word that tells their kind, which stands beside them already.
fn details(finding: &Finding) -> serde_json::Value {
    let mut details = serde_json::to_value(&finding.details).unwrap_or_default();
    if let Some(members) = details.as_object_mut() {
        members.remove("of");
    }
    details
}

fn scheme(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Graph => "graph",
        Scheme::Provider => "provider",
        Scheme::Sentinel => "sentinel",
    }
}
