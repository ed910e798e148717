//! The query API of Log Analytics.

mod failure;

use serde_json::{Value, json};

use crate::access;
use crate::exchange::{Reply, Request, Surface};
use crate::kql::{self, Value as Cell};
use crate::microsoft::Asked;
use crate::quota::Budget;
use crate::timespan;
use failure::Failure;

pub(crate) fn answer(asked: &Asked<'_>, request: &Request) -> Reply {
    handled(asked, request).unwrap_or_else(|failure| failure.reply(asked, request))
}

fn handled(asked: &Asked<'_>, request: &Request) -> Result<Reply, Failure> {
    let segments = request.segments();
    let parts: Vec<_> = segments.iter().map(String::as_str).collect();
    let (method, workspace) = match (request.method.as_str(), parts.as_slice()) {
        (method @ ("POST" | "GET"), ["v1", "workspaces", workspace, "query"]) => (method, *workspace),
        _ => return Err(Failure::no_path()),
    };
    let own = asked.surface(Surface::LogAnalytics);
    let claims = access::checked(
        request,
        asked.now,
        &[&own, "https://api.loganalytics.io", "ca7f3f0b-7d91-482c-8e09-c5d840d0eac5"],
    )
    .map_err(Failure::token)?;
    // Missing or misread input is answered 200 with nothing in it, as documented.
    let (query, period) = match (method, request.json()) {
        ("POST", Some(body)) if is_json(request) => {
            let period = body["timespan"].as_str().map(str::to_owned).or_else(|| request.parameter("timespan"));
            (body["query"].as_str().map(str::to_owned), period)
        }
        ("POST", _) => return Ok(Reply::empty(200)),
        _ => (request.parameter("query"), request.parameter("timespan")),
    };
    let (place, entry) = asked.world.place_of_workspace(workspace).ok_or_else(Failure::no_access)?;
    let tenant = &place.organisation.tenant;
    // A role is the app's in its own tenant; a workspace of another is as good as none.
    let app = tenant.app(&claims.appid).filter(|_| tenant.is_named(&claims.tid)).ok_or_else(Failure::no_access)?;
    if !app.workspaces.iter().any(|granted| granted.eq_ignore_ascii_case(&entry.id)) {
        return Err(Failure::no_role(&entry.id));
    }
    let budget = Budget { calls: tenant.limits.log_analytics_a_half_minute, seconds: 30 };
    asked
        .quotas
        .spend(&format!("log analytics {}", claims.appid), budget, asked.now)
        .map_err(|wait| Failure::ready(budget.spent(Surface::LogAnalytics, wait)))?;
    if entry.empty {
        return Ok(Reply::empty(204));
    }
    let query = query.filter(|query| !query.trim().is_empty()).ok_or_else(Failure::no_query)?;
    let period = match period {
        Some(said) => Some(timespan::read(&said, asked.now).ok_or_else(|| Failure::bad_timespan(&said))?),
        None => None,
    };
    let tables = place.workspace(&entry.id).ok_or_else(Failure::no_access)?;
    let table = kql::run(&query, &tables.shown(app.reads_every_table), asked.now, period)
        .map_err(|error| Failure::query(&error))?;
    let columns: Vec<_> =
        table.columns.iter().map(|column| json!({"name": column.name, "type": column.kind.name()})).collect();
    let rows: Vec<Value> = table.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    Ok(Reply::json(200, json!({"tables": [{"name": "PrimaryResult", "columns": columns, "rows": rows}]})))
}

fn is_json(request: &Request) -> bool {
    request.header("content-type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/json"))
}

/// A dynamic cell is its JSON in text, and has to be read again.
fn cell(cell: &Cell) -> Value {
    match cell {
        Cell::Dynamic(json) => json.to_string().into(),
        other => other.to_json(),
    }
}
