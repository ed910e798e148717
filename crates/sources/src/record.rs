//! One record as Microsoft sent it, read leniently: names in any letter case, null like absent, a bad field lost alone.

use indicator::Indicator;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// A JSON object, or anything else, which then has no members.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a>(pub(crate) &'a Value);

impl<'a> Record<'a> {
    fn members(self) -> Option<&'a Map<String, Value>> {
        self.0.as_object()
    }

    /// A member that is there and not null.
    pub(crate) fn get(self, name: &str) -> Option<&'a Value> {
        let members = self.members()?;
        let value = members
            .get(name)
            .or_else(|| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))?;
        (!value.is_null()).then_some(value)
    }

    /// A member that is an object, as a record; an empty one if there is none.
    pub(crate) fn record(self, name: &str) -> Record<'a> {
        Record(self.get(name).unwrap_or(&Value::Null))
    }

    /// A text that is not blank.
    pub(crate) fn str(self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    /// A text, or a number as a text.
    pub(crate) fn text(self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A whole number; Microsoft writes some as text.
    pub(crate) fn u64(self, name: &str) -> Option<u64> {
        match self.get(name)? {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A truth value, also as a text or as a number.
    pub(crate) fn bool(self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Value::Bool(value) => Some(*value),
            Value::Number(number) => number.as_i64().map(|number| number != 0),
            Value::String(text) if text.eq_ignore_ascii_case("true") || text == "1" => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") || text == "0" => Some(false),
            _ => None,
        }
    }

    /// A date; a year-1 date is none.
    pub(crate) fn time(self, name: &str) -> Option<Timestamp> {
        microsoft::time::read(self.str(name)?)
    }

    /// The elements of a list, nulls left out; null, absent and empty are the same.
    pub(crate) fn list(self, name: &str) -> impl Iterator<Item = &'a Value> {
        self.get(name).and_then(Value::as_array).into_iter().flatten().filter(|value| !value.is_null())
    }

    /// The texts of a list, also where the list stands as JSON inside a text.
    pub(crate) fn strings(self, name: &str) -> Vec<String> {
        let value = self.json(name);
        let texts = value.as_array().into_iter().flatten().filter_map(Value::as_str);
        texts.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
    }

    /// A member, parsed again if it is a text that holds JSON: `dynamic` cells come either way.
    pub(crate) fn json(self, name: &str) -> Value {
        match self.get(name) {
            None => Value::Null,
            Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone())),
            Some(value) => value.clone(),
        }
    }
}

/// "inProgress", "InProgress", "In progress" → "in_progress": Microsoft writes one word in many ways.
pub(crate) fn word(text: &str) -> String {
    let mut word = String::with_capacity(text.len() + 4);
    let mut after_small = false;
    for letter in text.trim().chars() {
        if letter.is_alphanumeric() {
            if letter.is_uppercase() && after_small {
                word.push('_');
            }
            after_small = letter.is_lowercase() || letter.is_numeric();
            word.extend(letter.to_lowercase());
        } else {
            after_small = false;
            if !word.is_empty() && !word.ends_with('_') {
                word.push('_');
            }
        }
    }
    while word.ends_with('_') {
        word.pop();
    }
    word
}

/// The word in a member, unless it says that nothing is known.
pub(crate) fn known_word(record: Record<'_>, name: &str) -> Option<String> {
    let word = word(record.str(name)?);
    (!matches!(word.as_str(), "" | "unknown" | "unknown_future_value" | "none" | "not_available")).then_some(word)
}

/// An address in an address field: with a port, in brackets, mapped, in any spelling. `0.0.0.0` and `::` are placeholders.
pub(crate) fn address(text: &str) -> Option<Indicator> {
    match indicator::parse(text.trim()).ok()?.indicator {
        Indicator::Ip(address) if !address.is_unspecified() => Some(Indicator::Ip(address)),
        _ => None,
    }
}

/// A name in a field for names. An address there counts as well: some products write one in the other's place.
pub(crate) fn name(text: &str) -> Option<Indicator> {
    let text = text.trim();
    if text.contains(['/', ' ', '@']) {
        return None;
    }
    indicator::parse(text).ok().map(|parsed| parsed.indicator).filter(placeable)
}

/// The host of a URL field, which may hold a bare name, a junk prefix (`uri=https://…`) or no URL at all.
pub(crate) fn host(text: &str) -> Option<Indicator> {
    let text = text.trim();
    let bare = match text.split_once('=') {
        Some((key, rest)) if key.bytes().all(|byte| byte.is_ascii_alphabetic()) && rest.contains("://") => rest,
        _ => text,
    };
    indicator::parse(bare).ok().map(|parsed| parsed.indicator).filter(placeable)
}

/// The domain of a mail address.
pub(crate) fn mail_domain(text: &str) -> Option<Indicator> {
    let (_, domain) = text.trim().trim_end_matches('>').rsplit_once('@')?;
    name(domain)
}

fn placeable(indicator: &Indicator) -> bool {
    !matches!(indicator, Indicator::Ip(address) if address.is_unspecified())
}

#[cfg(test)]
mod tests;
