//! Tables: what a scenario holds and what a query gives.

use std::sync::Arc;

use super::value::{Type, Value};

/// A column's name and type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name, whose case counts.
    pub name: String,
    /// The type of every cell of the column.
    pub kind: Type,
}

impl Column {
    /// A column of this name and type.
    pub fn new(name: impl Into<String>, kind: Type) -> Self {
        Self { name: name.into(), kind }
    }
}

/// A row: as many cells as its table has columns. Shared, so that a query copies no text.
pub type Row = Arc<[Value]>;

/// Columns and rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// The columns in order.
    pub columns: Vec<Column>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Row>,
}

/// Why an object is no row of a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotARow {
    /// The table has no column of this name.
    #[error("the table has no column '{0}'")]
    NoSuchColumn(String),
    /// The value is of another kind than the column.
    #[error("column '{column}' is of type {kind}, and {value} is not")]
    WrongType {
        /// The column's name.
        column: String,
        /// Its type.
        kind: Type,
        /// The value as JSON.
        value: String,
    },
}

impl Table {
    /// A table without rows.
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row from named values; a column that the object lacks is null, or the empty string in a string column.
    pub fn push_object(&mut self, object: &serde_json::Map<String, serde_json::Value>) -> Result<(), NotARow> {
        if let Some(name) = object.keys().find(|name| self.position(name).is_none()) {
            return Err(NotARow::NoSuchColumn(name.clone()));
        }
        let row = self
            .columns
            .iter()
            .map(|column| match object.get(&column.name) {
                None => Ok(column.kind.missing()),
                Some(json) => Value::from_json(json, column.kind).ok_or_else(|| NotARow::WrongType {
                    column: column.name.clone(),
                    kind: column.kind,
                    value: json.to_string(),
                }),
            })
            .collect::<Result<Row, _>>()?;
        self.rows.push(row);
        Ok(())
    }

    /// Where the column of this name stands.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}
