//! `oriel simulate`: the Microsoft side, for tests and for trying things out.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use jiff::Timestamp;
use simulator::{Options, Replay, Scenario, Simulator, situations};

use crate::{output, signals};

/// Where, and what it answers from.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8441")]
    listen: SocketAddr,
    /// A scenario file, or the name of a situation (`list` prints them); without one, the fictional tenant of the demo.
    #[arg(long, value_name = "FILE|NAME", conflicts_with = "replay")]
    scenario: Option<PathBuf>,
    /// A folder with `replay.ndjson`: answers what was recorded, and nothing else.
    #[arg(long, value_name = "FOLDER")]
    replay: Option<PathBuf>,
}

/// What prints the situations' names.
const LIST: &str = "list";

/// A file's scenario, or that of the situation with this name; of a situation it is said what to type to see it.
fn scenario(named: &Path) -> anyhow::Result<Scenario> {
    let situation = named.to_str().filter(|_| !named.exists()).and_then(situations::find);
    let Some(situation) = situation else { return Ok(Scenario::read(named)?) };
    let form = &situation.form;
    output::talk(format!("{}. To see what Oriel says, connect:", situation.title));
    output::talk(format!("  product    {}", form.product));
    output::talk(format!("  tenant     {}", form.tenant));
    output::talk(format!("  client     {}", form.client));
    output::talk(format!("  secret     {}", form.secret));
    for workspace in &form.workspaces {
        output::talk(format!("  workspace  {workspace}"));
    }
    Ok(situation.scenario())
}

/// Answers until asked to stop. Prints the lines for `oriel.toml` that make it a cloud.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    if arguments.scenario.as_deref().is_some_and(|name| name == LIST) {
        for situation in situations::all() {
            output::line(format!("{:<36}{}", situation.name, situation.title))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let listen = arguments.listen;
    let options = Options { listen, clock: Arc::new(Timestamp::now) };
    let simulator = match (&arguments.scenario, &arguments.replay) {
        (_, Some(folder)) => Simulator::replay(Replay::read(folder)?, options).await,
        (Some(named), None) => Simulator::start(scenario(named)?, options).await,
        (None, None) => Simulator::start(Scenario::demo(), options).await,
    }
    .with_context(|| format!("the simulator does not start on {listen}"))?;
    output::line(simulator.cloud_toml("simulated"))?;
    output::talk(format!("Answering at {}. Ctrl-C ends it.", simulator.base()));
    signals::asked_to_stop().await;
    simulator.stop().await;
    Ok(ExitCode::SUCCESS)
}
