//! Alerts that Defender for Endpoint itself relates to a domain or an address.

use indicator::Indicator;
use microsoft::{Error, Resource, defender};
use search::finding::IncidentReference;
use search::{Details, Finding, FindingKind, Place, Product, Question, Severity};
use serde_json::Value;

use super::onboarded;
use crate::alerts::{UNSENDABLE, techniques};
use crate::asking::Asking;
use crate::capability::{Capability, ENDPOINT_API, Newest, Probed};
use crate::outcome::Reading;
use crate::record::{Record, address, host, known_word};
use crate::sighting::Seen;
use crate::{identity, query};

pub(crate) const CAPABILITY: Capability = Capability {
    product: Product::Defender,
    name: "defender.endpoint_alerts",
    title: "Alerts of Defender for Endpoint",
    permissions: &["Alert.Read.All"],
    resource: Resource::Defender,
    reads: "Alerts of all onboarded devices, with the device’s and the user’s name.",
    route: "Defender for Endpoint: /api/domains/{domain}/alerts, /api/ips/{ip}/alerts",
    retirement: Some(ENDPOINT_API),
    needs_workspace: false,
    ask: |asking, question| Box::pin(ask(asking, question)),
    probe: |asking, question| {
        Box::pin(async move {
            defender::alerts_probe(&asking.microsoft, &asking.call(question.deadline)).await?;
            Ok(Probed { newest: Newest::NoTable })
        })
    },
};

async fn ask(asking: &Asking, question: &Question) -> Result<Reading, Error> {
    let call = asking.call(question.deadline);
    let listing = match &question.indicator {
        Indicator::Domain(_) => {
            let Ok(domain) = query::literal(&question.indicator) else {
                return Ok(Reading::not_applicable(UNSENDABLE));
            };
            defender::domain_alerts(&asking.microsoft, &call, &domain).await?
        }
        Indicator::Ip(address) => defender::ip_alerts(&asking.microsoft, &call, *address).await?,
    };
    let covered = query::period(question.now, 180, search::Limit::Retention);
    let mut reading = Reading { covered: Some(covered), ..Reading::new() };
    reading.missing.extend(listing.incomplete);
    for alert in &listing.values {
        match read(asking, &question.indicator, alert) {
            Some(finding) => reading.findings.push(finding),
            None => reading.set_aside += 1,
        }
    }
    reading.raw = listing.values;
    onboarded::note(asking, question, &mut reading).await;
    Ok(reading)
}

/// An alert; `None` if it has no id. Its evidence is empty more often than not: that the alert concerns the indicator is
/// then Microsoft's word, and the place says so.
pub(crate) fn read(asking: &Asking, indicator: &Indicator, alert: &Value) -> Option<Finding> {
    let record = Record(alert);
    let id = record.str("id")?;
    let seen = evidence(record);
    let mut places = seen.places_of(indicator);
    if places.is_empty() {
        places.push(Place { place: "related by Defender".into(), role: Some("related".into()), verdict: None });
    }
    let incident =
        record.text("incidentId").filter(|id| id != "0").map(|id| IncidentReference { id, title: None, url: None });
    let portal =
        asking.connection.cloud().portal.as_ref().map(|portal| portal.as_str().trim_end_matches('/').to_owned());
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let link = portal.filter(|_| plain).map(|portal| format!("{portal}/alerts/{id}"));
    Some(Finding {
        kind: FindingKind::Alert,
        id: id.to_owned(),
        // The call gives the id with its prefix, as Graph does; without it, it is the product's own alone.
        identities: identity::once(
            (id.starts_with("da").then(|| identity::of_graph(id, "mdatp")).into_iter().flatten())
                .chain(identity::of_product(id, "mdatp")),
        ),
        tenant: asking.asked.tenant.clone(),
        cloud: asking.asked.cloud.clone(),
        title: record.str("title").unwrap_or("Alert without a title").to_owned(),
        severity: record.str("severity").and_then(Severity::read),
        status: known_word(record, "status"),
        first_seen: record.time("firstEventTime").or_else(|| record.time("alertCreationTime")),
        last_seen: record.time("lastEventTime").or_else(|| record.time("alertCreationTime")),
        updated: record.time("lastUpdateTime").or_else(|| record.time("alertCreationTime")),
        product: Product::Defender,
        service: Some("Microsoft Defender for Endpoint".into()),
        routes: asking.route(),
        links: asking.connection.link("Alert in the Defender portal", link.as_deref()).into_iter().collect(),
        places,
        details: Details::Alert {
            category: record.str("category").filter(|text| *text != "null").map(str::to_owned),
            description: record.str("description").map(str::to_owned),
            classification: known_word(record, "classification"),
            incident,
            techniques: techniques(&record.strings("mitreTechniques")),
            pivots: seen.pivots(indicator),
            devices: seen.devices,
            accounts: seen.accounts,
        },
    })
}

/// Evidence is one flat record with every member there and most of them null. `domainName` in it is the account's Windows
/// domain and never a DNS name.
pub(crate) fn evidence(record: Record<'_>) -> Seen {
    let mut seen = Seen::default();
    seen.device(record.str("computerDnsName"));
    let user = record.record("relatedUser");
    seen.account(user.str("userName"));
    for item in record.list("evidence").map(Record) {
        seen.add(item.str("ipAddress").and_then(address), "evidence.ipAddress", None, None);
        seen.add(item.str("url").and_then(host), "evidence.url", None, None);
        seen.account(item.str("userPrincipalName"));
        if let Some(command) = item.str("processCommandLine") {
            crate::entities::mention(&mut seen, command);
        }
    }
    // Bodies of 2019 carry lists of their own.
    for item in record.list("alertDomains").map(Record) {
        seen.add(item.str("host").and_then(host), "alertDomains.host", None, None);
    }
    for item in record.list("alertIps").map(Record) {
        seen.add(item.str("id").or_else(|| item.str("ipAddress")).and_then(address), "alertIps.id", None, None);
    }
    seen
}

#[cfg(test)]
mod tests;
