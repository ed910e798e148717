//! Sentinel's entities: the JSON of `SecurityAlert.Entities` and of hunting's `AlertEvidence.AdditionalFields`.
//!
//! An entity carries a `$id` and stands where it was first met, often inside another; elsewhere a `{"$ref": id}` stands
//! for it, also bare in the outer list. So every object is read where it is defined, once, and references are used for
//! one thing only: to know that an address is a client or a resolver. Nothing follows a reference, so none can loop.

use std::collections::HashMap;

use serde_json::Value;

use crate::record::{Record, address, host, known_word, mail_domain, name, word};
use crate::sighting::Seen;

/// Deeper nesting is set aside: no product writes it, and a stack is finite.
const DEEPEST: usize = 48;

/// Reads a list of entities, one entity, or a text that holds either. A text that holds no JSON is unread.
pub(crate) fn read(entities: &Value) -> Seen {
    let mut seen = Seen::default();
    let parsed;
    let entities = match entities {
        Value::String(text) if text.trim().is_empty() => return seen,
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(value) => {
                parsed = value;
                &parsed
            }
            Err(_) => {
                seen.unread = 1;
                mention(&mut seen, text);
                return seen;
            }
        },
        value => value,
    };
    let mut roles = HashMap::new();
    referenced(entities, &mut roles, 0);
    walk(entities, None, &roles, &mut seen, 0);
    seen
}

/// Which ids are referred to as a client or as a resolver. These are context wherever they are defined; an address that
/// is an entity of its own and that a name also resolved to stays an entity of its own.
fn referenced(value: &Value, roles: &mut HashMap<String, &'static str>, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| referenced(item, roles, depth + 1)),
        Value::Object(members) => {
            for (key, member) in members {
                if let (Some(role @ ("client" | "resolver")), Some(id)) = (role_of(key), Record(member).text("$ref")) {
                    roles.insert(id, role);
                }
                referenced(member, roles, depth + 1);
            }
        }
        _ => {}
    }
}

/// The role of what stands in a member of a DNS entity or of a connection. Who opened a connection is as a rule a device of
/// the organisation.
fn role_of(key: &str) -> Option<&'static str> {
    match key.to_ascii_lowercase().as_str() {
        "hostipaddress" | "sourceaddress" => Some("client"),
        "dnsserverip" => Some("resolver"),
        _ => None,
    }
}

fn walk(
    value: &Value,
    inherited: Option<&'static str>,
    roles: &HashMap<String, &'static str>,
    seen: &mut Seen,
    depth: usize,
) {
    if depth > DEEPEST {
        seen.unread += u32::from(value.is_object() || value.is_array());
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, inherited, roles, seen, depth + 1)),
        Value::Object(members) => {
            let record = Record(value);
            let kind = record.str("Type").map(|kind| word(kind).replace('_', "")).unwrap_or_default();
            let referred = record.text("$id").and_then(|id| roles.get(&id).copied());
            entity(record, &kind, inherited.or(referred), seen);
            let below = match kind.as_str() {
                "host" | "iotdevice" => Some("own_device"),
                "account" | "mailbox" => Some("own_account"),
                _ => inherited,
            };
            for (key, member) in members {
                let role = match kind.as_str() {
                    "dns" | "dnsresolution" if key.eq_ignore_ascii_case("IpAddress") => Some("resolved"),
                    "dns" | "dnsresolution" | "networkconnection" => role_of(key),
                    _ => None,
                };
                walk(member, role.or(below), roles, seen, depth + 1);
            }
        }
        _ => {}
    }
}

