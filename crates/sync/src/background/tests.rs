use std::sync::Mutex as Std;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use search::validation::ValidatorError;
use search::{Attempted, Check, Product, Status, Validation};
use sources::Taken;
use store::changes;
use store::connections::{ConnectionId, NewConnection};
use store::credentials::{CredentialId, Kind, NewCredential};
use store::grants::Scope;
use store::pulses::Pulse;
use tokio::sync::mpsc::UnboundedSender;

use super::*;

mod leases;

fn start() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

/// A database, a clock, and a Microsoft that is only played.
struct Stage {
    db: Db,
    now: Arc<Std<Timestamp>>,
    played: Arc<Played>,
    _database: databases::Lent,
}

/// What Microsoft would say, and how often it was asked.
struct Played {
    db: Db,
    now: Arc<Std<Timestamp>>,
    validated: Std<Vec<String>>,
    pulsed: Std<Vec<String>>,
    refused: Std<Vec<String>>,
    /// Since when the table has had no rows.
    silent_since: Std<Option<Timestamp>>,
    /// Whether a validation comes to nothing.
    broken: Std<bool>,
    /// Whether a validation never ends.
    hangs: Std<bool>,
    /// Whether a pulse never ends.
    pulse_hangs: Std<bool>,
}

impl Stage {
    async fn on(database: databases::Lent) -> Stage {
        let db = Db::open(database.url()).await.unwrap();
        let now = Arc::new(Std::new(start()));
        let played = Arc::new(Played {
            db: db.clone(),
            now: Arc::clone(&now),
            validated: Std::default(),
            pulsed: Std::default(),
            refused: Std::default(),
            silent_since: Std::default(),
            broken: Std::new(false),
            hangs: Std::new(false),
            pulse_hangs: Std::new(false),
        });
        Stage { db, now, played, _database: database }
    }

    fn instance(&self, name: &str) -> Background {
        let now = Arc::clone(&self.now);
        let clock: Clock = Arc::new(move || *now.lock().unwrap());
        let (validator, look) = (Arc::clone(&self.played), Arc::clone(&self.played));
        Background::new(self.db.clone(), validator, look, clock, name.to_owned())
    }

    fn wait(&self, minutes: i64) {
        *self.now.lock().unwrap() += SignedDuration::from_mins(minutes);
    }

    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    async fn connection(&self, client: &str) -> ConnectionId {
        let id = ConnectionId::new(self.now());
        let new = NewConnection {
            id: id.clone(),
            product: Product::Defender,
            label: "Contoso".into(),
            cloud: "global".into(),
            tenant_guid: "11111111-2222-3333-4444-555555555555".into(),
            client_id: client.into(),
            credential: NewCredential {
                id: CredentialId::new(self.now()),
                kind: Kind::Secret,
                sealed: vec![1],
                certificate: None,
                identity: None,
                ends: Some(jiff::civil::date(2026, 12, 30)),
            },
            workspaces: Vec::new(),
            switched_off: Vec::new(),
            quiet: Vec::new(),
        };
        store::connections::create(&self.db, &store::audit::Actor::oriel(), &Scope::All, &new, self.now())
            .await
            .unwrap();
        store::validations::save(&self.db, &id, &validation(self.now())).await.unwrap();
        id
    }

    /// The titles of what changed, the oldest first.
    async fn told(&self, id: &ConnectionId) -> Vec<String> {
        let changes = changes::of(&self.db, &Scope::All, id, 100).await.unwrap();
        changes.into_iter().rev().map(|change| change.title).collect()
    }

    fn tries(&self) -> usize {
        self.played.validated.lock().unwrap().len()
    }

    fn looks(&self) -> usize {
        self.played.pulsed.lock().unwrap().len()
    }
}

fn validation(now: Timestamp) -> Validation {
    Validation { status: Status::Ready, checks: Vec::new(), follows: Vec::new(), validated_at: now }
}

