//! What a token holds against what the capabilities need. A token that cannot be read says nothing.

use jiff::Timestamp;
use microsoft::{Claims, Resource, Token};
use search::Check;

use super::Checks;
use super::words::{failed, passed};
use crate::asking::Asking;
use crate::capability::capabilities;

/// What the guide of 2020 had an administrator grant, and what each is worth today.
const OF_2020: [(&str, &str); 4] = [
    ("SecurityEvents.Read.All", "reads Graph's classic alerts, which Microsoft switched off in autumn 2026"),
    ("ThreatIndicators.Read.All", "reads nothing any more"),
    ("Alert.Read.All", "reads Defender for Endpoint's alerts until 1 Feb 2027"),
    ("Ti.Read.All", "may read Defender's list of indicators until 1 Feb 2027"),
];

/// Permissions that are good for nothing that Oriel asks today.
const USELESS: [&str; 2] = ["SecurityEvents.Read.All", "ThreatIndicators.Read.All"];

/// Looks at the permissions in the token for the interface that `rows` share.
pub(super) fn roles(rows: &[&Asking], token: &Token, now: Timestamp, checks: &mut Checks) {
    let (Some(claims), Some(first)) = (token.claims(), rows.first()) else { return };
    let resource = first.capability.resource;
    if resource != Resource::LogAnalytics {
        let missing = missing(rows, claims, now);
        let link = first.connection.permissions_link();
        checks.add(if claims.roles.is_empty() && !missing.is_empty() {
            Check { permission: Some(missing.join(", ")), link, ..no_consent(resource, &missing.join(", ")) }
        } else if missing.is_empty() {
            passed("roles", format!("Every permission for {} is granted.", resource.title()))
        } else {
            let names = missing.join(", ");
            let title = format!("The app does not hold {names} for {}.", resource.title());
            Check {
                permission: Some(names.clone()),
                remedy: Some(crate::outcome::grant(&names, resource)),
                link,
                ..failed("roles", "missing_permission", title)
            }
        });
        of_2020(claims, resource, !missing.is_empty(), checks);
    }
    writing(claims, first, checks);
    unneeded(claims, first, checks);
}

/// Permissions that a live capability needs and the token does not hold.
fn missing(rows: &[&Asking], claims: &Claims, now: Timestamp) -> Vec<&'static str> {
    let mut missing: Vec<&str> = Vec::new();
    for row in rows.iter().filter(|row| !row.capability.is_retired(now)) {
        for permission in row.capability.permissions {
            if !claims.holds(permission) && !missing.contains(permission) {
                missing.push(permission);
            }
        }
    }
    missing
}

/// A token without any permission: its causes look alike in it, so the administrator is told how to tell them apart.
fn no_consent(resource: Resource, missing: &str) -> Check {
    let title = format!("The app signs in to {} and holds no permission there at all.", resource.title());
    let remedy = format!(
        "Look at the app registration, under API permissions. If the column Type says Delegated, the permissions are of the wrong \
         kind: add them again as application permissions. If Type says Application and Status does not say “Granted for …”, choose \
         Grant admin consent. If nothing is listed there for {}, add {missing} as application permissions, and grant admin consent.",
        match resource {
            Resource::Defender => "WindowsDefenderATP",
            other => other.title(),
        }
    );
    Check { remedy: Some(remedy), ..failed("roles", "no_consent", title) }
}

/// What the permissions of the 2020 guide are worth, for those that the token holds.
fn of_2020(claims: &Claims, resource: Resource, lacks: bool, checks: &mut Checks) {
    let held: Vec<&(&str, &str)> = OF_2020.iter().filter(|(name, _)| claims.holds(name)).collect();
    let useless: Vec<&str> = USELESS.into_iter().filter(|name| claims.holds(name)).collect();
    // Of an app that holds what it needs, only what may go is worth a word.
    let Some((first, rest)) = held.split_first().filter(|_| lacks || !useless.is_empty()) else { return };
    let worth = |(name, worth): &(&str, &str)| format!("{name} {worth}");
    let mut words = worth(first);
    for one in rest {
        words = format!("{words}; {}", worth(one));
    }
    let remedy = match useless.as_slice() {
        [] => None,
        [one] => Some(format!("Oriel does not need {one} any more: it may be removed in the app registration.")),
        several => {
            let names = several.join(" and ");
            Some(format!("Oriel does not need {names} any more: they may be removed in the app registration."))
        }
    };
    let title = format!("Of what the guide of 2020 named for {}: {words}.", resource.title());
    checks.add(Check { code: "classic_permissions".into(), remedy, ..passed("roles", title) });
}

fn writing(claims: &Claims, row: &Asking, checks: &mut Checks) {
    let writing = claims.writing().join(", ");
    if writing.is_empty() {
        return;
    }
    checks.add(Check {
        permission: Some(writing.clone()),
        remedy: Some(
            "Remove them in the app registration, under API permissions: Oriel only reads, and whoever got hold of the app's \
             secret could write."
                .into(),
        ),
        link: row.connection.permissions_link(),
        ..failed("roles", "write_permission", format!("The app holds permissions that can write: {writing}."))
    });
}

/// Permissions that read and that nothing in Oriel uses: no fault, and still more than is needed.
fn unneeded(claims: &Claims, row: &Asking, checks: &mut Checks) {
    let resource = row.capability.resource;
    let used = |role: &str| {
        let mut all = capabilities().iter().filter(|capability| capability.resource == resource);
        all.any(|capability| capability.permissions.iter().any(|used| used.eq_ignore_ascii_case(role)))
    };
    let writing = claims.writing();
    // Log Analytics' own Data.Read is what some pages of Microsoft's have an app ask for beside the Azure role.
    let harmless = |role: &str| resource == Resource::LogAnalytics && role.eq_ignore_ascii_case("Data.Read");
    let roles = claims.roles.iter().map(String::as_str);
    let unneeded: Vec<&str> = roles.filter(|role| !used(role) && !writing.contains(role) && !harmless(role)).collect();
    if unneeded.is_empty() {
        return;
    }
    let names = unneeded.join(", ");
    checks.add(Check {
        code: "unneeded_permission".into(),
        permission: Some(names.clone()),
        remedy: Some("If no other program uses this app registration, remove it there.".into()),
        link: row.connection.permissions_link(),
        ..passed("roles", format!("The app may also read what Oriel does not ask for: {names}."))
    });
}
