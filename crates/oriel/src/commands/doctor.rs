//! `oriel doctor`: database, keyring, clock, and the way to Microsoft; or the text of every query.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use microsoft::Error;
use serde_json::json;

use crate::config::{Config, Overrides};
use crate::instance::Instance;
use crate::{output, wiring};

/// What to look at.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print the text of every query that Oriel can send, as NDJSON, and look at nothing.
    #[arg(long)]
    print_queries: bool,
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
    let mut found = Found { well: true };
    let config = match Config::read(over) {
        Ok(config) => config,
        Err(error) => {
            found.mend("configuration", &error.to_string())?;
            return Ok(found.code());
        }
    };
    found.fine("configuration", "read")?;
    match Instance::open(config.clone()).await {
        Ok(instance) => {
            found.fine("database", "open and up to date")?;
            found.fine("keyring", &config.keyring_file.display().to_string())?;
            instance.db.close().await;
        }
        Err(error) => found.mend("database and keyring", &format!("{error:#}"))?,
    }
    match wiring::microsoft(&config) {
        Ok(microsoft) => reach(&mut found, &config, &microsoft).await?,
        Err(error) => found.mend("way to Microsoft", &format!("{error:#}"))?,
    }
    Ok(found.code())
}

async fn reach(found: &mut Found, config: &Config, microsoft: &microsoft::Microsoft) -> anyhow::Result<()> {
    let how = config.proxy.as_ref().map_or("directly".to_owned(), |proxy| format!("through {}", proxy.url));
    for cloud in microsoft.clouds() {
        // "organizations" is no tenant; that Entra says anything at all is what is looked for.
        match microsoft.discover(cloud, "organizations", Instant::now() + PATIENCE).await {
            Ok(_) | Err(Error::Refused(_)) => found.fine(&format!("cloud {}", cloud.name), &format!("{} answers, reached {how}", cloud.login))?,
            Err(error) => found.mend(&format!("cloud {}", cloud.name), &format!("{} ({how}): {error}", cloud.login))?,
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
