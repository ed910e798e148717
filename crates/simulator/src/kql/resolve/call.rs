//! Calls: the functions that need more than values, then those of the table in [`functions`].

use super::{Resolver, convert};
use crate::kql::{
    arithmetic,
    error::Error,
    expression::{Node, Typed},
    functions::{self, Body, Function},
    pipeline,
    scope::Bound,
    syntax::{Arithmetic, Expression},
    value::{Type, Value},
};

impl Resolver<'_> {
    pub(super) fn call(self, name: &str, arguments: &[Expression]) -> Result<Typed, Error> {
        match (name, arguments) {
            ("now", []) => Ok(self.now()),
            ("now", [offset]) => self.shifted_now(Arithmetic::Add, offset),
            ("ago", [length]) => self.shifted_now(Arithmetic::Subtract, length),
            ("not", [condition]) => {
                let inner = self.condition(condition)?;
                Ok(Typed { node: Node::Not(Box::new(inner)), kind: Type::Bool })
            }
            ("iff" | "iif", [condition, then, otherwise]) => self.choice(name, &[(condition, then)], otherwise),
            ("case", [pairs @ .., otherwise]) if pairs.len() >= 2 && pairs.len().is_multiple_of(2) => {
                let pairs: Vec<_> = pairs.chunks_exact(2).map(|pair| (&pair[0], &pair[1])).collect();
                self.choice(name, &pairs, otherwise)
            }
            ("coalesce", [_, _, ..]) => self.coalesce(arguments),
            ("column_ifexists" | "columnifexists", [Expression::Literal(Value::String(column), _), otherwise]) => {
                match self.columns.iter().any(|known| known.name == *column) {
                    true => self.resolve(&Expression::Name(column.clone())),
                    false => self.resolve(otherwise),
                }
            }
            ("toscalar", [inner]) => self.first_cell(inner),
            ("now" | "ago" | "not" | "iff" | "iif" | "case" | "coalesce" | "column_ifexists" | "toscalar", _) => {
                Err(self.error("SEM0219", &format!("{name}(): function does not take {} argument(s)", arguments.len())))
            }
            _ => match functions::find(name) {
                Some(function) => self.function(name, function, arguments),
                None => Err(Error::semantic("SEM0260", format!("Unknown function: '{name}'."))),
            },
        }
    }

    fn now(self) -> Typed {
        Typed::literal(Value::DateTime(self.scope.now), Type::DateTime)
    }

    fn shifted_now(self, sign: Arithmetic, length: &Expression) -> Result<Typed, Error> {
        let length = self.resolve(length)?;
        if length.kind != Type::TimeSpan {
            return Err(self.error("SEM0001", "now() and ago() take a timespan"));
        }
        self.joined(self.now(), vec![(sign, length)])
    }

    fn choice(self, name: &str, pairs: &[(&Expression, &Expression)], otherwise: &Expression) -> Result<Typed, Error> {
        let otherwise = self.resolve(otherwise)?;
        let mut resolved = Vec::with_capacity(pairs.len());
        for (condition, value) in pairs {
            resolved.push((self.condition(condition)?, self.resolve(value)?));
        }
        let kinds = resolved.iter().map(|(_, value)| value.kind);
        let kind = self.one_kind(name, kinds.chain([otherwise.kind]))?;
        let pairs = resolved.into_iter().map(|(condition, value)| (condition, convert(value, kind))).collect();
        Ok(Typed { node: Node::Choice(pairs, Box::new(convert(otherwise, kind))), kind })
    }

    fn coalesce(self, arguments: &[Expression]) -> Result<Typed, Error> {
        let resolved = arguments.iter().map(|argument| self.resolve(argument)).collect::<Result<Vec<_>, _>>()?;
        let kind = self.one_kind("coalesce", resolved.iter().map(|candidate| candidate.kind))?;
        let candidates = resolved.into_iter().map(|candidate| convert(candidate, kind)).collect();
        Ok(Typed { node: Node::Coalesce(candidates), kind })
    }

    /// The type that all branches share. Only int and long go together.
    fn one_kind(self, name: &str, kinds: impl Iterator<Item = Type>) -> Result<Type, Error> {
        let mut shared = None;
        for kind in kinds {
            shared = Some(match (shared, kind) {
                (None, kind) => kind,
                (Some(one), other) if one == other => one,
                (Some(Type::Int | Type::Long), Type::Int | Type::Long) => Type::Long,
                (Some(one), other) => {
                    let message = format!("{name}(): @then data type ({one}) must match the @else data type ({other})");
                    return Err(Error::semantic("SEM0525", message));
                }
            });
        }
        Ok(shared.unwrap_or(Type::Dynamic))
    }

    /// `toscalar(…)`: the first cell of the first row.
    fn first_cell(self, inner: &Expression) -> Result<Typed, Error> {
        let bound = match inner {
            Expression::Query(query) => pipeline::run(self.scope, query)?,
            Expression::Name(name) => match self.scope.lets.get(name) {
                Some(bound) => bound.clone(),
                None => Bound::Table(self.scope.table(name, self.operator)?),
            },
            other => return self.resolve(other),
        };
        Ok(match bound {
            Bound::Scalar(value, kind) => Typed::literal(value, kind),
            Bound::Table(table) => {
                let kind = table.columns.first().map_or(Type::Dynamic, |column| column.kind);
                let cell = table.rows.first().and_then(|row| row.first()).cloned();
                Typed::literal(cell.unwrap_or(kind.missing()), kind)
            }
        })
    }

    fn function(self, name: &str, function: Function, arguments: &[Expression]) -> Result<Typed, Error> {
        let most = if function.repeats { usize::MAX } else { function.takes.len() };
        if !(function.required..=most).contains(&arguments.len()) {
            let message = format!("{name}(): function expects {} argument(s)", function.required);
            return Err(Error::semantic("SEM0219", message));
        }
        let mut resolved = Vec::with_capacity(arguments.len());
        for (at, argument) in arguments.iter().enumerate() {
            let takes = function.takes[at.min(function.takes.len() - 1)];
            let argument = self.resolve(argument)?;
            if !takes.accepts(argument.kind) {
                let message = format!(
                    "{name}(): argument {} is expected to be a {} expression, not {}",
                    at + 1,
                    takes.word(),
                    argument.kind
                );
                return Err(Error::semantic("SEM0008", message));
            }
            resolved.push(argument);
        }
        let kind = match (function.gives, resolved.as_slice()) {
            (Some(kind), _) => kind,
            (None, [value, size]) => arithmetic::bin_kind(value.kind, size.kind).ok_or_else(|| {
                let message = format!("{name}(): cannot round a {} to a {}", value.kind, size.kind);
                Error::semantic("SEM0008", message)
            })?,
            (None, _) => Type::Dynamic,
        };
        let node = match function.body {
            Body::Plain(apply) => Node::Call(apply, resolved),
            Body::Pattern(at, form, apply) => {
                let pattern = match resolved[at].constant() {
                    Some(Value::String(pattern)) => regex::Regex::new(&form(pattern)).ok(),
                    _ => None,
                };
                let pattern = pattern
                    .ok_or_else(|| Error::semantic("SEM0420", format!("{name}(): the regex pattern is invalid")))?;
                Node::Pattern(Box::new(pattern), apply, resolved)
            }
        };
        Ok(Typed { node, kind })
    }
}
