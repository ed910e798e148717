//! `oriel backup`: a copy of everything, made while Oriel runs.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use backup::make::{Made, Source};
use backup::{Guard, Lock, Protection};
use store::Db;

use crate::config::{self, Config, Overrides};
use crate::{account, output, wiring};

/// What it says below the options.
const AFTER: &str = "\
A backup is a new folder that appears under its name once it is whole. The keyring opens the secrets of \
connections: it goes in only if the backup is encrypted. Anybody can encrypt to a recipient; only the identity file \
opens it, so keep that elsewhere.

Every day, from a timer:
  oriel backup /var/backups/oriel/$(date +%F) --recipient age1…
Once:
  age-keygen -o oriel-backup.key        prints the recipient; keep the file apart from the backups
Now and then, see that it opens:
  oriel restore /var/backups/oriel/DATE --check --identity-file oriel-backup.key
and bring it back on another machine: docs/backup.md has the steps.";

/// Where the backup goes, and who can open it.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct Arguments {
    /// The folder to make. One that is there has to be empty.
    folder: PathBuf,
    /// Leave the keyring out, and keep a copy of it elsewhere. Without a recipient or a passphrase the backup is not
    /// encrypted then: names, searches and findings can be read in it, secrets cannot.
    #[arg(long)]
    without_keyring: bool,
    /// Encrypt to this public key of age-keygen; several times for several people.
    #[arg(long, value_name = "age1…")]
    recipient: Vec<String>,
    /// Encrypt to the passphrase in this file.
    #[arg(long, value_name = "FILE", conflicts_with = "recipient")]
    passphrase_file: Option<PathBuf>,
}

impl Arguments {
    fn protection(&self) -> anyhow::Result<Protection> {
        let with_keyring = !self.without_keyring;
        if let Some(file) = &self.passphrase_file {
            let to = Lock::passphrase(config::read_secret("--passphrase-file", file)?.into())?;
            return Ok(Protection::Encrypted { to, with_keyring });
        }
        if !self.recipient.is_empty() {
            let each = self.recipient.iter().map(|text| backup::recipient(text));
            let to = Lock::Recipients(each.collect::<Result<_, _>>()?);
            return Ok(Protection::Encrypted { to, with_keyring });
        }
        if with_keyring {
            bail!(
                "A backup that holds the keyring has to be encrypted. Give --recipient or --passphrase-file; or leave the \
                 keyring out with --without-keyring, and keep a copy of it elsewhere. No backup was made."
            );
        }
        Ok(Protection::InClear)
    }
}

/// Makes it. The folder is printed, alone, on standard output.
pub async fn run(arguments: Arguments, over: &Overrides) -> anyhow::Result<ExitCode> {
    let protection = arguments.protection()?;
    let config = Config::read(over)?;
    // As it is: a backup is what one makes before a newer Oriel changes the schema.
    let db = Db::open_as_it_is(&config.database_url).await.context("the database does not open")?;
    wiring::keyring(&config, &db).await?;
    let source = Source {
        db: &db,
        keyring_file: &config.keyring_file,
        protection: &protection,
        oriel: env!("CARGO_PKG_VERSION"),
        by: &account::actor(),
        now: (wiring::clock())(),
    };
    let made = backup::make(&arguments.folder, &source).await;
    db.close().await;
    say(&made?, &config);
    output::line(arguments.folder.display().to_string())?;
    Ok(ExitCode::SUCCESS)
}

/// What was made, for whoever reads along.
fn say(made: &Made, config: &Config) {
    let manifest = &made.manifest;
    let (people, connections) = (manifest.rows("people"), manifest.rows("connections"));
    let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    let to = match manifest.encrypted_to {
        Guard::None => "not encrypted",
        Guard::Passphrase => "encrypted to the passphrase",
        Guard::Recipients => "encrypted to the recipients",
    };
    output::talk(format!(
        "The backup is whole: people {people}, connections {connections}, searches {}, audit entries {}; {} KiB, {to}.",
        manifest.rows("searches"),
        manifest.rows("audit"),
        bytes.div_ceil(1024),
    ));
    let fingerprint = &manifest.keyring.fingerprint;
    if manifest.keyring.inside {
        output::talk(format!("The keyring {fingerprint} is inside."));
    } else {
        let file = config.keyring_file.display();
        output::talk(format!(
            "The keyring {fingerprint} is not inside. Keep a copy of {file} elsewhere: without it the secrets do not open."
        ));
    }
    if !made.lost.is_empty() {
        let lost = made.lost.join(", ");
        output::talk(format!("These secrets do not open with the keyring, and will not after a restore: {lost}."));
    }
}
