//! Connections: hunting's `DeviceNetworkEvents` and, where network protection stopped them, `DeviceEvents`.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Organisation, Row, instant, row};
use crate::ids;
use crate::scenario::{Device, Traffic};

/// When the connections of one entry were made: none lies ahead of the beginning, and none comes on the minute.
pub(crate) fn instants(organisation: &Organisation, traffic: &Traffic) -> Vec<Timestamp> {
    let start = traffic.at.at(organisation.beginning);
    (0..traffic.times)
        .map_while(|count| {
            let seed = format!("{} {} {} {count}", traffic.device, traffic.address, traffic.url);
            let wander = SignedDuration::from_secs(i64::try_from(ids::below(&seed, 240)).unwrap_or(0));
            let offset = SignedDuration::from_secs(traffic.every.0.as_secs().saturating_mul(i64::from(count)));
            start.saturating_add(offset + wander + Organisation::fraction(&seed)).ok()
        })
        .filter(|at| *at <= organisation.beginning)
        .collect()
}

/// Whether the connections were stopped before they were made. Defender records that in another table.
pub(crate) fn was_stopped(traffic: &Traffic) -> bool {
    traffic.action.starts_with("ExploitGuard") || traffic.action.starts_with("SmartScreen")
}

/// The rows of `DeviceEvents` for one entry whose connections were stopped.
pub(crate) fn stopped_rows(organisation: &Organisation, traffic: &Traffic) -> Vec<Row> {
    let mut rows = rows(organisation, traffic);
    for held in &mut rows {
        for name in ["Protocol", "LocalIPType", "RemoteIPType", "InitiatingProcessIntegrityLevel"] {
            held.remove(name);
        }
        let more = json!({"ResponseCategory": "CmdCtrl", "DisplayName": traffic.url, "IsAudit": false}).to_string();
        held.insert("AdditionalFields".into(), more.into());
    }
    rows
}

/// The rows of `DeviceNetworkEvents` for one entry.
pub(crate) fn rows(organisation: &Organisation, traffic: &Traffic) -> Vec<Row> {
    let device = organisation.device(&traffic.device);
    let local = device.map(|device| local_address(device, &traffic.address)).unwrap_or_default();
    let system = traffic.user == "system";
    instants(organisation, traffic)
        .into_iter()
        .map(|at| {
            let seed = format!("{} {at}", traffic.device);
            row(json!({
                "Timestamp": instant(at),
                "DeviceId": organisation.device_id(&traffic.device),
                "DeviceName": organisation.full_name(&traffic.device),
                "ActionType": traffic.action,
                "RemoteIP": traffic.address,
                "RemotePort": traffic.port,
                "RemoteUrl": traffic.url,
                "LocalIP": local,
                "LocalPort": 49_152 + ids::below(&seed, 16_000),
                "Protocol": "Tcp",
                "LocalIPType": "Private",
                "RemoteIPType": if traffic.address.is_empty() { "" } else { "Public" },
                "InitiatingProcessSHA1": ids::hex(&format!("file {}", traffic.process), 40),
                "InitiatingProcessSHA256": ids::hex(&format!("file {}", traffic.process), 64),
                "InitiatingProcessFileName": traffic.process,
                "InitiatingProcessId": 1_000 + ids::below(&format!("{} {}", traffic.device, traffic.process), 20_000) * 4,
                "InitiatingProcessCommandLine": traffic.command.as_deref().unwrap_or(&traffic.process),
                "InitiatingProcessAccountDomain":
                    if system { "nt authority".to_owned() } else { organisation.windows_domain().to_lowercase() },
                "InitiatingProcessAccountName": traffic.user,
                "InitiatingProcessAccountSid": organisation.sid(&traffic.user),
                "InitiatingProcessAccountUpn": if system { String::new() } else { organisation.upn(&traffic.user) },
                "InitiatingProcessIntegrityLevel": if system { "System" } else { "Medium" },
                "ReportId": ids::below(&seed, 1_000_000),
            }))
        })
        .collect()
}

fn local_address(device: &Device, remote: &str) -> String {
    let v6 = device.address_v6.as_deref().filter(|_| remote.contains(':'));
    v6.unwrap_or(&device.address).to_owned()
}

/// The host that an entry's `RemoteUrl` names, in lower case: of a URL its host, else the text itself.
pub(crate) fn host(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(parsed) if parsed.has_host() => parsed.host_str().unwrap_or_default().to_ascii_lowercase(),
        _ => url.split(['/', ':']).next().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase(),
    }
}
