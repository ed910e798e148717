//! Sentinel's threat indicators: rows of `ThreatIntelIndicators`, the same through hunting and in a workspace.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use indicator::{Domain, Indicator};
use jiff::Timestamp;
use microsoft::{Literal, NotALiteral};
use search::{Details, Finding, FindingKind, Place, Product};
use serde_json::Value;

use crate::asking::Asking;
use crate::record::{Record, address, host, mail_domain, name};
use crate::{identity, query};

/// Rows that one search reads.
pub(crate) const MOST_ROWS: usize = 500;

/// The newest version of each entry first, then whatever it says: a deletion is a later row.
pub(crate) fn query(indicator: &Indicator, days: i64) -> Result<String, NotALiteral> {
    let mut matches = vec![query::has("ObservableValue", indicator)?, query::has("Pattern", indicator)?];
    if let Indicator::Domain(domain) = indicator {
        // An entry for everything below a name does not hold the name that is searched.
        for parent in wildcards(domain) {
            let literal = Literal::name(parent.as_str())?.kql();
            matches.push(format!("ObservableValue =~ strcat(\"*.\", {literal})"));
            if let Some(Ok(read)) = query::unicode(&Indicator::Domain(parent)) {
                matches.push(format!("tolower(ObservableValue) == strcat(\"*.\", {})", read.kql()));
            }
        }
    }
    if let Indicator::Ip(address) = indicator {
        // Nor does a network hold the address. Where Sentinel could not part the pattern, the network stands in it alone.
        matches.push(query::may_hold("ObservableValue", *address));
        let begins: Vec<String> = Literal::beginnings(*address)
            .iter()
            .map(|beginning| format!("Pattern contains {}", beginning.kql()))
            .collect();
        matches.push(format!("(isempty(ObservableValue) and Pattern contains \"/\" and ({}))", begins.join(" or ")));
    }
    Ok(format!(
        "ThreatIntelIndicators\n\
         | where TimeGenerated > ago({days}d)\n\
         | where {}\n\
         | summarize arg_max(TimeGenerated, *) by Id\n\
         | project TimeGenerated, Id, ObservableKey, ObservableValue, Pattern, Confidence, IsActive, Revoked, IsDeleted, ValidFrom, ValidUntil, Created, Modified, Tags, SourceSystem, Data\n\
         | top {MOST_ROWS} by TimeGenerated desc",
        matches.join(" or ")
    ))
}

/// Names whose wildcard holds this one: its parents, not itself. `*.bad.example` covers everything below `bad.example` and
/// not `bad.example`.
fn wildcards(domain: &Domain) -> Vec<Domain> {
    domain.parents()
}

/// One finding an entry that meets the indicator, and how many records had no id.
pub(crate) fn read(asking: &Asking, indicator: &Indicator, now: Timestamp, records: &[Value]) -> (Vec<Finding>, u32) {
    let mut set_aside = 0;
    let mut findings = Vec::new();
    for record in records.iter().map(Record) {
        match record.str("Id") {
            Some(id) => findings.extend(finding(asking, indicator, now, record, id)),
            None => set_aside += 1,
        }
    }
    (findings, set_aside)
}

fn finding(asking: &Asking, indicator: &Indicator, now: Timestamp, record: Record<'_>, id: &str) -> Option<Finding> {
    let (value, matched, place) = meets(indicator, record)?;
    let data = record.json("Data");
    let data = Record(&data);
    let valid_until = record.time("ValidUntil").or_else(|| data.time("valid_until"));
    let valid_from = record.time("ValidFrom").or_else(|| data.time("valid_from"));
    let state = state(record, data, valid_from, valid_until, now);
    let mut tags: Vec<String> = [data.strings("indicator_types"), data.strings("labels")].concat();
    match record.json("Tags") {
        Value::Array(_) => tags.extend(record.strings("Tags")),
        Value::String(text) => {
            tags.extend(text.split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()))
        }
        _ => {}
    }
    let mut once: Vec<String> = Vec::new();
    tags.into_iter().for_each(|tag| {
        if !once.contains(&tag) {
            once.push(tag)
        }
    });
    Some(Finding {
        kind: FindingKind::ThreatIndicator,
        id: id.to_owned(),
        identities: vec![identity::of_sentinel(id)],
        tenant: asking.asked.tenant.clone(),
        cloud: asking.asked.cloud.clone(),
        title: data.str("name").unwrap_or(&value).to_owned(),
        severity: None,
        status: Some(state.into()),
        first_seen: record.time("Created").or(valid_from),
        last_seen: record.time("Modified").or_else(|| record.time("TimeGenerated")),
        updated: record.time("TimeGenerated"),
        product: Product::Sentinel,
        service: Some("Microsoft Sentinel".into()),
        routes: asking.route(),
        links: Vec::new(),
        places: vec![Place { place, role: None, verdict: None }],
        details: Details::ThreatIndicator {
            value,
            matched: matched.into(),
            action: None,
            state: state.into(),
            confidence: record
                .u64("Confidence")
                .or_else(|| data.u64("confidence"))
                .and_then(|sure| u8::try_from(sure.min(100)).ok()),
            valid_from,
            valid_until,
            description: data.str("description").map(str::to_owned),
            listed_by: feed(id).or_else(|| record.str("SourceSystem").map(str::to_owned)),
            tags: once,
        },
    })
}

