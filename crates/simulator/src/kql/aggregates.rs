//! What `summarize` computes over the rows of a group.

mod compute;

use super::{
    error::Error,
    expression::Typed,
    names::{self, Names},
    resolve::Resolver,
    syntax::Expression,
    table::Column,
    value::{Type, Value},
};

/// Which aggregate it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Count,
    CountIf,
    DCount,
    DCountIf,
    Sum,
    SumIf,
    Avg,
    Min,
    Max,
    ArgMin,
    ArgMax,
    MakeSet,
    MakeList,
    TakeAny,
}

/// An aggregate with its arguments resolved.
#[derive(Debug)]
pub(super) struct Aggregate {
    kind: Kind,
    /// The values: the one that is counted, or all columns of `arg_max` and `take_any`.
    values: Vec<Typed>,
    /// The condition of `countif` and its like.
    condition: Option<Typed>,
    /// How many items `make_set` and `make_list` keep.
    most: usize,
    /// The names of the outputs if none are written; the first may be `None` for what has no name.
    default_names: Vec<String>,
}

/// How many items `make_set` keeps if it is not told.
const MOST_ITEMS: usize = 1_048_576;

/// The aggregate that the expression is, or `None` if it is something else. `taken` are the names of the group's keys.
pub(super) fn read(
    resolver: Resolver<'_>,
    expression: &Expression,
    taken: &[String],
) -> Result<Option<Aggregate>, Error> {
    let Expression::Call(function, arguments) = expression else {
        return Ok(None);
    };
    let (kind, prefix) = match function.as_str() {
        "count" => (Kind::Count, "count_"),
        "countif" => (Kind::CountIf, "countif_"),
        "dcount" => (Kind::DCount, "dcount_"),
        "dcountif" => (Kind::DCountIf, "dcountif_"),
        "sum" => (Kind::Sum, "sum_"),
        "sumif" => (Kind::SumIf, "sumif_"),
        "avg" => (Kind::Avg, "avg_"),
        "min" => (Kind::Min, "min_"),
        "max" => (Kind::Max, "max_"),
        "make_set" => (Kind::MakeSet, "set_"),
        "make_list" => (Kind::MakeList, "list_"),
        "take_any" => (Kind::TakeAny, ""),
        "any" => (Kind::TakeAny, "any_"),
        "arg_max" => (Kind::ArgMax, "max_"),
        "arg_min" => (Kind::ArgMin, "min_"),
        _ => return Ok(None),
    };
    let wrong = || {
        let message = format!("{function}(): function does not take {} argument(s)", arguments.len());
        Error::semantic("SEM0219", message)
    };
    let mut aggregate =
        Aggregate { kind, values: Vec::new(), condition: None, most: MOST_ITEMS, default_names: Vec::new() };
    match (kind, arguments.as_slice()) {
        (Kind::Count, []) => aggregate.default_names.push(prefix.to_owned()),
        (Kind::CountIf, [condition]) => {
            aggregate.condition = Some(resolver.condition(condition)?);
            aggregate.default_names.push(prefix.to_owned());
        }
        (Kind::DCountIf | Kind::SumIf, [value, condition]) => {
            aggregate.condition = Some(resolver.condition(condition)?);
            aggregate.add(resolver, value, prefix)?;
        }
        (Kind::DCount, [value] | [value, _]) => aggregate.add(resolver, value, prefix)?,
        (Kind::Sum | Kind::Avg | Kind::Min | Kind::Max, [value]) => aggregate.add(resolver, value, prefix)?,
        (Kind::MakeSet | Kind::MakeList, [value]) => aggregate.add(resolver, value, prefix)?,
        (Kind::MakeSet | Kind::MakeList, [value, most]) => {
            aggregate.most = resolver.whole_number(most)?;
            aggregate.add(resolver, value, prefix)?;
        }
        (Kind::TakeAny, [Expression::Star]) => aggregate.add_all(resolver, taken),
        (Kind::TakeAny, [_, ..]) => {
            for value in arguments {
                aggregate.add(resolver, value, prefix)?;
            }
        }
        (Kind::ArgMax | Kind::ArgMin, [by, rest @ ..]) => {
            aggregate.add_extreme(resolver, by, rest, prefix, taken)?;
        }
        _ => return Err(wrong()),
    }
    aggregate.check(function)?;
    Ok(Some(aggregate))
}

