//! Columns: computed, chosen, dropped, renamed.

use super::{Column, Error, Expression, Named, Names, Resolver, Scope, Table};
use crate::kql::{expression::Typed, table::Row};

/// `extend`: new columns at the end; one of a known name takes that column's place. All see the table as it was.
pub(super) fn extend(scope: &Scope<'_>, table: Table, named: &[Named]) -> Result<Table, Error> {
    let resolver = Resolver { scope, columns: &table.columns, operator: "extend" };
    let mut columns = table.columns.clone();
    let mut derived = Names::after(table.columns.iter().map(|column| column.name.as_str()));
    let mut written = Names::default();
    let mut computed: Vec<(usize, Typed)> = Vec::with_capacity(named.len());
    for item in named {
        let typed = resolver.resolve(&item.expression)?;
        let name = match (item.names.first(), &item.expression) {
            (Some(name), _) | (None, Expression::Name(name)) => written.written(name, "extend")?,
            (None, expression) => derived.of(expression, "extend")?,
        };
        let at = match columns.iter().position(|column| column.name == name) {
            Some(at) => {
                columns[at].kind = typed.kind;
                at
            }
            None => {
                columns.push(Column::new(name, typed.kind));
                columns.len() - 1
            }
        };
        computed.push((at, typed));
    }
    let width = columns.len();
    let wider = |row: &Row| {
        let mut cells = row.to_vec();
        cells.resize(width, crate::kql::value::Value::Null);
        for (at, typed) in &computed {
            cells[*at] = typed.value(row).into_owned();
        }
        Row::from(cells)
    };
    let rows = table.rows.iter().map(wider).collect();
    Ok(Table { columns, rows })
}

/// `project` and the columns of `distinct`.
pub(super) fn project(
    scope: &Scope<'_>,
    table: &Table,
    named: &[Named],
    operator: &'static str,
) -> Result<Table, Error> {
    let resolver = Resolver { scope, columns: &table.columns, operator };
    let mut names = Names::default();
    let (mut columns, mut computed) = (Vec::new(), Vec::new());
    for item in named {
        let typed = resolver.resolve(&item.expression)?;
        let name = match item.names.first() {
            Some(name) => names.written(name, operator)?,
            None => names.of(&item.expression, operator)?,
        };
        columns.push(Column::new(name, typed.kind));
        computed.push(typed);
    }
    let narrowed = |row: &Row| computed.iter().map(|typed| typed.value(row).into_owned()).collect();
    Ok(Table { columns, rows: table.rows.iter().map(narrowed).collect() })
}

/// The columns whose name is wanted, in their order.
pub(super) fn keep(table: &Table, wanted: impl Fn(&str) -> bool) -> Table {
    let kept: Vec<usize> = (0..table.columns.len()).filter(|at| wanted(&table.columns[*at].name)).collect();
    Table {
        columns: kept.iter().map(|at| table.columns[*at].clone()).collect(),
        rows: table.rows.iter().map(|row| kept.iter().map(|at| row[*at].clone()).collect()).collect(),
    }
}

/// Whether a name fits one of the patterns, in which `*` stands for anything.
pub(super) fn matches_any(patterns: &[String], name: &str) -> bool {
    patterns.iter().any(|pattern| matches(pattern, name))
}

fn matches(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut tail) = name.strip_prefix(start) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match tail.find(part) {
            Some(at) => tail = &tail[at + part.len()..],
            None => return false,
        }
    }
    tail.ends_with(end)
}

pub(super) fn rename(mut table: Table, pairs: &[(String, String)]) -> Result<Table, Error> {
    for (new, old) in pairs {
        let Some(at) = table.position(old) else {
            let message = format!("'project-rename' operator: Failed to resolve scalar expression named '{old}'");
            return Err(Error::semantic("SEM0100", message));
        };
        if table.position(new).is_some_and(|taken| taken != at) {
            let message = format!("'project-rename' operator: A column named '{new}' already exists");
            return Err(Error::semantic("SEM0001", message));
        }
        table.columns[at].name.clone_from(new);
    }
    Ok(table)
}
