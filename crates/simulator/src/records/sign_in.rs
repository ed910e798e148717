//! Sign-ins as hunting's tables have them.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Organisation, Row, instant, organisation::display_name, row};
use crate::ids;
use crate::scenario::SignIns;

/// The rows of `EntraIdSignInEvents`, or of `IdentityLogonEvents` for one on premises.
pub(crate) fn rows(organisation: &Organisation, entry: &SignIns) -> Vec<Row> {
    let start = entry.at.at(organisation.beginning);
    (0..entry.times)
        .filter_map(|count| {
            let later = SignedDuration::from_secs(entry.every.0.as_secs().saturating_mul(i64::from(count)));
            let at = start.checked_add(later).ok().filter(|at| *at <= organisation.beginning)?;
            Some(if entry.on_premises { on_premises(organisation, entry, at) } else { entra(organisation, entry, at) })
        })
        .collect()
}

fn entra(organisation: &Organisation, entry: &SignIns, at: Timestamp) -> Row {
    row(json!({
        "Timestamp": instant(at),
        "TimeGenerated": instant(at),
        "Application": entry.application,
        "ApplicationId": ids::guid(&entry.application).to_string(),
        "LogonType": "[\"interactiveUser\"]",
        "ErrorCode": entry.error,
        "AccountDisplayName": display_name(&entry.user),
        "AccountObjectId": organisation.directory_id(&entry.user),
        "AccountUpn": organisation.upn(&entry.user),
        "IsGuestUser": false,
        "ResourceDisplayName": entry.application,
        "IPAddress": entry.address,
        "Country": entry.country,
        "RequestId": ids::guid(&format!("{} {at}", entry.user)).to_string(),
        "ReportId": ids::hex(&format!("{} {at}", entry.user), 16),
    }))
}

fn on_premises(organisation: &Organisation, entry: &SignIns, at: Timestamp) -> Row {
    row(json!({
        "Timestamp": instant(at),
        "ActionType": if entry.error == 0 { "LogonSuccess" } else { "LogonFailed" },
        "Application": entry.application,
        "LogonType": "Credentials validation",
        "AccountName": entry.user,
        "AccountDomain": organisation.windows_domain(),
        "AccountUpn": organisation.upn(&entry.user),
        "AccountSid": organisation.sid(&entry.user),
        "AccountDisplayName": display_name(&entry.user),
        "IPAddress": entry.address,
        "Location": entry.country,
        "ReportId": ids::hex(&format!("{} {at}", entry.user), 16),
    }))
}
