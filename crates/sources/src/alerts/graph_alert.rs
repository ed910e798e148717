//! An alert of `alerts_v2` as a finding.

use indicator::Indicator;
use search::finding::IncidentReference;
use search::{Details, Finding, FindingKind, Severity};
use serde_json::Value;

use crate::asking::Asking;
use crate::record::{Record, known_word, word};
use crate::{evidence, identity, service};

/// Reads one alert, whether the indicator stands in its evidence or not; `None` if it has no id.
pub(crate) fn read(asking: &Asking, indicator: &Indicator, alert: &Value) -> Option<Finding> {
    let record = Record(alert);
    let id = record.str("id")?;
    let source = record.str("serviceSource").unwrap_or_default();
    let seen = evidence::read(record.list("evidence"));
    let mut identities = identity::of_graph(id, source);
    if let Some(own) = record.str("providerAlertId") {
        identities.extend(identity::of_product(own, source));
        if service::product(source) == search::Product::Sentinel && identity::is_unique(own) {
            identities.push(identity::of_sentinel(own));
        }
    }
    let incident = record.text("incidentId").map(|id| IncidentReference {
        id,
        title: None,
        url: asking.connection.link("", record.str("incidentWebUrl")).map(|link| link.url),
    });
    let connection = &asking.connection;
    Some(Finding {
        kind: FindingKind::Alert,
        id: id.to_owned(),
        identities: identity::once(identities),
        tenant: asking.asked.tenant.clone(),
        cloud: asking.asked.cloud.clone(),
        title: record.str("title").unwrap_or_default().to_owned(),
        severity: record.str("severity").and_then(Severity::read),
        status: known_word(record, "status"),
        first_seen: record.time("firstActivityDateTime").or_else(|| record.time("createdDateTime")),
        last_seen: record.time("lastActivityDateTime").or_else(|| record.time("createdDateTime")),
        updated: record.time("lastUpdateDateTime"),
        product: service::product(source),
        service: (!source.is_empty() && word(source) != "unknown_future_value").then(|| service::title(source)),
        routes: asking.route(),
        links: connection.link("Alert in the Defender portal", record.str("alertWebUrl")).into_iter().collect(),
        places: seen.places_of(indicator),
        details: Details::Alert {
            category: record
                .str("category")
                .map(str::to_owned)
                .or_else(|| record.strings("categories").first().cloned()),
            description: record.str("description").map(str::to_owned),
            classification: known_word(record, "classification"),
            incident,
            techniques: super::techniques(&record.strings("mitreTechniques")),
            pivots: seen.pivots(indicator),
            devices: seen.devices,
            accounts: seen.accounts,
        },
    })
}
