//! How a server ends: by the service manager's signal, and with what is under way.

use std::time::{Duration, Instant};

use harness::Visitor;
use simulator::faults::{Action, Rule};
use simulator::{Surface, demo};

use crate::bench::Bench;

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
    let until = Instant::now() + Duration::from_secs(60);
    while !bench.simulator.requests().iter().any(|request| request.surface == Surface::Graph) {
        assert!(Instant::now() < until, "Microsoft was not asked");
        tokio::task::yield_now().await;
    }

    let (code, said) = server.stop();
    assert_eq!(code, Some(0), "{}", said.err);
    let report = search.await.unwrap().unwrap();
    assert_ne!(report["summary"]["counts"]["alerts"], 0);
    assert!(Visitor::new(base).get("/readyz").await.is_err(), "somebody is let in after the end");
}
