//! `oriel user …`: the people who may sign in.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use secrecy::SecretString;
use store::people::{self, Account, NewPerson, Person, Role};
use web::passwords::Words;

use crate::commands::granted;
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
        /// Let the person see this tenant alone: its GUID, or CLOUD/GUID; may be given several times. Owners see every one.
        #[arg(long, value_name = "GUID")]
        tenant: Vec<String>,
    },
    /// Who there is.
    List,
    /// End somebody's sessions and keys, now and for good.
    Disable {
        /// The name.
        #[arg(long)]
        name: String,
    },
    /// Let somebody in again who was disabled. Keys that were revoked stay so.
    Enable {
        /// The name.
        #[arg(long)]
        name: String,
    },
    /// Give somebody another role, from the next request on.
    SetRole {
        /// The name.
        #[arg(long)]
        name: String,
        /// owner, analyst, viewer or auditor.
        #[arg(long)]
        role: Role,
    },
    /// Take somebody's authenticator and recovery codes away; ends the person's sessions.
    ResetSecondFactor {
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
        Command::Add { name, role, password_file, tenant } => {
            check_name(&name)?;
            let scope = granted::scope(db, &tenant).await?;
            if scope.is_some() && role == Role::Owner {
                bail!("An owner sees every tenant. Choose another role, or leave --tenant out. Nobody was added.");
            }
            let password_hash = password_hash(&instance, password_file.as_deref(), &name)?;
            let person =
                people::add(db, &crate::account::actor(), &NewPerson { name, role, password_hash }, now).await?;
            if let Some(scope) = scope {
                store::grants::set_of_person(db, &crate::account::actor(), &person.id, &scope, now).await?;
            }
            output::talk(format!("{} may sign in ({}).", output::plain(&person.name), person.role));
        }
        Command::List => {
            for account in people::accounts(db, now).await? {
                output::line(listed(&account))?;
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
        Command::Enable { name } => {
            let person = find(&instance, &name).await?;
            people::enable(db, &crate::account::actor(), &person.id, now).await?;
            output::talk(format!("{} may sign in. Keys that were revoked stay so.", output::plain(&person.name)));
        }
        Command::SetRole { name, role } => {
            let person = find(&instance, &name).await?;
            people::set_role(db, &crate::account::actor(), &person.id, role, now).await?;
            output::talk(format!("{} is {role} from now on.", output::plain(&person.name)));
        }
        Command::ResetSecondFactor { name } => {
            let person = find(&instance, &name).await?;
            let by = crate::account::actor();
            let held = store::second_factors::remove(db, &by, &person, now).await?;
            store::sessions::delete_of_person(db, &by, &person.id, now).await?;
            let name = output::plain(&person.name);
            output::talk(match held {
                true => format!("The second factor of {name} is gone; sessions have ended."),
                false => format!("{name} had no second factor; sessions have ended."),
            });
        }
        Command::ResetPassword { name, password_file } => {
            let person = find(&instance, &name).await?;
            let hash = password_hash(&instance, password_file.as_deref(), &name)?;
            people::set_password_hash(db, &crate::account::actor(), &person.id, &hash, now).await?;
            store::sessions::delete_of_person(db, &crate::account::actor(), &person.id, now).await?;
            output::talk(format!("The password of {} is set; sessions have ended.", output::plain(&person.name)));
        }
    }
    instance.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// A line of the list: name, role, state, since when, how the person signs in, when last.
fn listed(account: &Account) -> String {
    let person = &account.person;
    let state = if person.disabled_at.is_some() { "disabled" } else { "active" };
    let signs_in_by = match (&account.sso_issuer, account.has_password, account.has_second_factor) {
        (Some(_), false, _) => "single sign-on",
        (_, _, true) => "password and second factor",
        (_, _, false) => "password",
    };
    let last = account.signed_in_at.map_or_else(|| "never signed in".to_owned(), |at| format!("last signed in {at}"));
    let name = output::plain(&person.name);
    format!("{name}\t{}\t{state}\tsince {}\t{signs_in_by}\t{last}", person.role, person.created_at)
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
fn password_hash(instance: &Instance, file: Option<&Path>, name: &str) -> anyhow::Result<String> {
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
    web::passwords::check(&password, &Words::of(name, instance.config.public_url.as_ref()))?;
    Ok(web::passwords::hash(&password, &wiring::random())?)
}
