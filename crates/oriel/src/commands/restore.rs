//! `oriel restore`: a backup goes back, into an empty place.

use std::path::PathBuf;
use std::process::ExitCode;

use backup::{Access, Backup, Destination, Manifest, Restored};
use secrecy::SecretString;

use crate::config::{self, Config, Overrides};
use crate::{account, instance, output, wiring};

/// What it says below the options.
const AFTER: &str = "\
Only into an empty place: a data folder that is not there yet, or a PostgreSQL database that nobody has used. All of \
the backup is checked first, and nothing is kept unless all of it goes in and its secrets open with the keyring. A \
backup without the keyring needs the keyring in its place before (`keyring_file`). Either engine takes a backup of the other.";

/// What comes next.
const NEXT: &str = "
Next:
  oriel audit verify                the chain holds, and its newest entry is this restore
  oriel user list                   whoever was disabled since the backup is as they were then: do it again
  oriel key list                    and so is whatever was revoked
  oriel connection validate --all   secrets that were changed since then are refused by Microsoft
  oriel serve                       everybody signs in again: sessions were not brought back";

/// Which backup, and what opens it.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct Arguments {
    /// The folder of the backup.
    folder: PathBuf,
    /// The identity file of age-keygen, for a backup that is encrypted to its recipient.
    #[arg(long, value_name = "FILE")]
    identity_file: Option<PathBuf>,
    /// The file with the passphrase, for a backup that is encrypted to one.
    #[arg(long, value_name = "FILE", conflicts_with = "identity_file")]
    passphrase_file: Option<PathBuf>,
    /// Check all of it, and restore nothing.
    #[arg(long)]
    check: bool,
}

/// Checks, and restores.
pub async fn run(arguments: Arguments, over: &Overrides) -> anyhow::Result<ExitCode> {
    let secret = |option: &str, file: &Option<PathBuf>| {
        file.as_ref().map(|file| config::read_secret(option, file).map(SecretString::from)).transpose()
    };
    let access = Access {
        passphrase: secret("--passphrase-file", &arguments.passphrase_file)?,
        identities: secret("--identity-file", &arguments.identity_file)?,
    };
    let config = Config::read(over)?;
    let backup = Backup::open(&arguments.folder, &access)?;
    if arguments.check {
        let fingerprint = backup::check(&backup, &config.keyring_file)?;
        output::talk(format!("{} It is whole, and the keyring {fingerprint} is its own.", what(backup.manifest())));
        return Ok(ExitCode::SUCCESS);
    }
    instance::make_folder(&config)?;
    output::talk("All of the backup is there as it was written. It goes into the database now.");
    let into = Destination {
        database_url: &config.database_url,
        keyring_file: &config.keyring_file,
        scratch: &config.data_dir,
        by: &account::actor(),
        now: (wiring::clock())(),
    };
    let restored = backup::restore(&backup, &into).await?;
    say(backup.manifest(), &restored, &config);
    Ok(ExitCode::SUCCESS)
}

/// Which backup it is.
fn what(manifest: &Manifest) -> String {
    let rows = |table| manifest.rows(table);
    format!(
        "The backup of {} (Oriel {}, {}): people {}, connections {}, searches {}, audit entries {}.",
        manifest.made_at,
        output::plain(&manifest.oriel),
        output::plain(&manifest.engine),
        rows("people"),
        rows("connections"),
        rows("searches"),
        rows("audit"),
    )
}

/// What was restored.
fn say(manifest: &Manifest, restored: &Restored, config: &Config) {
    output::talk(format!("Restored. {}", what(manifest)));
    let keyring = match restored.keyring_written {
        true => format!("It was in the backup, and is at {} now.", config.keyring_file.display()),
        false => "It was there already.".to_owned(),
    };
    output::talk(format!("The keyring opened {} sealed values. {keyring}", restored.opened));
    if !restored.lost.is_empty() {
        output::talk(format!("These do not open; enter them again: {}.", output::plain(&restored.lost.join(", "))));
    }
    output::talk(NEXT);
}
