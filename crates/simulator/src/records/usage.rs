//! `Usage`: what each table took in, an hour a row.

use jiff::SignedDuration;
use serde_json::json;

use super::{Organisation, Row, instant, row};

/// The last hour of some tables that a workspace with Sentinel has.
pub(crate) fn rows(organisation: &Organisation) -> Vec<Row> {
    let end = organisation.beginning;
    let start = end.checked_sub(SignedDuration::from_hours(1)).unwrap_or(end);
    ["SecurityAlert", "SecurityIncident", "Heartbeat"]
        .into_iter()
        .map(|table| {
            row(json!({
                "TimeGenerated": instant(end), "StartTime": instant(start), "EndTime": instant(end),
                "Plan": "Analytics", "DataType": table, "Solution": "Security", "Quantity": 0.25,
                "QuantityUnit": "MBytes", "IsBillable": false, "Type": "Usage",
            }))
        })
        .collect()
}
