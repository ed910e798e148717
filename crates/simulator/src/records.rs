//! How one entry of the story comes to stand in each interface, a file an interface's record.

pub(crate) mod defender_alert;
pub(crate) mod device;
pub(crate) mod entities;
pub(crate) mod graph_alert;
pub(crate) mod graph_evidence;
pub(crate) mod hunting_alert;
pub(crate) mod incident;
pub(crate) mod legacy_alert;
pub(crate) mod listed_indicator;
pub(crate) mod mail;
pub(crate) mod organisation;
pub(crate) mod security_alert;
pub(crate) mod service;
pub(crate) mod sign_in;
pub(crate) mod threat_indicator;
pub(crate) mod traffic;
pub(crate) mod usage;

pub(crate) use organisation::{AlertRecord, Organisation};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

/// A row of a table, before it is typed.
pub(crate) type Row = Map<String, Value>;

/// An object's members as a row.
pub(crate) fn row(object: Value) -> Row {
    match object {
        Value::Object(members) => members,
        _ => Row::new(),
    }
}

/// An instant as Microsoft's services write it: `Z`, and as many digits as there are, at most seven.
pub(crate) fn instant(at: Timestamp) -> String {
    let ticks = at.subsec_nanosecond().rem_euclid(100);
    at.checked_sub(SignedDuration::from_nanos(i64::from(ticks))).unwrap_or(at).to_string()
}

/// `initialAccess` for `InitialAccess`, and the other way round: the interfaces differ in the first letter only.
pub(crate) fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
