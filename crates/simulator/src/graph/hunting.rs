//! `/security/runHuntingQuery`: advanced hunting over the tenant's tables.

use serde_json::{Value, json};

use super::failure::Failure;
use super::{Call, HUNTING_ROLES};
use crate::exchange::Reply;
use crate::kql;
use crate::quota::Budget;
use crate::timespan;

pub(super) fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    call.permitted(&HUNTING_ROLES)?;
    // The budget is the tenant's, whoever spends it.
    let calls = call.place.organisation.tenant.limits.hunting_a_minute;
    call.spend("hunting", "", Budget { calls, seconds: 60 })?;
    let body = call.request.json().unwrap_or(Value::Null);
    let Some(query) = body["Query"].as_str().filter(|query| !query.trim().is_empty()) else {
        return Err(Failure::new(400, "BadRequest", "Missing or invalid parameter: Query."));
    };
    let now = call.asked.now;
    let said = body["Timespan"].as_str().unwrap_or("P30D");
    let period = timespan::read(said, now).ok_or_else(|| {
        Failure::new(400, "BadRequest", format!("The timespan '{said}' is not an ISO 8601 interval."))
    })?;
    let table = kql::run(query, call.place.hunting(), now, Some(period))
        .map_err(|error| Failure::new(400, "BadRequest", error.hunting_message()))?;
    let schema: Vec<_> =
        table.columns.iter().map(|column| json!({"name": column.name, "type": column.kind.hunting_name()})).collect();
    let results: Vec<Value> = table
        .rows
        .iter()
        .map(|row| {
            table.columns.iter().zip(row.iter()).map(|(column, cell)| (column.name.clone(), cell.to_json())).collect()
        })
        .collect();
    Ok(Reply::json(
        200,
        json!({
            "@odata.context": call.context("microsoft.graph.security.huntingQueryResults"),
            "schema": schema,
            "results": results,
        }),
    ))
}
