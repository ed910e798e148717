//! The alerts of 2020: `/security/alerts` with a filter on network connections. Microsoft has switched the route off.

use indicator::Indicator;
use jiff::civil::Date;
use microsoft::{Error, Fresh, Resource, graph};
use search::{Details, Finding, FindingKind, Product, Question, Severity};
use serde_json::Value;

use crate::alerts::UNSENDABLE;
use crate::asking::Asking;
use crate::capability::{Capability, Newest, Probed, Retirement};
use crate::outcome::Reading;
use crate::record::{Record, address, host, known_word, name};
use crate::sighting::Seen;
use crate::{identity, query, service};

pub(crate) const CAPABILITY: Capability = Capability {
    product: Product::Sentinel,
    name: "sentinel.classic_alerts",
    title: "Alerts, classic",
    permissions: &["SecurityEvents.Read.All"],
    resource: Resource::Graph,
    reads: "Alerts of all products by Graph’s old interface, with the people and machines in them.",
    route: "Microsoft Graph: /security/alerts",
    retirement: Some(Retirement {
        on: Date::constant(2026, 10, 15),
        words: "since autumn 2026",
        replaced_by: "the alerts through hunting and through the workspace",
        replaced: true,
    }),
    needs_workspace: false,
    ask: |asking, question| Box::pin(ask(asking, question)),
    probe: |asking, question| {
        Box::pin(async move {
            let call = asking.call(question.deadline);
            let filter = "networkConnections/any(a:a/destinationAddress eq '192.0.2.1')";
            graph::legacy_alerts(&asking.microsoft, &call, filter).await?;
            Ok(Probed { newest: Newest::NoTable })
        })
    },
};

/// What the integration of 2020 asked.
pub(crate) fn filter(indicator: &Indicator) -> Result<String, microsoft::NotALiteral> {
    let literal = query::literal(indicator)?.odata();
    Ok(match indicator {
        Indicator::Domain(_) => format!("networkConnections/any(a:a/destinationDomain eq {literal})"),
        Indicator::Ip(_) => format!("networkConnections/any(a:a/destinationAddress eq {literal})"),
    })
}

async fn ask(asking: &Asking, question: &Question) -> Result<Reading, Error> {
    // An app of today does not have the old permission, and would gain nothing by it: there is nothing to ask for.
    if !holds(asking, question, "SecurityEvents.Read.All").await? {
        return Ok(Reading::gone());
    }
    let Ok(filter) = filter(&question.indicator) else { return Ok(Reading::not_applicable(UNSENDABLE)) };
    let listing = graph::legacy_alerts(&asking.microsoft, &asking.call(question.deadline), &filter).await?;
    let mut reading = Reading {
        covered: Some(query::period(question.now, 90, search::Limit::Retention)),
        // An empty list is what a route gives that is switched off: it proves nothing.
        retired: listing.values.is_empty(),
        ..Reading::new()
    };
    reading.missing.extend(listing.incomplete);
    for alert in &listing.values {
        match read(asking, &question.indicator, alert) {
            Some(finding) => reading.findings.extend(finding),
            None => reading.set_aside += 1,
        }
    }
    reading.raw = listing.values;
    Ok(reading)
}

/// Whether the token has the permission. A token that cannot be read does not say, and is tried.
pub(super) async fn holds(asking: &Asking, question: &Question, permission: &str) -> Result<bool, Error> {
    let call = asking.call(question.deadline);
    let token = asking.microsoft.token(&call, Resource::Graph, Fresh::IfNeeded).await?;
    Ok(token.claims().is_none_or(|claims| claims.holds(permission)))
}

