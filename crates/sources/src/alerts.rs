//! Alerts through hunting: `AlertEvidence` joined with `AlertInfo`, the newest ones completed by Graph.

use std::collections::HashMap;

use indicator::Indicator;
use microsoft::{Error, NotALiteral};
use search::{Details, Finding, FindingKind, Question, Severity};
use serde_json::Value;

use crate::asking::Asking;
use crate::capability::Newest;
use crate::hunting::{self, Part};
use crate::outcome::Reading;
use crate::query::{self, table};
use crate::record::{Record, address, host};
use crate::sighting::Seen;
use crate::{entities, identity, service};

pub(crate) mod by_address;
pub(crate) mod complete;
pub(crate) mod graph_alert;
pub(crate) mod graph_incident;

/// Pieces of evidence that one search reads.
const MOST_ROWS: usize = 2_000;

/// What is said where a name cannot be put into a query.
pub(crate) const UNSENDABLE: &str =
    "The name holds characters that cannot be put into a query of Microsoft's, so it was not asked for.";

/// `has` finds whole terms and so also sub-domains and longer names: what comes back is confirmed by [`read`].
pub(crate) fn query(indicator: &Indicator, service: Option<&'static str>) -> Result<String, NotALiteral> {
    let has = |column| query::has(column, indicator);
    let matches = match indicator {
        Indicator::Domain(_) => format!("{} or {}", has("RemoteUrl")?, has("AdditionalFields")?),
        Indicator::Ip(address) => {
            let is = |column| query::is_address(column, *address);
            let (remote, local) = (is("RemoteIP"), is("LocalIP"));
            format!("{remote} or {local} or {} or {}", has("RemoteUrl")?, has("AdditionalFields")?)
        }
    };
    let only = service.map(|service| format!("\n| where ServiceSource == \"{service}\"")).unwrap_or_default();
    Ok(format!(
        "AlertEvidence\n\
         | where Timestamp > ago(30d)\n\
         | where {matches}{only}\n\
         | project EvidenceTime = Timestamp, AlertId, EntityType, EvidenceRole, EvidenceDirection, RemoteIP, RemoteUrl, LocalIP, DeviceName, AccountUpn, AdditionalFields\n\
         | join kind=inner (AlertInfo\n\
         \x20   | where Timestamp > ago(30d)\n\
         \x20   | summarize arg_max(Timestamp, Title, Category, Severity, ServiceSource, DetectionSource, AttackTechniques) by AlertId) on AlertId\n\
         | project Timestamp, EvidenceTime, AlertId, Title, Category, Severity, ServiceSource, DetectionSource, AttackTechniques, EntityType, EvidenceRole, EvidenceDirection, RemoteIP, RemoteUrl, LocalIP, DeviceName, AccountUpn, AdditionalFields\n\
         | top {MOST_ROWS} by EvidenceTime desc"
    ))
}

/// Asks hunting, completes the newest alerts, and checks that an empty answer could have been otherwise. Where hunting is
/// closed, Graph's list may stand in for it.
pub(crate) async fn ask(asking: &Asking, question: &Question, only: Option<&'static str>) -> Result<Reading, Error> {
    let hunted = match hunting::part(asking, question, Part::Alerts).await {
        Ok(Some(hunted)) => hunted,
        Ok(None) => return Ok(Reading::not_applicable(UNSENDABLE)),
        Err(error) => return by_address::ask(asking, question, only, &error).await.ok_or(error),
    };
    let mut reading = Reading { covered: Some(query::hunting_period(question.now)), ..Reading::new() };
    reading.missing.extend(hunted.incomplete.clone());
    if hunted.records.len() >= MOST_ROWS {
        reading
            .missing
            .push(format!("Only the newest {MOST_ROWS} pieces of evidence were read, so older alerts may be missing."));
    }
    // The query may have been for all services.
    let its = |record: &&Value| only.is_none_or(|only| Record(record).str("ServiceSource") == Some(only));
    let records: Vec<Value> = hunted.records.iter().filter(its).cloned().collect();
    let (findings, set_aside) = read(asking, &question.indicator, &records);
    reading.set_aside = set_aside;
    reading.findings = complete::complete(asking, question, findings, &mut reading).await;
    if reading.findings.is_empty() {
        note_newest(&mut reading, newest(asking, question, only.is_some()).await, asking)?;
    }
    reading.raw = records;
    Ok(reading)
}

/// The newest alert. Of Sentinel's part it matters only that there is one at all: a workspace has quiet days, but one that
/// is not connected to the Defender portal never shows any, and then its silence says nothing.
pub(crate) async fn newest(asking: &Asking, question: &Question, sentinels: bool) -> Result<Newest, Error> {
    if sentinels {
        let freshness = &asking.freshness;
        let newest = freshness.hunting(asking, table::SENTINELS_ALERTS, question.now, question.deadline).await?;
        if newest == Newest::Never {
            return Ok(newest);
        }
    }
    asking.freshness.hunting(asking, table::ALERTS, question.now, question.deadline).await
}

