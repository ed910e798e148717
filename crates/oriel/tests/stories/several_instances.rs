//! Two servers on one PostgreSQL: what one knows, the other knows; what one may not, neither may; and one goes on alone.

use std::time::{Duration, Instant};

use databases::Lent;
use harness::Visitor;
use serde_json::{Value, json};
use simulator::faults::{Action, Rule};
use simulator::{Surface, demo};
use url::Url;

use crate::bench::{Bench, PASSWORD, signed_in};
use crate::running::{Running, Said};

/// The machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(90);
/// Leases that end soon, for where one is killed: whoever waits until it counts no longer does not wait for long.
const SHORT: [&str; 2] = ["--lives-seconds", "10"];
/// Leases that last, though the machine may be busy with other tests, and that are looked at often enough for a test to wait.
const LASTING: [&str; 2] = ["--lives-seconds", "30"];

/// A bench whose `oriel.toml` names a PostgreSQL database; `None` where there is none.
async fn bench() -> Option<(Bench, Lent)> {
    let database = databases::postgres()?;
    let bench = Bench::new().await;
    bench.configure(&format!("database_url = '{}'", database.url()));
    Some((bench, database))
}

/// Goes on when `look` finds what it looks for.
async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < end, "{what} did not come about");
        tokio::task::yield_now().await;
    }
}

/// Waits until a server knows how many share the budgets.
fn knows_of(server: &Running, instances: u32) {
    let line = format!("instances={instances}");
    server.wait_for(&line, |said| {
        let last = said.err.lines().rfind(|line| line.contains("share Microsoft's budgets"));
        last.filter(|last| last.contains(&line)).map(drop)
    });
}

fn hunts(bench: &Bench) -> Vec<String> {
    let asked = bench.simulator.requests().into_iter();
    asked.filter(|request| request.path.ends_with("runHuntingQuery")).map(|request| request.body).collect()
}

/// How often hunting was asked by the background, which counts rows, and how often by searches.
fn pulses_and_searches(bench: &Bench) -> (usize, usize) {
    let (pulses, searches): (Vec<_>, Vec<_>) =
        hunts(bench).into_iter().partition(|query| query.contains("Rows = count()"));
    (pulses.len(), searches.len())
}

fn outcome(report: &Value, source: &str) -> String {
    let answers = report["answers"].as_array().unwrap();
    let answer = answers.iter().find(|answer| answer["source"] == source && !answer["connection"].is_null());
    assert!(answer.is_some(), "{source} in {report:#}");
    answer.unwrap()["outcome"].as_str().unwrap().to_owned()
}

