//! `oriel audit …`: whether the audit holds, and a copy of it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use futures_util::StreamExt;
use store::audit::Entry;
use store::audit::read::{self, Exported};
use store::audit::verify::{self, Anchor, Broken, Checker, Holds};
use store::grants::Scope;

use crate::account;
use crate::config::{Config, Overrides};
use crate::instance::Instance;
use crate::output;

/// What to do with the audit.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Check that no entry was changed, taken out or put in. Ends with 1 where one was.
    ///
    /// Prints the end of the chain, NUMBER:HASH. Kept where nobody who can change the database can change it, that shows
    /// at the next check whether entries were cut off, or the whole chain written anew.
    Verify {
        /// An exported file to check, in the place of the database.
        file: Option<PathBuf>,
        /// The end of the chain as it was printed by an earlier check.
        #[arg(long, value_name = "NUMBER:HASH", value_parser = anchor)]
        anchor: Option<Anchor>,
        /// A backup whose manifest notes the end of the chain as it was then. The keyring has to vouch for the manifest; the
        /// rest of the backup is not read.
        #[arg(long, value_name = "FOLDER", conflicts_with = "anchor")]
        backup: Option<PathBuf>,
    },
    /// Write every entry to standard output, a line of JSON each.
    Export {
        /// Only entries after this number.
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        after: i64,
    },
}

fn anchor(text: &str) -> Result<Anchor, String> {
    let (number, hash) = text.split_once(':').ok_or("write it as it was printed: NUMBER:HASH")?;
    let number = number.parse().map_err(|_| "what stands before the colon is no number")?;
    if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("what stands behind the colon is not 64 hex digits".to_owned());
    }
    Ok((number, hash.to_owned()))
}

/// Does it.
pub async fn run(command: Command, over: &Overrides) -> anyhow::Result<ExitCode> {
    match command {
        Command::Verify { file, anchor, backup } => {
            let anchor = match backup {
                Some(folder) => Some(noted_in(&folder, &Config::read(over)?.keyring_file)?),
                None => anchor,
            };
            let Some(file) = file else {
                let instance = Instance::open(Config::read(over)?).await?;
                let found = verify::chain(&instance.db, anchor).await?;
                instance.db.close().await;
                return tell(found);
            };
            tell(verify_file(&file, anchor)?)
        }
        Command::Export { after } => {
            let instance = Instance::open(Config::read(over)?).await?;
            let entry = Entry::new("audit.exported").with(serde_json::json!({ "after": after }));
            account::note(&instance, &[entry]).await?;
            export(&instance, after).await?;
            instance.db.close().await;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn export(instance: &Instance, after: i64) -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut pages = std::pin::pin!(read::export(&instance.db, &Scope::All, after));
    while let Some(page) = pages.next().await {
        for entry in &page? {
            serde_json::to_writer(&mut out, entry)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(out.flush()?)
}

/// What a backup notes of the chain, vouched for by the keyring.
fn noted_in(folder: &Path, keyring_file: &Path) -> anyhow::Result<Anchor> {
    let keyring = vault::Keyring::read(keyring_file)?;
    let end = backup::audit_end(folder, &keyring).context(
        "The backup notes no end of the audit that this keyring vouches for. After its key was taken off, give the number and \
         hash in its manifest.json with --anchor, if nobody else could write there",
    )?;
    let end = end.with_context(|| format!("The backup in {} notes no end of the audit.", folder.display()))?;
    Ok((end.number, end.hash))
}

fn verify_file(path: &Path, anchor: Option<Anchor>) -> anyhow::Result<Result<Holds, Broken>> {
    let file = std::fs::File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut checker = Checker::new(anchor);
    for (at, line) in (1..).zip(BufReader::new(file).lines()) {
        let line = line.with_context(|| format!("{} cannot be read", path.display()))?;
        let Ok(entry) = serde_json::from_str::<Exported>(&line) else {
            bail!("Line {at} of {} is no entry of an audit.", path.display());
        };
        if let Err(broken) = checker.next(&entry) {
            return Ok(Err(broken));
        }
    }
    Ok(checker.end())
}

fn tell(found: Result<Holds, Broken>) -> anyhow::Result<ExitCode> {
    match found {
        Ok(Holds { entries, without_content, head: (number, hash) }) => {
            let gone = match without_content {
                0 => String::new(),
                gone => format!(" What {gone} of them say was deleted, as it is meant to be."),
            };
            output::talk(format!("The chain holds: {entries} entries.{gone} Its end, to be kept elsewhere:"));
            output::line(format!("{number}:{hash}"))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(broken) => {
            output::talk(format!("The chain does not hold. {broken}"));
            Ok(ExitCode::FAILURE)
        }
    }
}
