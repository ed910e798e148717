//! `oriel doctor`: database, keyring, clock, and the way to Microsoft; or the text of every query.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::json;

use crate::config::{Config, Overrides};
use crate::instance::Instance;
use crate::{output, owners_file, wiring};

/// What to look at.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print the text of every query that Oriel can send, as NDJSON, and look at nothing.
    #[arg(long)]
    print_queries: bool,
    /// Also write the support bundle into a file: what somebody who helps has to know, without secrets.
    #[arg(long, value_name = "FILE", conflicts_with = "print_queries")]
    bundle: Option<PathBuf>,
    /// Write over the file if it is there.
    #[arg(long, requires = "bundle")]
    force: bool,
}

/// How long one host may take to answer.
const PATIENCE: Duration = Duration::from_secs(8);
/// From this difference on, sign-ins begin to fail.
const CLOCK_MAY_DIFFER: i64 = 300;
/// Something is to be mended.
const TO_MEND: u8 = 2;

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
    let mut found = Found { well: true };
    let config = match Config::read(over) {
        Ok(config) => config,
        Err(error) => {
            found.mend("configuration", &error.to_string())?;
            return Ok(found.code());
        }
    };
    found.fine("configuration", "read")?;
    let mut clouds = BTreeSet::new();
    match Instance::open(config.clone()).await {
        Ok(instance) => {
            found.fine("database", &format!("{}, open and up to date", instance.db.engine()))?;
            found.fine("keyring", &config.keyring_file.display().to_string())?;
            clouds.extend(store::connections::list(&instance.db).await?.into_iter().map(|connection| connection.cloud));
            if let Some((path, mut file)) = file {
                let desk = wiring::desk(&instance, config.listen)?;
                let bundle = web::support::bundle(&desk).await.context("the support bundle cannot be made")?;
                let written = file.write_all(bundle.as_bytes()).and_then(|()| file.sync_all());
                written.with_context(|| format!("{} cannot be written", path.display()))?;
                found.fine("support bundle", &format!("{}; look through it before you send it on", path.display()))?;
            }
            instance.db.close().await;
        }
        Err(error) => found.mend("database and keyring", &format!("{error:#}"))?,
    }
    if clouds.is_empty() {
        clouds.insert("global".to_owned());
    }
    match wiring::microsoft(&config, &wiring::clock()) {
        Ok(microsoft) => reach(&mut found, &config, &microsoft, &clouds).await?,
        Err(error) => found.mend("way to Microsoft", &format!("{error:#}"))?,
    }
    Ok(found.code())
}

/// Knocks at each host of the clouds that connections are in, and compares the clocks.
async fn reach(
    found: &mut Found,
    config: &Config,
    microsoft: &microsoft::Microsoft,
    clouds: &BTreeSet<String>,
) -> anyhow::Result<()> {
    let how = config.proxy.as_ref().map_or("directly".to_owned(), |proxy| format!("through {}", proxy.url));
    for name in clouds {
        let what = format!("cloud {name}");
        let Some(cloud) = microsoft.cloud(name) else {
            found
                .mend(&what, "a connection is in it, and the configuration does not have it; add `[clouds]` for it")?;
            continue;
        };
        for reached in microsoft.reach(&cloud, Instant::now() + PATIENCE).await {
            match reached.answered {
                Ok(()) => found.fine(&what, &format!("{} answers, reached {how}", reached.host))?,
                Err(error) => found.mend(&what, &format!("{} ({how}): {error}", reached.host))?,
            }
        }
    }
    match microsoft.clock_skew().map(|skew| skew.as_secs()) {
        Some(seconds) if seconds.abs() > CLOCK_MAY_DIFFER => found.mend(
            "clock",
            &format!("this machine differs from Microsoft's by {seconds} seconds; set it by NTP, or sign-ins fail"),
        )?,
        Some(seconds) => found.fine("clock", &format!("within {} s of Microsoft's", seconds.abs()))?,
        None => found.fine("clock", "not compared: no host has answered")?,
    }
    Ok(())
}

struct Found {
    well: bool,
}

impl Found {
    fn fine(&mut self, what: &str, detail: &str) -> std::io::Result<()> {
        output::line(format!("ok    {what}: {}", output::plain(detail)))
    }

    fn mend(&mut self, what: &str, detail: &str) -> std::io::Result<()> {
        self.well = false;
        output::line(format!("mend  {what}: {}", output::plain(detail)))
    }

    fn code(&self) -> ExitCode {
        if self.well { ExitCode::SUCCESS } else { ExitCode::from(TO_MEND) }
    }
}