impl Validator for Played {
    fn validate<'a>(
        &'a self,
        attempt: &'a Attempt,
        _progress: Option<UnboundedSender<Check>>,
    ) -> BoxFuture<'a, Result<Option<Attempted>, ValidatorError>> {
        async move {
            assert!(attempt.in_background, "nobody waits for it");
            self.validated.lock().unwrap().push(attempt.connection.clone());
            let hangs = *self.hangs.lock().unwrap();
            if hangs {
                std::future::pending::<()>().await;
            }
            if *self.broken.lock().unwrap() {
                return Err(ValidatorError("the secret does not open".into()));
            }
            let validation = validation(*self.now.lock().unwrap());
            let id = attempt.connection.parse().unwrap();
            store::validations::save(&self.db, &id, &validation).await.unwrap();
            Ok(Some(Attempted { validation, transcript: None }))
        }
        .boxed()
    }
}

impl Look for Played {
    fn pulse<'a>(&'a self, connections: &'a [Connection]) -> BoxFuture<'a, Result<Vec<Taken>, store::Error>> {
        let now = *self.now.lock().unwrap();
        let newest = self.silent_since.lock().unwrap().unwrap_or(now);
        self.pulsed.lock().unwrap().push(connections.iter().map(|one| one.client_id.clone()).collect());
        let silent = now.duration_since(newest) > SignedDuration::from_hours(24);
        let state = if silent { standing::SILENT } else { standing::FRESH };
        let taken = connections.iter().map(|connection| Taken {
            connection: connection.id.clone(),
            pulses: vec![Pulse {
                connection_id: connection.id.clone(),
                place: "hunting".into(),
                table: "AlertInfo".into(),
                newest: Some(newest),
                rows_24h: Some(1),
                plan: None,
                retention_days: Some(30),
                trouble: None,
                quiet: false,
                taken_at: now,
            }],
            standings: vec![standing::Standing {
                subject: "table:hunting/AlertInfo".into(),
                state: Some(state),
                title: format!("AlertInfo is {state}."),
            }],
        });
        let taken = Ok(taken.collect());
        let hangs = *self.pulse_hangs.lock().unwrap();
        async move {
            if hangs {
                std::future::pending::<()>().await;
            }
            taken
        }
        .boxed()
    }

    fn refused(&self) -> Vec<String> {
        std::mem::take(&mut *self.refused.lock().unwrap())
    }
}

#[tokio::test]
async fn a_connection_is_tried_again_after_some_hours_and_not_before() {
    let stage = Stage::on(databases::sqlite()).await;
    let id = stage.connection("a").await;
    let background = stage.instance("one");
    for _ in 0..239 {
        stage.wait(1);
        assert!(background.tick().await.unwrap().validated.is_empty());
    }
    for _ in 0..32 {
        stage.wait(1);
        background.tick().await.unwrap();
    }
    assert_eq!(*stage.played.validated.lock().unwrap(), [id.to_string()]);
    assert_eq!(stage.looks(), 5, "at once, and then every hour");
}

