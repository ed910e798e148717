//! A stated subset of Kusto's query language, evaluated over tables in memory.
//!
//! Written from Kusto's documentation: the text becomes tokens (`lexer`), a tree (`syntax`, `parser`), which is
//! resolved against the columns of each step (`resolve`) and evaluated step by step (`pipeline`). What the subset
//! does not have is refused in Kusto's own words, never answered by guess.
//!
//! The subset: `let`, `print`, `datatable`, `union`, and the operators where, extend, project (-away, -keep, -rename),
//! summarize, distinct, sort, top, take, count, join (inner, innerunique, leftouter, leftsemi, leftanti) and mv-expand.

mod aggregates;
mod arithmetic;
mod convert;
mod error;
mod expression;
mod functions;
mod lexer;
mod names;
mod order;
mod parser;
mod pipeline;
mod resolve;
mod scope;
mod syntax;
mod table;
mod text;
mod time;
mod value;

use std::collections::HashMap;

use jiff::Timestamp;

pub use error::Error;
use scope::{Bound, Scope};
pub use table::{Column, NotARow, Row, Table};
pub use value::{Type, Value};

/// The tables that a query may name.
pub trait Tables {
    /// The table of this name, whose case counts.
    fn table(&self, name: &str) -> Option<&Table>;
}

/// Evaluates a query. `period` is the time span of the request: rows whose `TimeGenerated` (else `Timestamp`) lies outside
/// it, or is null, are not seen; both ends belong to it.
pub fn run(
    query: &str,
    tables: &dyn Tables,
    now: Timestamp,
    period: Option<(Timestamp, Timestamp)>,
) -> Result<Table, Error> {
    let script = parser::parse(query)?;
    let mut scope = Scope { tables, now, period, lets: HashMap::new() };
    for (name, query) in &script.lets {
        let bound = pipeline::run(&scope, query)?;
        scope.lets.insert(name.clone(), bound);
    }
    match pipeline::run(&scope, &script.answer)? {
        Bound::Table(table) => Ok(table),
        Bound::Scalar(..) => Err(Error::semantic(
            "SEM0003",
            "Top-level expressions must return tabular results. \
             (Hint: If you're trying to output a scalar value, use the 'print' operator.)",
        )),
    }
}