/// How an entry meets the indicator: its value, the word for it, and where it stood. Entries that the query only brushed
/// (a sub-domain, a longer name) meet nothing.
pub(crate) fn meets(indicator: &Indicator, record: Record<'_>) -> Option<(String, &'static str, String)> {
    let key = record.str("ObservableKey").unwrap_or_default();
    if let Some(value) = record.str("ObservableValue")
        && let Some(matched) = meets_value(indicator, key, value)
    {
        return Some((value.to_owned(), matched, "ObservableValue".into()));
    }
    let pattern = record.str("Pattern")?;
    comparisons(pattern).find_map(|(key, value)| {
        meets_value(indicator, key, value).map(|matched| (value.to_owned(), matched, "Pattern".into()))
    })
}

fn meets_value(indicator: &Indicator, key: &str, value: &str) -> Option<&'static str> {
    let is = |found: Option<Indicator>| found.is_some_and(|found| found == *indicator);
    if let (Some(above), Indicator::Domain(domain)) = (value.strip_prefix("*."), indicator) {
        let above = match name(above)? {
            Indicator::Domain(above) => above,
            Indicator::Ip(_) => return None,
        };
        return domain.is_below(&above).then_some("wildcard");
    }
    let key = key.to_ascii_lowercase();
    if key.starts_with("url") {
        return is(host(value)).then_some("url");
    }
    if key.starts_with("email") {
        return is(mail_domain(value)).then_some("email");
    }
    if key.starts_with("file") || key.starts_with("x509") {
        return None;
    }
    if value.contains('/') && !value.contains("://") {
        return holds(value, indicator).then_some("network");
    }
    if value.contains("://") {
        return is(host(value)).then_some("url");
    }
    (is(name(value)) || is(address(value))).then_some("exact")
}

/// Whether a network in CIDR notation holds the address, also where bits are set behind the prefix.
pub(crate) fn holds(network: &str, indicator: &Indicator) -> bool {
    let (Some((first, length)), Indicator::Ip(searched)) = (network.split_once('/'), indicator) else { return false };
    let (Ok(first), Ok(length)) = (first.trim().parse::<IpAddr>(), length.trim().parse::<u32>()) else { return false };
    let same = |first: u128, searched: u128, bits: u32| {
        // A prefix of no bits shifts everything out, which is more than a shift may.
        length <= bits && (first ^ searched).checked_shr(bits - length).unwrap_or(0) == 0
    };
    match (first, searched) {
        (IpAddr::V4(first), IpAddr::V4(searched)) => same(first.to_bits().into(), searched.to_bits().into(), 32),
        (IpAddr::V6(first), IpAddr::V6(searched)) => same(first.to_bits(), searched.to_bits(), 128),
        _ => false,
    }
}

/// The comparisons of a STIX pattern: `[domain-name:value = 'evil.example' OR …]` → (`domain-name:value`, `evil.example`).
fn comparisons(pattern: &str) -> impl Iterator<Item = (&str, &str)> {
    pattern.split('[').skip(1).flat_map(|inside| inside.split([']'])).flat_map(|inside| {
        let mut rest = inside;
        std::iter::from_fn(move || {
            let (before, after) = rest.split_once('\'')?;
            let (value, after) = after.split_once('\'')?;
            rest = after;
            let before = before.trim_end();
            // What follows a path and its sign is compared with it. Other quotes (a hash's name, a set) and what is said not
            // to be so leave no path.
            let key = before.strip_suffix('=').or_else(|| before.strip_suffix("ISSUBSET")).unwrap_or_default();
            let key = key.trim().rsplit([' ', '(']).next().unwrap_or_default();
            Some((key, value))
        })
        .filter(|(key, _)| key.contains(':'))
    })
}

fn state(
    record: Record<'_>,
    data: Record<'_>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    now: Timestamp,
) -> &'static str {
    if record.bool("IsDeleted") == Some(true) {
        "deleted"
    } else if record.bool("Revoked") == Some(true) || data.bool("revoked") == Some(true) {
        "revoked"
    } else if until.is_some_and(|until| until <= now) {
        "expired"
    } else if from.is_some_and(|from| from > now) {
        "future"
    } else if record.bool("IsActive") == Some(false) {
        // Not active, not lapsed and not revoked: whoever runs the list has switched it off.
        "revoked"
    } else {
        "active"
    }
}

/// The feed's name, which Sentinel writes into the id: base64, three dashes, the STIX id.
fn feed(id: &str) -> Option<String> {
    let (feed, _) = id.split_once("---")?;
    let text = String::from_utf8(STANDARD.decode(feed).ok()?).ok()?;
    let text = text.trim();
    (!text.is_empty() && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
