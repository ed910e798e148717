//! What a query can see besides the row at hand.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{
    Tables,
    error::Error,
    table::Table,
    value::{Type, Value},
};

/// What a name or a pipeline stands for.
#[derive(Debug, Clone)]
pub(super) enum Bound {
    Scalar(Value, Type),
    Table(Table),
}

/// The tables, the time, and what `let` has named so far.
pub(super) struct Scope<'a> {
    pub(super) tables: &'a dyn Tables,
    pub(super) now: Timestamp,
    pub(super) period: Option<(Timestamp, Timestamp)>,
    pub(super) lets: HashMap<String, Bound>,
}

/// Columns that carry the time of a row. The period of a request is applied to the first that a table has.
const TIME_COLUMNS: &[&str] = &["TimeGenerated", "Timestamp"];

impl Scope<'_> {
    /// The table of this name, without the rows outside the request's period.
    pub(super) fn table(&self, name: &str, operator: &str) -> Result<Table, Error> {
        let Some(table) = self.tables.table(name) else {
            return Err(no_such_table(name, operator));
        };
        let time = TIME_COLUMNS.iter().find_map(|column| table.position(column));
        let (Some((from, to)), Some(time)) = (self.period, time) else {
            return Ok(table.clone());
        };
        let inside = |value: &Value| matches!(value, Value::DateTime(at) if (from..=to).contains(at));
        let rows = table.rows.iter().filter(|row| inside(&row[time])).cloned().collect();
        Ok(Table { columns: table.columns.clone(), rows })
    }
}

const NO_SUCH_TABLE: &str = "Failed to resolve table or column expression named";

/// Microsoft's words for a table that a tenant does not have.
pub(super) fn no_such_table(name: &str, operator: &str) -> Error {
    Error::semantic("SEM0100", format!("'{operator}' operator: {NO_SUCH_TABLE} '{name}'"))
}

/// Whether the error is a table's absence, which `union isfuzzy=true` forgives.
pub(super) fn is_missing_table(error: &Error) -> bool {
    matches!(error, Error::Semantic { message, .. } if message.contains(NO_SUCH_TABLE))
}
