//! The crates put together: database, keyring, Microsoft, sources. Every command that needs them opens one.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use jiff::Timestamp;
use microsoft::Microsoft;

use sources::Live;
use store::Db;
use vault::Keyring;

use crate::config::Config;
use crate::wiring;

/// Everything that a search, a page or a command stands on.
pub struct Instance {
    /// Names this process among all that share the database; new at every start.
    pub id: String,
    /// What was configured.
    pub config: Config,
    /// The database, open and up to date.
    pub db: Db,
    /// Opens stored secrets.
    pub vault: Arc<Keyring>,
    /// The way to Microsoft.
    pub microsoft: Arc<Microsoft>,
    /// The sources, and what validates them.
    pub live: Arc<Live>,
    /// The time.
    pub clock: web::Clock,
}

impl Instance {
    /// Opens the database and the keyring, and prepares the way to Microsoft. Nothing is sent yet.
    pub async fn open(config: Config) -> anyhow::Result<Instance> {
        Instance::open_with(config, wiring::clock(), sources::PATIENCE).await
    }

    /// The same with another clock, which tests move, and another time that a validation may take.
    pub async fn open_with(config: Config, clock: web::Clock, patience: Duration) -> anyhow::Result<Instance> {
        make_folder(&config)?;
        let db = Db::open(&config.database_url).await.context("the database does not open")?;
        let vault = Arc::new(wiring::keyring(&config, &db).await?);
        let microsoft = Arc::new(wiring::microsoft(&config, &clock)?);
        share_budgets(&db, &microsoft, clock()).await.context("the database does not answer")?;
        let token_file = config.federated_token_file.clone();
        let (asks, opens) = (Arc::clone(&microsoft), Arc::clone(&vault));
        let live = Live::new(asks, db.clone(), opens, Arc::clone(&clock), token_file, patience);
        let id = uuid::Uuid::new_v4().to_string();
        Ok(Instance { id, config, db, vault, microsoft, live, clock })
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

/// A command beside servers that run takes its part of Microsoft's budgets too, and no more.
async fn share_budgets(db: &Db, microsoft: &Microsoft, now: Timestamp) -> Result<(), store::Error> {
    microsoft.share_budgets(store::instances::live(db, now).await?.saturating_add(1));
    sources::keep_pauses(microsoft, db, now).await
}

/// The data folder belongs to the account that Oriel runs under, and to nobody else.
pub fn make_folder(config: &Config) -> anyhow::Result<()> {
    let folder = &config.data_dir;
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| format!("`data_dir`: {} cannot be made", folder.display()))
}
