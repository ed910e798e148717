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
    let resolver = Resolver { scope, columns: &table.columns, operator: "mv-expand" };
    let most = limit.map_or(Ok(usize::MAX), |limit| resolver.whole_number(limit))?;
    let mut columns = table.columns.clone();
    let mut derived = Names::after(columns.iter().map(|column| column.name.as_str()));
    let mut filled = Vec::with_capacity(expansions.len());
    for expansion in expansions {
        let from = resolver.resolve(&expansion.named.expression)?;
        if from.kind != Type::Dynamic {
            let message = format!("Expanded expression is expected to be of type dynamic, not {}", from.kind);
            return Err(resolver.error("SEM0001", &message));
        }
        let kind = expansion.kind.unwrap_or(Type::Dynamic);
        let name = match (expansion.named.names.first(), &expansion.named.expression) {
            (Some(name), _) | (None, Expression::Name(name)) => name.clone(),
            (None, expression) => derived.of(expression, "mv-expand")?,
        };
        let at = columns.iter().position(|column| column.name == name).unwrap_or_else(|| {
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

/// As many rows as the longest array has items; the shorter ones are filled up with nulls. An empty array gives no row.
fn expand_row(row: &Row, filled: &[Filled], width: usize, most: usize, rows: &mut Vec<Row>) {
    let items: Vec<Vec<Json>> = filled.iter().map(|column| items(&column.from.value(row))).collect();
    let length = items.iter().map(Vec::len).max().unwrap_or(0);
    for number in 0..length.min(most) {
        let mut cells = row.to_vec();
        cells.resize(width, Value::Null);
        for (column, items) in filled.iter().zip(&items) {
            let item = items.get(number).cloned().unwrap_or(Json::Null);
            cells[column.at] = cast(item, column.kind);
        }
        rows.push(cells.into());
    }
}

/// `to typeof(…)` takes an item that is of the type already and makes a null of any other; text it makes of everything.
fn cast(item: Json, kind: Type) -> Value {
    let fits = match kind {
        Type::Int | Type::Long | Type::Real => item.is_number(),
        Type::Bool => item.is_boolean() || item.is_i64(),
        Type::DateTime | Type::TimeSpan | Type::Guid => item.is_string(),
        Type::String | Type::Dynamic => true,
    };
    if fits { convert::to(kind, &Value::dynamic(item)) } else { kind.missing() }
}

/// An array's items; an object's members, each as an object; anything else, null too, is its only item.
fn items(value: &Value) -> Vec<Json> {
    match value {
        Value::Dynamic(Json::Array(items)) => items.clone(),
        Value::Dynamic(Json::Object(members)) => {
            let alone = |(name, value): (&String, &Json)| Json::Object(Map::from_iter([(name.clone(), value.clone())]));
            members.iter().map(alone).collect()
        }
        Value::Dynamic(json) => vec![json.clone()],
        _ => vec![Json::Null],
    }
}
