//! `sort` and `top`.

use std::cmp::Ordering;

use super::{Error, Resolver, Scope, Table, Type, Value};
use crate::kql::{order, syntax::Order};

/// Rows in the asked order; rows that are equal in it stay as they stood.
pub(super) fn sort(
    scope: &Scope<'_>,
    mut table: Table,
    orders: &[Order],
    operator: &'static str,
) -> Result<Table, Error> {
    let resolver = Resolver { scope, columns: &table.columns, operator };
    let mut keys = Vec::with_capacity(orders.len());
    for order in orders {
        let typed = resolver.resolve(&order.by)?;
        if typed.kind == Type::Dynamic {
            return Err(Error::semantic("SEM0480", "order operator: key can't be of dynamic type"));
        }
        keys.push(typed);
    }
    let mut rows: Vec<(Vec<Value>, _)> = std::mem::take(&mut table.rows)
        .into_iter()
        .map(|row| (keys.iter().map(|key| key.value(&row).into_owned()).collect(), row))
        .collect();
    rows.sort_by(|(a, _), (b, _)| {
        let mut cells =
            a.iter().zip(b).zip(orders).map(|((a, b), by)| order::sorted(a, b, by.descending, by.nulls_first));
        cells.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    table.rows = rows.into_iter().map(|(_, row)| row).collect();
    Ok(table)
}
