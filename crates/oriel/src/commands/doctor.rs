//! `oriel doctor`: everything that has to be right before Oriel can answer, a line each; or the text of every query.
//!
//! What is looked at stands in `doctor/`, a part a file. A line begins with `ok`, `note` or `mend`; one that is to be
//! mended makes the exit code 2.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::json;
use store::audit::Entry;
use store::grants::Scope;

use crate::account;
use crate::config::{Config, Overrides};
use crate::instance::Instance;
use crate::{output, owners_file, wiring};

mod database;
mod door;
mod folder;
mod found;
mod kept;
mod provider;
mod way;

use found::Found;

/// What to look at.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print the text of every query that Oriel can send, as NDJSON, and look at nothing.
    #[arg(long)]
    print_queries: bool,
    /// Look at the configuration and nothing else: no database is opened, nothing is sent.
    #[arg(long, conflicts_with_all = ["print_queries", "bundle"])]
    configuration: bool,
    /// Leave out what needs the network beyond the database: the way to Microsoft and the clock.
    #[arg(long, conflicts_with = "print_queries")]
    offline: bool,
    /// A JSON object a line: `state` (`ok`, `note`, `mend`), `what`, `detail`.
    #[arg(long, conflicts_with = "print_queries")]
    json: bool,
    /// Also write the support bundle into a file: what somebody who helps has to know, without secrets.
    #[arg(long, value_name = "FILE", conflicts_with = "print_queries")]
    bundle: Option<PathBuf>,
    /// Write over the file if it is there.
    #[arg(long, requires = "bundle")]
    force: bool,
}

/// Looks, and says what it found, a line each.
pub async fn run(arguments: Arguments, over: &Overrides) -> anyhow::Result<ExitCode> {
    if arguments.print_queries {
        for query in sources::queries() {
            output::line(json!({"surface": query.surface, "name": query.name, "query": query.query}).to_string())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let file = match &arguments.bundle {
        Some(path) => Some((path, owners_file::open(path, arguments.force)?)),
        None => None,
    };
    let mut found = Found::new(arguments.json);
    let config = match Config::read(over) {
        Ok(config) => config,
        Err(error) => {
            found.mend("configuration", &error.to_string())?;
            return Ok(found.code());
        }
    };
    found.fine("configuration", "read")?;
    door::look(&mut found, &config, (wiring::clock())())?;
    if arguments.configuration {
        return Ok(found.code());
    }
    let mut clouds = BTreeSet::new();
    match Instance::open(config.clone()).await {
        Ok(instance) => {
            folder::look(&mut found, &config)?;
            database::look(&mut found, &instance).await?;
            kept::look(&mut found, &instance).await?;
            clouds.extend(
                store::connections::list(&instance.db, &Scope::All)
                    .await?
                    .into_iter()
                    .map(|connection| connection.cloud),
            );
            if let Some((path, mut file)) = file {
                account::note(&instance, &[Entry::new("support_bundle.made")]).await?;
                let desk = wiring::desk(&instance, config.listen)?;
                let bundle =
                    web::support::bundle(&desk, &Scope::All).await.context("the support bundle cannot be made")?;
                let written = file.write_all(bundle.as_bytes()).and_then(|()| file.sync_all());
                written.with_context(|| format!("{} cannot be written", path.display()))?;
                found.fine("support bundle", &format!("{}; look through it before you send it on", path.display()))?;
            }
            instance.db.close().await;
        }
        Err(error) => found.mend(what_failed(&error), &format!("{error:#}"))?,
    }
    provider::look(&mut found, &config, arguments.offline).await?;
    if !arguments.offline {
        if clouds.is_empty() {
            clouds.insert("global".to_owned());
        }
        way::look(&mut found, &config, &clouds).await?;
    }
    Ok(found.code())
}

/// Which part did not open, by the error beneath.
fn what_failed(error: &anyhow::Error) -> &'static str {
    if error.chain().any(|cause| cause.is::<vault::Error>()) {
        return "keyring";
    }
    match error.chain().find_map(|cause| cause.downcast_ref::<store::Error>()) {
        Some(store::Error::OtherKeyring) => "keyring",
        Some(_) => "database",
        None => "configuration",
    }
}
