//! Sign-ins from an address: `EntraIdSignInEvents` and `IdentityLogonEvents` through hunting.

use indicator::Indicator;
use microsoft::{Error, Resource};
use search::{Details, Finding, FindingKind, Identity, Place, Product, Question, Scheme};
use serde_json::Value;

use crate::alerts::note_newest;
use crate::asking::Asking;
use crate::capability::{Capability, Probed};
use crate::hunting::{self, Part};
use crate::outcome::Reading;
use crate::query::{self, table};
use crate::record::Record;

pub(crate) const CAPABILITY: Capability = Capability {
    product: Product::Defender,
    name: "defender.sign_ins",
    title: "Sign-ins",
    permissions: &["ThreatHunting.Read.All"],
    resource: Resource::Graph,
    reads: "Sign-ins from the searched address: whose, to what, when, and whether they succeeded.",
    route: "Microsoft Graph hunting: EntraIdSignInEvents, IdentityLogonEvents",
    retirement: None,
    needs_workspace: false,
    ask: |asking, question| Box::pin(ask(asking, question)),
    probe: |asking, question| {
        Box::pin(async move {
            let newest = asking.freshness.hunting(asking, table::SIGN_INS, question.now, question.deadline).await?;
            Ok(Probed { newest })
        })
    },
};

/// Accounts that one search reads.
const MOST_ROWS: usize = 200;

/// A line an account, the newest first; `None` for a domain, which nobody signs in from. The sign-ins on premises are in a
/// table that some tenants do not have; a fuzzy union does without it.
pub(crate) fn query(indicator: &Indicator) -> Option<String> {
    let Indicator::Ip(address) = indicator else { return None };
    let (literal, is) = (query::literal(indicator).ok()?.kql(), query::is_address("IPAddress", *address));
    Some(format!(
        "union isfuzzy=true\n\
         \x20   (EntraIdSignInEvents\n\
         \x20   | where Timestamp > ago(30d)\n\
         \x20   | where {is}\n\
         \x20   | project Timestamp, Account = AccountUpn, Application, IsFailed = ErrorCode != 0, Country),\n\
         \x20   (IdentityLogonEvents\n\
         \x20   | where Timestamp > ago(30d)\n\
         \x20   | where {is}\n\
         \x20   | project Timestamp, Account = iff(isnotempty(AccountUpn), AccountUpn, AccountName), Application, IsFailed = ActionType =~ \"LogonFailed\", Country = Location)\n\
         | summarize Succeeded = countif(not(IsFailed)), Failed = countif(IsFailed), FirstSeen = min(Timestamp), LastSeen = max(Timestamp), Applications = make_set(Application, 10), Countries = make_set(Country, 3) by Account\n\
         | extend Remote = {literal}\n\
         | top {MOST_ROWS} by LastSeen desc"
    ))
}

async fn ask(asking: &Asking, question: &Question) -> Result<Reading, Error> {
    let Some(hunted) = hunting::part(asking, question, Part::SignIns).await? else {
        return Ok(Reading::not_applicable("People sign in from addresses, so a domain is not asked about."));
    };
    let records = hunted.records.clone();
    let mut reading = Reading { covered: Some(query::hunting_period(question.now)), ..Reading::new() };
    reading.missing.extend(hunted.incomplete.clone());
    if records.len() >= MOST_ROWS {
        reading.missing.push(format!("Only the {MOST_ROWS} accounts seen last were read, so there may be more."));
    }
    (reading.findings, reading.set_aside) = read(asking, &records);
    if reading.findings.is_empty() {
        let newest = asking.freshness.hunting(asking, table::SIGN_INS, question.now, question.deadline).await;
        note_newest(&mut reading, newest, asking)?;
    }
    reading.raw = records;
    Ok(reading)
}

/// One finding an account.
pub(crate) fn read(asking: &Asking, records: &[Value]) -> (Vec<Finding>, u32) {
    let mut set_aside = 0;
    let mut findings = Vec::new();
    for record in records.iter().map(Record) {
        match record.str("Account") {
            Some(account) => findings.push(finding(asking, record, account)),
            None => set_aside += 1,
        }
    }
    (findings, set_aside)
}

fn finding(asking: &Asking, record: Record<'_>, account: &str) -> Finding {
    let count = |name: &str| record.u64(name).unwrap_or(0);
    let (succeeded, failed) = (count("Succeeded"), count("Failed"));
    Finding {
        kind: FindingKind::SignIn,
        id: account.to_owned(),
        identities: vec![Identity { scheme: Scheme::Provider, id: account.to_ascii_lowercase() }],
        tenant: asking.asked.tenant.clone(),
        cloud: asking.asked.cloud.clone(),
        title: account.to_owned(),
        severity: None,
        status: Some(if succeeded > 0 { "succeeded" } else { "failed" }.into()),
        first_seen: record.time("FirstSeen"),
        last_seen: record.time("LastSeen"),
        updated: record.time("LastSeen"),
        product: Product::Defender,
        service: Some("Microsoft Entra ID".into()),
        routes: asking.route(),
        links: Vec::new(),
        places: vec![Place { place: "IPAddress".into(), role: None, verdict: None }],
        details: Details::SignIn {
            account: Some(account.to_owned()),
            succeeded,
            failed,
            applications: record.strings("Applications"),
            country: record.strings("Countries").into_iter().next(),
        },
    }
}

#[cfg(test)]
mod tests;
