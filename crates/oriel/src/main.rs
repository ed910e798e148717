//! `oriel`: see `oriel --help`.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // One provider for every TLS connection of the process, chosen before the first of them.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        unreachable!("nothing has installed a TLS provider before main");
    }
    oriel::command::run(oriel::command::Arguments::parse())
}
