//! Devices that spoke with a domain, by Defender for Endpoint's own list: it knows their system and risk, and counts nothing.

use indicator::Indicator;
use microsoft::{Error, Resource, defender};
use search::{Details, Finding, FindingKind, Identity, Place, Product, Question, Scheme};
use serde_json::Value;

use super::devices::device_link;
use super::onboarded;
use crate::alerts::UNSENDABLE;
use crate::asking::Asking;
use crate::capability::{Capability, ENDPOINT_API, Newest, Probed};
use crate::outcome::Reading;
use crate::query;
use crate::record::{Record, known_word};

pub(crate) const CAPABILITY: Capability = Capability {
    product: Product::Defender,
    name: "defender.machines",
    title: "Devices of a domain",
    permissions: &["Machine.Read.All"],
    resource: Resource::Defender,
    reads: "Names and addresses of the devices that reached the searched domain.",
    route: "Defender for Endpoint: /api/domains/{domain}/machines",
    retirement: Some(ENDPOINT_API),
    needs_workspace: false,
    ask: |asking, question| Box::pin(ask(asking, question)),
    probe: |asking, question| {
        Box::pin(async move {
            if let Ok(domain) = microsoft::Literal::name("oriel-probe.example") {
                defender::domain_machines(&asking.microsoft, &asking.call(question.deadline), &domain).await?;
            }
            Ok(Probed { newest: Newest::NoTable })
        })
    },
};

async fn ask(asking: &Asking, question: &Question) -> Result<Reading, Error> {
    if matches!(question.indicator, Indicator::Ip(_)) {
        return Ok(Reading::not_applicable("Defender lists devices for domains only; for an address, hunting does."));
    }
    let Ok(domain) = query::literal(&question.indicator) else { return Ok(Reading::not_applicable(UNSENDABLE)) };
    let listing = defender::domain_machines(&asking.microsoft, &asking.call(question.deadline), &domain).await?;
    let covered = query::period(question.now, 30, search::Limit::Retention);
    let mut reading = Reading { covered: Some(covered), ..Reading::new() };
    reading.missing.extend(listing.incomplete);
    for machine in &listing.values {
        match read(asking, machine) {
            Some(finding) => reading.findings.push(finding),
            None => reading.set_aside += 1,
        }
    }
    reading.raw = listing.values;
    onboarded::note(asking, question, &mut reading).await;
    Ok(reading)
}

/// A machine; `None` if it has no id. Its own first and last report say nothing of the domain and are left out.
pub(crate) fn read(asking: &Asking, machine: &Value) -> Option<Finding> {
    let record = Record(machine);
    let id = record.str("id")?;
    let os: Vec<&str> = [record.str("osPlatform"), record.str("version")].into_iter().flatten().collect();
    Some(Finding {
        kind: FindingKind::Device,
        id: id.to_owned(),
        identities: vec![Identity { scheme: Scheme::Provider, id: id.to_ascii_lowercase() }],
        tenant: asking.asked.tenant.clone(),
        cloud: asking.asked.cloud.clone(),
        title: record.str("computerDnsName").unwrap_or(id).to_owned(),
        severity: None,
        status: None,
        first_seen: None,
        last_seen: None,
        updated: None,
        product: Product::Defender,
        service: Some("Microsoft Defender for Endpoint".into()),
        routes: asking.route(),
        links: device_link(asking, id).into_iter().collect(),
        places: vec![Place { place: "domain".into(), role: None, verdict: None }],
        details: Details::Device {
            connected: None,
            blocked: None,
            processes: Vec::new(),
            accounts: Vec::new(),
            os: (!os.is_empty()).then(|| os.join(" ")),
            risk: known_word(record, "riskScore"),
        },
    })
}

#[cfg(test)]
mod tests;
