use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use microsoft::{Call, Cloud, Credential, Error, Priority, Proof, Settings, graph};
use simulator::demo;
use simulator::faults::{Action, Rule};

use super::*;

/// One Microsoft, one database, and a clock that both instances read.
struct Stage {
    simulator: simulator::Simulator,
    db: Db,
    now: Arc<Mutex<Timestamp>>,
    _database: databases::Lent,
}

/// An instance, with a client of its own.
struct Instance {
    microsoft: Arc<Microsoft>,
    together: Together,
    credential: Credential,
}

impl Stage {
    async fn on(database: databases::Lent) -> Stage {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = simulator::Options { listen: ([127, 0, 0, 1], 0).into(), clock: Arc::new(Timestamp::now) };
        let simulator = simulator::Simulator::start(simulator::Scenario::demo().unlimited(), options).await.unwrap();
        let db = Db::open(database.url()).await.unwrap();
        Stage { simulator, db, now: Arc::new(Mutex::new(Timestamp::now())), _database: database }
    }

    fn instance(&self, name: &str) -> Instance {
        let now = Arc::clone(&self.now);
        let clock: Clock = Arc::new(move || *now.lock().unwrap());
        let mut settings = Settings::new(Arc::clone(&clock), Arc::new(|bytes: &mut [u8]| bytes.fill(7)));
        let base = |surface: &str| self.simulator.base().join(surface).unwrap();
        let (login, graph, log_analytics) = (base("login"), base("graph"), base("log_analytics"));
        settings.clouds = vec![Cloud::named("simulated", login, graph, None, log_analytics, None)];
        let microsoft = Arc::new(Microsoft::new(settings).unwrap());
        let credential = Credential {
            cloud: microsoft.cloud("simulated").unwrap(),
            tenant: demo::TENANT.into(),
            client: demo::DEFENDER_CLIENT.into(),
            proof: Proof::Secret(demo::DEFENDER_SECRET.into()),
        };
        let together = Together::new(self.db.clone(), Arc::clone(&microsoft), clock, name.to_owned());
        Instance { microsoft, together, credential }
    }

    fn wait(&self, seconds: i64) {
        *self.now.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    fn hunts(&self) -> usize {
        self.simulator.requests().iter().filter(|request| request.path.ends_with("runHuntingQuery")).count()
    }
}

impl Instance {
    async fn hunt(&self) -> Result<(), Error> {
        let deadline = Instant::now() + Duration::from_secs(60);
        let call = Call { credential: &self.credential, deadline, priority: Priority::People };
        graph::hunt(&self.microsoft, &call, "AlertInfo | take 1", None).await.map(drop)
    }

    async fn spend(&self) -> usize {
        let mut sent = 0;
        while self.hunt().await.is_ok() {
            sent += 1;
        }
        sent
    }
}

databases::on_each_database! {
    async fn each_of_two_instances_has_half_and_the_one_that_is_left_has_all(database: Lent) {
        let stage = Stage::on(database).await;
        let (one, two) = (stage.instance("one"), stage.instance("two"));
        assert_eq!(one.together.tick().await.unwrap(), 1);
        assert_eq!(two.together.tick().await.unwrap(), 2);
        assert_eq!(one.together.tick().await.unwrap(), 2);
        assert_eq!((one.microsoft.instances(), two.microsoft.instances()), (2, 2));
        // The second is heard of no more, as one that was killed.
        stage.wait(30);
        assert_eq!(one.together.tick().await.unwrap(), 2);
        stage.wait(15);
        assert_eq!(one.together.tick().await.unwrap(), 1);
        assert_eq!(one.microsoft.instances(), 1);
        // It was only slow: it counts again.
        assert_eq!(two.together.tick().await.unwrap(), 2);
        two.together.leave().await.unwrap();
        assert_eq!(one.together.tick().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn two_instances_together_send_microsoft_no_more_than_one() {
    let stage = Stage::on(databases::sqlite()).await;
    let (one, two) = (stage.instance("one"), stage.instance("two"));
    for instance in [&one, &two, &one] {
        instance.together.tick().await.unwrap();
    }
    assert_eq!((one.spend().await, two.spend().await), (11, 11));
    assert_eq!(stage.hunts(), 22);
    // What is taken over is a budget, and not one that begins anew.
    two.together.leave().await.unwrap();
    one.together.tick().await.unwrap();
    assert_eq!(one.spend().await, 11);
}

#[tokio::test]
async fn a_429_that_one_meets_holds_the_other_with_its_next_sign_of_life() {
    let stage = Stage::on(databases::sqlite()).await;
    let (one, two) = (stage.instance("one"), stage.instance("two"));
    let mut told = one.microsoft.pauses();
    let throttle = Action::Throttle { retry_after: Some("120".to_owned()) };
    stage.simulator.faults().add(Rule::new(throttle).path("runHuntingQuery").times(1));
    assert!(matches!(one.hunt().await.unwrap_err(), Error::Throttled { .. }));
    two.hunt().await.unwrap();
    one.together.tell(told.try_recv().unwrap()).await.unwrap();
    two.together.tick().await.unwrap();
    let asked = stage.hunts();
    assert!(matches!(two.hunt().await.unwrap_err(), Error::Throttled { .. }));
    assert_eq!(stage.hunts(), asked, "Microsoft is left alone");
    // One that starts now keeps to it as well.
    let three = stage.instance("three");
    three.together.tick().await.unwrap();
    assert!(matches!(three.hunt().await.unwrap_err(), Error::Throttled { .. }));
    // And one that starts when it is over does not.
    stage.wait(130);
    let four = stage.instance("four");
    four.together.tick().await.unwrap();
    four.hunt().await.unwrap();
}
