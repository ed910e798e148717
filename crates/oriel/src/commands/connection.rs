//! `oriel connection …`: connect Microsoft.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use search::{Attempt, Check, CheckState, Product, Status, Validation, Validator};
use store::connections::{self, Connection, ConnectionId};
use store::grants::Scope;
use tokio::sync::mpsc;
use web::audit::{listed, seen_connection as seen};
use web::connection_form::{self, Draft};
use web::connections::filter::{Listed, Standing};
use web::countdown::countdown;
use web::{Desk, FieldError};

use crate::account;
use crate::config::{Config, Overrides};
use crate::instance::Instance;
use crate::output::{self, plain};
use crate::wiring;
use credential::SignsInBy;
use many::Chosen;
use transcript::Transcript;

mod credential;
mod many;
mod transcript;

/// What to do with connections.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Save one and validate it. Its id is printed on the last line.
    Add(Add),
    /// Which there are: id, product, label, cloud, tenant, state, the credential's end, and a word on it when it is near.
    List(Chosen),
    /// Try one again, or many, with new tokens.
    Validate {
        /// Its id, from `oriel connection list`.
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        id: Option<String>,
        /// Every one, or those that the other options name; a few at a time, a line for each as it ends.
        #[arg(long)]
        all: bool,
        /// Which of them.
        #[command(flatten)]
        chosen: Chosen,
        /// Write each exchange with Microsoft to this file, with stand-ins for IDs, names and addresses.
        #[arg(long, value_name = "FILE", conflicts_with = "all")]
        transcript: Option<PathBuf>,
        /// Replace the file if it is there.
        #[arg(long, requires = "transcript")]
        force: bool,
    },
    /// How one signs in: add a second credential, try it, switch to it, remove the first.
    #[command(subcommand)]
    Credential(credential::Command),
    /// Remove one; its credentials are destroyed.
    Remove {
        /// Its id, from `oriel connection list`.
        id: String,
    },
}

/// A connection as it is typed.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// sentinel or defender.
    #[arg(long)]
    product: Product,
    /// What to call it [default: the product].
    #[arg(long, default_value = "")]
    label: String,
    /// Directory (tenant) ID.
    #[arg(long, value_name = "GUID")]
    tenant: String,
    /// Application (client) ID.
    #[arg(long, value_name = "GUID")]
    client: String,
    #[command(flatten)]
    signs_in_by: SignsInBy,
    /// global, gcc, gcc-high, dod, china, or one named in the configuration file.
    #[arg(long, default_value = "global")]
    cloud: String,
    /// Sentinel's workspace ID; may be given several times.
    #[arg(long, value_name = "GUID")]
    workspace: Vec<String>,
}

/// Exit code of a connection with which nothing works.
const NOTHING_WORKS: u8 = 2;

/// Does it.
pub async fn run(command: Command, over: &Overrides) -> anyhow::Result<ExitCode> {
    let instance = Instance::open(Config::read(over)?).await?;
    let done = match command {
        Command::Add(wanted) => {
            let product = wanted.product;
            let id = save(&instance, product, wanted.draft()?).await?;
            let code = validate(&instance, &id, None).await?;
            output::line(id.to_string())?;
            code
        }
        Command::List(chosen) => {
            let desk = wiring::desk(&instance, instance.config.listen)?;
            let all = chosen.read(&desk).await?;
            account::note(&instance, &[listed(all.iter().map(|one| &one.connection))]).await?;
            for Listed { connection, validation } in all {
                output::line(row(&instance, &connection, validation.as_ref()))?;
            }
            ExitCode::SUCCESS
        }
        Command::Validate { id: Some(id), transcript, force, .. } => {
            let connection = find(&instance, &id).await?;
            let file = transcript.map(|path| Transcript::open(&path, force)).transpose()?;
            let transcript = file.is_some().then(|| seen("transcript.made", &connection));
            let entries: Vec<_> = transcript.into_iter().chain([seen("connection.validated", &connection)]).collect();
            account::note(&instance, &entries).await?;
            validate(&instance, &connection.id, file).await?
        }
        Command::Validate { chosen, .. } => match many::validate(&instance, &chosen).await? {
            true => ExitCode::from(NOTHING_WORKS),
            false => ExitCode::SUCCESS,
        },
        Command::Credential(command) => credential::run(command, &instance).await?,
        Command::Remove { id } => {
            let connection = find(&instance, &id).await?;
            connections::delete(&instance.db, &account::actor(), &Scope::All, &connection.id, instance.now()).await?;
            output::talk(format!("{} is removed; its credentials are destroyed.", plain(&connection.label)));
            ExitCode::SUCCESS
        }
    };
    instance.db.close().await;
    Ok(done)
}

