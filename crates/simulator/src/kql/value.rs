//! The values that stand in a cell, and the types that a column can have.

use std::fmt;

use jiff::Timestamp;
use uuid::Uuid;

use super::time;

/// The scalar types of Kusto that the subset knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// `true` or `false`.
    Bool,
    /// A signed number of 32 bits.
    Int,
    /// A signed number of 64 bits.
    Long,
    /// A double.
    Real,
    /// Text. It is never null in Kusto: what is missing is the empty string.
    String,
    /// An instant, UTC, in steps of 100 ns.
    DateTime,
    /// A length of time, in steps of 100 ns.
    TimeSpan,
    /// JSON.
    Dynamic,
    /// A UUID.
    Guid,
}

impl Type {
    /// Kusto's name of the type, as it stands in a query and in the `columns` of a Log Analytics answer.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Long => "long",
            Self::Real => "real",
            Self::String => "string",
            Self::DateTime => "datetime",
            Self::TimeSpan => "timespan",
            Self::Dynamic => "dynamic",
            Self::Guid => "guid",
        }
    }

    /// The name in the `schema` of Graph's hunting answer: .NET's, with `SByte` for a bool and `Object` for JSON.
    pub fn hunting_name(self) -> &'static str {
        match self {
            Self::Bool => "SByte",
            Self::Int => "Int32",
            Self::Long => "Int64",
            Self::Real => "Double",
            Self::String => "String",
            Self::DateTime => "DateTime",
            Self::TimeSpan => "TimeSpan",
            Self::Dynamic => "Object",
            Self::Guid => "Guid",
        }
    }

    /// The type that Kusto calls by this name, its synonyms included.
    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "bool" | "boolean" => Self::Bool,
            "int" => Self::Int,
            "long" => Self::Long,
            "real" | "double" => Self::Real,
            "string" => Self::String,
            "datetime" | "date" => Self::DateTime,
            "timespan" | "time" => Self::TimeSpan,
            "dynamic" => Self::Dynamic,
            "guid" | "uuid" => Self::Guid,
            _ => return None,
        })
    }

    /// What a cell of this type holds when nothing was written into it.
    pub fn missing(self) -> Value {
        match self {
            Self::String => Value::String(String::new()),
            _ => Value::Null,
        }
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Long | Self::Real)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value, of whichever type its column has. Never in a string column.
    Null,
    /// Of type [`Type::Bool`].
    Bool(bool),
    /// Of type [`Type::Int`].
    Int(i32),
    /// Of type [`Type::Long`].
    Long(i64),
    /// Of type [`Type::Real`].
    Real(f64),
    /// Of type [`Type::String`].
    String(String),
    /// Of type [`Type::DateTime`].
    DateTime(Timestamp),
    /// Of type [`Type::TimeSpan`], in ticks of 100 ns.
    TimeSpan(i64),
    /// Of type [`Type::Dynamic`]. JSON's `null` is written as [`Value::Null`].
    Dynamic(serde_json::Value),
    /// Of type [`Type::Guid`].
    Guid(Uuid),
}

impl Value {
    /// A dynamic cell; JSON's `null` is Kusto's null.
    pub fn dynamic(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            json => Self::Dynamic(json),
        }
    }

    /// A row's cell from JSON, read as the column's type wants it. `None` if the JSON is of another kind.
    pub fn from_json(json: &serde_json::Value, kind: Type) -> Option<Self> {
        use serde_json::Value as Json;
        Some(match (kind, json) {
            (_, Json::Null) => kind.missing(),
            (Type::Dynamic, json) => Self::Dynamic(json.clone()),
            (Type::String, Json::String(text)) => Self::String(text.clone()),
            (Type::String, json) => Self::String(json.to_string()),
            (Type::Bool, Json::Bool(flag)) => Self::Bool(*flag),
            (Type::Int, json) => Self::Int(i32::try_from(json.as_i64()?).ok()?),
            (Type::Long, json) => Self::Long(json.as_i64()?),
            (Type::Real, json) => Self::Real(json.as_f64()?),
            (Type::DateTime, Json::String(text)) => Self::DateTime(time::read_instant(text)?),
            (Type::TimeSpan, Json::String(text)) => Self::TimeSpan(time::read_span(text)?),
            (Type::Guid, Json::String(text)) => Self::Guid(Uuid::parse_str(text).ok()?),
            _ => return None,
        })
    }

    /// The cell as JSON, as Kusto's services write it: instants end in `Z` and have at most seven digits.
    /// A dynamic cell is its JSON itself; Log Analytics puts that into a string, which is its surface's business.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(flag) => (*flag).into(),
            Self::Int(number) => (*number).into(),
            Self::Long(number) => (*number).into(),
            Self::Real(number) => match serde_json::Number::from_f64(*number) {
                Some(number) => serde_json::Value::Number(number),
                None => self.text().into(),
            },
            Self::Dynamic(json) => json.clone(),
            Self::String(_) | Self::DateTime(_) | Self::TimeSpan(_) | Self::Guid(_) => self.text().into(),
        }
    }

    /// The cell as `tostring()` gives it: null is the empty string, a dynamic string loses its quotes.
    pub fn text(&self) -> String {
        match self {
            Self::Null => String::new(),
            // As .NET writes a bool; inside JSON it is in lower case.
            Self::Bool(true) => "True".to_owned(),
            Self::Bool(false) => "False".to_owned(),
            Self::Int(number) => number.to_string(),
            Self::Long(number) => number.to_string(),
            Self::Real(number) => real_text(*number),
            Self::String(text) => text.clone(),
            Self::DateTime(instant) => time::write_instant(*instant),
            Self::TimeSpan(ticks) => time::write_span(*ticks),
            Self::Dynamic(serde_json::Value::String(text)) => text.clone(),
            Self::Dynamic(json) => json.to_string(),
            Self::Guid(id) => id.to_string(),
        }
    }

    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Int(number)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Long(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl From<Timestamp> for Value {
    fn from(instant: Timestamp) -> Self {
        Self::DateTime(instant)
    }
}

fn real_text(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        let sign = if number < 0.0 { "-" } else { "" };
        format!("{sign}Infinity")
    } else if number.fract() == 0.0 && number.abs() < 1e15 {
        format!("{number:.1}")
    } else {
        number.to_string()
    }
}
