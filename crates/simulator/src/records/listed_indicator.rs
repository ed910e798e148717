//! An entry of Defender for Endpoint's list of indicators (`/api/indicators`).

use serde_json::{Value, json};

use super::{Organisation, instant};
use crate::ids;
use crate::scenario::ListedIndicator;

/// The entry, numbered by its place in the list.
pub(crate) fn indicator(organisation: &Organisation, number: usize, indicator: &ListedIndicator) -> Value {
    let beginning = organisation.beginning;
    let made = instant(indicator.at.at(beginning));
    json!({
        "id": (900 + number).to_string(),
        "indicatorValue": indicator.value,
        "indicatorType": indicator.kind,
        "action": indicator.action,
        "application": indicator.application,
        "source": organisation.upn(&indicator.by),
        "sourceType": "User",
        "title": indicator.title,
        "creationTimeDateTimeUtc": made,
        "createdBy": organisation.directory_id(&indicator.by),
        "createdByDisplayName": super::organisation::display_name(&indicator.by),
        "createdBySource": "PublicApi",
        "expirationTime": indicator.expires.map(|moment| instant(moment.at(beginning))),
        "lastUpdateTime": made,
        "lastUpdatedBy": null,
        "severity": indicator.severity,
        "description": indicator.description,
        "recommendedActions": "",
        "rbacGroupNames": [],
        "rbacGroupIds": [],
        "generateAlert": indicator.action != "Allowed",
        "externalID": ids::hex(&indicator.value, 8),
    })
}
