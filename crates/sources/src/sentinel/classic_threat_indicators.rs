//! The threat indicators of 2020: `/beta/security/tiIndicators`. Microsoft has switched the route off.

use indicator::Indicator;
use jiff::Timestamp;
use jiff::civil::Date;
use microsoft::{Error, Resource, graph};
use search::{Details, Finding, FindingKind, Identity, Place, Product, Question, Scheme, Severity};
use serde_json::Value;

use super::classic_alerts::holds;
use crate::alerts::UNSENDABLE;
use crate::asking::Asking;
use crate::capability::{Capability, Newest, Probed, Retirement};
use crate::outcome::Reading;
use crate::query;
use crate::record::{Record, address, host, name, word};

pub(crate) const CAPABILITY: Capability = Capability {
    product: Product::Sentinel,
    name: "sentinel.classic_threat_indicators",
    title: "Threat indicators, classic",
    permissions: &["ThreatIndicators.Read.All"],
    resource: Resource::Graph,
    reads: "Threat indicators by Graph’s old interface. Nothing about people.",
    route: "Microsoft Graph: /beta/security/tiIndicators",
    retirement: Some(Retirement {
        on: Date::constant(2026, 4, 30),
        words: "since April 2026",
        replaced_by: "the threat indicators through hunting and through the workspace",
        replaced: true,
    }),
    needs_workspace: false,
    ask: |asking, question| Box::pin(ask(asking, question)),
    probe: |asking, question| {
        Box::pin(async move {
            let call = asking.call(question.deadline);
            graph::ti_indicators(&asking.microsoft, &call, "domainName eq 'oriel-probe.example'").await?;
            Ok(Probed { newest: Newest::NoTable })
        })
    },
};

pub(crate) fn filter(indicator: &Indicator) -> Result<String, microsoft::NotALiteral> {
    let literal = query::literal(indicator)?.odata();
    let members: &[&str] = match indicator {
        Indicator::Domain(_) => &["domainName"],
        Indicator::Ip(std::net::IpAddr::V4(_)) => &["networkIPv4", "networkDestinationIPv4", "networkSourceIPv4"],
        Indicator::Ip(std::net::IpAddr::V6(_)) => &["networkIPv6", "networkDestinationIPv6", "networkSourceIPv6"],
    };
    Ok(members.iter().map(|member| format!("{member} eq {literal}")).collect::<Vec<_>>().join(" or "))
}

async fn ask(asking: &Asking, question: &Question) -> Result<Reading, Error> {
    if !holds(asking, question, "ThreatIndicators.Read.All").await? {
        return Ok(Reading::gone());
    }
    let Ok(filter) = filter(&question.indicator) else { return Ok(Reading::not_applicable(UNSENDABLE)) };
    let listing = graph::ti_indicators(&asking.microsoft, &asking.call(question.deadline), &filter).await?;
    let mut reading = Reading {
        covered: Some(query::at_present(question.now)),
        retired: listing.values.is_empty(),
        ..Reading::new()
    };
    reading.missing.extend(listing.incomplete);
    for entry in &listing.values {
        match read(asking, &question.indicator, question.now, entry) {
            Some(finding) => reading.findings.extend(finding),
            None => reading.set_aside += 1,
        }
    }
    reading.raw = listing.values;
    Ok(reading)
}

/// Every member that can hold the indicator, with how it meets it there.
type Member = (&'static str, fn(&str) -> Option<Indicator>, &'static str);
const MEMBERS: [Member; 11] = [
    ("domainName", name, "exact"),
    ("url", host, "url"),
    ("networkIPv4", address, "exact"),
    ("networkIPv6", address, "exact"),
    ("networkDestinationIPv4", address, "exact"),
    ("networkDestinationIPv6", address, "exact"),
    ("networkSourceIPv4", address, "exact"),
    ("networkSourceIPv6", address, "exact"),
    ("emailSourceIpAddress", address, "email"),
    ("emailSourceDomain", name, "email"),
    ("emailSenderAddress", crate::record::mail_domain, "email"),
];

/// Every indicator in an entry, for reading it without a question.
#[cfg(test)]
pub(crate) fn all(entry: &Value) -> Vec<Indicator> {
    MEMBERS.iter().filter_map(|(member, read, _)| Record(entry).str(member).and_then(read)).collect()
}

/// An entry: `None` if it has no id, `Some(None)` if it is for something else.
pub(crate) fn read(asking: &Asking, indicator: &Indicator, now: Timestamp, entry: &Value) -> Option<Option<Finding>> {
    let record = Record(entry);
    let id = record.str("id")?;
    let wildcard = record.str("domainName").and_then(|value| Some((value, name(value.strip_prefix("*.")?)?)));
    let (member, matched) = match (&wildcard, indicator) {
        (Some((_, Indicator::Domain(above))), Indicator::Domain(domain)) if domain.is_below(above) => {
            ("domainName", "wildcard")
        }
        _ => {
            let meets = |(member, read, matched): &Member| {
                let found = record.str(member).and_then(read)?;
                (found == *indicator).then_some((*member, *matched))
            };
            let Some(met) = MEMBERS.iter().find_map(meets) else { return Some(None) };
            met
        }
    };
    let until = record.time("expirationDateTime");
    let state = match (record.bool("isActive"), until) {
        (_, Some(until)) if until <= now => "expired",
        (Some(false), _) => "revoked",
        _ => "active",
    };
    let tags = [
        record.strings("tags"),
        record.strings("killChain"),
        record.str("threatType").map(str::to_owned).into_iter().collect(),
    ];
    Some(Some(Finding {
        kind: FindingKind::ThreatIndicator,
        id: id.to_owned(),
        identities: vec![Identity { scheme: Scheme::Graph, id: id.to_owned() }],
        tenant: asking.asked.tenant.clone(),
        cloud: asking.asked.cloud.clone(),
        title: record.str("description").or_else(|| record.str(member)).unwrap_or_default().to_owned(),
        severity: record.u64("severity").and_then(severity),
        status: Some(state.into()),
        first_seen: record.time("ingestedDateTime"),
        last_seen: record.time("lastReportedDateTime").or_else(|| record.time("ingestedDateTime")),
        updated: record.time("lastReportedDateTime").or_else(|| record.time("ingestedDateTime")),
        product: Product::Sentinel,
        service: record.str("targetProduct").map(crate::service::title),
        routes: asking.route(),
        links: Vec::new(),
        places: vec![Place { place: member.into(), role: None, verdict: None }],
        details: Details::ThreatIndicator {
            value: record.str(member).unwrap_or_default().to_owned(),
            matched: matched.into(),
            // Sentinel does nothing with an entry by itself; what the old list calls an action was for Defender.
            action: record
                .str("targetProduct")
                .filter(|target| target.contains("Defender"))
                .and_then(|_| action(record)),
            state: state.into(),
            confidence: record.u64("confidence").and_then(|sure| u8::try_from(sure.min(100)).ok()),
            valid_from: record.time("ingestedDateTime"),
            valid_until: until,
            description: record.str("description").map(str::to_owned),
            listed_by: record.str("externalId").map(str::to_owned),
            tags: tags.concat(),
        },
    }))
}

fn action(record: Record<'_>) -> Option<String> {
    match word(record.str("action")?).as_str() {
        "" | "unknown" | "unknown_future_value" => None,
        other => Some(other.to_owned()),
    }
}

/// 0 to 5: 5 is the worst.
fn severity(number: u64) -> Option<Severity> {
    match number {
        1 => Some(Severity::Informational),
        2 => Some(Severity::Low),
        3 => Some(Severity::Medium),
        4 | 5 => Some(Severity::High),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