async fn live(script: &Visitor) -> u32 {
    let metrics = script.get("/metrics").await.unwrap().text;
    let line = metrics.lines().find_map(|line| line.strip_prefix("oriel_instances_live "));
    assert!(line.is_some(), "{metrics}");
    line.unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_at_one_is_signed_in_at_the_other_and_what_is_saved_at_one_is_searched_at_the_other() {
    let Some((bench, _database)) = bench().await else { return };
    bench.person("olga", "owner");
    let ((_one, first), (_two, second)) = (bench.serve(&[]), bench.serve(&[]));
    let here = signed_in(&first, "olga", PASSWORD).await;
    let there = here.led_to(second.clone());
    assert_eq!(there.get("/settings").await.unwrap().status, 200);

    let script = Visitor::with_key(first.clone(), &bench.key_of("olga"));
    let (script_there, new) = (
        script.led_to(second.clone()),
        json!({
            "product": "defender", "label": "Northwind", "tenant_id": demo::TENANT, "client_id": demo::DEFENDER_CLIENT,
            "client_secret": demo::DEFENDER_SECRET, "cloud": "simulated", "workspace_ids": [],
        }),
    );
    // The other one has looked at the connections before there was any.
    script_there.search(demo::DOMAIN).await.unwrap();
    let saved = script.post("/api/v1/connections", &new).await.unwrap();
    assert_eq!(saved.status, 201, "{}", saved.text);
    assert_eq!(outcome(&script_there.search(demo::DOMAIN).await.unwrap(), "defender.alerts"), "found");

    assert_eq!(live(&script).await, 2);
    let said = bench.well(&["doctor"]).out;
    assert!(said.contains("instances: 2 serve"), "{said}");

    assert_eq!(there.submit("/sign-out", &[]).await.unwrap().status, 303);
    assert_eq!(here.get("/settings").await.unwrap().status, 303, "who signs out at one is signed out at both");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sends_half_of_the_budget() {
    let Some((bench, _database)) = bench().await else { return };
    bench.person("olga", "owner");
    bench.connect("defender");
    let ((one, first), (two, second)) = (bench.serve(&LASTING), bench.serve(&LASTING));
    let script = Visitor::with_key(first, &bench.key_of("olga"));
    knows_of(&one, 2);
    knows_of(&two, 2);
    for script in [script.led_to(second), script] {
        bench.simulator.forget_requests();
        let begun = Instant::now();
        until("an end of the budget", async || {
            let report = script.search(demo::DOMAIN).await.unwrap();
            (outcome(&report, "defender.alerts") == "throttled").then_some(())
        })
        .await;
        // Half of 45 a minute; what the other one's pulse has taken is the other one's.
        let minutes = usize::try_from(begun.elapsed().as_secs() / 60).unwrap() + 1;
        let (_, sent) = pulses_and_searches(&bench);
        assert!((1..=22 * minutes).contains(&sent), "{sent} in {minutes} minutes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_429_that_one_meets_holds_the_other() {
    let Some((bench, _database)) = bench().await else { return };
    bench.person("olga", "owner");
    bench.connect("defender");
    let ((one, first), (two, second)) = (bench.serve(&LASTING), bench.serve(&LASTING));
    let here = Visitor::with_key(first, &bench.key_of("olga"));
    let there = here.led_to(second);
    knows_of(&one, 2);
    knows_of(&two, 2);
    assert_eq!(outcome(&there.search(demo::DOMAIN).await.unwrap(), "defender.alerts"), "found");

    let throttle = Action::Throttle { retry_after: Some("600".to_owned()) };
    // A search meets it, and not a pulse of the background.
    bench.simulator.faults().add(Rule::new(throttle).path("runHuntingQuery").body("AlertEvidence").times(1));
    assert_eq!(outcome(&here.search(demo::DOMAIN).await.unwrap(), "defender.alerts"), "throttled");
    until("a search that the other one does not send", async || {
        bench.simulator.forget_requests();
        let report = there.search(demo::DOMAIN).await.unwrap();
        (outcome(&report, "defender.alerts") == "throttled").then_some(())
    })
    .await;
    assert_eq!(pulses_and_searches(&bench).1, 0, "Microsoft was asked");
    assert_ne!(outcome(&there.search(demo::DOMAIN).await.unwrap(), "defender.endpoint_alerts"), "throttled");
}

/// What a server found when it last looked for work: whether it is the one that works.
fn holds(said: &Said) -> Option<bool> {
    let last = said.err.lines().rfind(|line| line.contains("what was due in the background"))?;
    Some(last.contains("held: true"))
}

#[tokio::test(flavor = "multi_thread")]
async fn one_works_in_the_background_and_when_it_is_killed_the_other_does() {
    let Some((bench, _database)) = bench().await else { return };
    bench.person("olga", "owner");
    bench.connect("defender");
    let pulses = |bench: &Bench| pulses_and_searches(bench).0;
    let talkative = [&SHORT[..], &["--log", "warn,oriel=debug"]].concat();
    let ((one, first), (two, second)) = (bench.serve(&talkative), bench.serve(&talkative));
    let [first_works, second_works] = [&one, &two].map(|server| server.wait_for("a look for work", holds));
    assert!(first_works != second_works, "one of the two works: {first_works}, {second_works}");
    until("a pulse", async || (pulses(&bench) > 0).then_some(())).await;
    assert_eq!(pulses(&bench), 1);

    let ((killed, _), (other, base)) =
        if first_works { ((one, first), (two, second)) } else { ((two, second), (one, first)) };
    let visitor = signed_in(&base, "olga", PASSWORD).await;
    // As `kill -9` does: nothing is said, and nothing is given back.
    drop(killed);
    bench.connect("sentinel");
    bench.simulator.forget_requests();
    until("the other one's pulse", async || (pulses(&bench) > 0).then_some(())).await;
    other.wait_for("the work", |said| holds(said).filter(|holds| *holds));
    knows_of(&other, 1);
    assert_eq!(visitor.get("/settings").await.unwrap().status, 200);
    let script = Visitor::with_key(base, &bench.key_of("olga"));
    assert_eq!(live(&script).await, 1);
    assert_eq!(outcome(&script.search(demo::DOMAIN).await.unwrap(), "defender.alerts"), "found");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_told_to_stop_finishes_its_streams_and_the_other_has_its_part_at_once() {
    let Some((bench, _database)) = bench().await else { return };
    bench.person("olga", "owner");
    bench.connect("defender");
    let ((one, first), (_two, second)) = (bench.serve(&[]), bench.serve(&[]));
    let reader = signed_in(&first, "olga", PASSWORD).await;
    let there = reader.led_to(second.clone());
    let script = Visitor::with_key(second, &bench.key_of("olga"));
    assert_eq!(live(&script).await, 2);
    bench.simulator.faults().add(Rule::new(Action::Delay { ms: 700 }).on(Surface::Graph));
    bench.simulator.forget_requests();
    let stream = tokio::spawn(async move { reader.get(&format!("/search/stream?q={}", demo::DOMAIN)).await });
    until("a question to Microsoft", async || {
        bench.simulator.requests().iter().any(|request| request.surface == Surface::Graph).then_some(())
    })
    .await;

    let (code, said) = one.stop();
    assert_eq!(code, Some(0), "{}", said.err);
    let stream = stream.await.unwrap().unwrap();
    assert_eq!(stream.header("x-accel-buffering"), Some("no"));
    assert!(stream.text.contains("event: part") && stream.text.contains("event: done"), "{}", stream.text);
    // Its lease would hold for most of a minute: it was given back.
    assert_eq!(live(&script).await, 1);
    assert_eq!(there.get("/settings").await.unwrap().status, 200);
    assert_eq!(outcome(&script.search(demo::DOMAIN).await.unwrap(), "defender.alerts"), "found");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_start_at_the_same_moment_on_an_empty_database_share_schema_and_keyring() {
    let Some((bench, _database)) = bench().await else { return };
    let start = || Running::start(bench.command(&["serve", "--listen", "127.0.0.1:0"]));
    let both = [start(), start()];
    let bases = both.each_ref().map(|server| -> Url {
        server.wait_for("the server's address", |said| {
            said.err.lines().find(|line| line.contains("Oriel is ready")).and_then(crate::bench::address_in)
        })
    });
    bench.person("olga", "owner");
    bench.connect("defender");
    let key = bench.key_of("olga");
    for base in bases {
        let report = Visitor::with_key(base, &key).search(demo::DOMAIN).await.unwrap();
        assert_eq!(outcome(&report, "defender.alerts"), "found", "each opens what the other's keyring has sealed");
    }
}