/// Puts the newest row of a table into an empty reading. If that could not be asked, the emptiness proves nothing; if the
/// table is not there, that is the answer.
pub(crate) fn note_newest(reading: &mut Reading, newest: Result<Newest, Error>, asking: &Asking) -> Result<(), Error> {
    match newest {
        Ok(newest) => {
            reading.newest = newest;
            if let (Newest::At(time), Some(covered)) = (newest, &mut reading.covered) {
                covered.newest_row = Some(time);
            }
        }
        Err(error @ Error::TableMissing { .. }) => return Err(error),
        Err(error) => reading.part_failed("Whether new rows still arrive could not be checked", &error, asking),
    }
    Ok(())
}

/// One finding an alert in whose evidence the indicator itself stands; records without an alert's id are counted.
pub(crate) fn read(asking: &Asking, indicator: &Indicator, records: &[Value]) -> (Vec<Finding>, u32) {
    let mut alerts: Vec<(String, Vec<Record<'_>>)> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    let mut set_aside = 0;
    for record in records.iter().map(Record) {
        let Some(id) = record.str("AlertId") else {
            set_aside += 1;
            continue;
        };
        let place = *at.entry(id.to_owned()).or_insert_with(|| {
            alerts.push((id.to_owned(), Vec::new()));
            alerts.len() - 1
        });
        alerts[place].1.push(record);
    }
    let findings = alerts.iter().filter_map(|(id, records)| finding(asking, indicator, id, records)).collect();
    (findings, set_aside)
}

fn finding(asking: &Asking, indicator: &Indicator, id: &str, records: &[Record<'_>]) -> Option<Finding> {
    let mut seen = Seen::default();
    records.iter().for_each(|record| seen.extend(evidence(*record)));
    let places = seen.places_of(indicator);
    if places.is_empty() {
        return None;
    }
    let first = *records.first()?;
    let service = first.str("ServiceSource").unwrap_or_default();
    let times = || records.iter().filter_map(|record| record.time("EvidenceTime").or_else(|| record.time("Timestamp")));
    let portal = asking.connection.cloud().portal.as_ref().map(|portal| portal.as_str().trim_end_matches('/'));
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let link = portal.filter(|_| plain).map(|portal| format!("{portal}/alerts/{id}"));
    Some(Finding {
        kind: FindingKind::Alert,
        id: id.to_owned(),
        identities: identity::of_graph(id, service),
        tenant: asking.asked.tenant.clone(),
        cloud: asking.asked.cloud.clone(),
        title: first.str("Title").unwrap_or("Alert without a title").to_owned(),
        severity: first.str("Severity").and_then(Severity::read),
        status: None,
        first_seen: times().min(),
        last_seen: times().max(),
        updated: first.time("Timestamp"),
        product: service::product(service),
        service: (!service.is_empty()).then(|| service::title(service)),
        routes: asking.route(),
        links: asking.connection.link("Alert in the Defender portal", link.as_deref()).into_iter().collect(),
        places,
        details: Details::Alert {
            category: first.str("Category").map(str::to_owned),
            description: None,
            classification: None,
            incident: None,
            techniques: techniques(&first.strings("AttackTechniques")),
            pivots: seen.pivots(indicator),
            devices: seen.devices,
            accounts: seen.accounts,
        },
    })
}

/// What one row of `AlertEvidence` holds: its own columns, and the entity in `AdditionalFields`.
pub(crate) fn evidence(record: Record<'_>) -> Seen {
    let mut seen = Seen::default();
    let entity = record.json("AdditionalFields");
    let mut inner = entities::read(&entity);
    let remote =
        [("RemoteUrl", record.str("RemoteUrl").and_then(host)), ("RemoteIP", record.str("RemoteIP").and_then(address))];
    for (column, indicator) in remote {
        let Some(indicator) = indicator else { continue };
        // The entity says more about the same thing: its role and verdict go with the column, and it stands there once.
        let same = inner
            .sightings
            .iter()
            .find(|sighting| sighting.indicator == indicator && sighting.role.as_deref() != Some("mentioned"));
        let (role, verdict) = same.map(|same| (same.role.clone(), same.verdict.clone())).unwrap_or_default();
        let verdict = verdict.or_else(|| crate::record::known_word(Record(&entity), "LastVerdict"));
        inner.sightings.retain(|sighting| sighting.indicator != indicator);
        seen.add(Some(indicator), column, role.as_deref(), verdict.as_deref());
    }
    seen.add(record.str("LocalIP").and_then(address), "LocalIP", Some("own_device"), None);
    seen.device(record.str("DeviceName"));
    seen.account(record.str("AccountUpn"));
    seen.extend(inner);
    seen
}

/// "Spearphishing Link (T1566.002)" → "T1566.002".
pub(crate) fn techniques(texts: &[String]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for text in texts {
        let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '.'));
        for word in words {
            let digits = word
                .strip_prefix('T')
                .is_some_and(|rest| rest.len() >= 4 && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
            if digits && !ids.iter().any(|known| known == word) {
                ids.push(word.to_owned());
            }
        }
    }
    ids
}

#[cfg(test)]
mod tests;
