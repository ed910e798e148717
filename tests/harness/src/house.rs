//! A whole Oriel on free ports.

use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use anyhow::Context;
use databases::Lent;
use jiff::{SignedDuration, Timestamp};
use oriel::config::{Cloud, Config, Oidc};
use oriel::instance::Instance;
use search::{Product, Sources};
use secrecy::SecretString;
use serde_json::{Value, json};
use simulator::{Options, Scenario, Simulator, demo};
use store::grants::Scope;
use store::keys::NewKey;
use store::people::{self, NewPerson, Role};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::Visitor;

/// The owner's name.
pub const OWNER: &str = "olga";
/// Everybody's password.
pub const PASSWORD: &str = "correct-horse-battery-staple";
/// A validation in a story may take this long: it is about what is said, and not about how fast the machine is.
const PATIENCE: Duration = Duration::from_secs(45);
/// The simulated cloud's name.
pub const CLOUD: &str = "simulated";

/// How a house is built.
pub struct Plan {
    /// What the simulated Microsoft knows.
    pub scenario: Scenario,
    /// Whether there is an owner from the start.
    pub owner: bool,
    /// Sources to ask instead of the simulated Microsoft.
    pub sources: Option<Arc<dyn Sources>>,
    /// Single sign-on, and the client's secret; an empty issuer is the simulated tenant's.
    pub sign_on: Option<(Oidc, String)>,
}

impl Default for Plan {
    fn default() -> Self {
        Plan { scenario: Scenario::demo(), owner: true, sources: None, sign_on: None }
    }
}

