//! Functions that read or give text.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use regex::Regex;

use super::{Type, Value, as_text, convert};

pub(super) fn length(text: &str) -> Value {
    i64::try_from(text.chars().count()).map_or(Value::Null, Value::Long)
}

pub(super) fn concatenated(parts: &[Cow<'_, Value>]) -> Value {
    parts.iter().map(|part| part.text()).collect::<String>().into()
}

pub(super) fn joined(arguments: &[Cow<'_, Value>]) -> Value {
    let parts: Vec<String> = arguments[1..].iter().map(|part| part.text()).collect();
    parts.join(&as_text(&arguments[0])).into()
}

/// `substring(text, start[, length])`; a negative start counts from the end.
pub(super) fn substring(arguments: &[Cow<'_, Value>]) -> Value {
    let text = as_text(&arguments[0]);
    let start = convert::long(&arguments[1]).unwrap_or(0);
    let length = arguments.get(2).map_or(Some(i64::MAX), |length| convert::long(length));
    let start =
        if start < 0 { start.saturating_add(i64::try_from(text.chars().count()).unwrap_or(i64::MAX)) } else { start };
    // A start before the text is no start.
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    let length = usize::try_from(length.unwrap_or(0)).unwrap_or(0);
    text.chars().skip(start).take(length).collect::<String>().into()
}

/// `split(text, delimiter[, index])`: an array, of one item if an index is given.
pub(super) fn split(arguments: &[Cow<'_, Value>]) -> Value {
    let text = as_text(&arguments[0]);
    let delimiter = as_text(&arguments[1]);
    let parts: Vec<&str> = if delimiter.is_empty() { vec![&*text] } else { text.split(&*delimiter).collect() };
    let parts = match arguments.get(2).and_then(|index| convert::long(index)) {
        Some(index) => usize::try_from(index).ok().and_then(|index| parts.get(index)).map(|part| vec![*part]),
        None => Some(parts),
    };
    parts.map_or(Type::Dynamic.missing(), |parts| Value::Dynamic(parts.into()))
}

/// The pattern at either end. Kusto takes one match off each, whatever its page says of all.
pub(super) fn at_the_ends(pattern: &str) -> String {
    format!("^(?:{pattern})|(?:{pattern})$")
}

/// `trim(pattern, text)`, the pattern being that of [`at_the_ends`].
pub(super) fn trim(pattern: &Regex, arguments: &[Cow<'_, Value>]) -> Value {
    pattern.replace_all(&as_text(&arguments[1]), "").into_owned().into()
}

/// `extract(pattern, group, text)`: the group of the first match, or the empty string.
pub(super) fn extract(pattern: &Regex, arguments: &[Cow<'_, Value>]) -> Value {
    let text = as_text(&arguments[2]);
    let group = convert::long(&arguments[1]).and_then(|group| usize::try_from(group).ok());
    let found = pattern.captures(&text).and_then(|captures| captures.get(group?));
    found.map_or("", |found| found.as_str()).into()
}

pub(super) fn from_base64(text: &str) -> Value {
    let decoded = STANDARD.decode(text.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.unwrap_or_default().into()
}
