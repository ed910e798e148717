//! The surfaces as a client meets them: over a socket, from the documents' side.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "all of this is a test, its helpers too"
)]

mod asking;
mod assertions;
mod defender;
mod faults;
mod graph;
mod identity;
mod log_analytics;
mod login;
mod people;
mod replay;
mod samples;
mod story;
mod walls;
