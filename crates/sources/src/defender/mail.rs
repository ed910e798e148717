//! Messages that came from the indicator or have a link to it: `EmailEvents`, `EmailUrlInfo` and
//! `EmailPostDeliveryEvents` through hunting.

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
use crate::record::{Record, address, host, name, word};

pub(crate) const CAPABILITY: Capability = Capability {
    product: Product::Defender,
    name: "defender.mail",
    title: "Mail",
    permissions: &["ThreatHunting.Read.All"],
    resource: Resource::Graph,
    reads: "Messages from the searched value or with a link to it: subject, sender, recipients and where they lie; never their text.",
    route: "Microsoft Graph hunting: EmailEvents, EmailUrlInfo, EmailPostDeliveryEvents",
    retirement: None,
    needs_workspace: false,
    ask: |asking, question| Box::pin(ask(asking, question)),
    probe: |asking, question| {
        Box::pin(async move {
            let newest = asking.freshness.hunting(asking, table::MAIL, question.now, question.deadline).await?;
            Ok(Probed { newest })
        })
    },
};

/// Messages that one search reads.
const MOST_ROWS: usize = 200;

/// A line a message. `EmailEvents` has a row for each recipient; where a copy lies now stands in it, and for a copy that was
/// taken out afterwards in `EmailPostDeliveryEvents`, which is written sooner.
pub(crate) fn query(indicator: &Indicator) -> Result<String, NotALiteral> {
    let (sender, linked) = match indicator {
        Indicator::Domain(_) => {
            let is = |column: &str| query::is_name(column, indicator);
            (format!("{} or {}", is("SenderFromDomain")?, is("SenderMailFromDomain")?), is("UrlDomain")?)
        }
        Indicator::Ip(address) => {
            let is = |column: &str| query::is_address(column, *address);
            (format!("{} or {}", is("SenderIPv4"), is("SenderIPv6")), is("UrlDomain"))
        }
    };
    let columns = "Timestamp, NetworkMessageId, Subject, SenderFromAddress, SenderFromDomain, SenderMailFromDomain, SenderIPv4, SenderIPv6, RecipientEmailAddress, EmailDirection, ThreatTypes, DeliveryLocation, LatestDeliveryLocation, Link";
    Ok(format!(
        "union\n\
         \x20   (EmailEvents\n\
         \x20   | where Timestamp > ago(30d)\n\
         \x20   | where {sender}\n\
         \x20   | extend Link = \"\"\n\
         \x20   | project {columns}),\n\
         \x20   (EmailUrlInfo\n\
         \x20   | where Timestamp > ago(30d)\n\
         \x20   | where {linked}\n\
         \x20   | project NetworkMessageId, Link = Url\n\
         \x20   | join kind=inner (EmailEvents | where Timestamp > ago(30d)) on NetworkMessageId\n\
         \x20   | project {columns})\n\
         | join kind=leftouter (EmailPostDeliveryEvents\n\
         \x20   | where Timestamp > ago(30d)\n\
         \x20   | where ActionResult =~ \"Success\"\n\
         \x20   | summarize arg_max(Timestamp, DeliveryLocation) by NetworkMessageId, RecipientEmailAddress\n\
         \x20   | project NetworkMessageId, RecipientEmailAddress, MovedTo = DeliveryLocation) on NetworkMessageId, RecipientEmailAddress\n\
         | extend LiesIn = iff(isnotempty(MovedTo), MovedTo, iff(isnotempty(LatestDeliveryLocation), LatestDeliveryLocation, DeliveryLocation))\n\
         | summarize Received = min(Timestamp), Subject = take_any(Subject), Sender = take_any(SenderFromAddress), SenderDomains = make_set(SenderFromDomain, 5), MailFromDomains = make_set(SenderMailFromDomain, 5), SenderAddresses = make_set(strcat(SenderIPv4, SenderIPv6), 5), Links = make_set(Link, 10), Recipients = make_set(RecipientEmailAddress, 50), Direction = take_any(EmailDirection), Threats = make_set(ThreatTypes, 5), Locations = make_set(LiesIn, 10) by NetworkMessageId\n\
         | top {MOST_ROWS} by Received desc"
    ))
}

