//! How many devices of the organisation spoke with the indicator, by Defender for Endpoint's own count.

use indicator::Indicator;
use microsoft::{Error, Resource, defender};
use search::{Details, Finding, FindingKind, Product, Question};
use serde_json::Value;

use super::onboarded;
use crate::alerts::UNSENDABLE;
use crate::asking::Asking;
use crate::capability::{Capability, ENDPOINT_API, Newest, Probed};
use crate::outcome::Reading;
use crate::query;
use crate::record::Record;

pub(crate) const CAPABILITY: Capability = Capability {
    product: Product::Defender,
    name: "defender.prevalence",
    title: "Prevalence",
    permissions: &["Url.Read.All", "Ip.Read.All"],
    resource: Resource::Defender,
    reads: "How many devices of the organisation reached the searched value, and when. No names.",
    route: "Defender for Endpoint: /api/domains/{domain}/stats, /api/ips/{ip}/stats",
    retirement: Some(ENDPOINT_API),
    needs_workspace: false,
    ask: |asking, question| Box::pin(ask(asking, question)),
    probe: |asking, question| {
        Box::pin(async move {
            let call = asking.call(question.deadline);
            // A name that everybody has, so that nothing of the organisation's is asked about.
            if let Ok(domain) = microsoft::Literal::name("microsoft.com") {
                defender::domain_stats(&asking.microsoft, &call, &domain).await?;
            }
            let address = std::net::IpAddr::from([192, 0, 2, 1]);
            defender::ip_stats(&asking.microsoft, &call, address).await?;
            Ok(Probed { newest: Newest::NoTable })
        })
    },
};

async fn ask(asking: &Asking, question: &Question) -> Result<Reading, Error> {
    let call = asking.call(question.deadline);
    let body = match &question.indicator {
        Indicator::Domain(_) => {
            let Ok(domain) = query::literal(&question.indicator) else {
                return Ok(Reading::not_applicable(UNSENDABLE));
            };
            defender::domain_stats(&asking.microsoft, &call, &domain).await?
        }
        Indicator::Ip(address) => defender::ip_stats(&asking.microsoft, &call, *address).await?,
    };
    let covered = query::period(question.now, 30, search::Limit::Retention);
    let mut reading = Reading { covered: Some(covered), ..Reading::new() };
    match read(asking, &body) {
        Ok(finding) => reading.findings.extend(finding),
        Err(Unreadable) => reading.missing.push("The answer holds no number of devices.".into()),
    }
    reading.raw = vec![body];
    onboarded::note(asking, question, &mut reading).await;
    Ok(reading)
}

/// The answer names no number.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// `{"organizationPrevalence","orgFirstSeen","orgLastSeen"}`; a prevalence of 0 is nothing known, whatever its dates say.
pub(crate) fn read(asking: &Asking, body: &Value) -> Result<Option<Finding>, Unreadable> {
    let record = Record(body);
    let devices = record.u64("organizationPrevalence").or_else(|| record.u64("orgPrevalence")).ok_or(Unreadable)?;
    if devices == 0 {
        return Ok(None);
    }
    Ok(Some(Finding {
        kind: FindingKind::Prevalence,
        id: "prevalence".into(),
        identities: Vec::new(),
        tenant: asking.asked.tenant.clone(),
        cloud: asking.asked.cloud.clone(),
        title: if devices == 1 { "1 device in 30 days".into() } else { format!("{devices} devices in 30 days") },
        severity: None,
        status: None,
        first_seen: record.time("orgFirstSeen"),
        last_seen: record.time("orgLastSeen"),
        updated: record.time("orgLastSeen"),
        product: Product::Defender,
        service: Some("Microsoft Defender for Endpoint".into()),
        routes: asking.route(),
        links: Vec::new(),
        places: Vec::new(),
        details: Details::Prevalence { devices, at_least: false },
    }))
}

#[cfg(test)]
mod tests;
