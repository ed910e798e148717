//! The two routes of the 2020 guide, which Microsoft has retired: `/security/alerts` and the beta `/security/tiIndicators`.

use serde_json::{Value, json};

use super::Call;
use super::failure::Failure;
use crate::exchange::Reply;
use crate::odata::{self, Rules};
use crate::records::{legacy_alert, threat_indicator};
use crate::scenario::Retired;

const EVENT_ROLES: [&str; 2] = ["SecurityEvents.Read.All", "SecurityEvents.ReadWrite.All"];
/// The first opened nothing in the end, though the 2020 guide named it.
const INDICATOR_ROLES: [&str; 2] = ["ThreatIndicators.Read.All", "ThreatIndicators.ReadWrite.OwnedBy"];

const ALERT_RULES: Rules = Rules {
    filterable: &[
        "networkConnections",
        "vendorInformation",
        "severity",
        "status",
        "title",
        "category",
        "createdDateTime",
        "eventDateTime",
        "lastModifiedDateTime",
    ],
    sortable: &["createdDateTime", "eventDateTime", "lastModifiedDateTime"],
    case_counts: true,
    page: 100,
    largest: 1000,
    refuses_larger: true,
};

const INDICATOR_RULES: Rules = Rules {
    filterable: &[
        "domainName",
        "url",
        "networkIPv4",
        "networkIPv6",
        "networkDestinationIPv4",
        "networkDestinationIPv6",
        "networkSourceIPv4",
        "networkSourceIPv6",
        "targetProduct",
        "action",
        "isActive",
        "expirationDateTime",
    ],
    sortable: &["expirationDateTime", "ingestedDateTime"],
    case_counts: true,
    page: 100,
    largest: 1000,
    refuses_larger: true,
};

pub(super) fn alerts(call: &Call<'_>) -> Result<Reply, Failure> {
    answered(call, call.place.organisation.tenant.legacy_alerts, "Security/alerts", &EVENT_ROLES, &ALERT_RULES, || {
        let organisation = &call.place.organisation;
        call.place.alerts.iter().map(|record| legacy_alert::alert(organisation, record)).collect()
    })
}

pub(super) fn ti_indicators(call: &Call<'_>) -> Result<Reply, Failure> {
    let organisation = &call.place.organisation;
    let state = organisation.tenant.ti_indicators;
    answered(call, state, "security/tiIndicators", &INDICATOR_ROLES, &INDICATOR_RULES, || {
        let listed = organisation.tenant.threat_indicators.iter();
        listed
            .filter(|entry| entry.deleted.is_none())
            .map(|entry| threat_indicator::ti_indicator(organisation, entry))
            .collect()
    })
}

fn answered(
    call: &Call<'_>,
    state: Retired,
    name: &str,
    roles: &[&str],
    rules: &Rules,
    all: impl FnOnce() -> Vec<Value>,
) -> Result<Reply, Failure> {
    match state {
        Retired::Gone => Err(Failure::new(410, "Gone", "This API has been retired.")),
        Retired::NotFound => {
            let segment = name.rsplit('/').next().unwrap_or(name);
            Err(Failure::new(404, "ResourceNotFound", format!("Resource not found for the segment '{segment}'.")))
        }
        Retired::Empty => {
            call.allowed(roles)?;
            Ok(Reply::json(200, json!({"@odata.context": call.context(name), "value": []})))
        }
        Retired::Answers => {
            call.allowed(roles)?;
            if let Some(skip) =
                call.request.parameter("$skip").and_then(|skip| skip.parse::<u32>().ok()).filter(|skip| *skip > 500)
            {
                return Err(Failure::new(400, "", format!("$skip={skip} cannot exceed 500")));
            }
            let page = odata::page(call.request, rules, all()).map_err(Failure::query)?;
            Ok(Reply::json(200, page.envelope(call.context(name), None)))
        }
    }
}
