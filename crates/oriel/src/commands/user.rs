//! `oriel user …`: the people who may sign in.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use secrecy::SecretString;
use store::people::{self, NewPerson, Person, Role};

use crate::config::{self, Config, Overrides};
use crate::instance::Instance;
use crate::{output, wiring};

/// What to do with people.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Let somebody in.
    Add {
        /// The name to sign in with.
        #[arg(long)]
        name: String,
        /// owner: also manages connections and people; analyst and viewer: search; auditor: reads.
        #[arg(long)]
        role: Role,
        /// File that holds the password; without it, it is asked for.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Who there is.
    List,
    /// End somebody's sessions and keys, now and for good.
    Disable {
        /// The name.
        #[arg(long)]
        name: String,
    },
    /// Set a new password; ends the person's sessions.
    ResetPassword {
        /// The name.
        #[arg(long)]
        name: String,
        /// File that holds the password; without it, it is asked for.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
}

/// Does it.
pub async fn run(command: Command, over: &Overrides) -> anyhow::Result<ExitCode> {
    let instance = Instance::open(Config::read(over)?).await?;
    let (db, now) = (&instance.db, instance.now());
    match command {
        Command::Add { name, role, password_file } => {
            check_name(&name)?;
            let password_hash = password_hash(password_file.as_deref(), &name)?;
            let person = people::add(db, &crate::account::actor(), &NewPerson { name, role, password_hash }, now).await?;
            output::talk(format!("{} may sign in ({}).", output::plain(&person.name), person.role));
        }
        Command::List => {
            for person in people::list(db).await? {
                let state = if person.disabled_at.is_some() { "disabled" } else { "active" };
                output::line(format!(
                    "{}\t{}\t{state}\tsince {}",
                    output::plain(&person.name),
                    person.role,
                    person.created_at
                ))?;
            }
        }
        Command::Disable { name } => {
            let person = find(&instance, &name).await?;
            people::disable(db, &crate::account::actor(), &person.id, now).await?;
            output::talk(format!(
                "{} can no longer sign in; sessions and keys have ended.",
                output::plain(&person.name)
            ));
        }
        Command::ResetPassword { name, password_file } => {
            let person = find(&instance, &name).await?;
            let hash = password_hash(password_file.as_deref(), &name)?;
            people::set_password_hash(db, &crate::account::actor(), &person.id, &hash, now).await?;
            store::sessions::delete_of_person(db, &crate::account::actor(), &person.id, now).await?;
            output::talk(format!("The password of {} is set; sessions have ended.", output::plain(&person.name)));
        }
    }
    instance.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// What the page of the first start asks of a name as well.
fn check_name(name: &str) -> anyhow::Result<()> {
    if !(1..=64).contains(&name.trim().chars().count()) || name.chars().any(char::is_control) {
        bail!("A name is one line of 1 to 64 characters: the one to sign in with. Nobody was added.");
    }
    Ok(())
}

/// The person with this name.
pub async fn find(instance: &Instance, name: &str) -> anyhow::Result<Person> {
    let found = people::by_name(&instance.db, name).await?;
    found
        .map(|(person, _)| person)
        .ok_or_else(|| anyhow!("There is no “{}”; `oriel user list` names who there is.", output::plain(name)))
}

/// Reads or asks for a password that this person may choose, and hashes it.
fn password_hash(file: Option<&Path>, name: &str) -> anyhow::Result<String> {
    let password = match file {
        Some(path) => config::read_secret("--password-file", path)?,
        None => {
            let ask = "the password cannot be asked for here; use --password-file";
            let first = rpassword::prompt_password("Password: ").context(ask)?;
            if rpassword::prompt_password("Again: ")? != first {
                bail!("The two are not the same; nothing was changed.");
            }
            first
        }
    };
    let password = SecretString::from(password);
    web::passwords::check(&password, name)?;
    Ok(web::passwords::hash(&password, &wiring::random())?)
}
