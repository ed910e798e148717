//! Rows of a query's answer, read by column name.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Its columns. None at all means that there was no table: a workspace that never had data answers so.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Why rows may be missing, in words.
    pub incomplete: Option<String>,
    /// Microsoft's request id.
    pub request_id: Option<String>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, as written.
    pub name: String,
    /// Its type, in lower case: `string`, `datetime`, `long`, `dynamic` …; empty where it was not said.
    pub kind: String,
}

/// A row. Cells are asked for by column name, in any letter case.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    names: Arc<Names>,
    cells: Vec<Value>,
}

#[derive(Debug, PartialEq)]
struct Names {
    written: Vec<String>,
    index: HashMap<String, usize>,
}

impl Names {
    fn new(columns: &[Column]) -> Arc<Names> {
        let written: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let mut index = HashMap::with_capacity(written.len());
        for (position, name) in written.iter().enumerate() {
            index.entry(name.to_ascii_lowercase()).or_insert(position);
        }
        Arc::new(Names { written, index })
    }
}

impl Row {
    /// The cell as it came. `None` if there is no such column or the cell is null.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let position = match self.names.index.get(name) {
            Some(position) => position,
            None => self.names.index.get(&name.to_ascii_lowercase())?,
        };
        self.cells.get(*position).filter(|cell| !cell.is_null())
    }

    /// A text, if it is one and not blank: an empty value stands for none, and matches nothing.
    pub fn str(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str().filter(|text| !text.trim().is_empty())
    }

    /// A text, number or truth value as a text.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        match self.get(name)? {
            Value::String(text) if text.trim().is_empty() => None,
            Value::String(text) => Some(Cow::Borrowed(text)),
            Value::Null => None,
            other => Some(Cow::Owned(other.to_string())),
        }
    }

    /// A whole number; `long` cells come as numbers or as texts.
    pub fn i64(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
            Value::String(text) => text.trim().parse().ok().or_else(|| whole(text.trim().parse().ok()?)),
            _ => None,
        }
    }

    /// A number.
    pub fn f64(&self, name: &str) -> Option<f64> {
        let number = match self.get(name)? {
            Value::Number(number) => number.as_f64()?,
            Value::String(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        number.is_finite().then_some(number)
    }

    /// A truth value; Microsoft writes true, "true", "True", 1 and "1".
    pub fn bool(&self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Value::Bool(value) => Some(*value),
            Value::Number(number) => number.as_i64().map(|number| number != 0),
            Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// A date.
    pub fn time(&self, name: &str) -> Option<Timestamp> {
        crate::time::read(self.str(name)?)
    }

    /// A `dynamic` cell, or a text that holds JSON, parsed; a text that holds none as itself; null if there is none.
    pub fn json(&self, name: &str) -> Value {
        match self.get(name) {
            None => Value::Null,
            Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone())),
            Some(value) => value.clone(),
        }
    }

    /// The whole row as an object, as it came.
    pub fn to_value(&self) -> Value {
        let pairs = self.names.written.iter().cloned().zip(self.cells.iter().cloned());
        Value::Object(pairs.collect::<Map<String, Value>>())
    }
}

fn whole(number: f64) -> Option<i64> {
    // Numbers of this size are exact in both types.
    (number.fract() == 0.0 && number.abs() < 9.0e15).then_some(number as i64)
}

/// Member `name` of an object, in any letter case: hunting answers `schema` or `Schema`, `name` or `Name`.
pub(crate) fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

fn columns(list: Option<&Value>) -> Vec<Column> {
    let columns = list.and_then(Value::as_array).into_iter().flatten();
    columns
        .filter_map(|column| {
            let column = column.as_object()?;
            let text = |name: &str| member(column, name).and_then(Value::as_str);
            let kind = text("type").or_else(|| text("dataType")).unwrap_or_default();
            Some(Column { name: text("name")?.to_owned(), kind: kind.to_ascii_lowercase() })
        })
        .collect()
}

/// Rows of `runHuntingQuery`: `{"schema":[{"name","type"}],"results":[{column: value}]}`. `None` if it is none of that.
pub(crate) fn from_hunting(body: &Value) -> Option<Rows> {
    let body = body.as_object()?;
    let results = match member(body, "results") {
        Some(Value::Array(results)) => results.as_slice(),
        Some(Value::Null) => &[],
        None if member(body, "schema").is_some() => &[],
        _ => return None,
    };
    let mut columns = columns(member(body, "schema"));
    let mut known: HashMap<String, usize> =
        columns.iter().enumerate().map(|(position, column)| (column.name.to_ascii_lowercase(), position)).collect();
    let mut wide = Vec::with_capacity(results.len());
    for result in results.iter().filter_map(Value::as_object) {
        let mut cells = vec![Value::Null; columns.len()];
        for (name, value) in result {
            let lower = name.to_ascii_lowercase();
            let position = *known.entry(lower).or_insert_with(|| {
                columns.push(Column { name: name.clone(), kind: String::new() });
                columns.len() - 1
            });
            if position >= cells.len() {
                cells.resize(position + 1, Value::Null);
            }
            if let Some(cell) = cells.get_mut(position) {
                *cell = value.clone();
            }
        }
        wide.push(cells);
    }
    let names = Names::new(&columns);
    let lost = results.len() - wide.len();
    let rows = wide
        .into_iter()
        .map(|mut cells| {
            cells.resize(columns.len(), Value::Null);
            Row { names: Arc::clone(&names), cells }
        })
        .collect();
    let incomplete = (lost > 0).then(|| format!("{lost} rows could not be read"));
    Some(Rows { columns, rows, incomplete, request_id: None })
}

/// Rows of a Log Analytics query: `{"tables":[{"name","columns":[…],"rows":[[…]]}]}`, of which the first table is the answer.
/// `None` if it is none of that.
pub(crate) fn from_tables(body: &Value) -> Option<Rows> {
    let tables = member(body.as_object()?, "tables")?.as_array()?;
    let tables: Vec<&Map<String, Value>> = tables.iter().filter_map(Value::as_object).collect();
    let named = |table: &&&Map<String, Value>| member(table, "name").and_then(Value::as_str) == Some("PrimaryResult");
    let Some(table) = tables.iter().find(named).or_else(|| tables.first()) else { return Some(Rows::default()) };
    let columns = columns(member(table, "columns"));
    let names = Names::new(&columns);
    let list = member(table, "rows").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let rows: Vec<Row> = list
        .iter()
        .filter_map(Value::as_array)
        .map(|cells| Row { names: Arc::clone(&names), cells: cells.clone() })
        .collect();
    let lost = list.len() - rows.len();
    let incomplete = (lost > 0).then(|| format!("{lost} rows could not be read"));
    Some(Rows { columns, rows, incomplete, request_id: None })
}

#[cfg(test)]
mod tests;
