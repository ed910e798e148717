//! Sources and times made for tests.

use std::sync::Arc;
use std::time::Duration;

use indicator::Indicator;
use jiff::Timestamp;
use microsoft::{Cloud, Credential, Microsoft, Settings};
use search::Asked;

use crate::asking::{Asking, Connected, Workspace};
use crate::capability::{Capability, capabilities};
use crate::freshness::Freshness;
use crate::hunting::Shared;
use store::grants::Scope;

pub(crate) const TENANT: &str = "11111111-1111-4111-8111-111111111111";
pub(crate) const CLIENT: &str = "22222222-2222-4222-8222-222222222222";

pub(crate) fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

pub(crate) fn time(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

pub(crate) fn indicator(text: &str) -> Indicator {
    indicator::parse(text).unwrap().indicator
}

pub(crate) fn capability(name: &str) -> &'static Capability {
    capabilities().iter().find(|capability| capability.name == name).unwrap()
}

/// A source that is never asked: the readers need its words and its cloud.
pub(crate) fn asking(name: &str) -> Asking {
    let settings = Settings::new(Arc::new(now), Arc::new(|bytes: &mut [u8]| bytes.fill(7)));
    let cloud = Arc::new(Cloud::built_in("global").unwrap());
    asking_of(name, Arc::new(Microsoft::new(settings).unwrap()), cloud, Vec::new())
}

pub(crate) fn asking_of(
    name: &str,
    microsoft: Arc<Microsoft>,
    cloud: Arc<Cloud>,
    workspaces: Vec<Workspace>,
) -> Asking {
    let capability = capability(name);
    let proof = microsoft::Proof::Secret("s3cret".into());
    let credential = Credential { cloud, tenant: TENANT.into(), client: CLIENT.into(), proof };
    Asking {
        microsoft,
        connection: Arc::new(Connected { credential, workspaces }),
        freshness: Arc::new(Freshness::default()),
        shared: Arc::new(Shared::new(vec![capability.name])),
        capability,
        rightly_quiet: false,
        finds_by_address: false,
        priority: microsoft::Priority::People,
        asked: Asked {
            connection: Some("c1".into()),
            label: Some("Main".into()),
            tenant: Some(TENANT.into()),
            cloud: Some("global".into()),
            ..capability.asked()
        },
    }
}

/// A simulated Microsoft, a database, and Oriel's sources over both.
pub(crate) struct World {
    pub simulator: simulator::Simulator,
    pub live: Arc<crate::Live>,
    pub db: store::Db,
    keyring: Arc<vault::Keyring>,
    _database: databases::Lent,
    _folder: tempfile::TempDir,
}

/// A validation in a test may take this long: what is tested is what it says, and not how fast the machine is. Less than the
/// minute of a budget, for which the background would wait if it had the time.
pub(crate) const PATIENCE: Duration = Duration::from_secs(45);

/// The cloud under which the simulator is known.
pub(crate) const CLOUD: &str = "simulated";

impl World {
    pub(crate) async fn start() -> World {
        World::of(simulator::Scenario::demo(), 1.0).await
    }

    /// A scenario, of whose hunting budget Oriel takes a share.
    pub(crate) async fn of(scenario: simulator::Scenario, hunting_share: f64) -> World {
        World::with(scenario, PATIENCE, |settings| settings.hunting_share = hunting_share).await
    }

    /// A scenario, with another patience, and other settings than those under which the simulator is reached.
    pub(crate) async fn with(
        scenario: simulator::Scenario,
        patience: Duration,
        change: impl FnOnce(&mut Settings),
    ) -> World {
        let options = simulator::Options { listen: ([127, 0, 0, 1], 0).into(), clock: Arc::new(now) };
        World::on(simulator::Simulator::start(scenario, options).await.unwrap(), patience, change).await
    }

    /// Recorded exchanges in the place of a scenario.
    pub(crate) async fn replaying(replay: simulator::Replay) -> World {
        let options = simulator::Options { listen: ([127, 0, 0, 1], 0).into(), clock: Arc::new(now) };
        World::on(simulator::Simulator::replay(replay, options).await.unwrap(), PATIENCE, |_| ()).await
    }

