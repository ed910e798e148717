//! The command line as a whole: what there is, and which exit code follows.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{
    audit, backup, completions, connection, demo, doctor, forget, key, keyring, restore, search, serve, setup_script,
    simulate, user,
};
use crate::config::{Door, Overrides};
use crate::{logs, output};

/// Self-hosted search for domains and IP addresses over Microsoft Sentinel and Microsoft Defender.
#[derive(Debug, Parser)]
#[command(name = "oriel", version, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    overrides: Overrides,
    #[command(flatten)]
    logs: logs::Arguments,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start with a fictional tenant, in a folder that is thrown away; prints an address and a sign-in.
    Demo(demo::Arguments),
    /// Start the server.
    Serve(Door),
    /// Ask about domains and addresses.
    Search(search::Arguments),
    /// Connect Microsoft.
    #[command(subcommand)]
    Connection(connection::Command),
    /// Print what an administrator needs to set Microsoft up: a script, a manifest, or a change request.
    SetupScript(setup_script::Arguments),
    /// The people who may sign in.
    #[command(subcommand)]
    User(user::Command),
    /// API keys.
    #[command(subcommand)]
    Key(key::Command),
    /// Who did what: whether the audit holds, and a copy of it.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Take out what Oriel keeps about a person.
    Forget(forget::Arguments),
    /// Make a backup while Oriel runs.
    Backup(backup::Arguments),
    /// Bring a backup back, into an empty place.
    Restore(restore::Arguments),
    /// The keys that seal secrets.
    #[command(subcommand)]
    Keyring(keyring::Command),
    /// Stand in for Microsoft, for tests and for trying things out.
    Simulate(simulate::Arguments),
    /// Look at the database, the keyring, the clock and the way to Microsoft, and say what to mend.
    Doctor(doctor::Arguments),
    /// Print a completion script for a shell.
    Completions(completions::Arguments),
}

/// Exit code of a command that could not do its work. `search` has codes of its own.
const FAILED: u8 = 2;

/// Runs the command; the exit code says how it came out.
pub fn run(arguments: Arguments) -> ExitCode {
    logs::start(&arguments.logs);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::talk(format!("oriel could not start: {error}"));
            return ExitCode::from(FAILED);
        }
    };
    let over = &arguments.overrides;
    let done = runtime.block_on(async {
        match arguments.command {
            Command::Demo(arguments) => demo::run(arguments).await,
            Command::Serve(door) => serve::run(door, over).await,
            Command::Search(arguments) => search::run(arguments, over).await,
            Command::Connection(command) => connection::run(command, over).await,
            Command::SetupScript(arguments) => setup_script::run(arguments, over).await,
            Command::User(command) => user::run(command, over).await,
            Command::Key(command) => key::run(command, over).await,
            Command::Audit(command) => audit::run(command, over).await,
            Command::Forget(arguments) => forget::run(arguments, over).await,
            Command::Backup(arguments) => backup::run(arguments, over).await,
            Command::Restore(arguments) => restore::run(arguments, over).await,
            Command::Keyring(command) => keyring::run(command, over).await,
            Command::Simulate(arguments) => simulate::run(arguments).await,
            Command::Doctor(arguments) => doctor::run(arguments, over).await,
            Command::Completions(arguments) => completions::run(arguments),
        }
    });
    done.unwrap_or_else(|error| {
        // A reader that has gone away (`oriel search … | head`) is no failure of ours.
        if output::is_broken_pipe(&error) {
            return ExitCode::SUCCESS;
        }
        output::talk(format!("{error:#}"));
        ExitCode::from(FAILED)
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_made() {
        Arguments::command().debug_assert();
    }
}
