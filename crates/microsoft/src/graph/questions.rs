//! Reads by which a validation finds out what Graph's documents leave open: of each list no more than ids.

use std::net::IpAddr;

use jiff::Timestamp;
use serde_json::Value;

use super::ALL_MEMBERS;
use crate::transport::ask::Ask;
use crate::{Call, Error, Microsoft, Resource};

/// A list of Graph's security part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// `/v1.0/security/alerts_v2`.
    Alerts,
    /// `/v1.0/security/incidents`.
    Incidents,
}

impl List {
    fn name(self) -> &'static str {
        match self {
            List::Alerts => "alerts_v2",
            List::Incidents => "incidents",
        }
    }
}

/// What one page of a list was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstPage {
    /// How many items came.
    pub items: usize,
    /// Whether it names a page after it (`@odata.nextLink`).
    pub has_next: bool,
}

/// `GET /v1.0/security/{list}?$top=…&$select=id`: the first page as it comes, which is not followed.
pub async fn first_page(microsoft: &Microsoft, call: &Call<'_>, list: List, top: u32) -> Result<FirstPage, Error> {
    page(microsoft, call, list, top, None).await
}

/// `GET /v1.0/security/alerts_v2?$filter=…&$top=1&$select=id`: whether a filter is accepted, and whether it finds anything.
pub async fn alerts_where(microsoft: &Microsoft, call: &Call<'_>, filter: &str) -> Result<FirstPage, Error> {
    page(microsoft, call, List::Alerts, 1, Some(filter)).await
}

/// `GET /v1.0/security/alerts_v2?$filter=…&$top=20&$select=id,evidence`: an address that stands in the evidence of one of the
/// newest alerts since a time, if there is one.
pub async fn address_in_evidence(
    microsoft: &Microsoft,
    call: &Call<'_>,
    since: Timestamp,
) -> Result<Option<IpAddr>, Error> {
    let ask = Ask::get(call, Resource::Graph, &["v1.0", "security", "alerts_v2"])?.preferring(ALL_MEMBERS);
    let ask = ask.with("$filter", &format!("createdDateTime ge {}", since.strftime("%Y-%m-%dT%H:%M:%SZ")));
    let answered = microsoft.send(call, &ask.with("$top", "20").with("$select", "id,evidence")).await?;
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let alerts = answered.body.as_ref().map(|body| list(body, "value")).unwrap_or_default();
    let evidence = alerts.iter().flat_map(|alert| list(alert, "evidence"));
    let is_address = |one: &Value| one["@odata.type"].as_str().is_some_and(|kind| kind.ends_with(".ipEvidence"));
    let mut addresses = evidence.filter(is_address).filter_map(|one| one["ipAddress"].as_str()?.trim().parse().ok());
    Ok(addresses.next())
}

async fn page(
    microsoft: &Microsoft,
    call: &Call<'_>,
    list: List,
    top: u32,
    filter: Option<&str>,
) -> Result<FirstPage, Error> {
    let mut ask = Ask::get(call, Resource::Graph, &["v1.0", "security", list.name()])?.preferring(ALL_MEMBERS);
    if let Some(filter) = filter {
        ask = ask.with("$filter", filter);
    }
    let answered = microsoft.send(call, &ask.with("$top", &top.to_string()).with("$select", "id")).await?;
    let items = answered.body.as_ref().and_then(|body| body.get("value")).and_then(Value::as_array);
    let items = items.ok_or_else(|| super::no_answer(answered.status, answered.request_id.clone(), "list"))?;
    let link = answered.body.as_ref().and_then(|body| body.get("@odata.nextLink")).and_then(Value::as_str);
    Ok(FirstPage { items: items.len(), has_next: link.is_some_and(|link| !link.is_empty()) })
}
