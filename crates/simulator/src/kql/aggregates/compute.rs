//! The values of aggregates. Nulls are left out of everything but `count()`.

use std::{cmp::Ordering, collections::HashSet};

use serde_json::Value as Json;

use super::{Aggregate, Kind, Type, Value};
use crate::kql::{
    convert,
    order::{self, Key},
    table::Row,
};

impl Aggregate {
    /// The outputs for the rows of one group.
    pub(crate) fn of(&self, rows: &[&Row]) -> Vec<Value> {
        match self.kind {
            Kind::Count => vec![number(rows.len())],
            Kind::CountIf => vec![number(self.counted(rows).count())],
            Kind::DCount | Kind::DCountIf => {
                let distinct: HashSet<Key> = self.present(rows).map(|value| Key::from(&value)).collect();
                vec![number(distinct.len())]
            }
            Kind::Sum | Kind::SumIf => vec![self.sum(rows)],
            Kind::Avg => vec![self.average(rows)],
            Kind::Min => vec![self.extreme(rows, Ordering::Less)],
            Kind::Max => vec![self.extreme(rows, Ordering::Greater)],
            Kind::ArgMax => self.row_of_extreme(rows, Ordering::Greater),
            Kind::ArgMin => self.row_of_extreme(rows, Ordering::Less),
            Kind::MakeSet => vec![self.set(rows)],
            Kind::MakeList => {
                vec![Value::Dynamic(self.present(rows).take(self.most).map(|value| value.to_json()).collect())]
            }
            Kind::TakeAny => self.any(rows),
        }
    }

    /// The rows that the condition, if there is one, lets through.
    fn counted<'a>(&'a self, rows: &'a [&'a Row]) -> impl Iterator<Item = &'a Row> {
        rows.iter().copied().filter(|row| self.condition.as_ref().is_none_or(|condition| condition.is_true(row)))
    }

    /// The values of the first argument that are not null.
    fn present<'a>(&'a self, rows: &'a [&'a Row]) -> impl Iterator<Item = Value> {
        self.counted(rows)
            .filter_map(|row| Some(self.values.first()?.value(row).into_owned()))
            .filter(|value| !value.is_null())
    }

    fn first_kind(&self) -> Type {
        self.values.first().map_or(Type::Dynamic, |value| value.kind)
    }

    fn sum(&self, rows: &[&Row]) -> Value {
        match self.first_kind() {
            Type::Real => Value::Real(self.present(rows).filter_map(|value| convert::real(&value)).sum()),
            kind => {
                let mut whole = self.present(rows).filter_map(|value| convert::long(&value));
                let sum = whole.try_fold(0_i64, i64::checked_add);
                let wrap = if kind == Type::TimeSpan { Value::TimeSpan } else { Value::Long };
                sum.map_or(Value::Null, wrap)
            }
        }
    }

    /// Not a number for no rows: Kusto divides nothing by nothing.
    fn average(&self, rows: &[&Row]) -> Value {
        let (mut sum, mut count) = (0.0, 0.0);
        for value in self.present(rows) {
            let number = match value {
                Value::TimeSpan(ticks) => Some(ticks as f64),
                value => convert::real(&value),
            };
            sum += number.unwrap_or(0.0);
            count += 1.0;
        }
        match self.first_kind() {
            Type::TimeSpan if count == 0.0 => Value::Null,
            Type::TimeSpan => Value::TimeSpan((sum / count) as i64),
            _ => Value::Real(sum / count),
        }
    }

    fn extreme(&self, rows: &[&Row], wanted: Ordering) -> Value {
        let further = |best: Value, value: Value| match order::compare(&value, &best) {
            Some(order) if order == wanted => value,
            _ => best,
        };
        self.present(rows).reduce(further).unwrap_or(self.first_kind().missing())
    }

    fn row_of_extreme(&self, rows: &[&Row], wanted: Ordering) -> Vec<Value> {
        let mut best: Option<(&Row, Value)> = None;
        for row in rows {
            let Some(value) = self.values.first().map(|by| by.value(row).into_owned()) else {
                continue;
            };
            let better = match &best {
                None => true,
                Some((_, known)) if known.is_null() => !value.is_null(),
                Some((_, known)) => order::compare(&value, known) == Some(wanted),
            };
            if better {
                best = Some((row, value));
            }
        }
        let cell = |value: &super::Typed| match &best {
            Some((row, _)) => value.value(row).into_owned(),
            None => value.kind.missing(),
        };
        self.values.iter().map(cell).collect()
    }

    /// Each value once, in the order of appearance. Arrays are taken apart.
    fn set(&self, rows: &[&Row]) -> Value {
        let mut seen: HashSet<String> = HashSet::new();
        let mut items = Vec::new();
        for value in self.present(rows) {
            let parts = match value {
                Value::Dynamic(Json::Array(parts)) => parts,
                value => vec![value.to_json()],
            };
            for part in parts {
                if items.len() < self.most && seen.insert(part.to_string()) {
                    items.push(part);
                }
            }
        }
        Value::Dynamic(Json::Array(items))
    }

    /// The first value of each column that is there.
    fn any(&self, rows: &[&Row]) -> Vec<Value> {
        let first = |value: &super::Typed| {
            let mut values = rows.iter().map(|row| value.value(row).into_owned());
            values.find(|value| !value.is_null()).unwrap_or(value.kind.missing())
        };
        self.values.iter().map(first).collect()
    }
}

fn number(count: usize) -> Value {
    Value::Long(i64::try_from(count).unwrap_or(i64::MAX))
}
