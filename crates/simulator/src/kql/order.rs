//! Which of two values is the same, the smaller one, or the first of a sort; and keys for groups.

use std::cmp::Ordering;

use super::{convert, syntax::Comparison, value::Value};

/// The order of two values of types that can be compared; `None` if one is null or a number is not one.
pub(super) fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(a), Value::String(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.cmp(b)),
        (Value::TimeSpan(a), Value::TimeSpan(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Guid(a), Value::Guid(b)) => Some(a.cmp(b)),
        (Value::Real(_), _) | (_, Value::Real(_)) => convert::real(left)?.partial_cmp(&convert::real(right)?),
        (Value::Int(_) | Value::Long(_), Value::Int(_) | Value::Long(_)) => {
            Some(convert::long(left)?.cmp(&convert::long(right)?))
        }
        (Value::Dynamic(a), Value::Dynamic(b)) => (a == b).then_some(Ordering::Equal),
        _ => None,
    }
}

/// The comparison's result. Equality knows nulls (a null equals nothing, and is unequal to every value);
/// order does not, and answers null.
pub(super) fn holds(comparison: Comparison, left: &Value, right: &Value) -> Value {
    let (null, both) = (left.is_null() || right.is_null(), left.is_null() && right.is_null());
    if null {
        return match comparison {
            Comparison::Equal if !both => Value::Bool(false),
            Comparison::NotEqual if !both => Value::Bool(true),
            _ => Value::Null,
        };
    }
    let order = compare(left, right);
    Value::Bool(match comparison {
        Comparison::Equal => order == Some(Ordering::Equal),
        Comparison::NotEqual => order != Some(Ordering::Equal),
        Comparison::Less => order == Some(Ordering::Less),
        Comparison::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        Comparison::Greater => order == Some(Ordering::Greater),
        Comparison::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    })
}

/// The order in a sort: nulls at the asked end, whichever way the rest runs.
pub(super) fn sorted(left: &Value, right: &Value, descending: bool, nulls_first: bool) -> Ordering {
    match (left.is_null(), right.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) if nulls_first => Ordering::Less,
        (true, false) => Ordering::Greater,
        (false, true) if nulls_first => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => {
            let order = compare(left, right).unwrap_or(Ordering::Equal);
            if descending { order.reverse() } else { order }
        }
    }
}

/// A value as a part of a group's or a join's key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Null,
    Bool(bool),
    Whole(i64),
    Real(u64),
    Text(String),
    Instant(i128),
    Span(i64),
    Json(String),
    Guid(u128),
}

impl From<&Value> for Key {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Int(number) => Self::Whole(i64::from(*number)),
            Value::Long(number) => Self::Whole(*number),
            Value::Real(number) => Self::Real((number + 0.0).to_bits()),
            Value::String(text) => Self::Text(text.clone()),
            Value::DateTime(instant) => Self::Instant(instant.as_nanosecond()),
            Value::TimeSpan(ticks) => Self::Span(*ticks),
            Value::Dynamic(json) => Self::Json(json.to_string()),
            Value::Guid(id) => Self::Guid(id.as_u128()),
        }
    }
}