fn entity(record: Record<'_>, kind: &str, inherited: Option<&'static str>, seen: &mut Seen) {
    let verdict = known_word(record, "LastVerdict");
    let verdict = verdict.as_deref();
    // What was found of an address is no verdict on it where it merely asked or answered.
    let verdict = verdict.filter(|_| inherited.is_none());
    let named = record.strings("DetailedRoles").iter().find_map(|role| microsofts_role(role));
    let role = inherited.or(named);
    let at = |field: &str| format!("Entities.{kind}.{field}");
    match kind {
        "ip" => seen.add(record.str("Address").and_then(address), at("Address"), role, verdict),
        "dns" | "dnsresolution" => seen.add(record.str("DomainName").and_then(name), at("DomainName"), role, verdict),
        "url" => seen.add(record.str("Url").and_then(host), at("Url"), role, verdict),
        "host" => {
            let bare = record.str("HostName");
            let full = match (bare, record.str("DnsDomain")) {
                (Some(bare), Some(domain)) if !bare.contains('.') => Some(format!("{bare}.{domain}")),
                _ => bare.map(str::to_owned),
            };
            seen.device(bare.or_else(|| record.str("NetBiosName")).or_else(|| record.str("FQDN")));
            seen.add(full.as_deref().and_then(name), at("HostName"), Some("own_device"), None);
            for field in ["FQDN", "DnsDomain"] {
                seen.add(record.str(field).and_then(name), at(field), Some("own_device"), None);
            }
            for field in ["LastIpAddress", "LastExternalIpAddress"] {
                seen.add(record.str(field).and_then(address), at(field), Some("own_device"), None);
            }
        }
        "iotdevice" => {
            seen.add(record.str("IpAddress").and_then(address), at("IpAddress"), Some("own_device"), None);
        }
        "account" => {
            let upn = match (record.str("Name"), record.str("UPNSuffix")) {
                (Some(name), Some(suffix)) if !name.contains('@') => Some(format!("{name}@{suffix}")),
                (name, _) => name.map(str::to_owned),
            };
            seen.account(upn.as_deref());
            for field in ["UPNSuffix", "DnsDomain"] {
                seen.add(record.str(field).and_then(name), at(field), Some("own_account"), None);
            }
        }
        "mailbox" => {
            let owner = record.str("MailboxPrimaryAddress").or_else(|| record.str("Upn"));
            seen.account(owner);
            seen.add(owner.and_then(mail_domain), at("MailboxPrimaryAddress"), Some("own_account"), None);
        }
        "mailmessage" | "submissionmail" => mail(record, &at, verdict, seen),
        "file" => {
            for field in ["HostUrl", "ReferrerUrl", "Directory"] {
                let url = record.str(field).filter(|text| text.contains("://"));
                seen.add(url.and_then(host), at(field), role, verdict);
            }
        }
        "process" => {
            if let Some(command) = record.str("CommandLine") {
                mention(seen, command);
            }
        }
        // What belongs to no entity, and types that carry no indicator.
        ""
        | "filehash"
        | "malware"
        | "azureresource"
        | "cloudapplication"
        | "registrykey"
        | "registryvalue"
        | "securitygroup"
        | "hostlogonsession"
        | "mailcluster"
        | "geolocation"
        | "remediationprovider" => {}
        _ => unknown(record, kind, role, verdict, seen),
    }
}

fn mail(record: Record<'_>, at: &dyn Fn(&str) -> String, verdict: Option<&str>, seen: &mut Seen) {
    for field in ["Sender", "P1Sender", "P2Sender"] {
        seen.add(record.str(field).and_then(mail_domain), at(field), Some("sender"), verdict);
    }
    for field in ["P1SenderDomain", "P2SenderDomain"] {
        seen.add(record.str(field).and_then(name), at(field), Some("sender"), verdict);
    }
    seen.add(record.str("SenderIP").and_then(address), at("SenderIP"), Some("sender"), verdict);
    seen.account(record.str("Recipient"));
    seen.add(record.str("Recipient").and_then(mail_domain), at("Recipient"), Some("recipient"), None);
    // A mail that is malicious also has links to honest places. A bad link is an entity of its own, with its own verdict.
    for url in record.list("Urls").filter_map(Value::as_str) {
        seen.add(host(url), at("Urls"), Some("link_in_message"), None);
    }
}

/// A type that is not known yet: its members that are named like those of known types.
fn unknown(record: Record<'_>, kind: &str, role: Option<&str>, verdict: Option<&str>, seen: &mut Seen) {
    for (field, read) in crate::evidence::KNOWN_MEMBERS {
        if let Some(text) = record.str(field) {
            seen.add(read(text), format!("Entities.{kind}.{field}"), role, verdict);
        }
    }
}

/// What stands in a text, marked as merely mentioned.
pub(crate) fn mention(seen: &mut Seen, text: &str) {
    for found in indicator::extract(text) {
        seen.add(Some(found.indicator), "text", Some("mentioned"), None);
    }
}

/// Roles that say what the entity did; the others ("PrimaryDevice") are about devices.
fn microsofts_role(role: &str) -> Option<&'static str> {
    Some(match word(role).as_str() {
        "attacker" => "attacker",
        "command_and_control" => "command_and_control",
        "contextual" => "contextual",
        "source" => "source",
        "destination" => "destination",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
