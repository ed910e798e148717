//! Queries, step by step.

mod expand;
mod join;
mod project;
mod sort;
mod summarize;
mod union;

use super::{
    error::Error,
    names::Names,
    resolve::{Resolver, convert},
    scope::{Bound, Scope, no_such_table},
    syntax::{Expression, Named, Operator, Query, Source},
    table::{Column, Table},
    value::{Type, Value},
};

/// Rows that a step may hold at most. A join of everything with everything ends here, not in the machine's memory.
const MOST_ROWS: usize = 500_000;

/// The table or the value that a query stands for.
pub(super) fn run(scope: &Scope<'_>, query: &Query) -> Result<Bound, Error> {
    let first = query.operators.first().map_or("", Operator::word);
    let source = source(scope, &query.source, first)?;
    if query.operators.is_empty() {
        return Ok(source);
    }
    let Bound::Table(mut table) = source else {
        let message = format!("'{first}' operator: The source is not a tabular expression");
        return Err(Error::semantic("SEM0139", message));
    };
    for operator in &query.operators {
        table = step(scope, table, operator)?;
    }
    Ok(Bound::Table(table))
}

/// The table that a query stands for; a value is none.
fn table(scope: &Scope<'_>, query: &Query, operator: &str) -> Result<Table, Error> {
    match run(scope, query)? {
        Bound::Table(table) => Ok(table),
        Bound::Scalar(..) => {
            let message = format!("'{operator}' operator: A tabular expression is expected");
            Err(Error::semantic("SEM0139", message))
        }
    }
}

fn source(scope: &Scope<'_>, source: &Source, operator: &'static str) -> Result<Bound, Error> {
    match source {
        Source::Expression(Expression::Name(name)) => match scope.lets.get(name) {
            Some(bound) => Ok(bound.clone()),
            None => scope.table(name, operator).map(Bound::Table),
        },
        Source::Expression(Expression::Query(query)) => run(scope, query),
        // What is materialized is evaluated once, which is what happens here anyway.
        Source::Expression(Expression::Call(name, arguments)) if name == "materialize" => match arguments.as_slice() {
            [Expression::Query(query)] => run(scope, query),
            [Expression::Name(name)] => match scope.lets.get(name) {
                Some(bound) => Ok(bound.clone()),
                None => scope.table(name, operator).map(Bound::Table),
            },
            _ => Err(no_such_table(name, operator)),
        },
        Source::Expression(expression) => {
            let typed = Resolver { scope, columns: &[], operator }.resolve(expression)?;
            match typed.constant() {
                Some(value) => Ok(Bound::Scalar(value.clone(), typed.kind)),
                None => Ok(Bound::Scalar(typed.value(&[]).into_owned(), typed.kind)),
            }
        }
        Source::Union(legs) => union::union(scope, None, legs).map(Bound::Table),
        Source::Print(values) => print(scope, values).map(Bound::Table),
        Source::DataTable(columns, cells) => data_table(scope, columns, cells).map(Bound::Table),
    }
}

fn step(scope: &Scope<'_>, table: Table, operator: &Operator) -> Result<Table, Error> {
    let word = operator.word();
    match operator {
        Operator::Where(condition) => {
            let condition = Resolver { scope, columns: &table.columns, operator: word }.condition(condition)?;
            let Table { columns, mut rows } = table;
            rows.retain(|row| condition.is_true(row));
            Ok(Table { columns, rows })
        }
        Operator::Extend(named) => project::extend(scope, table, named),
        Operator::Project(named) => project::project(scope, &table, named, word),
        Operator::ProjectAway(patterns) => Ok(project::keep(&table, |name| !project::matches_any(patterns, name))),
        Operator::ProjectKeep(patterns) => Ok(project::keep(&table, |name| project::matches_any(patterns, name))),
        Operator::ProjectRename(pairs) => project::rename(table, pairs),
        Operator::Summarize { aggregates, keys } => summarize::summarize(scope, &table, aggregates, keys),
        Operator::Distinct(None) => summarize::distinct(table),
        Operator::Distinct(Some(named)) => project::project(scope, &table, named, word).and_then(summarize::distinct),
        Operator::Sort(orders) => sort::sort(scope, table, orders, word),
        Operator::Top(rows, order) => {
            let number = rows_to_take(scope, rows, word)?;
            let mut table = sort::sort(scope, table, std::slice::from_ref(order), word)?;
            table.rows.truncate(number);
            Ok(table)
        }
        Operator::Take(rows) => {
            let number = rows_to_take(scope, rows, word)?;
            let mut table = table;
            table.rows.truncate(number);
            Ok(table)
        }
        Operator::Count => {
            let number = i64::try_from(table.rows.len()).unwrap_or(i64::MAX);
            Ok(Table { columns: vec![Column::new("Count", Type::Long)], rows: vec![[Value::Long(number)].into()] })
        }
        Operator::Join(join) => join::join(scope, &table, join),
        Operator::MvExpand { columns, limit } => expand::expand(scope, &table, columns, limit.as_ref()),
        Operator::Union(legs) => union::union(scope, Some(table), legs),
    }
}

fn rows_to_take(scope: &Scope<'_>, rows: &Expression, operator: &'static str) -> Result<usize, Error> {
    Resolver { scope, columns: &[], operator }.whole_number(rows)
}

fn within_limit(rows: usize) -> Result<(), Error> {
    if rows <= MOST_ROWS {
        return Ok(());
    }
    Err(Error::Limit(format!(
        "Query result set has exceeded the internal record count limit {MOST_ROWS} \
         (E_QUERY_RESULT_SET_TOO_LARGE; see https://aka.ms/kustoquerylimits)"
    )))
}

fn print(scope: &Scope<'_>, values: &[Named]) -> Result<Table, Error> {
    let resolver = Resolver { scope, columns: &[], operator: "print" };
    let mut names = Names::default();
    let (mut columns, mut row) = (Vec::new(), Vec::new());
    for (at, named) in values.iter().enumerate() {
        let typed = resolver.resolve(&named.expression)?;
        let name = match named.names.first() {
            Some(name) => names.written(name, "print")?,
            None => names.derived(&format!("print_{at}")),
        };
        columns.push(Column::new(name, typed.kind));
        row.push(typed.value(&[]).into_owned());
    }
    Ok(Table { columns, rows: vec![row.into()] })
}

fn data_table(scope: &Scope<'_>, columns: &[(String, Type)], cells: &[Expression]) -> Result<Table, Error> {
    let resolver = Resolver { scope, columns: &[], operator: "datatable" };
    let mut table = Table::new(columns.iter().map(|(name, kind)| Column::new(name, *kind)).collect());
    if !cells.len().is_multiple_of(columns.len()) {
        return Err(resolver.error("SEM0001", "The number of values does not fill whole rows"));
    }
    for row in cells.chunks_exact(columns.len()) {
        let values = row
            .iter()
            .zip(columns)
            .map(|(cell, (_, kind))| Ok(convert(resolver.resolve(cell)?, *kind).value(&[]).into_owned()));
        table.rows.push(values.collect::<Result<_, Error>>()?);
    }
    Ok(table)
}
