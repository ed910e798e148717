//! Alerts of a workspace: `SecurityAlert` through Log Analytics. The whole of Sentinel's alerts, whatever the Defender portal has.

use indicator::Indicator;
use microsoft::{NotALiteral, Resource};
use search::{Details, Finding, FindingKind, Product, Severity};
use serde_json::Value;

use super::workspaces;
use crate::alerts::UNSENDABLE;
use crate::asking::Asking;
use crate::capability::{Capability, WORKSPACE_ROLE};
use crate::outcome::Reading;
use crate::query::table::{self, Table};
use crate::record::{Record, known_word};
use crate::sighting::Seen;
use crate::{entities, identity, query, service};

pub(crate) const CAPABILITY: Capability = Capability {
    product: Product::Sentinel,
    name: "sentinel.workspace_alerts",
    title: "Alerts",
    permissions: &[WORKSPACE_ROLE],
    resource: Resource::LogAnalytics,
    reads: "Every alert in the workspaces named here, with the people, machines and addresses in it.",
    route: "Log Analytics: SecurityAlert",
    retirement: None,
    needs_workspace: true,
    ask: |asking, question| {
        Box::pin(async move {
            let Ok(query) = query(&question.indicator) else { return Ok(Reading::not_applicable(UNSENDABLE)) };
            let read = |records: &[Value]| read(asking, &question.indicator, records);
            workspaces::ask(asking, question, &query, MOST_ROWS, TABLE, &read).await
        })
    },
    probe: |asking, question| Box::pin(workspaces::probe(asking, question, TABLE)),
};

const TABLE: Table = table::WORKSPACE_ALERTS;
const MOST_ROWS: usize = 200;

/// One row a version of an alert: the newest counts. `has` is a prefilter, as everywhere.
pub(crate) fn query(indicator: &Indicator) -> Result<String, NotALiteral> {
    Ok(format!(
        "SecurityAlert\n\
         | where TimeGenerated > ago(90d)\n\
         | where {}\n\
         | summarize arg_max(TimeGenerated, *) by SystemAlertId\n\
         | project TimeGenerated, SystemAlertId, VendorOriginalId, AlertName, DisplayName, AlertSeverity, Description, Status, ProviderName, ProductName, StartTime, EndTime, CompromisedEntity, Tactics, Techniques, AlertLink, Entities, ExtendedProperties\n\
         | top {MOST_ROWS} by TimeGenerated desc",
        mentions(indicator)?
    ))
}

/// Rows of `SecurityAlert` in whose JSON the indicator's terms occur.
pub(super) fn mentions(indicator: &Indicator) -> Result<String, NotALiteral> {
    Ok(format!("{} or {}", query::has("Entities", indicator)?, query::has("ExtendedProperties", indicator)?))
}

/// One finding an alert. An alert that comes in several versions is one: the newest wins in the merge.
pub(crate) fn read(asking: &Asking, indicator: &Indicator, records: &[Value]) -> (Vec<Finding>, u32) {
    let mut set_aside = 0;
    let mut findings = Vec::new();
    for record in records.iter().map(Record) {
        match record.str("SystemAlertId") {
            Some(id) => findings.extend(finding(asking, indicator, record, id)),
            None => set_aside += 1,
        }
    }
    (search::merge::merge(&findings), set_aside)
}

/// An alert, if the indicator itself stands in it.
pub(super) fn finding(asking: &Asking, indicator: &Indicator, record: Record<'_>, id: &str) -> Option<Finding> {
    let seen = evidence(record);
    let places = seen.places_of(indicator);
    if places.is_empty() {
        return None;
    }
    let provider = record.str("ProviderName").unwrap_or_default();
    let (product, title) = service::of_workspace(provider, record.str("ProductName").unwrap_or_default());
    let mut identities = vec![identity::of_sentinel(id)];
    if let Some(own) = record.str("VendorOriginalId") {
        identities.extend(identity::of_product(own, &title));
    }
    let link = asking.connection.link("Alert", record.str("AlertLink"));
    // The link of an alert that the Defender portal has too says under which id.
    if let Some(own) = link.as_ref().and_then(|link| identity::in_link(&link.url)) {
        identities.extend(identity::of_graph(&own, &title));
    }
    let tactics = record.str("Tactics").map(str::to_owned);
    Some(Finding {
        kind: FindingKind::Alert,
        id: id.to_owned(),
        identities: identity::once(identities),
        tenant: asking.asked.tenant.clone(),
        cloud: asking.asked.cloud.clone(),
        title: record
            .str("AlertName")
            .or_else(|| record.str("DisplayName"))
            .unwrap_or("Alert without a title")
            .to_owned(),
        severity: record.str("AlertSeverity").and_then(Severity::read),
        status: known_word(record, "Status"),
        first_seen: record.time("StartTime").or_else(|| record.time("TimeGenerated")),
        last_seen: record.time("EndTime").or_else(|| record.time("TimeGenerated")),
        updated: record.time("TimeGenerated"),
        product,
        service: Some(title).filter(|title| !title.is_empty()),
        routes: asking.route(),
        links: link.into_iter().collect(),
        places,
        details: Details::Alert {
            category: tactics,
            description: record.str("Description").map(str::to_owned),
            classification: None,
            incident: None,
            techniques: crate::alerts::techniques(&techniques(record)),
            pivots: seen.pivots(indicator),
            devices: seen.devices,
            accounts: seen.accounts,
        },
    })
}

/// `Techniques` is a list in JSON, or a list with commas.
fn techniques(record: Record<'_>) -> Vec<String> {
    let list = record.strings("Techniques");
    if list.is_empty() { record.str("Techniques").map(str::to_owned).into_iter().collect() } else { list }
}

/// The entities, and what stands in the product's own properties, which is merely mentioned.
pub(crate) fn evidence(record: Record<'_>) -> Seen {
    let mut seen = record.get("Entities").map(entities::read).unwrap_or_default();
    let mut text = String::new();
    match record.json("ExtendedProperties") {
        Value::Object(members) => {
            for member in members.values() {
                match member {
                    Value::String(one) => text.push_str(one),
                    other => text.push_str(&other.to_string()),
                }
                text.push('\n');
            }
        }
        Value::String(other) => text = other,
        _ => {}
    }
    let mut mentioned = Seen::default();
    entities::mention(&mut mentioned, &text);
    // What is an entity already needs no mention.
    mentioned.sightings.retain(|one| !seen.sightings.iter().any(|known| known.indicator == one.indicator));
    seen.extend(mentioned);
    seen
}

#[cfg(test)]
mod tests;