/// Checks the form as the settings page does, and saves the connection.
pub async fn save(instance: &Instance, product: Product, draft: Draft) -> anyhow::Result<ConnectionId> {
    let desk: Desk = wiring::desk(instance, instance.config.listen)?;
    let checked =
        connection_form::check(&desk, product, &draft, None).map_err(|errors| anyhow!("{}", lines(&errors)))?;
    for sentence in checked.trimmed.iter().filter_map(|field| connection_form::trimmed_sentence(field)) {
        output::talk(sentence);
    }
    desk.create_connection(&account::actor(), &Scope::All, product, checked)
        .await
        .map_err(|error| anyhow!("the connection was not saved: {error}"))
}

/// Each field with what is the matter.
fn lines(errors: &[FieldError]) -> String {
    let lines: Vec<_> = errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect();
    lines.join("\n")
}

impl Add {
    fn draft(self) -> anyhow::Result<Draft> {
        let (client_secret, credential, secret_ends) = self.signs_in_by.read()?;
        Ok(Draft {
            label: self.label,
            tenant_id: self.tenant,
            client_id: self.client,
            client_secret,
            cloud: self.cloud,
            workspaces: self.workspace,
            switched_off: Vec::new(),
            quiet: Vec::new(),
            secret_ends,
            credential,
        })
    }
}

/// The connection with this id, or a sentence.
pub async fn find(instance: &Instance, id: &str) -> anyhow::Result<Connection> {
    let known = match id.parse::<ConnectionId>() {
        Ok(id) => connections::find(&instance.db, &Scope::All, &id).await?,
        Err(_) => None,
    };
    known.ok_or_else(|| {
        anyhow!("There is no connection “{}”; `oriel connection list` shows which there are.", plain(id))
    })
}

/// Validates, and says each check as it ends.
async fn validate(instance: &Instance, id: &ConnectionId, transcript: Option<Transcript>) -> anyhow::Result<ExitCode> {
    let (progress, mut checks) = mpsc::unbounded_channel();
    let attempt = Attempt { record: transcript.is_some(), ..Attempt::of(id.to_string()) };
    let saying = async {
        while let Some(check) = checks.recv().await {
            output::talk(words(&check));
        }
    };
    let (validation, ()) = tokio::join!(instance.live.validate(&attempt, Some(progress)), saying);
    let Some(attempted) = validation? else { bail!("the connection was removed meanwhile") };
    for follow in &attempted.validation.follows {
        output::talk(format!("         {}: {}", plain(&follow.title), plain(&follow.words)));
    }
    output::talk(sum(&attempted.validation));
    if let (Some(file), Some(lines)) = (transcript, &attempted.transcript) {
        file.write(lines)?;
    }
    Ok(if attempted.validation.status == Status::Failed { ExitCode::from(NOTHING_WORKS) } else { ExitCode::SUCCESS })
}

fn words(check: &Check) -> String {
    let mark = match check.state {
        CheckState::Passed => "ok     ",
        CheckState::Failed => "fix    ",
        CheckState::Skipped => "skipped",
    };
    let remedy = check.remedy.as_ref().map_or_else(String::new, |remedy| format!("\n         {}", plain(remedy)));
    let link = check.link.as_ref().map_or_else(String::new, |link| format!("\n         {}", plain(link)));
    let id = |name: &str, id: &Option<String>| {
        let id = id.as_ref().filter(|_| check.state == CheckState::Failed);
        id.map_or_else(String::new, |id| format!("\n         {name} {}", plain(id)))
    };
    let ids = format!("{}{}", id("trace id", &check.trace_id), id("correlation id", &check.correlation_id));
    format!("{mark}  {}{remedy}{link}{ids}", plain(&check.title))
}

fn sum(validation: &Validation) -> &'static str {
    match validation.status {
        Status::Ready => "Everything that is switched on works.",
        Status::Attention => "Something works, and something is to be mended.",
        Status::Failed => "Nothing works yet. The connection is saved.",
    }
}

fn row(instance: &Instance, connection: &Connection, newest: Option<&Validation>) -> String {
    let state = Standing::of(connection, newest, instance.now()).as_str();
    let (label, cloud) = (plain(&connection.label), plain(&connection.cloud));
    let credential = &connection.credential;
    let ends = credential.ends.map(|day| day.to_string()).unwrap_or_default();
    let end = countdown(credential, instance.now()).map(|end| end.words).unwrap_or_default();
    let (id, product, tenant) = (&connection.id, connection.product, &connection.tenant_guid);
    format!("{id}\t{product}\t{label}\t{cloud}\t{tenant}\t{state}\t{ends}\t{end}")
}
