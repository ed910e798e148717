//! `/api/indicators`.

use super::Call;
use super::failure::Failure;
use crate::exchange::Reply;
use crate::odata::{self, Rules};
use crate::records::listed_indicator;

const RULES: Rules = Rules {
    filterable: &[
        "application",
        "createdByDisplayName",
        "expirationTime",
        "generateAlert",
        "title",
        "rbacGroupNames",
        "rbacGroupIds",
        "indicatorValue",
        "indicatorType",
        "creationTimeDateTimeUtc",
        "createdBy",
        "action",
        "severity",
    ],
    sortable: &["creationTimeDateTimeUtc", "expirationTime", "indicatorValue"],
    case_counts: false,
    page: 10_000,
    largest: 10_000,
    refuses_larger: true,
};

/// The list. Microsoft's page names permissions to write only; whether `Ti.Read.All` does is the story's to say.
pub(super) fn list(call: &Call<'_>) -> Result<Reply, Failure> {
    let organisation = &call.place.organisation;
    let writing = ["Ti.ReadWrite", "Ti.ReadWrite.All"];
    let reading = ["Ti.Read.All", "Ti.ReadWrite", "Ti.ReadWrite.All"];
    call.allowed(if organisation.tenant.ti_read_lists_indicators { &reading } else { &writing })?;
    let all = organisation
        .tenant
        .indicators
        .iter()
        .enumerate()
        .filter(|(_, entry)| {
            entry.lingers || entry.expires.is_none_or(|moment| moment.at(organisation.beginning) > call.asked.now)
        })
        .map(|(number, entry)| listed_indicator::indicator(organisation, number, entry))
        .collect();
    let page = odata::page(call.request, &RULES, all).map_err(Failure::odata)?;
    Ok(Reply::json(200, page.envelope(call.context("Indicators"), None)))
}
