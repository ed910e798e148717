//! What Oriel says while it runs: to standard error, for people or as JSON.

use std::io::IsTerminal;

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

/// Tells the path of every request at level trace, and the path of a one-time link is the link. A more exact directive than
/// this one cannot be written, so no filter brings it back.
const KEPT_QUIET: &str = "tower_http::csrf::service=debug";

/// Sets up the log of the process. A filter that cannot be read falls back to `info`, and that is said.
pub fn start(arguments: &Arguments) {
    let (filter, mistake) = match EnvFilter::try_new(&arguments.log) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new("info"), Some(error)),
    };
    let filter = match KEPT_QUIET.parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => unreachable!("the directive is a constant, and is well formed"),
    };
    // Colours are for eyes: in a file or a journal they would be noise.
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    // A second start in one process (tests do that) keeps the first log.
    let _ = match arguments.log_format {
        Format::Text => log.with_target(false).try_init(),
        Format::Json => log.json().flatten_event(true).try_init(),
    };
    if let Some(error) = mistake {
        tracing::warn!(%error, "the log filter cannot be read; logging at level info");
    }
}