impl Aggregate {
    fn add(&mut self, resolver: Resolver<'_>, value: &Expression, prefix: &str) -> Result<(), Error> {
        self.values.push(resolver.resolve(value)?);
        let name = names::natural(value).unwrap_or_default();
        self.default_names.push(format!("{prefix}{name}"));
        Ok(())
    }

    /// `*`: every column that is no key of the group and not there already.
    fn add_all(&mut self, resolver: Resolver<'_>, taken: &[String]) {
        for (at, column) in resolver.columns.iter().enumerate() {
            if !taken.contains(&column.name) && !self.default_names.contains(&column.name) {
                let node = super::expression::Node::Column(at);
                self.values.push(Typed { node, kind: column.kind });
                self.default_names.push(column.name.clone());
            }
        }
    }

    fn add_extreme(
        &mut self,
        resolver: Resolver<'_>,
        by: &Expression,
        rest: &[Expression],
        prefix: &str,
        taken: &[String],
    ) -> Result<(), Error> {
        let name = names::natural(by);
        self.values.push(resolver.resolve(by)?);
        self.default_names.push(name.clone().unwrap_or_else(|| prefix.to_owned()));
        for (at, value) in rest.iter().enumerate() {
            if matches!(value, Expression::Star) {
                self.add_all(resolver, taken);
                continue;
            }
            self.values.push(resolver.resolve(value)?);
            let invented = || format!("{prefix}{}_arg{}", name.clone().unwrap_or_default(), at + 1);
            self.default_names.push(names::natural(value).unwrap_or_else(invented));
        }
        Ok(())
    }

    /// Sums are of numbers, extremes of what has an order.
    fn check(&self, function: &str) -> Result<(), Error> {
        let Some(kind) = self.values.first().map(|value| value.kind) else {
            return Ok(());
        };
        let fits = match self.kind {
            Kind::Sum | Kind::SumIf | Kind::Avg => kind.is_number() || kind == Type::TimeSpan,
            Kind::Min | Kind::Max | Kind::ArgMin | Kind::ArgMax => !matches!(kind, Type::Dynamic | Type::Guid),
            _ => true,
        };
        if fits {
            return Ok(());
        }
        let message = format!("{function}(): argument 1 cannot be of type {kind}; use an explicit cast");
        Err(Error::semantic("SEM0008", message))
    }

    /// The types of the outputs.
    pub(super) fn kinds(&self) -> Vec<Type> {
        let first = self.values.first().map_or(Type::Long, |value| value.kind);
        match self.kind {
            Kind::Count | Kind::CountIf | Kind::DCount | Kind::DCountIf => vec![Type::Long],
            Kind::Sum | Kind::SumIf if first == Type::Int => vec![Type::Long],
            Kind::Avg if first != Type::TimeSpan => vec![Type::Real],
            Kind::Sum | Kind::SumIf | Kind::Avg | Kind::Min | Kind::Max => vec![first],
            Kind::MakeSet | Kind::MakeList => vec![Type::Dynamic],
            Kind::ArgMax | Kind::ArgMin | Kind::TakeAny => self.values.iter().map(|value| value.kind).collect(),
        }
    }

    /// The outputs' columns: the written names first, then the default ones.
    pub(super) fn name(&self, names: &mut Names, written: &[String]) -> Result<Vec<Column>, Error> {
        let mut columns = Vec::new();
        for (at, kind) in self.kinds().into_iter().enumerate() {
            let name = match (written.get(at), self.default_names.get(at)) {
                (Some(name), _) => names.written(name, "summarize")?,
                (None, Some(name)) if !name.is_empty() => names.derived(name),
                (None, _) => names.invented(),
            };
            columns.push(Column::new(name, kind));
        }
        Ok(columns)
    }
}
