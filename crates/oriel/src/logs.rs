//! What Oriel says while it runs: to standard error, for people or as JSON.

mod recent;

use std::fmt;
use std::io::{self, IsTerminal, Write};

use tracing::field::Field;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::output;
use recent::Keep;
pub use recent::recent;

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

/// Tells the path of every request at level trace, and the path of a one-time link is the link: whatever the filter says,
/// it is not listened to. What is worth knowing of a request, `web` says itself.
const NOT_HEARD: &str = "tower_http::csrf::service";

/// Sets up the log of the process. A filter that cannot be read falls back to `info`, and that is said.
pub fn start(arguments: &Arguments) {
    let (filter, mistake) = match EnvFilter::try_new(&arguments.log) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new("info"), Some(error)),
    };
    let heard = filter_fn(|about| about.target() != NOT_HEARD);
    let keep = Keep(recent());
    // Colours are for eyes: in a file or a journal they would be noise.
    let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colours);
    // A second start in one process (tests do that) keeps the first log.
    let _ = match arguments.log_format {
        Format::Text => {
            let fields = debug_fn(field).delimited(" ");
            log.with_target(false).fmt_fields(fields).finish().with(heard).with(keep).try_init()
        }
        Format::Json => {
            let log = log.json().flatten_event(true).with_writer(|| PlainJson(io::stderr())).finish();
            log.with(heard).with(keep).try_init()
        }
    };
    if let Some(error) = mistake {
        tracing::warn!(%error, "the log filter cannot be read; logging at level info");
    }
}

/// A field as text. Much of it is Microsoft's or a stranger's: it may neither steer a terminal nor begin a line.
fn field(writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
    let value = output::plain(&format!("{value:?}"));
    match field.name() {
        "message" => writer.write_str(&value),
        name => write!(writer, "{name}={value}"),
    }
}

/// The same for JSON, of which one event is written at a time.
struct PlainJson<W>(W);

impl<W: Write> Write for PlainJson<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        writeln!(self.0, "{}", output::plain_json(text.trim_end_matches('\n')))?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