    async fn on(simulator: simulator::Simulator, patience: Duration, change: impl FnOnce(&mut Settings)) -> World {
        let url = |surface| simulator.surface(surface).parse().unwrap();
        let mut cloud = Cloud::named(
            CLOUD,
            url(simulator::Surface::Login),
            url(simulator::Surface::Graph),
            Some(url(simulator::Surface::Defender)),
            url(simulator::Surface::LogAnalytics),
            Some("https://security.microsoft.com".parse().unwrap()),
        );
        cloud.admin = Some("https://portal.azure.com".parse().unwrap());
        let mut settings = Settings::new(Arc::new(now), Arc::new(|bytes: &mut [u8]| bytes.fill(7)));
        settings.clouds = vec![cloud];
        settings.hunting_share = 1.0;
        settings.identity_endpoint = simulator.identity_endpoint();
        change(&mut settings);
        let database = databases::sqlite();
        let db = store::Db::open(database.url()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let keyring = Arc::new(vault::Keyring::create(&folder.path().join("keyring")).unwrap());
        let microsoft = Arc::new(Microsoft::new(settings).unwrap());
        let live = crate::Live::new(microsoft, db.clone(), Arc::clone(&keyring), Arc::new(now), None, patience);
        World { simulator, live, db, keyring, _database: database, _folder: folder }
    }

    /// The demo's two connections.
    pub(crate) async fn connected() -> World {
        World::start().await.with_both().await
    }

    /// The same with the demo's two connections.
    pub(crate) async fn with_both(self) -> World {
        use simulator::demo;
        self.sentinel(demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET, &[demo::WORKSPACE]).await;
        self.defender(demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET).await;
        self
    }

    pub(crate) async fn sentinel(&self, client: &str, secret: &str, workspaces: &[&str]) -> String {
        self.connect(search::Product::Sentinel, simulator::demo::TENANT, client, secret, workspaces, &[]).await
    }

    pub(crate) async fn defender(&self, client: &str, secret: &str) -> String {
        self.connect(search::Product::Defender, simulator::demo::TENANT, client, secret, &[], &[]).await
    }

    pub(crate) async fn connect(
        &self,
        product: search::Product,
        tenant: &str,
        client: &str,
        secret: &str,
        workspaces: &[&str],
        switched_off: &[&str],
    ) -> String {
        let id = store::connections::ConnectionId::new(now());
        let credential = store::credentials::CredentialId::new(now());
        let place = vault::Place::from(store::credentials::place(&credential));
        let new = store::connections::NewConnection {
            id: id.clone(),
            product,
            label: format!("Northwind {product}"),
            cloud: CLOUD.into(),
            tenant_guid: tenant.into(),
            client_id: client.into(),
            credential: store::credentials::NewCredential {
                id: credential,
                kind: store::credentials::Kind::Secret,
                sealed: self.keyring.seal(&secret.to_owned().into(), &place).unwrap(),
                certificate: None,
                identity: None,
                ends: None,
            },
            workspaces: (workspaces.iter().zip(["SOC", "Branch"]))
                .map(|(id, label)| store::connections::Workspace { id: (*id).to_owned(), label: label.into() })
                .collect(),
            switched_off: switched_off.iter().map(|name| (*name).to_owned()).collect(),
            quiet: Vec::new(),
        };
        store::connections::create(&self.db, &store::audit::Actor::oriel(), &Scope::All, &new, now()).await.unwrap();
        id.to_string()
    }

    /// Marks capabilities of a connection as rightly quiet.
    pub(crate) async fn mark_quiet(&self, connection: &str, names: &[&str]) {
        let id = connection.parse().unwrap();
        let before = store::connections::find(&self.db, &Scope::All, &id).await.unwrap().unwrap();
        let change = store::connections::Change {
            label: before.label,
            cloud: before.cloud,
            tenant_guid: before.tenant_guid,
            client_id: before.client_id,
            credential: None,
            workspaces: before.workspaces,
            switched_off: before.switched_off,
            quiet: names.iter().map(|name| (*name).to_owned()).collect(),
            ends: before.credential.ends,
        };
        store::connections::update(&self.db, &store::audit::Actor::oriel(), &Scope::All, &id, &change, now())
            .await
            .unwrap();
    }

    /// The sources of whoever may see every tenant.
    pub(crate) async fn sources(&self) -> Vec<Arc<dyn search::Source>> {
        search::chosen(&search::Sources::current(&*self.live).await, |_| true)
    }

    /// A whole search.
    pub(crate) async fn search(&self, value: &str) -> search::Report {
        use futures_util::StreamExt;
        let sources = self.sources().await;
        let question = search::Question::new(indicator(value), now());
        let asked: Vec<Asked> = sources.iter().map(|source| source.asked().clone()).collect();
        let mut report = search::Report::new(&question.indicator, &asked, now());
        let mut answers = Box::pin(search::run::run(sources.into(), Arc::new(question)));
        while let Some(answer) = answers.next().await {
            report.add(answer, now());
        }
        report
    }
}

/// The outcome of a source.
pub(crate) fn outcome(report: &search::Report, source: &str) -> search::Outcome {
    report.answers.iter().find(|answer| answer.asked.source == source).unwrap_or_else(|| panic!("{source}")).outcome
}

/// Every source with its outcome.
pub(crate) fn outcomes(report: &search::Report) -> Vec<(&str, search::Outcome)> {
    report.answers.iter().map(|answer| (answer.asked.source.as_str(), answer.outcome)).collect()
}

/// What a source says it did not tell, and what to do.
pub(crate) fn reason(report: &search::Report, source: &str) -> String {
    let answer = report.answers.iter().find(|answer| answer.asked.source == source).unwrap();
    format!("{} {}", answer.reason.as_deref().unwrap_or_default(), answer.remedy.as_deref().unwrap_or_default())
}
