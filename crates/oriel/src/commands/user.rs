//! `oriel user …`: the people who may sign in.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use secrecy::SecretString;
use store::grants::Scope;
use store::people::{self, Account, Change, NewPerson, Person, Role};
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
        /// Have the person choose another password at the first sign-in.
        #[arg(long)]
        to_be_changed: bool,
    },
    /// Change which tenants somebody sees, or whether names behind stand-ins.
    #[command(group(clap::ArgGroup::new("what").required(true).multiple(true)))]
    Grant {
        /// The name.
        #[arg(long)]
        name: String,
        /// This tenant and no other: its GUID, or CLOUD/GUID; may be given several times.
        #[arg(long, value_name = "GUID", group = "what", conflicts_with = "every_tenant")]
        tenant: Vec<String>,
        /// Every tenant, also those that come later.
        #[arg(long, group = "what")]
        every_tenant: bool,
        /// Whether the person may see the people in findings by their names, and say why each time. Owners may.
        #[arg(long, value_name = "BOOL", group = "what")]
        may_unmask: Option<bool>,
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
        /// Have the person choose another one at the next sign-in.
        #[arg(long)]
        to_be_changed: bool,
    },
}

/// Does it.
pub async fn run(command: Command, over: &Overrides) -> anyhow::Result<ExitCode> {
    let instance = Instance::open(Config::read(over)?).await?;
    let (db, now, by) = (&instance.db, instance.now(), crate::account::actor());
    match command {
        Command::Add { name, role, password_file, tenant, to_be_changed } => {
            if let Some(unfit) = web::unfit_name(&name) {
                bail!("{unfit} Nobody was added.");
            }
            let scope = granted::scope(db, &tenant).await?;
            if scope.is_some() && role == Role::Owner {
                bail!("An owner sees every tenant. Choose another role, or leave --tenant out. Nobody was added.");
            }
            let scope = scope.unwrap_or(Scope::All);
            let password_hash = password_hash(&instance, password_file.as_deref(), &name)?;
            let new = NewPerson { name, role, scope, password_hash, password_given: to_be_changed };
            let person = people::add(db, &by, &new, now).await?;
            output::talk(format!("{} may sign in ({}).", output::plain(&person.name), person.role));
        }
        Command::Grant { name, tenant, every_tenant, may_unmask } => {
            let person = find(&instance, &name).await?;
            let scope = if every_tenant { Some(Scope::All) } else { granted::scope(db, &tenant).await? };
            if matches!(&scope, Some(Scope::Only(_))) && person.role == Role::Owner {
                bail!("An owner sees every tenant. Give another role first. Nothing was changed.");
            }
            people::change(db, &by, &person.id, &Change { scope, may_unmask, ..Change::default() }, now).await?;
            output::talk(format!("What {} may see was changed, and holds from now on.", output::plain(&person.name)));
        }
        Command::List => {
            for account in people::accounts(db, now).await? {
                let scope = store::grants::of(db, &account.person).await?;
                output::line(listed(&account, &granted::listed(db, &scope).await?))?;
            }
        }
        Command::Disable { name } => {
            let person = find(&instance, &name).await?;
            people::disable(db, &by, &person.id, now).await?;
            output::talk(format!(
                "{} can no longer sign in; sessions and keys have ended.",
                output::plain(&person.name)
            ));
        }
        Command::Enable { name } => {
            let person = find(&instance, &name).await?;
            people::enable(db, &by, &person.id, now).await?;
            output::talk(format!("{} may sign in. Keys that were revoked stay so.", output::plain(&person.name)));
        }
        Command::SetRole { name, role } => {
            let person = find(&instance, &name).await?;
            people::change(db, &by, &person.id, &Change { role: Some(role), ..Change::default() }, now).await?;
            output::talk(format!("{} is {role} from now on.", output::plain(&person.name)));
        }
        Command::ResetSecondFactor { name } => {
            let person = find(&instance, &name).await?;
            let account = people::account(db, &person.id, now).await?;
            people::change(db, &by, &person.id, &Change { reset_second_factor: true, ..Change::default() }, now)
                .await?;
            let name = output::plain(&person.name);
            output::talk(match account.is_some_and(|account| account.has_second_factor) {
                true => format!("The second factor of {name} is gone; sessions have ended."),
                false => format!("{name} had no second factor; sessions have ended."),
            });
        }
        Command::ResetPassword { name, password_file, to_be_changed } => {
            let person = find(&instance, &name).await?;
            if person.by_sign_on {
                bail!(
                    "{} comes in through single sign-on, and has no password here. Nothing was changed.",
                    output::plain(&person.name)
                );
            }
            let hash = password_hash(&instance, password_file.as_deref(), &name)?;
            let change = Change { password: Some((hash, to_be_changed)), ..Change::default() };
            people::change(db, &by, &person.id, &change, now).await?;
            output::talk(format!("The password of {} is set; sessions have ended.", output::plain(&person.name)));
        }
    }
    instance.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// A line of the list: name, role, state, since when, how the person signs in, when last, which tenants, and whether names
/// behind stand-ins are seen.
fn listed(account: &Account, tenants: &str) -> String {
    let person = &account.person;
    let state = if person.disabled_at.is_some() { "disabled" } else { "active" };
    let signs_in_by = match (&account.sso_issuer, account.has_password, account.has_second_factor) {
        (Some(_), false, _) => "single sign-on",
        (_, _, true) => "password and second factor",
        (_, _, false) => "password",
    };
    let last = account.signed_in_at.map_or_else(|| "never signed in".to_owned(), |at| format!("last signed in {at}"));
    let names = if account.may_unmask || person.role == Role::Owner { "may see names" } else { "sees stand-ins" };
    let name = output::plain(&person.name);
    format!("{name}\t{}\t{state}\tsince {}\t{signs_in_by}\t{last}\t{tenants}\t{names}", person.role, person.created_at)
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
