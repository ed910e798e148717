//! Comparisons: which types go together, and what a dynamic value is read as.

use std::collections::HashSet;

use serde_json::Value as Json;

use super::{Resolver, convert};
use crate::kql::{
    error::Error,
    expression::{Node, Typed},
    order::Key,
    pipeline,
    scope::Bound,
    syntax::{Comparison, Expression, TextTest},
    table::Table,
    value::{Type, Value},
};

impl Resolver<'_> {
    pub(super) fn compare(self, comparison: Comparison, left: &Expression, right: &Expression) -> Result<Typed, Error> {
        let (left, right) = (self.resolve(left)?, self.resolve(right)?);
        compared(comparison, left, right)
    }

    pub(super) fn text(
        self,
        test: TextTest,
        case: bool,
        left: &Expression,
        right: &Expression,
    ) -> Result<Typed, Error> {
        let (left, right) = (self.words(left)?, self.words(right)?);
        let node = Node::Text(test, case, Box::new(left), Box::new(right));
        Ok(Typed { node, kind: Type::Bool })
    }

    /// An expression that is text, or JSON to be read as text.
    fn words(self, expression: &Expression) -> Result<Typed, Error> {
        let typed = self.resolve(expression)?;
        match typed.kind {
            Type::String | Type::Dynamic => Ok(typed),
            kind => {
                let message = format!("Text is compared with an expression of type {kind}; use tostring()");
                Err(self.error("SEM0001", &message))
            }
        }
    }

    pub(super) fn has_many(self, all: bool, left: &Expression, words: &[Expression]) -> Result<Typed, Error> {
        let left = self.words(left)?;
        let words = self.listed(words)?.into_iter().map(|(word, _)| word.text()).collect();
        Ok(Typed { node: Node::HasMany(all, Box::new(left), words), kind: Type::Bool })
    }

    pub(super) fn contained(self, case: bool, left: &Expression, list: &[Expression]) -> Result<Typed, Error> {
        let mut left = self.resolve(left)?;
        let items = self.listed(list)?;
        if left.kind == Type::Dynamic {
            // The first of the list says what the JSON is to be read as.
            let kind = items.first().map_or(Type::String, |(_, kind)| *kind);
            left = convert(left, kind);
        }
        let mut set = HashSet::new();
        for (value, kind) in items {
            if kind != left.kind && !(kind.is_number() && left.kind.is_number()) {
                return Err(unlike(left.kind, kind));
            }
            let value = crate::kql::convert::to(left.kind, &value);
            set.insert(match value {
                Value::String(text) if !case => Key::Text(text.to_ascii_lowercase()),
                value => Key::from(&value),
            });
        }
        Ok(Typed { node: Node::In(Box::new(left), set, case), kind: Type::Bool })
    }

    /// What a list holds: constants, the items of dynamic arrays, the first column of tables.
    fn listed(self, list: &[Expression]) -> Result<Vec<(Value, Type)>, Error> {
        let mut items = Vec::new();
        for expression in list {
            if let Some(table) = self.listed_table(expression)? {
                let Some(first) = table.columns.first() else {
                    continue;
                };
                items.extend(table.rows.iter().filter_map(|row| Some((row.first()?.clone(), first.kind))));
                continue;
            }
            let typed = self.resolve(expression)?;
            let Some(value) = typed.constant() else {
                return Err(self.error("SEM0001", "Expected a list of constants"));
            };
            match value {
                Value::Dynamic(Json::Array(array)) => items.extend(array.iter().map(scalar)),
                Value::Dynamic(json) => items.push(scalar(json)),
                value => items.push((value.clone(), typed.kind)),
            }
        }
        Ok(items)
    }

    fn listed_table(self, expression: &Expression) -> Result<Option<Table>, Error> {
        match expression {
            Expression::Query(query) => match pipeline::run(self.scope, query)? {
                Bound::Table(table) => Ok(Some(table)),
                Bound::Scalar(..) => Ok(None),
            },
            Expression::Name(name) if !self.columns.iter().any(|column| column.name == *name) => {
                match self.scope.lets.get(name) {
                    Some(Bound::Table(table)) => Ok(Some(table.clone())),
                    Some(Bound::Scalar(..)) => Ok(None),
                    None if self.scope.tables.table(name).is_some() => self.scope.table(name, self.operator).map(Some),
                    None => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    pub(super) fn between(self, value: &Expression, low: &Expression, high: &Expression) -> Result<Typed, Error> {
        let from = self.compare(Comparison::GreaterOrEqual, value, low)?;
        let is_length = self.resolve(high)?.kind == Type::TimeSpan;
        let (left, mut right) = (self.resolve(value)?, self.resolve(high)?);
        if is_length && left.kind == Type::DateTime {
            // `between (start .. 1d)`: the end is so much later than the start.
            right = self.joined(self.resolve(low)?, vec![(crate::kql::syntax::Arithmetic::Add, right)])?;
        }
        let to = compared(Comparison::LessOrEqual, left, right)?;
        Ok(Typed { node: Node::All(vec![from, to]), kind: Type::Bool })
    }
}

/// The comparison, if the types go together. Kusto converts nothing but dynamic values, and by order those only to
/// numbers; text has an order in `sort` alone.
fn compared(comparison: Comparison, left: Typed, right: Typed) -> Result<Typed, Error> {
    let (a, b) = (left.kind, right.kind);
    let by_order = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    let amount = |kind: Type| kind.is_number() || matches!(kind, Type::DateTime | Type::TimeSpan);
    let fits = match (a, b) {
        (Type::Dynamic, Type::Dynamic) => false,
        (Type::Dynamic, kind) | (kind, Type::Dynamic) => !by_order || kind.is_number(),
        _ => (a == b || a.is_number() && b.is_number()) && (!by_order || amount(a)),
    };
    if !fits {
        return Err(unlike(a, b));
    }
    let (left, right) = match (a, b) {
        (Type::Dynamic, kind) => (convert(left, kind), right),
        (kind, Type::Dynamic) => (left, convert(right, kind)),
        _ => (left, right),
    };
    let node = Node::Compare(comparison, Box::new(left), Box::new(right));
    Ok(Typed { node, kind: Type::Bool })
}

fn unlike(left: Type, right: Type) -> Error {
    let message = format!("Cannot compare values of types {left} and {right}. Try adding explicit casts");
    Error::semantic("SEM0064", message)
}

fn scalar(json: &Json) -> (Value, Type) {
    match json {
        Json::String(text) => (text.as_str().into(), Type::String),
        Json::Bool(flag) => (Value::Bool(*flag), Type::Bool),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => (Value::Long(whole), Type::Long),
            None => (number.as_f64().map_or(Value::Null, Value::Real), Type::Real),
        },
        other => (Value::String(other.to_string()), Type::String),
    }
}
