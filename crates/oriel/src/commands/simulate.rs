//! `oriel simulate`: the Microsoft side, for tests and for trying things out.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use jiff::Timestamp;
use simulator::{Options, Replay, Scenario, Simulator};

use crate::{output, serving};

/// Where, and what it answers from.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8441")]
    listen: SocketAddr,
    /// A scenario file; without one, the fictional tenant of the demo.
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    scenario: Option<PathBuf>,
    /// A folder with `replay.ndjson`: answers what was recorded, and nothing else.
    #[arg(long, value_name = "FOLDER")]
    replay: Option<PathBuf>,
}

/// Answers until asked to stop. Prints the lines for `oriel.toml` that make it a cloud.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let listen = arguments.listen;
    let options = Options { listen, clock: Arc::new(Timestamp::now) };
    let simulator = match (&arguments.scenario, &arguments.replay) {
        (_, Some(folder)) => Simulator::replay(Replay::read(folder)?, options).await,
        (Some(file), None) => Simulator::start(Scenario::read(file)?, options).await,
        (None, None) => Simulator::start(Scenario::demo(), options).await,
    }
    .with_context(|| format!("the simulator does not start on {listen}"))?;
    output::line(simulator.cloud_toml("simulated"))?;
    output::talk(format!("Answering at {}. Ctrl-C ends it.", simulator.base()));
    serving::asked_to_stop().await;
    simulator.stop().await;
    Ok(ExitCode::SUCCESS)
}
