//! Clicks on links to the indicator: `UrlClickEvents` through hunting.

use indicator::Indicator;
use microsoft::{Error, NotALiteral, Resource};
use search::{Details, Finding, FindingKind, Identity, Place, Product, Question, Scheme};
use serde_json::Value;

use crate::alerts::{UNSENDABLE, note_newest};
use crate::asking::Asking;
use crate::capability::{Capability, Probed};
use crate::hunting::{self, Part};
use crate::outcome::Reading;
use crate::query::{self, table};
use crate::record::{Record, host};

pub(crate) const CAPABILITY: Capability = Capability {
    product: Product::Defender,
    name: "defender.clicks",
    title: "Clicks",
    permissions: &["ThreatHunting.Read.All"],
    resource: Resource::Graph,
    reads: "Clicks on links to the searched value in mail, Teams and Office: who, when, and whether it was let through.",
    route: "Microsoft Graph hunting: UrlClickEvents",
    retirement: None,
    needs_workspace: false,
    ask: |asking, question| Box::pin(ask(asking, question)),
    probe: |asking, question| {
        Box::pin(async move {
            let newest = asking.freshness.hunting(asking, table::CLICKS, question.now, question.deadline).await?;
            Ok(Probed { newest })
        })
    },
};

/// Accounts and addresses that one search reads.
const MOST_ROWS: usize = 200;

/// A line an account and address. The chain has the addresses that the link led over; `IPAddress` is the clicker's own and
/// is not asked about.
pub(crate) fn query(indicator: &Indicator) -> Result<String, NotALiteral> {
    let (url, chain) = (query::has("Url", indicator)?, query::has("UrlChain", indicator)?);
    Ok(format!(
        "UrlClickEvents\n\
         | where Timestamp > ago(30d)\n\
         | where {url} or {chain}\n\
         | summarize Allowed = countif(ActionType =~ \"ClickAllowed\" and not(IsClickedThrough)), ClickedThrough = countif(IsClickedThrough), Clicked = count(), FirstSeen = min(Timestamp), LastSeen = max(Timestamp), Workload = take_any(Workload), Chains = make_set(UrlChain, 5) by Url, AccountUpn\n\
         | top {MOST_ROWS} by LastSeen desc"
    ))
}

async fn ask(asking: &Asking, question: &Question) -> Result<Reading, Error> {
    let Some(hunted) = hunting::part(asking, question, Part::Clicks).await? else {
        return Ok(Reading::not_applicable(UNSENDABLE));
    };
    let records = hunted.records.clone();
    let mut reading = Reading { covered: Some(query::hunting_period(question.now)), ..Reading::new() };
    reading.missing.extend(hunted.incomplete.clone());
    if records.len() >= MOST_ROWS {
        reading.missing.push(format!("Only the newest {MOST_ROWS} were read, so older clicks may be missing."));
    }
    (reading.findings, reading.set_aside) = read(asking, &question.indicator, &records);
    if reading.findings.is_empty() {
        let newest = asking.freshness.hunting(asking, table::CLICKS, question.now, question.deadline).await;
        note_newest(&mut reading, newest, asking)?;
    }
    reading.raw = records;
    Ok(reading)
}

/// One finding an account and address whose host, or that of an address it led over, is the indicator itself.
pub(crate) fn read(asking: &Asking, indicator: &Indicator, records: &[Value]) -> (Vec<Finding>, u32) {
    let mut set_aside = 0;
    let mut findings = Vec::new();
    for record in records.iter().map(Record) {
        let Some(url) = record.str("Url") else {
            set_aside += 1;
            continue;
        };
        let is_it = |text: &str| host(text).as_ref() == Some(indicator);
        let place = if is_it(url) {
            "Url"
        } else if chain(record).iter().any(|text| is_it(text)) {
            "UrlChain"
        } else {
            continue;
        };
        findings.push(finding(asking, record, url, place));
    }
    (findings, set_aside)
}

/// The addresses that the link led over: each chain is a list that stands as JSON inside a text.
fn chain(record: Record<'_>) -> Vec<String> {
    let lists = record.strings("Chains");
    lists.iter().flat_map(|list| serde_json::from_str::<Vec<String>>(list).unwrap_or_default()).collect()
}

fn finding(asking: &Asking, record: Record<'_>, url: &str, place: &str) -> Finding {
    let account = record.str("AccountUpn");
    let count = |name: &str| record.u64(name).unwrap_or(0);
    let (allowed, clicked_through) = (count("Allowed"), count("ClickedThrough"));
    // Everything else that Microsoft names is a click that ended at a warning or at an error.
    let blocked = count("Clicked").saturating_sub(allowed + clicked_through);
    let status = match (clicked_through, allowed) {
        (1.., _) => "clicked_through",
        (_, 1..) => "allowed",
        _ => "blocked",
    };
    let id = format!("{} {url}", account.unwrap_or_default());
    Finding {
        kind: FindingKind::Click,
        identities: vec![Identity { scheme: Scheme::Provider, id: id.to_ascii_lowercase() }],
        id,
        tenant: asking.asked.tenant.clone(),
        cloud: asking.asked.cloud.clone(),
        title: url.to_owned(),
        severity: None,
        status: Some(status.into()),
        first_seen: record.time("FirstSeen"),
        last_seen: record.time("LastSeen"),
        updated: record.time("LastSeen"),
        product: Product::Defender,
        service: Some("Microsoft Defender for Office 365".into()),
        routes: asking.route(),
        links: Vec::new(),
        places: vec![Place { place: place.into(), role: Some("destination".into()), verdict: None }],
        details: Details::Click {
            url: Some(url.to_owned()),
            account: account.map(str::to_owned),
            application: record.str("Workload").map(str::to_owned),
            allowed,
            blocked,
            clicked_through,
        },
    }
}

#[cfg(test)]
mod tests;