/// An alert: `None` if it has no id, `Some(None)` if the indicator does not stand in it.
pub(crate) fn read(asking: &Asking, indicator: &Indicator, alert: &Value) -> Option<Option<Finding>> {
    let record = Record(alert);
    let id = record.str("id")?;
    let seen = evidence(record);
    let places = seen.places_of(indicator);
    if places.is_empty() {
        return Some(None);
    }
    let vendor = record.record("vendorInformation");
    let provider = vendor.str("provider").unwrap_or_default();
    let link = record
        .list("sourceMaterials")
        .filter_map(Value::as_str)
        .find_map(|url| asking.connection.link("Alert", Some(url)));
    Some(Some(Finding {
        kind: FindingKind::Alert,
        id: id.to_owned(),
        identities: identity::of_product(id, provider),
        tenant: asking.asked.tenant.clone(),
        cloud: asking.asked.cloud.clone(),
        title: record.str("title").unwrap_or("Alert without a title").to_owned(),
        severity: record.str("severity").and_then(Severity::read),
        status: known_word(record, "status").map(|status| if status == "new_alert" { "new".into() } else { status }),
        first_seen: record.time("eventDateTime").or_else(|| record.time("createdDateTime")),
        last_seen: record.time("eventDateTime").or_else(|| record.time("createdDateTime")),
        updated: record.time("lastModifiedDateTime").or_else(|| record.time("createdDateTime")),
        product: service::product(provider),
        service: (!provider.is_empty()).then(|| service::title(provider)),
        routes: asking.route(),
        links: link.into_iter().collect(),
        places,
        details: Details::Alert {
            category: record.str("category").map(str::to_owned),
            description: record.str("description").map(str::to_owned),
            classification: known_word(record, "feedback"),
            incident: None,
            techniques: Vec::new(),
            pivots: seen.pivots(indicator),
            devices: seen.devices,
            accounts: seen.accounts,
        },
    }))
}

/// The states of hosts, connections, users and files that a legacy alert carries.
pub(crate) fn evidence(record: Record<'_>) -> Seen {
    let mut seen = Seen::default();
    for item in record.list("networkConnections").map(Record) {
        seen.add(item.str("destinationDomain").and_then(name), "networkConnections.destinationDomain", None, None);
        seen.add(item.str("destinationUrl").and_then(host), "networkConnections.destinationUrl", None, None);
        seen.add(item.str("destinationAddress").and_then(address), "networkConnections.destinationAddress", None, None);
        seen.add(item.str("sourceAddress").and_then(address), "networkConnections.sourceAddress", Some("source"), None);
        seen.add(
            item.str("natDestinationAddress").and_then(address),
            "networkConnections.natDestinationAddress",
            None,
            None,
        );
        seen.add(
            item.str("natSourceAddress").and_then(address),
            "networkConnections.natSourceAddress",
            Some("source"),
            None,
        );
        seen.add(
            item.str("applicationName").filter(|text| text.contains("://")).and_then(host),
            "networkConnections.applicationName",
            None,
            None,
        );
    }
    for item in record.list("hostStates").map(Record) {
        seen.device(item.str("fqdn").or_else(|| item.str("netBiosName")));
        for field in ["privateIpAddress", "publicIpAddress"] {
            seen.add(item.str(field).and_then(address), format!("hostStates.{field}"), Some("own_device"), None);
        }
    }
    for item in record.list("userStates").map(Record) {
        seen.account(item.str("userPrincipalName").or_else(|| item.str("accountName")));
        seen.add(item.str("logonIp").and_then(address), "userStates.logonIp", None, None);
    }
    for item in record.list("cloudAppStates").map(Record) {
        seen.add(item.str("destinationServiceIp").and_then(address), "cloudAppStates.destinationServiceIp", None, None);
    }
    for item in record.list("messageSecurityStates").chain(record.list("uriClickSecurityStates")).map(Record) {
        seen.add(
            item.str("sourceAddress").or_else(|| item.str("senderIp")).and_then(address),
            "messageSecurityStates",
            None,
            None,
        );
        seen.add(item.str("url").and_then(host), "uriClickSecurityStates.url", None, None);
    }
    seen
}

#[cfg(test)]
mod tests;
