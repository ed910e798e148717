//! `oriel keyring …`: the keys that seal secrets.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use backup::rotate::{self, Turning};
use store::Db;

use crate::config::{Config, Overrides};
use crate::{account, output, wiring};

/// The longest that a request takes (`web` ends it then): what it sealed before the keys were turned is saved by then.
const GRACE: u64 = 120;

/// What it says below the options.
const AFTER: &str = "\
Instances go on running, and need no restart: they look at the file again. Where several instances have a copy of the \
keyring each, rather than one file, give all of them the new one before old keys are taken off. A rotation that was \
stopped is brought to its end by the next one. Backups from before need the old key: those that hold the keyring have it \
inside; for the others, keep the keyring of their time.";

/// What to do with the keyring.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Seal every secret anew, with a new key.
    #[command(after_help = AFTER)]
    Rotate {
        /// Then take the keys off that seal nothing any more.
        #[arg(long)]
        drop_old: bool,
        /// How long instances have to save what they have begun to, before old keys are taken off. A request takes 120
        /// seconds at most.
        #[arg(long, value_name = "SECONDS", default_value_t = GRACE, requires = "drop_old")]
        grace: u64,
        /// Wait less than 120 seconds: no instance runs, or none is being used.
        #[arg(long, requires = "drop_old")]
        force: bool,
    },
    /// The fingerprints of its keys, that of the sealing one first.
    Show,
}

/// Does it.
pub async fn run(command: Command, over: &Overrides) -> anyhow::Result<ExitCode> {
    if let Command::Rotate { grace, force: false, .. } = command
        && grace < GRACE
    {
        bail!(
            "`--grace {grace}`: a request may take {GRACE} seconds, and what it saves with an old key after that key was \
             taken off is lost. Wait {GRACE} seconds; or add --force if no instance runs. No key was turned."
        );
    }
    let config = Config::read(over)?;
    let db = Db::open(&config.database_url).await.context("the database does not open")?;
    let keyring = wiring::keyring(&config, &db).await?;
    match command {
        Command::Show => {
            for (number, fingerprint) in keyring.fingerprints().into_iter().enumerate() {
                output::line(format!("{fingerprint}\t{}", if number == 0 { "seals" } else { "opens" }))?;
            }
        }
        Command::Rotate { drop_old, grace, force: _ } => {
            let by = account::actor();
            let turning = || Turning { db: &db, keyring_file: &config.keyring_file, by: &by, now: (wiring::clock())() };
            let turned = rotate::turn(&turning()).await?;
            if turned.resumed {
                output::talk("A rotation that was stopped before its end is brought to it.");
            }
            output::talk(format!(
                "{} secrets are sealed anew, with the key {}; {} keys are on the keyring.",
                turned.resealed, turned.fingerprint, turned.keys
            ));
            if !turned.lost.is_empty() {
                output::talk(format!("These open with no key; enter them again: {}.", turned.lost.join(", ")));
            }
            if drop_old {
                output::talk(format!("Waiting {grace} s for what is being saved at this moment."));
                tokio::time::sleep(Duration::from_secs(grace)).await;
                let off = rotate::drop_old(&turning()).await?;
                output::talk(format!("{} keys that seal nothing any more are off: {}.", off.len(), off.join(", ")));
            } else if turned.keys > 1 {
                output::talk("The older keys stay on the keyring until `oriel keyring rotate --drop-old`.");
            }
        }
    }
    db.close().await;
    Ok(ExitCode::SUCCESS)
}
