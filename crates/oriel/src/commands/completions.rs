//! `oriel completions SHELL`.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::command;
use crate::output;

/// Which shell.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// bash, zsh, fish, elvish or powershell.
    shell: clap_complete::Shell,
}

/// Prints the script.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command::Arguments::command(), "oriel", &mut script);
    output::line(String::from_utf8(script)?.trim_end())?;
    Ok(ExitCode::SUCCESS)
}