#[tokio::test]
async fn a_refusal_at_a_search_is_tried_once_and_a_storm_of_them_every_ten_minutes() {
    let stage = Stage::on(databases::sqlite()).await;
    let id = stage.connection("a").await;
    let background = stage.instance("one");
    stage.wait(60);
    for _ in 0..20 {
        stage.wait(1);
        stage.played.refused.lock().unwrap().push(id.to_string());
        background.tick().await.unwrap();
    }
    assert_eq!(stage.tries(), 2, "20 minutes of refusals");
    stage.wait(10);
    background.tick().await.unwrap();
    let tries = stage.tries();
    stage.wait(30);
    background.tick().await.unwrap();
    assert_eq!(stage.tries(), tries, "nobody was refused since");
    assert!(store::jobs::asked(&stage.db, "").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_refusal_that_another_instance_saw_reaches_the_one_that_works() {
    let stage = Stage::on(databases::sqlite()).await;
    let id = stage.connection("a").await;
    let (one, two) = (stage.instance("one"), stage.instance("two"));
    stage.wait(30);
    one.tick().await.unwrap();
    stage.played.refused.lock().unwrap().push(id.to_string());
    assert!(!two.tick().await.unwrap().held);
    assert_eq!(one.tick().await.unwrap().validated, [(id.to_string(), true)]);
}

#[tokio::test]
async fn a_try_that_comes_to_nothing_is_not_repeated_every_minute() {
    let stage = Stage::on(databases::sqlite()).await;
    stage.connection("a").await;
    *stage.played.broken.lock().unwrap() = true;
    let background = stage.instance("one");
    stage.wait(300);
    for _ in 0..21 {
        background.tick().await.unwrap();
        stage.wait(1);
    }
    assert_eq!(stage.tries(), 3);
}

#[tokio::test]
async fn a_connector_that_goes_silent_is_told_within_the_hour_once_and_once_when_it_is_back() {
    let stage = Stage::on(databases::sqlite()).await;
    let id = stage.connection("a").await;
    let background = stage.instance("one");
    let minutes = async |minutes: i64| {
        for _ in 0..minutes {
            stage.wait(1);
            background.tick().await.unwrap();
        }
    };
    minutes(61).await;
    *stage.played.silent_since.lock().unwrap() = Some(stage.now());
    minutes(24 * 60).await;
    assert!(stage.told(&id).await.is_empty(), "a day without rows is a calm day");
    minutes(61).await;
    assert_eq!(stage.told(&id).await, ["AlertInfo is silent."]);
    minutes(180).await;
    assert_eq!(stage.told(&id).await.len(), 1);
    *stage.played.silent_since.lock().unwrap() = None;
    minutes(61).await;
    assert_eq!(stage.told(&id).await, ["AlertInfo is silent.", "AlertInfo is fresh."]);
}

#[tokio::test]
async fn a_credential_is_counted_down_and_each_step_is_told_once() {
    let stage = Stage::on(databases::sqlite()).await;
    let id = stage.connection("a").await;
    let background = stage.instance("one");
    for _ in 0..38 * 4 {
        background.tick().await.unwrap();
        stage.wait(6 * 60);
    }
    let told = stage.told(&id).await;
    let of_it: Vec<&String> = told.iter().filter(|title| title.starts_with("The client secret")).collect();
    assert_eq!(of_it.len(), 5, "{of_it:?}");
    assert!(of_it[0].contains("in 30 days") && of_it[4].contains("ended on 30 Dec 2026"), "{of_it:?}");
}

#[tokio::test]
async fn connections_of_one_app_are_looked_at_together() {
    let stage = Stage::on(databases::sqlite()).await;
    for client in ["a", "b", "A"] {
        stage.wait(1);
        stage.connection(client).await;
    }
    let done = stage.instance("one").tick().await.unwrap();
    assert_eq!(done.pulsed.len(), 3);
    assert_eq!(*stage.played.pulsed.lock().unwrap(), ["aA", "b"]);
}

#[tokio::test]
async fn a_connection_that_is_removed_leaves_nothing_asked_for() {
    let stage = Stage::on(databases::sqlite()).await;
    let id = stage.connection("a").await;
    let background = stage.instance("one");
    stage.played.refused.lock().unwrap().push(id.to_string());
    store::connections::delete(&stage.db, &store::audit::Actor::oriel(), &Scope::All, &id, stage.now()).await.unwrap();
    let done = background.tick().await.unwrap();
    assert!(done.validated.is_empty() && done.pulsed.is_empty());
    assert!(store::jobs::asked(&stage.db, "").await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_over_is_thrown_away_once_a_day() {
    let stage = Stage::on(databases::sqlite()).await;
    let id = stage.connection("a").await;
    let background = stage.instance("one");
    assert_eq!(background.tick().await.unwrap().tidied, Some(Tidied::default()));
    *stage.played.silent_since.lock().unwrap() = Some(stage.now() - SignedDuration::from_hours(48));
    stage.wait(61);
    assert_eq!(background.tick().await.unwrap().tidied, None, "it was done an hour ago");
    assert_eq!(stage.told(&id).await, ["AlertInfo is silent."]);
    stage.wait(89 * 24 * 60);
    background.tick().await.unwrap();
    assert!(stage.told(&id).await.contains(&"AlertInfo is silent.".to_owned()));
    stage.wait(24 * 60 + 1);
    let done = background.tick().await.unwrap();
    assert!(done.tidied.unwrap().changes > 0, "{done:?}");
    assert!(!stage.told(&id).await.contains(&"AlertInfo is silent.".to_owned()));
}
