//! Defender's own list of indicators: what the organisation blocks, warns of, watches or allows.

use indicator::Indicator;
use jiff::Timestamp;
use microsoft::{Error, Literal, NotALiteral, Resource, defender};
use search::{Details, Finding, FindingKind, Identity, Place, Product, Question, Scheme, Severity};
use serde_json::Value;

use crate::alerts::UNSENDABLE;
use crate::asking::Asking;
use crate::capability::{Capability, Newest, Probed, Retirement};
use crate::outcome::Reading;
use crate::query;
use crate::record::{Record, address, host, name, word};
use crate::threat_indicators::holds;

mod list;

pub(crate) use list::List;

pub(crate) const CAPABILITY: Capability = Capability {
    product: Product::Defender,
    name: "defender.indicators",
    title: "Indicators",
    permissions: &["Ti.Read.All"],
    resource: Resource::Defender,
    reads: "Defender’s own list of allowed and blocked indicators, with who added them.",
    route: "Defender for Endpoint: /api/indicators",
    retirement: Some(Retirement {
        on: jiff::civil::Date::constant(2027, 2, 1),
        words: "announced for 1 Feb 2027",
        replaced_by: "no call is known yet; the list stays in the Defender portal under Settings, Endpoints, Indicators",
        replaced: false,
    }),
    needs_workspace: false,
    ask: |asking, question| Box::pin(ask(asking, question)),
    probe: |asking, question| {
        Box::pin(async move {
            defender::indicators_probe(&asking.microsoft, &asking.call(question.deadline)).await?;
            Ok(Probed { newest: Newest::NoTable })
        })
    },
};

/// Every way in which an entry for this indicator, for its host as a URL, or for everything below one of its parents is
/// written. The call compares whole values only.
pub(crate) fn filter(indicator: &Indicator) -> Result<String, NotALiteral> {
    let literal = query::literal(indicator)?;
    let bare = literal.value();
    let host =
        if matches!(indicator, Indicator::Ip(std::net::IpAddr::V6(_))) { format!("[{bare}]") } else { bare.to_owned() };
    let mut values = vec![literal.odata()];
    for scheme in ["http", "https"] {
        values.push(format!("'{scheme}://{host}'"));
        values.push(format!("'{scheme}://{host}/'"));
    }
    if let Indicator::Domain(domain) = indicator {
        for parent in domain.parents() {
            values.push(format!("'*.{}'", Literal::name(parent.as_str())?.value()));
        }
    }
    Ok(values.iter().map(|value| format!("indicatorValue eq {value}")).collect::<Vec<_>>().join(" or "))
}

/// The value itself is asked for each time, so that an entry of this minute, or a permission that is gone, shows at once.
/// The whole list, which is kept for some minutes, adds what a filter cannot find.
async fn ask(asking: &Asking, question: &Question) -> Result<Reading, Error> {
    let Ok(filter) = filter(&question.indicator) else { return Ok(Reading::not_applicable(UNSENDABLE)) };
    let call = asking.call(question.deadline);
    let value = defender::indicators(&asking.microsoft, &call, &filter);
    let (value, whole) = futures_util::future::join(value, asking.shared.list.get(asking, question)).await;
    let value = value?;
    let mut reading = Reading { covered: Some(query::at_present(question.now)), ..Reading::new() };
    reading.missing.extend(value.incomplete);
    let mut add = |entry: Value| match read(asking, &question.indicator, question.now, &entry) {
        Some(Some(finding)) if reading.findings.iter().all(|known| known.id != finding.id) => {
            reading.findings.push(finding);
            reading.raw.push(entry);
        }
        Some(_) => {}
        None => reading.set_aside += 1,
    };
    value.values.into_iter().for_each(&mut add);
    let not_whole = match whole {
        Ok(entries) => {
            // An entry that the filter asked for and did not find is no longer there.
            let asked_for = |entry: &Value| {
                let value = Record(entry).str("indicatorValue").unwrap_or_default().to_ascii_lowercase();
                filter.contains(&format!(" eq '{value}'"))
            };
            entries.near(&question.indicator).into_iter().filter(|entry| !asked_for(entry)).for_each(&mut add);
            reading.set_aside += entries.unreadable;
            entries.incomplete.clone()
        }
        Err(error) => Some(error.to_string()),
    };
    reading.missing.extend(not_whole.map(|why| {
        format!(
            "The list could not be read whole ({why}), so it was asked for this value, its URLs without a path and the \
             wildcards above it: other URLs on it and networks around it may be missing."
        )
    }));
    Ok(reading)
}

