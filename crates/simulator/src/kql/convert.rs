//! `tostring()`, `tolong()` and their like: a value of one type as a value of another, or null.

use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    time,
    value::{Type, Value},
};

/// The value as one of this type; null (or the empty string) where it has none.
pub(super) fn to(kind: Type, value: &Value) -> Value {
    let converted = match (kind, value) {
        (_, Value::Null) => None,
        (Type::Dynamic, Value::Dynamic(_)) => Some(value.clone()),
        (Type::Dynamic, Value::String(text)) => return parse_json(text),
        (Type::Dynamic, value) => Some(Value::Dynamic(value.to_json())),
        (Type::String, value) => Some(Value::String(value.text())),
        (kind, Value::Dynamic(json)) => return to(kind, &scalar(json)),
        (Type::Bool, value) => bool(value),
        (Type::Int, value) => long(value).and_then(|number| i32::try_from(number).ok()).map(Value::Int),
        (Type::Long, value) => long(value).map(Value::Long),
        (Type::Real, value) => real(value).map(Value::Real),
        (Type::DateTime, Value::DateTime(_)) | (Type::TimeSpan, Value::TimeSpan(_)) | (Type::Guid, Value::Guid(_)) => {
            Some(value.clone())
        }
        (Type::DateTime, Value::String(text)) => time::read_instant(text).map(Value::DateTime),
        (Type::TimeSpan, Value::String(text)) => time::read_span(text).map(Value::TimeSpan),
        (Type::Guid, Value::String(text)) => Uuid::parse_str(text.trim()).ok().map(Value::Guid),
        _ => None,
    };
    converted.unwrap_or_else(|| kind.missing())
}

/// Text that is no JSON is a dynamic string.
fn parse_json(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(json) => Value::dynamic(json),
        Err(_) if text.is_empty() => Value::Null,
        Err(_) => Value::Dynamic(text.into()),
    }
}

/// A JSON scalar as the value that it holds; objects and arrays hold none.
fn scalar(json: &Json) -> Value {
    match json {
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Long(whole),
            None => number.as_f64().map_or(Value::Null, Value::Real),
        },
        Json::String(text) => Value::String(text.clone()),
        Json::Null | Json::Array(_) | Json::Object(_) => Value::Null,
    }
}

fn bool(value: &Value) -> Option<Value> {
    let flag = match value {
        Value::Bool(flag) => *flag,
        Value::Int(number) => *number != 0,
        Value::Long(number) => *number != 0,
        Value::Real(number) => *number != 0.0,
        Value::String(text) => match text.trim() {
            text if text.eq_ignore_ascii_case("true") => true,
            text if text.eq_ignore_ascii_case("false") => false,
            text => text.parse::<i64>().ok()? != 0,
        },
        _ => return None,
    };
    Some(Value::Bool(flag))
}

pub(super) fn long(value: &Value) -> Option<i64> {
    match value {
        Value::Bool(flag) => Some(i64::from(*flag)),
        Value::Int(number) => Some(i64::from(*number)),
        Value::Long(number) => Some(*number),
        // Cut off, not rounded.
        Value::Real(number) => (number.abs() < i64::MAX as f64).then_some(*number as i64),
        Value::TimeSpan(ticks) => Some(*ticks),
        Value::String(text) => {
            let text = text.trim();
            match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
                Some(hex) => i64::from_str_radix(hex, 16).ok(),
                None => text.parse().ok(),
            }
        }
        _ => None,
    }
}

pub(super) fn real(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => Some(f64::from(*number)),
        Value::Long(number) => Some(*number as f64),
        Value::Real(number) => Some(*number),
        Value::String(text) => text.trim().parse().ok(),
        Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
        _ => None,
    }
}
