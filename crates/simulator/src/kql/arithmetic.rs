//! Sums and differences of numbers, instants and lengths of time.

use super::{
    convert,
    syntax::Arithmetic,
    time,
    value::{Type, Value},
};

/// The type of `left sign right`, or `None` if Kusto does not know that operation.
pub(super) fn kind(sign: Arithmetic, left: Type, right: Type) -> Option<Type> {
    use Arithmetic::{Add, Divide, Multiply, Remainder, Subtract};
    use Type::{DateTime, Long, Real, TimeSpan};
    Some(match (left, sign, right) {
        (a, _, b) if a.is_number() && b.is_number() => {
            if a == Real || b == Real {
                Real
            } else {
                Long
            }
        }
        (DateTime, Subtract, DateTime) => TimeSpan,
        (DateTime, Add | Subtract, TimeSpan) | (TimeSpan, Add, DateTime) => DateTime,
        (TimeSpan, Add | Subtract | Remainder, TimeSpan) => TimeSpan,
        (TimeSpan, Divide, TimeSpan) => Real,
        (TimeSpan, Multiply | Divide, b) if b.is_number() => TimeSpan,
        (a, Multiply, TimeSpan) if a.is_number() => TimeSpan,
        _ => return None,
    })
}

/// The result, of the type that [`kind`] says; null for nulls, overflow and a whole number divided by zero.
pub(super) fn apply(sign: Arithmetic, left: &Value, right: &Value, kind: Type) -> Value {
    let result = match (left, right) {
        (Value::DateTime(a), Value::DateTime(b)) => time::between(*a, *b).map(Value::TimeSpan),
        (Value::DateTime(at), Value::TimeSpan(ticks)) => {
            let ticks = if sign == Arithmetic::Subtract { ticks.checked_neg() } else { Some(*ticks) };
            ticks.and_then(|ticks| time::later(*at, ticks)).map(Value::DateTime)
        }
        (Value::TimeSpan(ticks), Value::DateTime(at)) => time::later(*at, *ticks).map(Value::DateTime),
        (Value::TimeSpan(a), Value::TimeSpan(b)) if kind == Type::Real => Some(Value::Real(*a as f64 / *b as f64)),
        (Value::TimeSpan(a), Value::TimeSpan(b)) => whole(sign, *a, *b).map(Value::TimeSpan),
        _ => match kind {
            Type::Real => reals(sign, left, right).map(Value::Real),
            Type::TimeSpan => spans(sign, left, right).map(Value::TimeSpan),
            _ => longs(sign, left, right).map(Value::Long),
        },
    };
    result.unwrap_or(Value::Null)
}

fn longs(sign: Arithmetic, left: &Value, right: &Value) -> Option<i64> {
    whole(sign, convert::long(left)?, convert::long(right)?)
}

fn whole(sign: Arithmetic, a: i64, b: i64) -> Option<i64> {
    match sign {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply => a.checked_mul(b),
        Arithmetic::Divide => a.checked_div(b),
        // Kusto's remainder is never negative.
        Arithmetic::Remainder => a.checked_rem_euclid(b),
    }
}

fn reals(sign: Arithmetic, left: &Value, right: &Value) -> Option<f64> {
    let (a, b) = (convert::real(left)?, convert::real(right)?);
    Some(match sign {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide => a / b,
        Arithmetic::Remainder => a.rem_euclid(b),
    })
}

/// A length of time multiplied or divided by a number.
fn spans(sign: Arithmetic, left: &Value, right: &Value) -> Option<i64> {
    let (ticks, number) = match (left, right) {
        (Value::TimeSpan(ticks), number) | (number, Value::TimeSpan(ticks)) => (*ticks, number),
        _ => return None,
    };
    if let (Arithmetic::Multiply, Value::Int(_) | Value::Long(_)) = (sign, number) {
        return ticks.checked_mul(convert::long(number)?);
    }
    let number = convert::real(number)?;
    let result = match sign {
        Arithmetic::Multiply => ticks as f64 * number,
        Arithmetic::Divide => ticks as f64 / number,
        _ => return None,
    };
    (result.abs() < i64::MAX as f64).then_some(result as i64)
}

/// The type of `bin(value, size)`, or `None` if the two do not go together.
pub(super) fn bin_kind(value: Type, size: Type) -> Option<Type> {
    match (value, size) {
        (Type::DateTime | Type::TimeSpan, Type::TimeSpan) => Some(value),
        (Type::Int | Type::Long, Type::Int | Type::Long) => Some(Type::Long),
        (a, b) if a.is_number() && b.is_number() => Some(Type::Real),
        _ => None,
    }
}

/// The value rounded down to a multiple of `size`. Instants count from the year 1, as Kusto's ticks do.
pub(super) fn bin(value: &Value, size: &Value) -> Value {
    let down = |value: i64, size: i64| {
        if size <= 0 { None } else { value.checked_sub(value.rem_euclid(size)) }
    };
    let result = match (value, size) {
        (Value::DateTime(at), Value::TimeSpan(size)) => {
            let ticks =
                i64::try_from(at.as_nanosecond() / 100).ok().and_then(|t| t.checked_add(time::TICKS_BEFORE_1970));
            ticks
                .and_then(|ticks| Some(-ticks.rem_euclid((*size > 0).then_some(*size)?)))
                .and_then(|back| time::later(*at, back))
                .map(Value::DateTime)
        }
        (Value::TimeSpan(ticks), Value::TimeSpan(size)) => down(*ticks, *size).map(Value::TimeSpan),
        (Value::Real(_), _) | (_, Value::Real(_)) => match (convert::real(value), convert::real(size)) {
            (Some(value), Some(size)) if size > 0.0 => Some(Value::Real((value / size).floor() * size)),
            _ => None,
        },
        _ => match (convert::long(value), convert::long(size)) {
            (Some(value), Some(size)) => down(value, size).map(Value::Long),
            _ => None,
        },
    };
    result.unwrap_or(Value::Null)
}
