//! `mv-expand`: a row for each item of an array.

use serde_json::{Map, Value as Json};

use super::{Column, Error, Expression, Names, Resolver, Scope, Table, Type, Value, within_limit};
use crate::kql::{convert, expression::Typed, syntax::Expansion, table::Row};

/// A column to fill, what from, and as which type.
struct Filled {
    at: usize,
    from: Typed,
    kind: Type,
}

pub(super) fn expand(
    scope: &Scope<'_>,
    table: &Table,
    expansions: &[Expansion],
    limit: Option<&Expression>,
) -> Result<Table, Error> {
    let resolver = Resolver {
        scope,
        columns: &table.columns,
        operator: "mv-expand",
    };
    let most = limit.map_or(Ok(usize::MAX), |limit| resolver.whole_number(limit))?;
    let mut columns = table.columns.clone();
    let mut derived = Names::after(columns.iter().map(|column| column.name.as_str()));
    let mut filled = Vec::with_capacity(expansions.len());
    for expansion in expansions {
        let from = resolver.resolve(&expansion.named.expression)?;
        if from.kind != Type::Dynamic {
            let message = format!(
                "Expanded expression is expected to be of type dynamic, not {}",
                from.kind
            );
            return Err(resolver.error("SEM0001", &message));
        }
        let kind = expansion.kind.unwrap_or(Type::Dynamic);
        let name = match (expansion.named.names.first(), &expansion.named.expression) {
            (Some(name), _) | (None, Expression::Name(name)) => name.clone(),
            (None, expression) => derived.of(expression, "mv-expand")?,
        };
        let at = columns
            .iter()
            .position(|column| column.name == name)
            .unwrap_or_else(|| {
                columns.push(Column::new(name, kind));
                columns.len() - 1
            });
        columns[at].kind = kind;
        filled.push(Filled { at, from, kind });
    }
    let mut rows = Vec::new();
    for row in &table.rows {
        expand_row(row, &filled, columns.len(), most, &mut rows);
        within_limit(rows.len())?;
    }
    Ok(Table { columns, rows })
}

/// As many rows as the longest array has items; the shorter ones are filled up with nulls. Without any item the row stays.
fn expand_row(row: &Row, filled: &[Filled], width: usize, most: usize, rows: &mut Vec<Row>) {
    let items: Vec<Vec<Json>> = filled
        .iter()
        .map(|column| items(&column.from.value(row)))
        .collect();
    let length = items.iter().map(Vec::len).max().unwrap_or(0).max(1);
    for number in 0..length.min(most) {
        let mut cells = row.to_vec();
        cells.resize(width, Value::Null);
        for (column, items) in filled.iter().zip(&items) {
            let item = items
                .get(number)
                .cloned()
                .map_or(Value::Null, Value::dynamic);
            cells[column.at] = convert::to(column.kind, &item);
        }
        rows.push(cells.into());
    }
}

/// An array's items; an object's members, each as an object; anything else is its only item.
fn items(value: &Value) -> Vec<Json> {
    match value {
        Value::Dynamic(Json::Array(items)) => items.clone(),
        Value::Dynamic(Json::Object(members)) => {
            let alone = |(name, value): (&String, &Json)| {
                Json::Object(Map::from_iter([(name.clone(), value.clone())]))
            };
            members.iter().map(alone).collect()
        }
        Value::Dynamic(json) => vec![json.clone()],
        _ => Vec::new(),
    }
}
