//! Rows in a form that belongs to no engine: what a backup of PostgreSQL is made of, and what either engine takes back.
//!
//! A row is a JSON array, a cell for each column of its table, written by the column's type: text as a string, a whole
//! number as a number, a truth value as such, bytes as Base64, and a number with a fraction as a string of its shortest
//! exact form. Nothing is as `null`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Error;

mod catalog;
mod rows;
mod session;

pub(crate) use catalog::{catalog, schema};
pub(crate) use rows::{Insert, count, read};
pub(crate) use session::{Session, on_session};

/// A table and its columns, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// What a column holds: the types of `migrations/README.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `TEXT`.
    Text,
    /// `BIGINT`.
    Number,
    /// `BOOLEAN`.
    Boolean,
    /// `DOUBLE PRECISION`.
    Fraction,
    /// `BYTEA`.
    Bytes,
}

impl Kind {
    /// The kind of a column by its type in the schema.
    pub(crate) fn of(declared: &str) -> Option<Kind> {
        match declared.to_ascii_lowercase().as_str() {
            "text" => Some(Kind::Text),
            "bigint" => Some(Kind::Number),
            "boolean" => Some(Kind::Boolean),
            "double precision" => Some(Kind::Fraction),
            "bytea" => Some(Kind::Bytes),
            _ => None,
        }
    }
}

/// One value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Text(Option<String>),
    Number(Option<i64>),
    Boolean(Option<bool>),
    Fraction(Option<f64>),
    Bytes(Option<Vec<u8>>),
}

impl Cell {
    /// The cell as it stands in a row.
    fn to_json(&self) -> Value {
        match self {
            Cell::Text(text) => text.as_deref().into(),
            Cell::Number(number) => (*number).into(),
            Cell::Boolean(truth) => (*truth).into(),
            Cell::Fraction(fraction) => fraction.map(|fraction| format!("{fraction:?}")).into(),
            Cell::Bytes(bytes) => bytes.as_deref().map(|bytes| STANDARD.encode(bytes)).into(),
        }
    }

    /// The cell that stands in a row; `None` if it is not of the column's kind.
    fn from_json(kind: Kind, value: Value) -> Option<Cell> {
        Some(match (kind, value) {
            (Kind::Text, Value::Null) => Cell::Text(None),
            (Kind::Text, Value::String(text)) => Cell::Text(Some(text)),
            (Kind::Number, Value::Null) => Cell::Number(None),
            (Kind::Number, Value::Number(number)) => Cell::Number(Some(number.as_i64()?)),
            (Kind::Boolean, Value::Null) => Cell::Boolean(None),
            (Kind::Boolean, Value::Bool(truth)) => Cell::Boolean(Some(truth)),
            (Kind::Fraction, Value::Null) => Cell::Fraction(None),
            (Kind::Fraction, Value::String(text)) => Cell::Fraction(Some(text.parse().ok()?)),
            (Kind::Bytes, Value::Null) => Cell::Bytes(None),
            (Kind::Bytes, Value::String(text)) => Cell::Bytes(Some(STANDARD.decode(text).ok()?)),
            _ => return None,
        })
    }
}

/// A row as a line, without its end.
pub(crate) fn to_line(cells: &[Cell]) -> String {
    Value::Array(cells.iter().map(Cell::to_json).collect()).to_string()
}

/// The row that a line is. What is wrong with it is said without what it holds.
pub(crate) fn from_line(table: &Table, line: &str) -> Result<Vec<Cell>, Error> {
    let wrong = |what: &str| Error::Copy(format!("a row of the table {} {what}", table.name));
    let values: Vec<Value> = serde_json::from_str(line).map_err(|_| wrong("is no JSON array"))?;
    if values.len() != table.columns.len() {
        return Err(wrong("has another number of values than the table has columns"));
    }
    let cell = |(column, value): (&Column, Value)| {
        Cell::from_json(column.kind, value)
            .ok_or_else(|| wrong(&format!("holds no {:?} in {}", column.kind, column.name)))
    };
    table.columns.iter().zip(values).map(cell).collect()
}

#[cfg(test)]
mod tests;
