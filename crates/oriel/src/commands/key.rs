//! `oriel key …`: API keys.

use std::process::ExitCode;

use anyhow::anyhow;
use store::keys;

use crate::commands::{granted, user};
use crate::config::{Config, Overrides};
use crate::instance::Instance;
use crate::{output, wiring};

/// What to do with keys.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make one. It is printed once, alone, on the last line.
    Create {
        /// The person whose rights it has.
        #[arg(long)]
        user: String,
        /// What it is for.
        #[arg(long)]
        name: String,
        /// Narrow it to this tenant of the person's: its GUID, or CLOUD/GUID; may be given several times.
        #[arg(long, value_name = "GUID")]
        tenant: Vec<String>,
    },
    /// Which there are.
    List,
    /// End one.
    Revoke {
        /// Its id, from `oriel key list`.
        id: String,
    },
}

/// Does it.
pub async fn run(command: Command, over: &Overrides) -> anyhow::Result<ExitCode> {
    let instance = Instance::open(Config::read(over)?).await?;
    let (db, now) = (&instance.db, instance.now());
    match command {
        Command::Create { user, name, tenant } => {
            let person = user::find(&instance, &user).await?;
            if person.disabled_at.is_some() {
                return Err(anyhow!("{} is disabled, and a key would not open anything.", output::plain(&person.name)));
            }
            let label = name.trim();
            if !(1..=80).contains(&label.chars().count()) || label.chars().any(char::is_control) {
                return Err(anyhow!("A key has a name of 1 to 80 characters: what it is for. None was made."));
            }
            let scope = granted::scope(db, &tenant).await?;
            let (key, hash) = web::api_keys::new_key(&wiring::random());
            let by = crate::account::actor();
            let made = keys::create(db, &by, &hash, &person.id, label, now).await?;
            if let Some(scope) = scope {
                store::grants::set_of_key(db, &by, &made.id, &scope, now).await?;
            }
            output::talk("This is the only time that the key is shown:");
            output::line(key)?;
        }
        Command::List => {
            for (key, person) in keys::list(db).await? {
                let state = if key.revoked_at.is_some() { "revoked" } else { "active" };
                let used = key.last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("last used {at}"));
                let (person, label) = (output::plain(&person.name), output::plain(&key.label));
                output::line(format!("{}\t{person}\t{label}\t{state}\t{used}", key.id))?;
            }
        }
        Command::Revoke { id } => {
            let parsed = id
                .parse()
                .map_err(|_| anyhow!("“{}” is not a key's id; `oriel key list` shows them.", output::plain(&id)))?;
            if !keys::revoke(db, &crate::account::actor(), &parsed, now).await? {
                return Err(anyhow!("There is no active key {id}; `oriel key list` shows which there are."));
            }
            output::talk("The key is revoked.");
        }
    }
    instance.db.close().await;
    Ok(ExitCode::SUCCESS)
}