async fn ask(asking: &Asking, question: &Question) -> Result<Reading, Error> {
    let Some(hunted) = hunting::part(asking, question, Part::Mail).await? else {
        return Ok(Reading::not_applicable(UNSENDABLE));
    };
    let records = hunted.records.clone();
    let mut reading = Reading { covered: Some(query::hunting_period(question.now)), ..Reading::new() };
    reading.missing.extend(hunted.incomplete.clone());
    if records.len() >= MOST_ROWS {
        reading.missing.push(format!("Only the newest {MOST_ROWS} messages were read, so older ones may be missing."));
    }
    (reading.findings, reading.set_aside) = read(asking, &question.indicator, &records);
    if reading.findings.is_empty() {
        let newest = asking.freshness.hunting(asking, table::MAIL, question.now, question.deadline).await;
        note_newest(&mut reading, newest, asking)?;
    }
    reading.raw = records;
    Ok(reading)
}

/// One finding a message in which the indicator itself stands.
pub(crate) fn read(asking: &Asking, indicator: &Indicator, records: &[Value]) -> (Vec<Finding>, u32) {
    let mut set_aside = 0;
    let mut findings = Vec::new();
    for record in records.iter().map(Record) {
        let places = places(indicator, record);
        match record.str("NetworkMessageId") {
            _ if places.is_empty() => {}
            Some(id) => findings.push(finding(asking, record, id, places)),
            None => set_aside += 1,
        }
    }
    (findings, set_aside)
}

/// Where in the message the indicator stands.
fn places(indicator: &Indicator, record: Record<'_>) -> Vec<Place> {
    let holds = |column: &str, read: fn(&str) -> Option<Indicator>| {
        record.strings(column).iter().any(|text| read(text).as_ref() == Some(indicator))
    };
    let sender = Some("sender");
    let in_place = |place: &str, role: Option<&str>| Place {
        place: place.to_owned(),
        role: role.map(str::to_owned),
        verdict: None,
    };
    let mut places = Vec::new();
    for (column, place) in [("SenderDomains", "SenderFromDomain"), ("MailFromDomains", "SenderMailFromDomain")] {
        if holds(column, name) {
            places.push(in_place(place, sender));
        }
    }
    if holds("SenderAddresses", address) {
        let place = if matches!(indicator, Indicator::Ip(ip) if ip.is_ipv4()) { "SenderIPv4" } else { "SenderIPv6" };
        places.push(in_place(place, sender));
    }
    if holds("Links", host) {
        places.push(in_place("Url", Some("link_in_message")));
    }
    places
}

fn finding(asking: &Asking, record: Record<'_>, id: &str, places: Vec<Place>) -> Finding {
    let locations = record.strings("Locations");
    let threats = record.strings("Threats");
    let mut found: Vec<String> = Vec::new();
    for threat in threats.iter().flat_map(|threats| threats.split(',')).map(str::trim) {
        if !threat.is_empty() && !found.iter().any(|known| known == threat) {
            found.push(threat.to_owned());
        }
    }
    Finding {
        kind: FindingKind::Mail,
        id: id.to_owned(),
        identities: vec![Identity { scheme: Scheme::Provider, id: id.to_ascii_lowercase() }],
        tenant: asking.asked.tenant.clone(),
        cloud: asking.asked.cloud.clone(),
        title: record.str("Subject").unwrap_or("(no subject)").to_owned(),
        severity: None,
        status: status(&locations).map(str::to_owned),
        first_seen: record.time("Received"),
        last_seen: record.time("Received"),
        updated: record.time("Received"),
        product: Product::Defender,
        service: Some("Microsoft Defender for Office 365".into()),
        routes: asking.route(),
        links: Vec::new(),
        places,
        details: Details::Mail {
            sender: record.str("Sender").map(str::to_owned),
            recipients: record.strings("Recipients"),
            direction: record.str("Direction").map(word),
            location: (!locations.is_empty()).then(|| locations.join(", ")),
            threats: found,
        },
    }
}

/// What became of the copies, the one that can still be opened first: Microsoft's locations are those of
/// defender-xdr/advanced-hunting-emailevents-table.
fn status(locations: &[String]) -> Option<&'static str> {
    let each = || locations.iter().map(|location| word(location));
    let any = |words: &[&str]| each().any(|location| words.iter().any(|word| location.starts_with(word)));
    if any(&["inbox", "junk", "deleted", "folder"]) {
        Some("in_mailbox")
    } else if any(&["on_premises", "external"]) {
        Some("delivered_elsewhere")
    } else if any(&["quarantine"]) {
        Some("quarantined")
    } else if any(&["failed", "dropped", "blocked"]) {
        Some("blocked")
    } else if any(&["soft", "hard"]) {
        Some("removed")
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
