//! What the rules may look at.

use indicator::Indicator;
use jiff::Timestamp;

use crate::report::Devices;
use crate::{Details, Finding, FindingKind, Place, Product, Report, Severity, rank};

/// What a report knows, parted into what counts and what is only told.
pub(super) struct Sifted<'a> {
    pub now: Timestamp,
    /// Alerts with at least one place that counts.
    pub alerts: Vec<Hit<'a>>,
    /// Active entries of the lists that hold the indicator against it.
    pub listings: Vec<Listing<'a>>,
    pub devices: Devices,
    /// Alerts in which the indicator is merely context, or whose evidence Microsoft found no threat in.
    pub context: usize,
    /// Alerts that people closed as false positive or as expected.
    pub dismissed: usize,
    /// Alerts and entries that would count, were the indicator not an own asset, a private address or a shared name.
    pub unjudged: usize,
    /// Why they do not.
    pub unjudged_because: Option<&'static str>,
    /// Whether the indicator is an own asset: then not even an entry for the very name is held against it.
    pub own: bool,
    /// Entries that have lapsed, were revoked or deleted, or hold from a later day.
    pub lapsed: usize,
    /// Entries that allow it.
    pub allowed: usize,
    pub incidents: usize,
    /// What mail, clicks, sign-ins and logs have of it.
    pub traffic: Traffic,
    /// What Microsoft's threat intelligence calls it, in lower case, if that is held against it.
    pub reputation: Option<&'a str>,
    /// What else threat intelligence knows: resolutions, registrations, certificates and so on.
    pub intelligence: usize,
}

/// What mail, clicks, sign-ins and logs have of the indicator: each number is a lower bound.
#[derive(Default)]
pub(super) struct Traffic {
    pub messages: usize,
    pub in_mailboxes: usize,
    pub clicks: usize,
    /// Accounts that went on after a warning.
    pub clicked_through: usize,
    pub sign_ins: usize,
    pub logs: usize,
}

/// An alert that counts.
pub(super) struct Hit<'a> {
    pub severity: Option<Severity>,
    /// Whether people have yet to deal with it; absent where no record says.
    pub open: Option<bool>,
    pub confirmed: bool,
    pub when: Option<Timestamp>,
    pub product: Product,
    pub places: Vec<&'a Place>,
}

/// An entry that counts.
pub(super) struct Listing<'a> {
    pub product: Product,
    /// `block`, `warn`, `audit`, `alert`; absent in Sentinel.
    pub action: Option<&'a str>,
    /// What of the name or address the entry is for, in words, where it is not for the whole of it, its network or its
    /// wildcard: "a URL on it".
    pub part: Option<&'static str>,
    pub confidence: Option<u8>,
}

pub(super) fn sift(report: &Report, now: Timestamp) -> Sifted<'_> {
    let unjudged_because = super::unjudged(report);
    let mut sifted = Sifted {
        now,
        alerts: Vec::new(),
        listings: Vec::new(),
        devices: Devices::of(&report.findings),
        context: 0,
        dismissed: 0,
        unjudged: 0,
        unjudged_because,
        own: report.own.is_some(),
        lapsed: 0,
        allowed: 0,
        incidents: 0,
        traffic: Traffic::default(),
        reputation: None,
        intelligence: 0,
    };
    for finding in &report.findings {
        match &finding.details {
            Details::Alert { classification, .. } => sifted.alert(finding, classification.as_deref()),
            Details::ThreatIndicator { action, state, matched, confidence, .. } => {
                let listing = Listing {
                    product: finding.product,
                    action: action.as_deref(),
                    part: part(matched, &report.indicator),
                    confidence: *confidence,
                };
                sifted.listing(listing, state, matched);
            }
            Details::Incident { .. } => sifted.incidents += 1,
            Details::Mail { .. } => {
                sifted.traffic.messages += 1;
                sifted.traffic.in_mailboxes += usize::from(finding.status.as_deref() == Some("in_mailbox"));
            }
            Details::Click { clicked_through, .. } => {
                sifted.traffic.clicks += 1;
                sifted.traffic.clicked_through += usize::from(*clicked_through > 0);
            }
            Details::SignIn { .. } => sifted.traffic.sign_ins += 1,
            Details::Sighting { .. } => sifted.traffic.logs += 1,
            Details::Intelligence { .. } if finding.kind == FindingKind::Reputation => sifted.reputation(finding),
            Details::Intelligence { .. } => sifted.intelligence += 1,
            Details::Prevalence { .. } | Details::Device { .. } => {}
        }
    }
    sifted
}

/// What an entry is for that is not for the whole.
fn part(matched: &str, indicator: &Indicator) -> Option<&'static str> {
    match (matched, indicator) {
        ("exact" | "wildcard" | "network", _) => None,
        ("email", Indicator::Domain(_)) => Some("a mailbox at it"),
        ("email", Indicator::Ip(_)) => Some("mail from it"),
        _ => Some("a URL on it"),
    }
}

impl<'a> Sifted<'a> {
    fn alert(&mut self, finding: &'a Finding, classification: Option<&str>) {
        if matches!(classification, Some("false_positive" | "informational_expected_activity" | "benign_positive")) {
            self.dismissed += 1;
            return;
        }
        if !finding.weighs() {
            self.context += 1;
        } else if self.unjudged_because.is_some() {
            self.unjudged += 1;
        } else {
            self.alerts.push(Hit {
                severity: finding.severity,
                open: finding.status.as_ref().map(|_| rank::is_open(finding)),
                confirmed: classification == Some("true_positive"),
                when: finding.last_seen.or(finding.first_seen),
                product: finding.product,
                places: finding.places.iter().filter(|place| place.counts()).collect(),
            });
        }
    }

    fn reputation(&mut self, finding: &'a Finding) {
        match finding.status.as_deref() {
            Some("malicious" | "suspicious") if self.unjudged_because.is_some() => self.unjudged += 1,
            // Of two connections the graver word: both ask the same service, at different times.
            Some("malicious") => self.reputation = Some("malicious"),
            Some("suspicious") => self.reputation = self.reputation.or(Some("suspicious")),
            _ => {}
        }
    }

    fn listing(&mut self, listing: Listing<'a>, state: &str, matched: &str) {
        if state != "active" {
            self.lapsed += 1;
        } else if listing.action == Some("allow") {
            self.allowed += 1;
        } else if self.own || (self.unjudged_because.is_some() && matched != "exact") {
            // An entry for the very name is somebody's word on the name; one for a URL on it or a mailbox at it is not.
            self.unjudged += 1;
        } else {
            self.listings.push(listing);
        }
    }
}
