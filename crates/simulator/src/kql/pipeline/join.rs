//! `join` by equal columns.

use std::collections::{HashMap, HashSet};

use super::{Column, Error, Names, Scope, Table, Type, within_limit};
use crate::kql::{
    order::Key,
    syntax::{Join, JoinKind},
    table::Row,
};

pub(super) fn join(scope: &Scope<'_>, left: &Table, join: &Join) -> Result<Table, Error> {
    let right = super::table(scope, &join.right, "join")?;
    let (left_keys, right_keys) = keys(left, &right, &join.on)?;
    let mut matches: HashMap<Vec<Key>, Vec<&Row>> = HashMap::new();
    for row in &right.rows {
        if let Some(key) = key(row, &right_keys) {
            matches.entry(key).or_default().push(row);
        }
    }
    let columns = columns(left, &right, join.kind);
    let nothing: Vec<_> = right.columns.iter().map(|column| column.kind.missing()).collect();
    let mut seen: HashSet<Vec<Key>> = HashSet::new();
    let mut rows: Vec<Row> = Vec::new();
    for row in &left.rows {
        let key = key(row, &left_keys);
        let found = key.as_ref().and_then(|key| matches.get(key)).map_or(&[][..], Vec::as_slice);
        match join.kind {
            JoinKind::LeftSemi if !found.is_empty() => rows.push(row.clone()),
            JoinKind::LeftAnti if found.is_empty() => rows.push(row.clone()),
            JoinKind::LeftSemi | JoinKind::LeftAnti => {}
            JoinKind::InnerUnique if key.is_some_and(|key| !seen.insert(key)) => {}
            JoinKind::LeftOuter if found.is_empty() => {
                rows.push(row.iter().chain(&nothing).cloned().collect());
            }
            JoinKind::Inner | JoinKind::InnerUnique | JoinKind::LeftOuter => {
                rows.extend(found.iter().map(|other| row.iter().chain(other.iter()).cloned().collect::<Row>()));
            }
        }
        within_limit(rows.len())?;
    }
    Ok(Table { columns, rows })
}

/// Where the keys stand on both sides.
fn keys(left: &Table, right: &Table, on: &[(String, String)]) -> Result<(Vec<usize>, Vec<usize>), Error> {
    let place = |table: &Table, name: &str| {
        table.position(name).ok_or_else(|| {
            let message = format!("'join' operator: Failed to resolve scalar expression named '{name}'");
            Error::semantic("SEM0100", message)
        })
    };
    let (mut left_keys, mut right_keys) = (Vec::new(), Vec::new());
    for (left_name, right_name) in on {
        let (l, r) = (place(left, left_name)?, place(right, right_name)?);
        let (a, b) = (left.columns[l].kind, right.columns[r].kind);
        if a == Type::Dynamic || b == Type::Dynamic {
            let message = format!("join key '{left_name}' is of a 'dynamic' type. Please use an explicit cast");
            return Err(Error::semantic("SEM0001", message));
        }
        if a != b && !(a.is_number() && b.is_number() && a != Type::Real && b != Type::Real) {
            let message = format!("Cannot compare values of types {a} and {b}. Try adding explicit casts");
            return Err(Error::semantic("SEM0064", message));
        }
        left_keys.push(l);
        right_keys.push(r);
    }
    Ok((left_keys, right_keys))
}

/// A row's key; null equals nothing, not even null.
fn key(row: &Row, places: &[usize]) -> Option<Vec<Key>> {
    places.iter().map(|at| (!row[*at].is_null()).then(|| Key::from(&row[*at]))).collect()
}

/// The right side's columns follow the left's, with a number where the name is taken.
fn columns(left: &Table, right: &Table, kind: JoinKind) -> Vec<Column> {
    let mut columns = left.columns.clone();
    if !matches!(kind, JoinKind::LeftSemi | JoinKind::LeftAnti) {
        let mut names = Names::after(left.columns.iter().map(|column| column.name.as_str()));
        columns.extend(right.columns.iter().map(|column| Column::new(names.derived(&column.name), column.kind)));
    }
    columns
}
