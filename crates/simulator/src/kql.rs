//! A stated subset of Kusto's query language, evaluated over tables in memory.

mod error;
mod table;
mod time;
mod value;

pub use error::Error;
pub use table::{Column, NotARow, Row, Table};
pub use value::{Type, Value};

/// The tables that a query may name.
pub trait Tables {
    /// The table of this name, whose case counts.
    fn table(&self, name: &str) -> Option<&Table>;
}
