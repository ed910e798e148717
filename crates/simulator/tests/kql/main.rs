//! The query engine: what it answers, what it refuses, and that other readers of KQL agree.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "all of this is test code, its helpers too, and what is skipped is said"
)]

mod answers;
mod corpus;
mod kinds;
mod others;
mod random;
mod refused;
mod rows;
mod schemas;
