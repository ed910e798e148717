//! `oriel key …`: API keys.

use std::process::ExitCode;

use anyhow::anyhow;
use store::grants::Scope;
use store::keys::{self, NewKey};

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
        /// Have it change people as well, where its person is an owner: whoever holds it can become one.
        #[arg(long)]
        manage_people: bool,
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
        Command::Create { user, name, tenant, manage_people } => {
            let person = user::find(&instance, &user).await?;
            if person.disabled_at.is_some() {
                return Err(anyhow!("{} is disabled, and a key would not open anything.", output::plain(&person.name)));
            }
            let label = name.trim();
            if let Some(unfit) = web::unfit_label(label) {
                return Err(anyhow!("{unfit} None was made."));
            }
            let scope = granted::scope(db, &tenant).await?.unwrap_or(Scope::All);
            let (key, hash) = web::new_token(&wiring::random());
            let new = NewKey { hash: &hash, person: &person.id, label, scope, manage_people };
            keys::create(db, &crate::account::actor(), &new, now).await?;
            output::talk("This is the only time that the key is shown:");
            output::line(key)?;
        }
        Command::List => {
            for (key, person) in keys::list(db).await? {
                let state = if key.revoked_at.is_some() { "revoked" } else { "active" };
                let used = key.last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("last used {at}"));
                let (person, label) = (output::plain(&person.name), output::plain(&key.label));
                let scope = store::grants::of_key(db, &key.id, &key.person_id).await?;
                let opens = granted::listed(db, &scope).await?;
                let people = if key.manage_people { "changes people" } else { "changes nobody" };
                output::line(format!("{}\t{person}\t{label}\t{state}\t{used}\t{opens}\t{people}", key.id))?;
            }
        }
        Command::Revoke { id } => {
            let parsed = id
                .parse()
                .map_err(|_| anyhow!("“{}” is not a key's id; `oriel key list` shows them.", output::plain(&id)))?;
            if !keys::revoke(db, &crate::account::actor(), None, &parsed, now).await? {
                return Err(anyhow!("There is no active key {id}; `oriel key list` shows which there are."));
            }
            output::talk("The key is revoked.");
        }
    }
    instance.db.close().await;
    Ok(ExitCode::SUCCESS)
}
