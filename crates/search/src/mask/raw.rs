//! Microsoft's own records: members that hold people are known by their names, the rest is text.

use serde_json::Value;

use super::names::{Found, Names};

/// Members whose value is a person's name or number, as letters and digits in lower case.
const PEOPLE: &[&str] = &[
    "aadobjectid",
    "aaduserid",
    "accountdisplayname",
    "accountname",
    "accountobjectid",
    "accounts",
    "accountsid",
    "accountupn",
    "assignedto",
    "azureaduserid",
    "createdby",
    "createdbydisplayname",
    "email",
    "emailaddress",
    "initiatingprocessaccountname",
    "initiatingprocessaccountobjectid",
    "initiatingprocessaccountsid",
    "initiatingprocessaccountupn",
    "lastmodifiedby",
    "mailboxprimaryaddress",
    "onpremisessamaccountname",
    "owner",
    "primaryaddress",
    "recipient",
    "recipientemailaddress",
    "recipients",
    "samaccountname",
    "sender",
    "senderfromaddress",
    "sendermailfromaddress",
    "upn",
    "upnsuffixed",
    "useremail",
    "username",
    "userprincipalname",
    "usersid",
];

/// Members whose value is a device's name.
const DEVICES: &[&str] = &["computer", "computerdnsname", "devicednsname", "devicename", "hostname", "netbiosname"];

/// Members that hold a person as an object: in it, these too are names.
const HOLDERS: &[&str] = &["account", "assignedto", "createdby", "loggedonusers", "owner", "user", "useraccount"];
const IN_HOLDERS: &[&str] = &["displayname", "id", "name", "objectid", "sid", "userid"];

/// Members that say which person a number belongs to are no longer than this.
const LONGEST: usize = 256;

/// Takes in the names that a record holds.
pub(super) fn collect(record: &Value, found: &mut Found) {
    walk(record, false, &mut |name, is_person| match is_person {
        true => found.person(name),
        false => found.device(name),
    });
}

fn walk(value: &Value, held: bool, take: &mut impl FnMut(&str, bool)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, held, take)),
        Value::Object(members) => {
            let held = held || is_account(members);
            for (name, value) in members {
                let name = plain(name);
                if names_a_person(&name, held) {
                    strings(value).for_each(|text| take(text, true));
                } else if DEVICES.binary_search(&name.as_str()).is_ok() {
                    strings(value).for_each(|text| take(text, false));
                }
                walk(value, HOLDERS.binary_search(&name.as_str()).is_ok(), take);
            }
        }
        _ => {}
    }
}

/// Replaces the names in a record.
pub(super) fn mask(record: &mut Value, names: &Names<'_>) {
    replace(record, false, names);
}

fn replace(value: &mut Value, held: bool, names: &Names<'_>) {
    match value {
        Value::String(text) => names.mask(text),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, held, names)),
        Value::Object(members) => {
            let held = held || is_account(members);
            let all = std::mem::take(members);
            for (mut name, mut value) in all {
                let word = plain(&name);
                let holder = HOLDERS.binary_search(&word.as_str()).is_ok();
                match names_a_person(&word, held) {
                    true => people(&mut value, holder, names),
                    false => replace(&mut value, holder, names),
                }
                names.mask(&mut name);
                members.insert(name, value);
            }
        }
        _ => {}
    }
}

/// A member that holds a person: a name, several, or an object.
fn people(value: &mut Value, holder: bool, names: &Names<'_>) {
    match value {
        Value::String(text) if text.len() <= LONGEST => *text = names.person(text),
        Value::Array(items) => items.iter_mut().for_each(|item| people(item, holder, names)),
        other => replace(other, holder, names),
    }
}

/// An entity of Sentinel's says in a member that it is an account.
fn is_account(members: &serde_json::Map<String, Value>) -> bool {
    let kind = |name: &str| members.get(name).and_then(Value::as_str);
    kind("Type")
        .or_else(|| kind("EntityType"))
        .is_some_and(|kind| ["account", "user", "mailbox"].iter().any(|account| kind.eq_ignore_ascii_case(account)))
}

fn names_a_person(member: &str, held: bool) -> bool {
    PEOPLE.binary_search(&member).is_ok() || (held && IN_HOLDERS.binary_search(&member).is_ok())
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    let one = value.as_str();
    let many = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    one.into_iter().chain(many).filter(|text| text.len() <= LONGEST)
}

fn plain(member: &str) -> String {
    member.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_for_the_binary_search() {
        for list in [PEOPLE, DEVICES, HOLDERS, IN_HOLDERS] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }
}
