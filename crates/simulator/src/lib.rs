//! The Microsoft side as a server, written from the documents: for tests, for trying things out.

pub mod kql;
pub mod schema;
