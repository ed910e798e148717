//! `/security/alerts_v2`.

use serde_json::Value;

use super::failure::Failure;
use super::{ALERT_ROLES, Call};
use crate::exchange::Reply;
use crate::odata::{self, Rules};
use crate::scenario::EvidenceFilters;

/// As the list's page has it: what a filter may name, and evidence beside it, which the page does not name.
const FILTERABLE: &[&str] = &[
    "assignedTo",
    "classification",
    "determination",
    "createdDateTime",
    "lastUpdateDateTime",
    "severity",
    "serviceSource",
    "status",
    "evidence",
];

const RULES: Rules = Rules {
    // Without evidence an alert cannot be asked for by domain or address.
    filterable: FILTERABLE.split_at(8).0,
    sortable: &["createdDateTime", "lastUpdateDateTime", "severity", "status", "title", "id"],
    case_counts: true,
    page: 50,
    // A larger one is clamped and not refused, which makes a full page look like the last.
    largest: 1000,
    refuses_larger: false,
};

/// The list where filters may name what stands in the evidence.
const BY_EVIDENCE: Rules = Rules { filterable: FILTERABLE, ..RULES };

/// The list, newest first. As observed, it has no link to the next page: "no link" does not mean "no more".
pub(super) fn list(call: &Call<'_>) -> Result<Reply, Failure> {
    call.allowed(&ALERT_ROLES)?;
    // Filters see what masking hides: the service compares before it writes.
    let place = call.place;
    let mut records: Vec<_> = place.graph_alerts().collect();
    records.sort_by_key(|record| std::cmp::Reverse(record.created));
    let filters = place.organisation.tenant.evidence_filters;
    let by_evidence = call.request.parameter("$filter").is_some_and(|filter| filter.contains("evidence/any"));
    if filters == EvidenceFilters::Miss && by_evidence {
        records.clear();
    }
    let rules = if filters == EvidenceFilters::Refused { &RULES } else { &BY_EVIDENCE };
    let all = records.iter().map(|record| crate::records::graph_alert::alert(&place.organisation, record)).collect();
    let mut page = odata::page(call.request, rules, all).map_err(Failure::query)?;
    if !call.request.prefers("include-unknown-enum-members") {
        page.value.iter_mut().for_each(super::masking::alert);
    }
    Ok(Reply::json(200, page.envelope(call.context("security/alerts_v2"), None)))
}

/// One alert.
pub(super) fn one(call: &Call<'_>, id: &str) -> Result<Reply, Failure> {
    call.allowed(&ALERT_ROLES)?;
    let found = call.place.graph_alerts().find(|record| record.id == id);
    let record = found.ok_or_else(|| Failure::new(404, "NotFound", format!("Alert with id '{id}' was not found.")))?;
    let mut alert = call.alert(record);
    if let Value::Object(members) = &mut alert {
        members.insert("@odata.context".into(), call.context("security/alerts_v2/$entity").into());
    }
    Ok(Reply::json(200, alert))
}
