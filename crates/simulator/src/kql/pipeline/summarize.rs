//! `summarize` and `distinct`: groups, in the order in which they first appear.

use std::collections::{HashMap, HashSet};

use super::{Column, Error, Expression, Named, Names, Resolver, Scope, Table, Type, Value};
use crate::kql::{
    aggregates::{self, Aggregate},
    expression::Typed,
    order::Key,
    syntax::Step,
    table::Row,
};

/// One output of `summarize`: an aggregate's own columns, or an expression over aggregates.
enum Output {
    Aggregate(usize),
    Expression(Typed),
}

pub(super) fn summarize(scope: &Scope<'_>, table: &Table, named: &[Named], keys: &[Named]) -> Result<Table, Error> {
    let resolver = Resolver { scope, columns: &table.columns, operator: "summarize" };
    let mut names = Names::default();
    let mut columns = Vec::new();
    let mut key_expressions = Vec::with_capacity(keys.len());
    for key in keys {
        let typed = resolver.resolve(&key.expression)?;
        let name = match key.names.first() {
            Some(name) => names.written(name, "summarize")?,
            None => names.of(&key.expression, "summarize")?,
        };
        if typed.kind == Type::Dynamic {
            return Err(dynamic_key(&name));
        }
        columns.push(Column::new(name, typed.kind));
        key_expressions.push(typed);
    }
    let taken: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let mut found: Vec<Aggregate> = Vec::new();
    let mut outputs = Vec::with_capacity(named.len());
    for item in named {
        if let Some(aggregate) = aggregates::read(resolver, &item.expression, &taken)? {
            columns.extend(aggregate.name(&mut names, &item.names)?);
            outputs.push(Output::Aggregate(found.len()));
            found.push(aggregate);
            continue;
        }
        let mut inner = Inner { resolver, taken: &taken, found: &mut found };
        let replaced = inner.replace(&item.expression)?;
        let synthetic = synthetic_columns(&found);
        let typed = Resolver { columns: &synthetic, ..resolver }.resolve(&replaced)?;
        let name = match item.names.first() {
            Some(name) => names.written(name, "summarize")?,
            None => names.of(&item.expression, "summarize")?,
        };
        columns.push(Column::new(name, typed.kind));
        outputs.push(Output::Expression(typed));
    }
    let groups = grouped(table, &key_expressions);
    let rows = groups.into_iter().map(|(key, rows)| {
        let results: Vec<Vec<Value>> = found.iter().map(|aggregate| aggregate.of(&rows)).collect();
        let firsts: Vec<Value> = results.iter().map(|cells| cells.first().cloned().unwrap_or(Value::Null)).collect();
        let mut cells = key;
        for output in &outputs {
            match output {
                Output::Aggregate(at) => cells.extend(results[*at].iter().cloned()),
                Output::Expression(typed) => cells.push(typed.value(&firsts).into_owned()),
            }
        }
        Row::from(cells)
    });
    let rows = rows.collect();
    Ok(Table { columns, rows })
}

/// The rows of each key. Without keys there is one group, even of no rows.
fn grouped<'a>(table: &'a Table, keys: &[Typed]) -> Vec<(Vec<Value>, Vec<&'a Row>)> {
    if keys.is_empty() {
        return vec![(Vec::new(), table.rows.iter().collect())];
    }
    let mut places: HashMap<Vec<Key>, usize> = HashMap::new();
    let mut groups: Vec<(Vec<Value>, Vec<&Row>)> = Vec::new();
    for row in &table.rows {
        let values: Vec<Value> = keys.iter().map(|key| key.value(row).into_owned()).collect();
        let at = *places.entry(values.iter().map(Key::from).collect()).or_insert(groups.len());
        if at == groups.len() {
            groups.push((values, Vec::new()));
        }
        groups[at].1.push(row);
    }
    groups
}

/// A name that no query can write, for an aggregate inside an expression.
fn placeholder(at: usize) -> String {
    format!("\u{0}{at}")
}

fn synthetic_columns(found: &[Aggregate]) -> Vec<Column> {
    let kind = |aggregate: &Aggregate| aggregate.kinds().first().copied().unwrap_or(Type::Dynamic);
    found.iter().enumerate().map(|(at, aggregate)| Column::new(placeholder(at), kind(aggregate))).collect()
}

/// Takes the aggregates out of an expression such as `array_length(make_set(X))`.
struct Inner<'a> {
    resolver: Resolver<'a>,
    taken: &'a [String],
    found: &'a mut Vec<Aggregate>,
}

impl Inner<'_> {
    fn replace(&mut self, expression: &Expression) -> Result<Expression, Error> {
        if let Some(aggregate) = aggregates::read(self.resolver, expression, self.taken)? {
            self.found.push(aggregate);
            return Ok(Expression::Name(placeholder(self.found.len() - 1)));
        }
        Ok(match expression {
            Expression::Call(name, arguments) => {
                let arguments = arguments.iter().map(|argument| self.replace(argument));
                Expression::Call(name.clone(), arguments.collect::<Result<_, _>>()?)
            }
            Expression::Chain(first, rest) => {
                let first = Box::new(self.replace(first)?);
                let rest = rest.iter().map(|(sign, operand)| Ok((*sign, self.replace(operand)?)));
                Expression::Chain(first, rest.collect::<Result<_, Error>>()?)
            }
            Expression::Compare(comparison, left, right) => {
                Expression::Compare(*comparison, Box::new(self.replace(left)?), Box::new(self.replace(right)?))
            }
            Expression::Path(base, steps) => {
                let steps: Vec<Step> = steps.clone();
                Expression::Path(Box::new(self.replace(base)?), steps)
            }
            other => other.clone(),
        })
    }
}

/// The rows without their repetitions.
pub(super) fn distinct(table: Table) -> Result<Table, Error> {
    if let Some(column) = table.columns.iter().find(|column| column.kind == Type::Dynamic) {
        return Err(dynamic_key(&column.name));
    }
    let Table { columns, mut rows } = table;
    let mut seen: HashSet<Vec<Key>> = HashSet::new();
    rows.retain(|row| seen.insert(row.iter().map(Key::from).collect()));
    Ok(Table { columns, rows })
}

fn dynamic_key(name: &str) -> Error {
    let message = format!(
        "Summarize group key '{name}' is of a 'dynamic' type. Please use an explicit cast (for example, \
         'summarize ... by tostring({name})') as grouping by a 'dynamic' type is not supported."
    );
    Error::semantic("SEM0001", message)
}
