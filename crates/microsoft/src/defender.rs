//! The Defender for Endpoint API. Microsoft announces its end for 1 February 2027.

use std::collections::HashSet;
use std::net::IpAddr;

use serde_json::Value;

use crate::page::{self, Listing};
use crate::transport::ask::Ask;
use crate::{Call, Error, Literal, Microsoft, Resource};

/// The longest period of a prevalence, in hours: 30 days.
const LOOK_BACK: &str = "720";

/// Indicators a page, where a filter leaves a few.
const INDICATORS: &str = "1000";

/// Indicators a page of the whole list; a tenant has at most 15,000 of them, and the call takes up to 10,000 at a time.
const PAGE_OF_ALL: &str = "5000";

/// A page with fewer items is the last, however small the pages are that Microsoft gives.
const FEW: usize = 100;

/// More entries than a tenant may have.
const MOST_INDICATORS: usize = 20_000;

/// `GET /api/domains/{domain}/alerts`. A domain that was never seen has an empty list.
pub async fn domain_alerts(microsoft: &Microsoft, call: &Call<'_>, domain: &Literal) -> Result<Listing, Error> {
    list(microsoft, call, &["api", "domains", domain.value(), "alerts"]).await
}

/// `GET /api/ips/{ip}/alerts`. An address that was never seen has an empty list.
pub async fn ip_alerts(microsoft: &Microsoft, call: &Call<'_>, ip: IpAddr) -> Result<Listing, Error> {
    list(microsoft, call, &["api", "ips", &ip.to_string(), "alerts"]).await
}

/// `GET /api/domains/{domain}/stats` over 30 days: `organizationPrevalence`, `orgFirstSeen`, `orgLastSeen`.
pub async fn domain_stats(microsoft: &Microsoft, call: &Call<'_>, domain: &Literal) -> Result<Value, Error> {
    stats(microsoft, call, &["api", "domains", domain.value(), "stats"]).await
}

/// `GET /api/ips/{ip}/stats` over 30 days: `organizationPrevalence`, `orgFirstSeen`, `orgLastSeen`.
pub async fn ip_stats(microsoft: &Microsoft, call: &Call<'_>, ip: IpAddr) -> Result<Value, Error> {
    stats(microsoft, call, &["api", "ips", &ip.to_string(), "stats"]).await
}

/// `GET /api/domains/{domain}/machines`: devices that spoke with the domain, at most 500.
pub async fn domain_machines(microsoft: &Microsoft, call: &Call<'_>, domain: &Literal) -> Result<Listing, Error> {
    let mut machines = list(microsoft, call, &["api", "domains", domain.value(), "machines"]).await?;
    if machines.values.len() >= MOST_MACHINES {
        machines.incomplete.get_or_insert_with(|| "Defender names no more than 500 devices".to_owned());
    }
    Ok(machines)
}

/// The documented limit of `domain_machines`.
const MOST_MACHINES: usize = 500;

/// `GET /api/indicators?$filter=…`: the tenant's own list, active entries only. An empty filter asks for all of them.
pub async fn indicators(microsoft: &Microsoft, call: &Call<'_>, filter: &str) -> Result<Listing, Error> {
    let mut ask = Ask::get(call, Resource::Defender, &["api", "indicators"])?;
    if !filter.is_empty() {
        ask = ask.with("$filter", filter);
    }
    page::list(microsoft, call, ask.with("$top", INDICATORS)).await
}

/// `GET /api/indicators`, page by page with `$top` and `$skip`, since not every answer carries a link to the next: the
/// tenant's whole list, at most 20,000 entries. What came before a page that fails is kept, and the failure said.
pub async fn all_indicators(microsoft: &Microsoft, call: &Call<'_>) -> Result<Listing, Error> {
    let mut all = Listing::default();
    let mut known = HashSet::new();
    loop {
        let before = all.values.len();
        let mut ask = Ask::get(call, Resource::Defender, &["api", "indicators"])?.with("$top", PAGE_OF_ALL);
        if before > 0 {
            ask = ask.with("$skip", &before.to_string());
        }
        let page = match page::list(microsoft, call, ask).await {
            Err(error) if before == 0 => return Err(error),
            Err(error) => {
                all.incomplete = Some(format!("a further page did not come: {error}"));
                return Ok(all);
            }
            Ok(page) => page,
        };
        let came = page.values.len();
        let id = |item: &Value| item.get("id").filter(|id| !id.is_null()).unwrap_or(item).to_string();
        all.values.extend(page.values.into_iter().filter(|item| known.insert(id(item))));
        all.deprecated = all.deprecated.or(page.deprecated);
        all.request_id = all.request_id.or(page.request_id);
        all.incomplete = page.incomplete;
        if came < FEW || all.values.len() == before || all.incomplete.is_some() {
            return Ok(all);
        }
        if all.values.len() >= MOST_INDICATORS {
            all.incomplete = Some(format!("the list goes on after {MOST_INDICATORS} entries"));
            return Ok(all);
        }
    }
}

/// `GET /api/alerts?$top=1`: whether alerts can be read at all.
pub async fn alerts_probe(microsoft: &Microsoft, call: &Call<'_>) -> Result<Listing, Error> {
    let ask = Ask::get(call, Resource::Defender, &["api", "alerts"])?.with("$top", "1");
    page::first(microsoft, call, ask).await
}

/// `GET /api/indicators?$top=1`: whether indicators can be read at all.
pub async fn indicators_probe(microsoft: &Microsoft, call: &Call<'_>) -> Result<Listing, Error> {
    let ask = Ask::get(call, Resource::Defender, &["api", "indicators"])?.with("$top", "1");
    page::first(microsoft, call, ask).await
}

async fn list(microsoft: &Microsoft, call: &Call<'_>, path: &[&str]) -> Result<Listing, Error> {
    page::list(microsoft, call, Ask::get(call, Resource::Defender, path)?).await
}

async fn stats(microsoft: &Microsoft, call: &Call<'_>, path: &[&str]) -> Result<Value, Error> {
    let ask = Ask::get(call, Resource::Defender, path)?.with("lookBackHours", LOOK_BACK);
    let answered = microsoft.send(call, &ask).await?;
    answered.body.filter(Value::is_object).ok_or_else(|| Error::Failed {
        status: answered.status,
        code: String::new(),
        message: "the answer holds no prevalence".to_owned(),
        request_id: answered.request_id,
    })
}