/// A whole Oriel.
pub struct House {
    /// Where pages and API are.
    pub base: Url,
    /// The Microsoft side.
    pub simulator: Simulator,
    /// What the server stands on, for looking behind the scenes.
    pub db: store::Db,
    /// The work that goes on without anybody asking. Here nobody has it done but the test.
    pub background: sync::Background,
    /// The one-time link, where there is no owner yet.
    pub first_start: Option<String>,
    clock: Arc<Mutex<Timestamp>>,
    stop: CancellationToken,
    _folder: TempDir,
    _database: Lent,
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl House {
    /// Builds one as usual: the demo's tenant, an owner, nothing connected.
    pub async fn open(database: Lent) -> anyhow::Result<House> {
        House::build(database, Plan::default()).await
    }

    /// Builds one that asks these sources instead of Microsoft.
    pub async fn with_sources(database: Lent, sources: Arc<dyn Sources>) -> anyhow::Result<House> {
        House::build(database, Plan { sources: Some(sources), ..Plan::default() }).await
    }

    /// Builds one by a plan.
    pub async fn build(database: Lent, plan: Plan) -> anyhow::Result<House> {
        install_tls();
        let moved = Arc::new(Mutex::new(Timestamp::now()));
        let reading = Arc::clone(&moved);
        let clock: web::Clock = Arc::new(move || *reading.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
        let options = Options { listen: ([127, 0, 0, 1], 0).into(), clock: Arc::clone(&clock) };
        let simulator = Simulator::start(plan.scenario, options).await?;

        let folder = tempfile::tempdir()?;
        let mut config = Config::in_folder(folder.path());
        config.database_url = database.url().to_owned();
        config.clouds.insert(CLOUD.to_owned(), cloud(&simulator)?);
        // A story searches faster than a person; it is not about the share that is left to others.
        config.hunting_share = 1.0;
        if let Some((mut oidc, secret)) = plan.sign_on {
            if oidc.issuer.is_empty() {
                oidc.issuer = format!("{}login/{}/v2.0", simulator.base(), demo::TENANT);
            }
            let file = folder.path().join("client-secret");
            std::fs::write(&file, secret)?;
            config.oidc = Some(Oidc { client_secret_file: Some(file), ..oidc });
        }
        let instance = Instance::open_with(config, clock, PATIENCE).await?;
        let db = instance.db.clone();
        if plan.owner {
            add_person(&instance, OWNER, Role::Owner).await?;
        }

        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let base = Url::parse(&format!("http://{}", listener.local_addr()?))?;
        let mut desk = oriel::wiring::desk(&instance, listener.local_addr()?)?;
        if let Some(sources) = plan.sources {
            desk.sources = sources;
        }
        let first_start = if plan.owner { None } else { Some(web::first_start::offer(&desk).await?) };
        let background = oriel::background::of(&instance);
        let stop = CancellationToken::new();
        tokio::spawn(oriel::serving::serve(listener, None, web::router(desk), Default::default(), stop.clone()));
        Ok(House {
            base,
            simulator,
            db,
            background,
            first_start,
            clock: moved,
            stop,
            _folder: folder,
            _database: database,
        })
    }

    /// Moves the clock of server and simulator.
    pub fn wait(&self, duration: SignedDuration) {
        let mut now = self.clock.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        *now += duration;
    }

    /// The time in this house.
    pub fn now(&self) -> Timestamp {
        *self.clock.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Takes Microsoft off the network: what listened there is gone.
    pub async fn cut_off(&mut self) -> anyhow::Result<()> {
        let options = Options { listen: ([127, 0, 0, 1], 0).into(), clock: Arc::new(Timestamp::now) };
        let elsewhere = Simulator::start(Scenario::demo(), options).await?;
        std::mem::replace(&mut self.simulator, elsewhere).stop().await;
        Ok(())
    }

    /// Lets a further person in; the password is [`PASSWORD`].
    pub async fn person(&self, name: &str, role: Role) -> anyhow::Result<()> {
        let password_hash = web::passwords::hash(&SecretString::from(PASSWORD), &oriel::wiring::random())?;
        people::add(
            &self.db,
            &store::audit::Actor::oriel(),
            &NewPerson { name: name.into(), role, password_hash, password_given: false, scope: Scope::All },
            self.now(),
        )
        .await?;
        Ok(())
    }

    /// A client of the API with a key of the person with this name.
    pub async fn scripted_by(&self, name: &str) -> anyhow::Result<Visitor> {
        let (person, _) = people::by_name(&self.db, name).await?.context("there is no such person")?;
        let (key, hash) = web::new_token(&oriel::wiring::random());
        let manage_people = person.role == Role::Owner;
        let new = NewKey { hash: &hash, person: &person.id, label: "test", scope: Scope::All, manage_people };
        store::keys::create(&self.db, &store::audit::Actor::oriel(), &new, self.now()).await?;
        Ok(Visitor::with_key(self.base.clone(), &key))
    }

    /// The owner's client of the API.
    pub async fn owner(&self) -> anyhow::Result<Visitor> {
        self.scripted_by(OWNER).await
    }

    /// A browser without scripts, signed in by nobody yet.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.base.clone())
    }

    /// Connects a product of the demo's tenant through the API; answers with what the API said.
    pub async fn connect(&self, product: Product) -> anyhow::Result<Value> {
        let answer = self.owner().await?.post("/api/v1/connections", &connection(product)).await?;
        anyhow::ensure!(answer.status == 201, "{} {}", answer.status, answer.text);
        answer.json()
    }

    /// Connects both products.
    pub async fn connect_both(&self) -> anyhow::Result<()> {
        self.connect(Product::Sentinel).await?;
        self.connect(Product::Defender).await?;
        Ok(())
    }
}

/// What the API is sent to connect a product of the demo's tenant.
pub fn connection(product: Product) -> Value {
    let (client_id, client_secret) = match product {
        Product::Sentinel => (demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET),
        Product::Defender => (demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET),
    };
    let workspaces = if product == Product::Sentinel { json!([demo::WORKSPACE]) } else { json!([]) };
    json!({
        "product": product, "label": "Northwind", "tenant_id": demo::TENANT, "client_id": client_id,
        "client_secret": client_secret, "cloud": CLOUD, "workspace_ids": workspaces,
    })
}

async fn add_person(instance: &Instance, name: &str, role: Role) -> anyhow::Result<()> {
    let password_hash = web::passwords::hash(&SecretString::from(PASSWORD), &oriel::wiring::random())?;
    people::add(
        &instance.db,
        &store::audit::Actor::oriel(),
        &NewPerson { name: name.into(), role, password_hash, password_given: false, scope: Scope::All },
        instance.now(),
    )
    .await?;
    Ok(())
}

fn cloud(simulator: &Simulator) -> anyhow::Result<Cloud> {
    let base = simulator.base();
    Ok(Cloud {
        login: base.join("login")?,
        graph: base.join("graph")?,
        defender: Some(base.join("defender")?),
        log_analytics: base.join("log_analytics")?,
        portal: Some("https://security.microsoft.com".parse()?),
        azure_portal: Some("https://portal.azure.com".parse()?),
        graph_resource: None,
        defender_resource: None,
        log_analytics_resource: None,
    })
}

fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
