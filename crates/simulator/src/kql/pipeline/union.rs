//! `union`: the rows of several tables under each other.

use super::{Column, Error, Expression, Scope, Source, Table, Type, Value, within_limit};
use crate::kql::{
    scope::is_missing_table,
    syntax::{Query, Union},
};

/// The rows of `before`, if the union stands in a pipeline, then those of the legs.
pub(super) fn union(scope: &Scope<'_>, before: Option<Table>, union: &Union) -> Result<Table, Error> {
    let mut tables: Vec<(String, Table)> = before.into_iter().map(|table| ("union_arg0".to_owned(), table)).collect();
    let mut missing = None;
    for leg in &union.legs {
        let number = tables.len();
        match super::table(scope, leg, "union") {
            Ok(table) => tables.push((leg_name(leg, number), table)),
            Err(error) if union.fuzzy && is_missing_table(&error) => missing = Some(error),
            Err(error) => return Err(error),
        }
    }
    if let (true, Some(error)) = (tables.is_empty(), missing) {
        return Err(error);
    }
    within_limit(tables.iter().map(|(_, table)| table.rows.len()).sum())?;
    let merged = merged(&tables, union.inner);
    let mut columns: Vec<Column> = Vec::new();
    if let Some(name) = &union.source_column {
        columns.push(Column::new(name, Type::String));
    }
    columns.extend(merged.iter().map(|merged| Column::new(&merged.shown, merged.kind)));
    let mut rows = Vec::new();
    for (name, table) in &tables {
        let places: Vec<Option<usize>> = merged.iter().map(|merged| merged.place(table)).collect();
        for row in &table.rows {
            let mut cells = Vec::with_capacity(columns.len());
            if union.source_column.is_some() {
                cells.push(Value::from(name.as_str()));
            }
            cells.extend(
                places
                    .iter()
                    .zip(&merged)
                    .map(|(place, merged)| place.map_or_else(|| merged.kind.missing(), |at| row[at].clone())),
            );
            rows.push(cells.into());
        }
    }
    Ok(Table { columns, rows })
}

/// A column of the result: the name and type it has in the tables, and the name that it is shown by.
struct Merged {
    name: String,
    kind: Type,
    shown: String,
}

impl Merged {
    fn place(&self, table: &Table) -> Option<usize> {
        table.columns.iter().position(|column| column.name == self.name && column.kind == self.kind)
    }
}

/// Columns of one name and type are one. Where types differ, each is shown with its type behind the name.
fn merged(tables: &[(String, Table)], inner: bool) -> Vec<Merged> {
    let all = || tables.iter().flat_map(|(_, table)| &table.columns);
    let mut merged: Vec<Merged> = Vec::new();
    for first in all() {
        if merged.iter().any(|known| known.name == first.name) {
            continue;
        }
        let mut kinds: Vec<Type> = Vec::new();
        for column in all().filter(|column| column.name == first.name) {
            if !kinds.contains(&column.kind) {
                kinds.push(column.kind);
            }
        }
        let several = kinds.len() > 1;
        merged.extend(kinds.into_iter().map(|kind| Merged {
            name: first.name.clone(),
            kind,
            shown: if several { format!("{}_{kind}", first.name) } else { first.name.clone() },
        }));
    }
    if inner {
        merged.retain(|column| tables.iter().all(|(_, table)| column.place(table).is_some()));
    }
    merged
}

fn leg_name(leg: &Query, number: usize) -> String {
    match &leg.source {
        Source::Expression(Expression::Name(name)) if leg.operators.is_empty() => name.clone(),
        _ => format!("union_arg{number}"),
    }
}
