//! Devices that spoke with the indicator, or were kept from it: `DeviceNetworkEvents` through hunting.

use indicator::Indicator;
use microsoft::{Error, NotALiteral, Resource};
use search::{Details, Finding, FindingKind, Identity, Place, Product, Question, Scheme};
use serde_json::Value;

use crate::alerts::{UNSENDABLE, note_newest};
use crate::asking::Asking;
use crate::capability::{Capability, Probed};
use crate::hunting;
use crate::outcome::Reading;
use crate::query::{self, table};
use crate::record::{Record, address, name};

pub(crate) const CAPABILITY: Capability = Capability {
    product: Product::Defender,
    name: "defender.devices",
    title: "Devices",
    permissions: &["ThreatHunting.Read.All"],
    resource: Resource::Graph,
    reads: "Network connections of all onboarded devices: device, time, program and its user, for the searched value only.",
    route: "Microsoft Graph hunting: DeviceNetworkEvents",
    retirement: None,
    needs_workspace: false,
    ask: |asking, question| Box::pin(ask(asking, question)),
    probe: |asking, question| {
        Box::pin(async move {
            let newest = asking.freshness.hunting(asking, table::CONNECTIONS, question.now, question.deadline).await?;
            Ok(Probed { newest })
        })
    },
};

/// Devices that one search reads.
const MOST_ROWS: usize = 500;

/// A line a device and host. What network protection stopped stands among the other events of devices, in a table that
/// some tenants do not have; a fuzzy union does without it. `RemoteUrl` holds a URL or a bare name, so the host is taken out of it in the query, where
/// the counting is done, and confirmed again in [`read`].
pub(crate) fn query(indicator: &Indicator) -> Result<String, NotALiteral> {
    let literal = query::literal(indicator)?.kql();
    let read = match query::unicode(indicator) {
        Some(Ok(read)) => format!(", {}", read.kql()),
        _ => String::new(),
    };
    let (matches, remote) = match indicator {
        Indicator::Domain(_) => (
            query::has("RemoteUrl", indicator)?,
            format!(
                "| extend Address = iff(RemoteUrl startswith \"http://\" or RemoteUrl startswith \"https://\", RemoteUrl, strcat(\"http://\", RemoteUrl))\n\
                 | extend Remote = tolower(tostring(parse_url(Address).Host))\n\
                 | where Remote in ({literal}, strcat({literal}, \".\"){read})\n\
                 | extend Remote = {literal}\n"
            ),
        ),
        // Whole addresses are compared, so whichever spelling a row has, it is this one, and is counted with the others.
        Indicator::Ip(address) => (query::is_address("RemoteIP", *address), format!("| extend Remote = {literal}\n")),
    };
    let columns = "Timestamp, DeviceId, DeviceName, ActionType, RemoteIP, RemoteUrl, InitiatingProcessFileName, InitiatingProcessAccountUpn";
    Ok(format!(
        "union isfuzzy=true\n\
         \x20   (DeviceNetworkEvents | where Timestamp > ago(30d) | where {matches} | project {columns}),\n\
         \x20   (DeviceEvents | where Timestamp > ago(30d) | where ActionType endswith \"Blocked\" | where {matches} | project {columns})\n\
         {remote}\
         | extend IsBlocked = ActionType endswith \"Blocked\"\n\
         | extend IsConnected = ActionType in (\"ConnectionSuccess\", \"ConnectionFound\", \"ConnectionAcknowledged\", \"InboundConnectionAccepted\", \"HttpConnectionInspected\", \"SslConnectionInspected\")\n\
         | summarize Connected = countif(IsConnected), Blocked = countif(IsBlocked), Attempts = count(), FirstSeen = min(Timestamp), LastSeen = max(Timestamp), Processes = make_set(InitiatingProcessFileName, 10), Accounts = make_set(InitiatingProcessAccountUpn, 10) by DeviceId, DeviceName, Remote\n\
         | top {MOST_ROWS} by LastSeen desc"
    ))
}

async fn ask(asking: &Asking, question: &Question) -> Result<Reading, Error> {
    let Ok(query) = query(&question.indicator) else { return Ok(Reading::not_applicable(UNSENDABLE)) };
    let hunted = hunting::hunt(asking, question, &query).await?;
    let records = hunted.records.clone();
    let mut reading = Reading { covered: Some(query::hunting_period(question.now)), ..Reading::new() };
    reading.missing.extend(hunted.incomplete.clone());
    if records.len() >= MOST_ROWS {
        reading.missing.push(format!("Only the {MOST_ROWS} devices seen last were read, so there may be more."));
    }
    let (findings, set_aside) = read(asking, &question.indicator, &records);
    (reading.findings, reading.set_aside) = (findings, set_aside);
    if reading.findings.is_empty() {
        let newest = asking.freshness.hunting(asking, table::CONNECTIONS, question.now, question.deadline).await;
        note_newest(&mut reading, newest, asking)?;
    }
    reading.raw = records;
    Ok(reading)
}

/// One finding a device.
pub(crate) fn read(asking: &Asking, indicator: &Indicator, records: &[Value]) -> (Vec<Finding>, u32) {
    let mut set_aside = 0;
    let mut findings = Vec::new();
    for record in records.iter().map(Record) {
        let remote = record.str("Remote").and_then(|text| address(text).or_else(|| name(text)));
        if remote.as_ref() != Some(indicator) {
            continue;
        }
        match record.str("DeviceId").or_else(|| record.str("DeviceName")) {
            Some(id) => findings.push(finding(asking, indicator, record, id)),
            None => set_aside += 1,
        }
    }
    // A device whose name changed has two lines and is one device.
    (search::merge::merge(&findings), set_aside)
}

fn finding(asking: &Asking, indicator: &Indicator, record: Record<'_>, id: &str) -> Finding {
    let connected = record.u64("Connected").unwrap_or(0);
    let blocked = record.u64("Blocked").unwrap_or(0);
    let status = match (connected, blocked) {
        (0, 0) => "attempted",
        (0, _) => "blocked",
        _ => "connected",
    };
    let place = if matches!(indicator, Indicator::Ip(_)) { "RemoteIP" } else { "RemoteUrl" };
    Finding {
        kind: FindingKind::Device,
        id: id.to_owned(),
        identities: vec![Identity { scheme: Scheme::Provider, id: id.to_ascii_lowercase() }],
        tenant: asking.asked.tenant.clone(),
        cloud: asking.asked.cloud.clone(),
        title: record.str("DeviceName").unwrap_or(id).to_owned(),
        severity: None,
        status: Some(status.into()),
        first_seen: record.time("FirstSeen"),
        last_seen: record.time("LastSeen"),
        updated: record.time("LastSeen"),
        product: Product::Defender,
        service: Some("Microsoft Defender for Endpoint".into()),
        routes: asking.route(),
        links: device_link(asking, id).into_iter().collect(),
        places: vec![Place { place: place.into(), role: None, verdict: None }],
        details: Details::Device {
            connected: Some(connected),
            blocked: Some(blocked),
            processes: record.strings("Processes"),
            accounts: record.strings("Accounts"),
            os: None,
            risk: None,
        },
    }
}

/// The device's page, if the id is one that Defender gives.
pub(crate) fn device_link(asking: &Asking, id: &str) -> Option<search::Link> {
    let portal = asking.connection.cloud().portal.as_ref()?;
    let hex = id.len() >= 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let url = hex.then(|| format!("{}/machines/{id}", portal.as_str().trim_end_matches('/')))?;
    asking.connection.link("Device in the Defender portal", Some(&url))
}

#[cfg(test)]
mod tests;
