//! The client against a server that answers as it is told.

#![expect(clippy::panic, clippy::print_stdout, clippy::unwrap_used, reason = "a test that panics says where")]

mod fake;
mod identity;
mod instances;
mod interfaces;
mod lists;
mod proofs;
mod samples;
mod secrets;
mod tls;
mod token_file;
mod tokens;
mod transport;
