//! What Defender for Endpoint knows about one domain or one address.

use std::collections::BTreeMap;
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::failure::Failure;
use super::{ALERT_ROLES, Call};
use crate::exchange::Reply;
use crate::records::{AlertRecord, defender_alert, device, instant, traffic};
use crate::scenario::{Traffic, What};

const URL_ROLES: [&str; 1] = ["Url.Read.All"];
const IP_ROLES: [&str; 1] = ["Ip.Read.All"];
const MACHINE_ROLES: [&str; 2] = ["Machine.Read.All", "Machine.ReadWrite.All"];
const MOST_MACHINES: usize = 500;
/// 30 days, which is also the most that may be asked for.
const MOST_HOURS: i64 = 720;

pub(super) fn domain_alerts(call: &Call<'_>, domain: &str) -> Result<Reply, Failure> {
    call.allowed(&ALERT_ROLES)?;
    let domain = valid_domain(domain)?;
    alerts(call, |what| match what {
        What::Url { url } => traffic::host(url) == domain,
        What::Dns { name, .. } => name.eq_ignore_ascii_case(&domain),
        _ => false,
    })
}

pub(super) fn ip_alerts(call: &Call<'_>, address: &str) -> Result<Reply, Failure> {
    call.allowed(&ALERT_ROLES)?;
    let wanted = valid_address(address)?;
    alerts(call, |what| match what {
        What::Ip { address, .. } | What::Connection { to: address, .. } => address.parse() == Ok(wanted),
        What::Url { url } => traffic::host(url).trim_matches(['[', ']']).parse() == Ok(wanted),
        What::Dns { answers, .. } => answers.iter().any(|answer| answer.parse() == Ok(wanted)),
        _ => false,
    })
}

fn alerts(call: &Call<'_>, concerns: impl Fn(&What) -> bool) -> Result<Reply, Failure> {
    let organisation = &call.place.organisation;
    let held = |record: &&AlertRecord| record.entry.evidence.iter().any(|evidence| concerns(&evidence.what));
    let found: Vec<_> = call
        .own_alerts()
        .into_iter()
        .filter(held)
        .map(|record| defender_alert::alert(organisation, record, call.expanded()))
        .collect();
    Ok(Reply::json(200, json!({"@odata.context": call.context("Alerts"), "value": found})))
}

pub(super) fn domain_stats(call: &Call<'_>, domain: &str) -> Result<Reply, Failure> {
    call.allowed(&URL_ROLES)?;
    let domain = valid_domain(domain)?;
    let seen = seen(call, hours(call)?, |traffic| traffic::host(&traffic.url) == domain);
    let mut body = stats(&seen);
    body["@odata.context"] = call.context("microsoft.windowsDefenderATP.api.InOrgDomainStats").into();
    body["host"] = domain.into();
    Ok(Reply::json(200, body))
}

pub(super) fn ip_stats(call: &Call<'_>, address: &str) -> Result<Reply, Failure> {
    call.allowed(&IP_ROLES)?;
    let wanted = valid_address(address)?;
    let seen = seen(call, hours(call)?, |traffic| traffic.address.parse() == Ok(wanted));
    let mut body = stats(&seen);
    body["@odata.context"] = call.context("microsoft.windowsDefenderATP.api.InOrgIPStats").into();
    body["ipAddress"] = address.into();
    Ok(Reply::json(200, body))
}

pub(super) fn domain_machines(call: &Call<'_>, domain: &str) -> Result<Reply, Failure> {
    call.allowed(&MACHINE_ROLES)?;
    let domain = valid_domain(domain)?;
    let organisation = &call.place.organisation;
    let found: Vec<_> = seen(call, MOST_HOURS, |traffic| traffic::host(&traffic.url) == domain)
        .keys()
        .filter_map(|name| organisation.device(name))
        .take(MOST_MACHINES)
        .map(|entry| device::machine(organisation, entry))
        .collect();
    Ok(Reply::json(200, json!({"@odata.context": call.context("Machines"), "value": found})))
}

/// The devices that opened a connection, each with the first and the last.
fn seen(call: &Call<'_>, hours: i64, concerns: impl Fn(&Traffic) -> bool) -> BTreeMap<String, (Timestamp, Timestamp)> {
    let organisation = &call.place.organisation;
    let since = call.asked.now.saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(call.asked.now);
    let mut devices = BTreeMap::new();
    let opened =
        organisation.tenant.traffic.iter().filter(|entry| entry.action == "ConnectionSuccess" && concerns(entry));
    for entry in opened {
        for at in traffic::instants(organisation, entry).into_iter().filter(|at| *at >= since) {
            let (first, last) = devices.entry(entry.device.clone()).or_insert((at, at));
            (*first, *last) = ((*first).min(at), (*last).max(at));
        }
    }
    devices
}

/// For a prevalence of nought the dates are null; Microsoft's pages do not say what they are.
fn stats(seen: &BTreeMap<String, (Timestamp, Timestamp)>) -> Value {
    json!({
        "organizationPrevalence": seen.len(),
        "orgFirstSeen": seen.values().map(|(first, _)| *first).min().map(instant),
        "orgLastSeen": seen.values().map(|(_, last)| *last).max().map(instant),
    })
}

fn hours(call: &Call<'_>) -> Result<i64, Failure> {
    let Some(text) = call.request.parameter("lookBackHours") else { return Ok(MOST_HOURS) };
    let hours = text.parse().ok().filter(|hours| (1..=MOST_HOURS).contains(hours));
    hours.ok_or_else(|| Failure::new(400, "InvalidInput", "lookBackHours must be between 1 and 720."))
}

/// The domain in lower case, if it can be one.
fn valid_domain(domain: &str) -> Result<String, Failure> {
    let name = domain.trim_end_matches('.');
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    if name.len() <= 253 && name.contains('.') && name.split('.').all(label) && name.parse::<IpAddr>().is_err() {
        return Ok(name.to_ascii_lowercase());
    }
    Err(Failure::new(400, "InvalidDomainName", format!("Domain name {domain} is invalid.")))
}

fn valid_address(address: &str) -> Result<IpAddr, Failure> {
    address.parse().map_err(|_| Failure::new(400, "InvalidIpAddress", format!("IP address {address} is invalid.")))
}
