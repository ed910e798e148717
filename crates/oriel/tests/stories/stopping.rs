//! How a server ends: by the service manager's signal, and with what is under way.

use std::time::{Duration, Instant};

use harness::Visitor;
use simulator::faults::{Action, Rule};
use simulator::{Surface, demo};

use crate::bench::{Bench, PASSWORD, signed_in};

#[tokio::test(flavor = "multi_thread")]
async fn a_search_under_way_is_finished_before_the_server_stops() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    bench.connect("defender");
    let (server, base) = bench.serve(&[]);
    let script = Visitor::with_key(base.clone(), &bench.key_of("olga"));
    bench.simulator.faults().add(Rule::new(Action::Delay { ms: 700 }).on(Surface::Graph));
    bench.simulator.forget_requests();
    let search = tokio::spawn(async move { script.search(demo::DOMAIN).await });
    microsoft_is_asked(&bench).await;

    let (code, said) = server.stop();
    assert_eq!(code, Some(0), "{}", said.err);
    let report = search.await.unwrap().unwrap();
    assert_ne!(report["summary"]["counts"]["alerts"], 0);
    assert!(Visitor::new(base).get("/readyz").await.is_err(), "somebody is let in after the end");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_stream_under_way_is_told_to_its_end() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    bench.connect("defender");
    let (server, base) = bench.serve(&[]);
    let browser = signed_in(&base, "olga", PASSWORD).await;
    bench.simulator.faults().add(Rule::new(Action::Delay { ms: 700 }).on(Surface::Graph));
    bench.simulator.forget_requests();
    let stream = tokio::spawn(async move { browser.get(&format!("/search/stream?q={}", demo::DOMAIN)).await });
    microsoft_is_asked(&bench).await;
    let (code, said) = server.stop();
    assert_eq!(code, Some(0), "{}", said.err);
    let stream = stream.await.unwrap().unwrap();
    assert_eq!(stream.status, 200);
    let last = stream.text.trim_end().rsplit("\n\n").next().unwrap_or_default();
    assert!(last.contains("event: done"), "the stream broke off: {last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_the_server_at_once() {
    let bench = Bench::new().await;
    bench.person("olga", "owner");
    bench.connect("defender");
    let (server, base) = bench.serve(&[]);
    let script = Visitor::with_key(base.clone(), &bench.key_of("olga"));
    bench.simulator.faults().add(Rule::new(Action::Delay { ms: 60_000 }).on(Surface::Graph));
    bench.simulator.forget_requests();
    let search = tokio::spawn(async move { script.search(demo::DOMAIN).await });
    microsoft_is_asked(&bench).await;
    server.signal("TERM");
    server.wait_for("its word that it stops", |said| {
        said.err.contains("what is under way is finished first").then_some(())
    });
    let (code, said) = server.stop();
    assert_eq!(code, Some(130), "{}", said.err);
    assert!(said.err.contains("stopped at once"), "{}", said.err);
    assert!(search.await.unwrap().is_err(), "the search was answered after all");
}

async fn microsoft_is_asked(bench: &Bench) {
    let until = Instant::now() + Duration::from_secs(60);
    while !bench.simulator.requests().iter().any(|request| request.surface == Surface::Graph) {
        assert!(Instant::now() < until, "Microsoft was not asked");
        tokio::task::yield_now().await;
    }
}