/// An entry: `None` if it has no value, `Some(None)` if it is for something else.
pub(crate) fn read(asking: &Asking, indicator: &Indicator, now: Timestamp, entry: &Value) -> Option<Option<Finding>> {
    let record = Record(entry);
    let value = record.str("indicatorValue")?;
    let Some(matched) = meets(indicator, record.str("indicatorType").unwrap_or_default(), value) else {
        return Some(None);
    };
    let until = record.time("expirationTime");
    let from = record.time("creationTimeDateTimeUtc");
    let state = if until.is_some_and(|until| until <= now) { "expired" } else { "active" };
    let id = record.text("id").unwrap_or_else(|| value.to_ascii_lowercase());
    Some(Some(Finding {
        kind: FindingKind::ThreatIndicator,
        identities: vec![Identity { scheme: Scheme::Provider, id: id.clone() }],
        id,
        tenant: asking.asked.tenant.clone(),
        cloud: asking.asked.cloud.clone(),
        title: record.str("title").unwrap_or(value).to_owned(),
        severity: record.str("severity").and_then(Severity::read),
        status: Some(state.into()),
        first_seen: from,
        last_seen: record.time("lastUpdateTime").or(from),
        updated: record.time("lastUpdateTime").or(from),
        product: Product::Defender,
        service: Some("Microsoft Defender for Endpoint".into()),
        routes: asking.route(),
        links: Vec::new(),
        places: vec![Place { place: "indicatorValue".into(), role: None, verdict: None }],
        details: Details::ThreatIndicator {
            value: value.to_owned(),
            matched: matched.into(),
            action: record.str("action").and_then(action),
            state: state.into(),
            confidence: None,
            valid_from: from,
            valid_until: until,
            description: record.str("description").map(str::to_owned),
            listed_by: ["createdByDisplayName", "application", "source", "createdBy"]
                .into_iter()
                .find_map(|member| record.str(member))
                .map(str::to_owned),
            tags: Vec::new(),
        },
    }))
}

/// `AlertAndBlock` and `BlockAndRemediate` block; `Allowed` is their opposite. An action that is not known is kept.
fn action(text: &str) -> Option<String> {
    Some(match word(text).as_str() {
        "" => return None,
        "block" | "alert_and_block" | "block_and_remediate" => "block".into(),
        "allowed" | "allow" => "allow".into(),
        other => other.to_owned(),
    })
}

/// How the listed value meets the indicator: exactly, as a URL on it, as a wildcard above it, or as a network around it.
pub(crate) fn meets(indicator: &Indicator, kind: &str, value: &str) -> Option<&'static str> {
    if let (Some(above), Indicator::Domain(domain)) = (value.strip_prefix("*."), indicator) {
        let Some(Indicator::Domain(above)) = name(above) else { return None };
        return domain.is_below(&above).then_some("wildcard");
    }
    let is = |found: Option<Indicator>| found.is_some_and(|found| found == *indicator);
    match word(kind).as_str() {
        "url" => is(host(value)).then_some("url"),
        "ip_address" if holds(value, indicator) => Some("network"),
        "ip_address" => is(address(value)).then_some("exact"),
        "domain_name" => is(name(value)).then_some("exact"),
        // Hashes and certificates.
        kind if kind.starts_with("file") || kind.starts_with("certificate") => None,
        _ => (is(name(value)) || is(address(value))).then_some("exact"),
    }
}

#[cfg(test)]
mod tests;
