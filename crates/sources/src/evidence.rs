//! The evidence of an alert in Graph (`alerts_v2`): a typed table of which members of which type carry an indicator, and
//! a walk over types that the table does not know.

use indicator::Indicator;
use serde_json::Value;

use crate::record::{Record, address, host, known_word, mail_domain, name, word};
use crate::sighting::Seen;

mod table;

type Read = fn(&str) -> Option<Indicator>;

/// Members that mean the same in every type, so that they are searched in types that are not known yet.
pub(crate) const KNOWN_MEMBERS: [(&str, Read); 7] = [
    ("ipAddress", address),
    ("address", address),
    ("url", host),
    ("dnsName", name),
    ("domainName", name),
    ("senderIp", address),
    ("hostName", name),
];

const DEEPEST: usize = 24;

/// Reads `evidence`. Each element by itself: a bad one loses nothing but itself.
pub(crate) fn read<'a>(evidence: impl IntoIterator<Item = &'a Value>) -> Seen {
    let mut seen = Seen::default();
    for item in evidence {
        if item.is_object() {
            one(Record(item), &mut seen);
        } else if !item.is_null() {
            seen.unread += 1;
        }
    }
    seen
}

fn one(item: Record<'_>, seen: &mut Seen) {
    let kind = item.str("@odata.type").and_then(|name| name.rsplit('.').next()).unwrap_or_default();
    let verdict = known_word(item, "verdict");
    let role = strongest(item);
    people_and_devices(item, kind, seen);
    match table::TABLE.iter().find(|(known, _)| known.eq_ignore_ascii_case(kind)) {
        Some((kind, fields)) => {
            for field in *fields {
                let own = field.role.or(role.as_deref());
                let verdict = verdict.as_deref().filter(|_| field.is_judged());
                each(item.0, field.path, &mut |text| {
                    seen.add((field.read)(text), format!("{kind}.{}", field.path), own, verdict);
                });
            }
            if matches!(*kind, "processEvidence" | "registryValueEvidence" | "mailClusterEvidence") {
                for text in ["processCommandLine", "registryValue", "query", "clusterByValue"] {
                    item.str(text).into_iter().for_each(|text| crate::entities::mention(seen, text));
                }
            }
        }
        None if table::WITHOUT.iter().any(|known| known.eq_ignore_ascii_case(kind)) => {}
        None => untyped(item.0, kind, role.as_deref(), verdict.as_deref(), seen, 0),
    }
}

/// The role that says most. A piece of evidence can have several; context is only what has no other.
fn strongest(item: Record<'_>) -> Option<String> {
    const WEIGHT: [&str; 4] = ["command_and_control", "attacker", "source", "destination"];
    let roles: Vec<String> = (item.list("roles").filter_map(Value::as_str).map(word))
        .filter(|role| !matches!(role.as_str(), "" | "unknown" | "unknown_future_value"))
        .collect();
    let heavy = WEIGHT.iter().find(|role| roles.iter().any(|known| known == *role)).map(|role| (*role).to_owned());
    heavy.or_else(|| roles.iter().find(|role| *role != "contextual").cloned()).or_else(|| roles.first().cloned())
}

fn people_and_devices(item: Record<'_>, kind: &str, seen: &mut Seen) {
    match kind {
        "deviceEvidence" => seen.device(item.str("deviceDnsName").or_else(|| item.str("hostName"))),
        "userEvidence" | "processEvidence" => {
            let account = item.record("userAccount");
            seen.account(account.str("userPrincipalName").or_else(|| account.str("accountName")));
        }
        "mailboxEvidence" => seen.account(item.str("primaryAddress")),
        "analyzedMessageEvidence" => seen.account(item.str("recipientEmailAddress")),
        _ => {}
    }
}

/// Calls `found` for every text at a path: `a.b`, `list[].a`, `list[]`.
fn each(value: &Value, path: &str, found: &mut dyn FnMut(&str)) {
    let (step, rest) = path.split_once('.').map_or((path, None), |(step, rest)| (step, Some(rest)));
    let (name, is_list) = step.strip_suffix("[]").map_or((step, false), |name| (name, true));
    let Some(member) = Record(value).get(name) else { return };
    let mut visit = |item: &Value| match rest {
        Some(rest) => each(item, rest, found),
        None => item.as_str().into_iter().for_each(&mut *found),
    };
    match member {
        Value::Array(items) if is_list => items.iter().for_each(&mut visit),
        other => visit(other),
    }
}

/// A type that is not known yet: members with known names count as typed, what stands in other texts is mentioned.
fn untyped(value: &Value, kind: &str, role: Option<&str>, verdict: Option<&str>, seen: &mut Seen, depth: usize) {
    if depth > DEEPEST {
        seen.unread += u32::from(value.is_object() || value.is_array());
        return;
    }
    match value {
        Value::Array(items) => {
            for item in items {
                match item.as_str() {
                    Some(text) => crate::entities::mention(seen, text),
                    None => untyped(item, kind, role, verdict, seen, depth + 1),
                }
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                let known = KNOWN_MEMBERS.iter().find(|(known, _)| known.eq_ignore_ascii_case(key));
                match (member, known) {
                    (_, _) if key.starts_with('@') => {}
                    (Value::String(text), Some((field, read))) => {
                        seen.add(read(text), format!("{kind}.{field}"), role, verdict);
                    }
                    (Value::String(text), None) => crate::entities::mention(seen, text),
                    _ => untyped(member, kind, role, verdict, seen, depth + 1),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
