//! What an organisation seems to use, offered as its own: the public addresses of its devices, and the domains in the names
//! of its devices and accounts. One hunting call, made when an owner asks for it and not otherwise; no name of a device
//! or an account leaves Microsoft, only how many have what in common.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use indicator::Indicator;
use microsoft::{Priority, graph};
use search::own::{Asset, NoOffers, Offer, Offers, network_of};
use store::connections::Connection;
use store::grants::Scope;

use super::{Live, groups, is_off};
use crate::asking::Asking;
use crate::capability::{Capability, capabilities};
use crate::outcome;
use crate::query;

/// How long the question may take: somebody waits.
const PATIENCE: Duration = Duration::from_secs(30);

/// The permission under which the question is put.
const PERMISSION: &str = "ThreatHunting.Read.All";

/// The parts of the question, and where what they find was seen.
const PARTS: [(&str, &str); 3] = [
    ("address", "Public address of devices"),
    ("device", "Domain in the names of devices"),
    ("account", "Domain in the names of accounts"),
];

/// Counts of devices and accounts, by what they have in common.
pub(crate) fn question() -> String {
    let [address, device, account] = PARTS.map(|(part, _)| part);
    let addresses = "DeviceInfo\n| where Timestamp > ago(7d)\n| where isnotempty(PublicIP)\n| summarize Count = dcount(DeviceId) by Value = PublicIP\n| top 50 by Count desc";
    let devices = "DeviceInfo\n| where Timestamp > ago(7d)\n| extend Value = tolower(extract(\"^[^.]+[.](.+)$\", 1, DeviceName))\n| where isnotempty(Value)\n| summarize Count = dcount(DeviceId) by Value\n| top 25 by Count desc";
    let accounts = "DeviceNetworkEvents\n| where Timestamp > ago(1d)\n| extend Value = tolower(extract(\"@(.+)$\", 1, InitiatingProcessAccountUpn))\n| where isnotempty(Value)\n| summarize Count = dcount(InitiatingProcessAccountUpn) by Value\n| top 25 by Count desc";
    query::union([(address, addresses.to_owned()), (device, devices.to_owned()), (account, accounts.to_owned())])
}

/// The capability under whose permission the question is put, if the connection asks one.
fn hunter(connection: &Connection) -> Option<&'static Capability> {
    capabilities().iter().find(|capability| {
        capability.product == connection.product
            && capability.permissions.contains(&PERMISSION)
            && !is_off(connection, capability)
    })
}

impl Offers for Live {
    fn offers<'a>(&'a self, tenant: &'a str) -> BoxFuture<'a, Result<Vec<Offer>, NoOffers>> {
        self.seems_own(tenant).boxed()
    }
}

impl Live {
    async fn seems_own(&self, tenant: &str) -> Result<Vec<Offer>, NoOffers> {
        let connections = store::connections::list(&self.db, &Scope::All).await.map_err(|error| {
            tracing::error!(%error, "the connections cannot be read");
            no_offers("Oriel's database does not answer, so its connections are not known.", "Try again.")
        })?;
        let mut last = None;
        for connection in connections.iter().filter(|connection| connection.tenant_id.as_str() == tenant) {
            let (Some(capability), Ok(connected)) = (hunter(connection), self.open(connection)) else { continue };
            let opened = [(connection, Ok(Arc::new(connected)))];
            let [(_, Ok(connected))] = &opened else { continue };
            let shared = groups::of(&groups::groups(&opened), &connected.credential, capability);
            let asking =
                Asking { priority: Priority::People, ..self.looking(connection, connected, capability, shared) };
            let asked = asking.call(Instant::now() + PATIENCE);
            match graph::hunt(&self.microsoft, &asked, &question(), Some(query::HUNTING_SPAN)).await {
                Ok(rows) => return Ok(read(&rows.rows)),
                Err(error) => {
                    let trouble = outcome::trouble(&error, &asking);
                    last = Some(NoOffers { reason: trouble.reason, remedy: trouble.remedy });
                }
            }
        }
        Err(last.unwrap_or_else(|| {
            no_offers(
                "No connection of this tenant may hunt, and what devices use is known from hunting alone.",
                "Grant ThreatHunting.Read.All to a connection of the tenant, or type the domains and networks.",
            )
        }))
    }
}

fn no_offers(reason: &str, remedy: &str) -> NoOffers {
    NoOffers { reason: reason.to_owned(), remedy: Some(remedy.to_owned()) }
}

/// What can be an organisation's own, each once, the most used first. A private address is everybody's.
fn read(rows: &[microsoft::Row]) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    for row in rows {
        let seen = PARTS.iter().find(|(part, _)| row.str(query::PART) == Some(part)).map(|(_, seen)| *seen);
        let (Some(seen), Some(value)) = (seen, row.str("Value")) else { continue };
        let count = row.text("Count").and_then(|count| count.parse::<f64>().ok()).unwrap_or_default();
        let Ok(parsed) = indicator::parse(value) else { continue };
        let asset = match parsed.indicator {
            Indicator::Ip(address) if parsed.indicator.flags().is_empty() || is_documentation(&parsed.indicator) => {
                Asset::Network(network_of(address))
            }
            Indicator::Domain(domain) if !domain.is_public_suffix() => Asset::Domain(domain),
            _ => continue,
        };
        match offers.iter_mut().find(|offer| offer.asset == asset) {
            Some(known) => known.count = known.count.max(count as u64),
            None => offers.push(Offer { asset, seen, count: count as u64 }),
        }
    }
    offers.sort_by_key(|offer| std::cmp::Reverse(offer.count));
    offers
}

/// An address of the examples: an imaginary organisation has no others.
fn is_documentation(indicator: &Indicator) -> bool {
    indicator.flags() == [indicator::Flag::Documentation]
}

#[cfg(test)]
mod tests;
