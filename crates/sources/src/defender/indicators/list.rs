//! The whole list, read once in a while and compared here: Microsoft's filter compares whole values only, so it can find
//! neither a URL by its host nor a network by an address in it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use indicator::Indicator;
use jiff::{SignedDuration, Timestamp};
use microsoft::{Error, defender};
use search::Question;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::asking::Asking;
use crate::record::{Record, address, host, name, word};

/// How long a list that was read whole is used.
const HOLDS: SignedDuration = SignedDuration::from_mins(3);

/// One credential's list. Whoever asks first reads it, the others wait.
#[derive(Default)]
pub(crate) struct List(Mutex<Option<Arc<Entries>>>);

/// The entries for names and addresses, by what they are for. Each is kept as text, which takes a third of the memory.
#[derive(Debug)]
pub(crate) struct Entries {
    /// When it was read.
    pub at: Timestamp,
    /// Why entries may be missing.
    pub incomplete: Option<String>,
    /// Entries without a value.
    pub unreadable: u32,
    texts: Vec<String>,
    by_key: HashMap<String, Vec<usize>>,
    networks: Vec<usize>,
}

impl List {
    /// The list, read anew if it is not known or too old. Reading takes at most two thirds of the question's time, so that
    /// something is left to ask for the value alone.
    pub(crate) async fn get(&self, asking: &Asking, question: &Question) -> Result<Arc<Entries>, Error> {
        let mut known = self.0.lock().await;
        if let Some(entries) = known.as_ref() {
            let age = question.now.duration_since(entries.at);
            if age >= SignedDuration::ZERO && age < HOLDS {
                return Ok(Arc::clone(entries));
            }
        }
        let start = Instant::now();
        let deadline = start + question.deadline.saturating_duration_since(start) * 2 / 3;
        let listing = defender::all_indicators(&asking.microsoft, &asking.call(deadline)).await?;
        let entries = Arc::new(Entries::new(&listing.values, listing.incomplete, question.now));
        // A list that is not whole is not kept: the next search tries again.
        *known = entries.incomplete.is_none().then(|| Arc::clone(&entries));
        Ok(entries)
    }
}

impl Entries {
    pub(super) fn new(values: &[Value], incomplete: Option<String>, at: Timestamp) -> Entries {
        let mut entries =
            Entries { at, incomplete, unreadable: 0, texts: Vec::new(), by_key: HashMap::new(), networks: Vec::new() };
        for entry in values {
            let record = Record(entry);
            let Some(value) = record.str("indicatorValue") else {
                entries.unreadable += 1;
                continue;
            };
            let number = entries.texts.len();
            match key(record.str("indicatorType").unwrap_or_default(), value) {
                Key::Value(key) => entries.by_key.entry(key).or_default().push(number),
                Key::Network => entries.networks.push(number),
                Key::None => continue,
            }
            entries.texts.push(entry.to_string());
        }
        entries
    }

    /// Entries that may be for the indicator: each is still to be compared.
    pub(super) fn near(&self, indicator: &Indicator) -> Vec<Value> {
        let mut keys = vec![indicator.value()];
        let mut numbers: Vec<usize> = Vec::new();
        match indicator {
            Indicator::Domain(domain) => keys.extend(domain.parents().iter().map(|parent| format!("*.{parent}"))),
            Indicator::Ip(_) => numbers.extend(&self.networks),
        }
        numbers.extend(keys.iter().filter_map(|key| self.by_key.get(key)).flatten());
        numbers.iter().filter_map(|number| serde_json::from_str(self.texts.get(*number)?).ok()).collect()
    }
}

enum Key {
    Value(String),
    Network,
    /// A hash, a certificate, or no value that anybody could search here.
    None,
}

fn key(kind: &str, value: &str) -> Key {
    let of = |found: Option<Indicator>| found.map_or(Key::None, |found| Key::Value(found.value()));
    if let Some(above) = value.strip_prefix("*.") {
        return name(above).map_or(Key::None, |above| Key::Value(format!("*.{}", above.value())));
    }
    match word(kind).as_str() {
        "url" => of(host(value)),
        kind if kind.starts_with("file") || kind.starts_with("certificate") => Key::None,
        _ if value.contains('/') => Key::Network,
        _ => of(name(value).or_else(|| address(value))),
    }
}
