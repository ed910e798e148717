//! In which order findings stand: what needs a look first, first.

use std::cmp::Reverse;

use crate::{Details, Finding, FindingKind};

/// Sorts by kind, then: alerts and incidents open first, then by severity, then by last activity; threat indicators
/// by what they do, the lapsed ones last; devices that connected before those that were blocked; mail that is still in
/// mailboxes, clicks that went through a warning and sign-ins that succeeded first; the rest last seen first. Ties are broken by title and id, so that the order is the same each time.
pub fn rank(findings: &mut [Finding]) {
    findings.sort_by(|one, two| weight(one).cmp(&weight(two)));
}

/// Whether people have yet to deal with it: anything but resolved, dismissed, closed or merged away.
pub fn is_open(finding: &Finding) -> bool {
    !matches!(finding.status.as_deref(), Some("resolved" | "dismissed" | "closed" | "redirected"))
}

type Weight<'a> =
    (FindingKind, u8, Reverse<Option<crate::Severity>>, Reverse<Option<jiff::Timestamp>>, &'a str, &'a str);

fn weight(finding: &Finding) -> Weight<'_> {
    let (group, severity) = match &finding.details {
        Details::Alert { .. } | Details::Incident { .. } => (u8::from(!is_open(finding)), finding.severity),
        Details::ThreatIndicator { action, state, .. } => (listing(action.as_deref(), state), finding.severity),
        Details::Device { .. } => (u8::from(!connected(finding)), None),
        Details::Mail { .. } => (mail(finding.status.as_deref()), None),
        Details::Click { .. } => (click(finding.status.as_deref()), None),
        Details::SignIn { succeeded, .. } => (u8::from(*succeeded == 0), None),
        Details::Prevalence { .. } | Details::Sighting { .. } | Details::Intelligence { .. } => (0, None),
    };
    (finding.kind, group, Reverse(severity), Reverse(finding.last_seen), &finding.title, &finding.id)
}

/// Whether a device finding tells of a connection that went through.
pub fn connected(finding: &Finding) -> bool {
    match &finding.details {
        // A list that does not count connections has only devices that connected.
        Details::Device { connected, .. } => {
            connected.map_or(finding.status.as_deref() != Some("blocked"), |times| times > 0)
        }
        _ => false,
    }
}

fn mail(status: Option<&str>) -> u8 {
    match status {
        Some("in_mailbox") => 0,
        Some("delivered_elsewhere") => 1,
        Some("removed" | "blocked" | "quarantined") => 3,
        _ => 2,
    }
}

fn click(status: Option<&str>) -> u8 {
    match status {
        Some("clicked_through") => 0,
        Some("allowed") => 1,
        Some("blocked") => 3,
        _ => 2,
    }
}

fn listing(action: Option<&str>, state: &str) -> u8 {
    match (state, action) {
        ("active", Some("block")) => 0,
        ("active", Some("warn")) => 1,
        ("active", Some("audit")) => 2,
        ("active", Some("allow")) => 4,
        ("active", _) => 3,
        ("future", _) => 5,
        _ => 6,
    }
}

#[cfg(test)]
mod tests;
