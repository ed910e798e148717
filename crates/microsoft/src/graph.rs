//! Microsoft Graph, the security part.

use serde_json::{Value, json};

use crate::budget::Interface;
use crate::page::{self, Listing};
use crate::rows::{self, Rows};
use crate::transport::ask::Ask;
use crate::{Call, Error, Microsoft, Resource};

pub mod by_address;
pub mod questions;

/// Without it, newer members of enumerations arrive as `unknownFutureValue`, `microsoftSentinel` among them.
const ALL_MEMBERS: &str = "include-unknown-enum-members";

/// Hunting returns no more rows than this, and says nothing when there were more.
const MOST_ROWS: usize = 100_000;

/// Classic alerts and threat indicators are asked for in pages of this size.
const CLASSIC_PAGE: &str = "100";

/// `POST /v1.0/security/runHuntingQuery`. `timespan` is an ISO 8601 duration (`P30D`), or a period; without one it is 30 days.
pub async fn hunt(microsoft: &Microsoft, call: &Call<'_>, query: &str, timespan: Option<&str>) -> Result<Rows, Error> {
    let mut body = json!({ "Query": query });
    if let Some(timespan) = timespan {
        body["Timespan"] = Value::from(timespan);
    }
    let ask = Ask::post(call, Resource::Graph, &["v1.0", "security", "runHuntingQuery"], &body)?;
    let answered = microsoft.send(call, &Ask { interface: Interface::Hunting, ..ask }).await?;
    let rows = answered.body.as_ref().and_then(rows::from_hunting);
    let mut rows = rows.ok_or_else(|| no_answer(answered.status, answered.request_id.clone(), "rows"))?;
    if rows.rows.len() >= MOST_ROWS {
        rows.incomplete.get_or_insert_with(|| "hunting gives no more than 100,000 rows".to_owned());
    }
    rows.request_id = answered.request_id;
    Ok(rows)
}

/// `GET /v1.0/security/alerts_v2/{id}`: one alert with its evidence. One that does not exist is `Failed` with status 404.
pub async fn alert(microsoft: &Microsoft, call: &Call<'_>, id: &str) -> Result<Value, Error> {
    one(microsoft, call, &["v1.0", "security", "alerts_v2", id]).await
}

/// `GET /v1.0/security/incidents/{id}`: one incident without its alerts.
pub async fn incident(microsoft: &Microsoft, call: &Call<'_>, id: &str) -> Result<Value, Error> {
    one(microsoft, call, &["v1.0", "security", "incidents", id]).await
}

/// `GET /v1.0/security/alerts_v2?$top=1`: whether alerts can be read at all.
pub async fn alerts_probe(microsoft: &Microsoft, call: &Call<'_>) -> Result<Listing, Error> {
    probe(microsoft, call, "alerts_v2").await
}

/// `GET /v1.0/security/alerts_v2?$top=1`: the newest alert of any service, with its id and `createdDateTime`. The list is
/// documented to begin with the most recent one.
pub async fn newest_alert(microsoft: &Microsoft, call: &Call<'_>) -> Result<Listing, Error> {
    newest(microsoft, call, None).await
}

/// `GET /v1.0/security/alerts_v2?$filter=…&$top=1`: likewise Sentinel's newest alert since a time.
pub async fn newest_sentinel_alert(
    microsoft: &Microsoft,
    call: &Call<'_>,
    since: jiff::Timestamp,
) -> Result<Listing, Error> {
    let since = since.strftime("%Y-%m-%dT%H:%M:%SZ");
    let filter = format!("serviceSource eq 'microsoftSentinel' and createdDateTime ge {since}");
    newest(microsoft, call, Some(&filter)).await
}

/// `GET /v1.0/security/incidents?$top=1`: whether incidents can be read at all.
pub async fn incidents_probe(microsoft: &Microsoft, call: &Call<'_>) -> Result<Listing, Error> {
    probe(microsoft, call, "incidents").await
}

/// `GET /v1.0/security/alerts?$filter=…`: the alerts of 2020, switched off in autumn 2026. 206 and `Warning` are `incomplete`.
pub async fn legacy_alerts(microsoft: &Microsoft, call: &Call<'_>, filter: &str) -> Result<Listing, Error> {
    classic(microsoft, call, &["v1.0", "security", "alerts"], filter).await
}

/// `GET /beta/security/tiIndicators?$filter=…`: the threat indicators of 2020, switched off in April 2026.
pub async fn ti_indicators(microsoft: &Microsoft, call: &Call<'_>, filter: &str) -> Result<Listing, Error> {
    let cloud = &call.credential.cloud;
    if !cloud.offers_ti_indicators() {
        let interface = "The classic list of threat indicators".to_owned();
        return Err(Error::NotOffered { cloud: cloud.title().to_owned(), interface });
    }
    classic(microsoft, call, &["beta", "security", "tiIndicators"], filter).await
}

async fn one(microsoft: &Microsoft, call: &Call<'_>, path: &[&str]) -> Result<Value, Error> {
    let ask = Ask::get(call, Resource::Graph, path)?.preferring(ALL_MEMBERS);
    let answered = microsoft.send(call, &ask).await?;
    let record = answered.body.filter(Value::is_object);
    record.ok_or_else(|| no_answer(answered.status, answered.request_id, "record"))
}

/// The first page alone: what a list holds beyond it does not matter here.
async fn probe(microsoft: &Microsoft, call: &Call<'_>, list: &str) -> Result<Listing, Error> {
    let ask = Ask::get(call, Resource::Graph, &["v1.0", "security", list])?;
    let ask = ask.preferring(ALL_MEMBERS).with("$top", "1").with("$select", "id");
    page::first(microsoft, call, ask).await
}

async fn newest(microsoft: &Microsoft, call: &Call<'_>, filter: Option<&str>) -> Result<Listing, Error> {
    let mut ask = Ask::get(call, Resource::Graph, &["v1.0", "security", "alerts_v2"])?.preferring(ALL_MEMBERS);
    if let Some(filter) = filter {
        ask = ask.with("$filter", filter);
    }
    page::first(microsoft, call, ask.with("$top", "1").with("$select", "id,createdDateTime")).await
}

async fn classic(microsoft: &Microsoft, call: &Call<'_>, path: &[&str], filter: &str) -> Result<Listing, Error> {
    let ask = Ask::get(call, Resource::Graph, path)?;
    let ask = Ask { classic: true, ..ask }.with("$filter", filter).with("$top", CLASSIC_PAGE);
    page::list(microsoft, call, ask).await
}

fn no_answer(status: u16, request_id: Option<String>, what: &str) -> Error {
    Error::Failed { status, code: String::new(), message: format!("the answer holds no {what}"), request_id }
}
