//! What Oriel says while it runs: to standard error, for people or as JSON.

use tracing_subscriber::EnvFilter;

/// How much is said, and in which form.
#[derive(Clone, Debug, clap::Args)]
#[group(id = "logs")]
pub struct Arguments {
    /// What is logged: a level, or levels by crate such as `info,microsoft=debug`.
    #[arg(long, global = true, env = "ORIEL_LOG", value_name = "FILTER", default_value = "warn,oriel=info,web=info")]
    log: String,
    /// `text` for people, `json` for machines.
    #[arg(long, global = true, env = "ORIEL_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    log_format: Format,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Sets up the log of the process. A filter that cannot be read falls back to `info`, and that is said.
pub fn start(arguments: &Arguments) {
    let (filter, mistake) = match EnvFilter::try_new(&arguments.log) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new("info"), Some(error)),
    };
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process (tests do that) keeps the first log.
    let _ = match arguments.log_format {
        Format::Text => log.with_target(false).try_init(),
        Format::Json => log.json().flatten_event(true).try_init(),
    };
    if let Some(error) = mistake {
        tracing::warn!(%error, "the log filter cannot be read; logging at level info");
    }
}
