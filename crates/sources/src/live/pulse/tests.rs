use simulator::demo;
use simulator::faults::{Action, Rule};
use store::connections::ConnectionId;
use store::grants::Scope;

use super::*;
use crate::made::World;

async fn taken(world: &World) -> Vec<Taken> {
    let connections = store::connections::list(&world.db, &Scope::All).await.unwrap();
    world.live.pulse(&connections).await.unwrap()
}

async fn keep(world: &World, taken: &[Taken]) {
    for one in taken {
        assert!(store::pulses::save(&world.db, &one.connection, &one.pulses).await.unwrap());
    }
}

fn of<'a>(taken: &'a [Taken], id: &str) -> &'a Taken {
    let id: ConnectionId = id.parse().unwrap();
    taken.iter().find(|one| one.connection == id).unwrap()
}

fn labels(taken: &Taken) -> Vec<(&str, &str)> {
    taken.pulses.iter().map(|pulse| (pulse.place.as_str(), pulse.table.as_str())).collect()
}

fn queries(world: &World) -> Vec<(String, String)> {
    let asked = world.simulator.requests().into_iter();
    let queries = asked.filter(|request| request.path.contains("Query") || request.path.ends_with("/query"));
    queries.map(|request| (request.path.clone(), request.body.clone())).collect()
}

#[tokio::test]
async fn each_table_that_a_connection_reads_has_a_pulse_in_its_place() {
    let world = World::start().await;
    let sentinel = world.sentinel(demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET, &[demo::WORKSPACE]).await;
    let defender = world.defender(demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET).await;
    let taken = taken(&world).await;
    let tables = ["AlertInfo", "DeviceNetworkEvents", "EmailEvents", "UrlClickEvents", "EntraIdSignInEvents"];
    assert_eq!(labels(of(&taken, &defender)), tables.map(|table| ("hunting", table)));
    let expected = [
        ("hunting", "AlertInfo"),
        ("hunting", "AlertInfo.Sentinel"),
        ("hunting", "ThreatIntelIndicators"),
        (demo::WORKSPACE, "SecurityAlert"),
        (demo::WORKSPACE, "SecurityIncident"),
        (demo::WORKSPACE, "ThreatIntelIndicators"),
    ];
    assert_eq!(labels(of(&taken, &sentinel)), expected);
    for pulse in taken.iter().flat_map(|one| &one.pulses) {
        assert_eq!(pulse.trouble, None, "{}", pulse.table);
        assert!(pulse.newest.is_some(), "{} {}", pulse.place, pulse.table);
        assert_eq!(pulse.retention_days, (pulse.place == "hunting").then_some(30), "hunting's is documented");
    }
    assert!(taken.iter().flat_map(|one| &one.pulses).any(|pulse| pulse.rows_24h > Some(0)));
    assert!(taken.iter().flat_map(|one| &one.standings).all(|standing| standing.state == Some(FRESH)), "{taken:?}");
}

#[tokio::test]
async fn an_hour_costs_one_hunting_call_an_app_and_one_query_a_workspace() {
    let world = World::connected().await;
    let first = taken(&world).await;
    keep(&world, &first).await;
    world.simulator.forget_requests();
    taken(&world).await;
    let asked = queries(&world);
    assert_eq!(asked.iter().filter(|(path, _)| path.ends_with("runHuntingQuery")).count(), 2, "{asked:?}");
    assert_eq!(asked.len(), 3, "{asked:?}");
}

#[tokio::test]
async fn two_connections_of_one_app_are_looked_at_in_one_call() {
    let world = World::start().await;
    world.defender(demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET).await;
    world.defender(demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET).await;
    let taken = taken(&world).await;
    assert_eq!(taken.len(), 2);
    assert_eq!(labels(&taken[0]), labels(&taken[1]));
    assert_eq!(queries(&world).len(), 1);
}

#[tokio::test]
async fn an_empty_workspace_is_silent_and_its_whole_period_is_looked_at_once_only() {
    let world = World::start().await;
    let (client, secret) = (demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET);
    let id = world.sentinel(client, secret, &[demo::EMPTY_WORKSPACE]).await;
    let first = taken(&world).await;
    let alerts = of(&first, &id).standings.iter().find(|one| one.subject.ends_with("/SecurityAlert")).unwrap();
    assert_eq!(alerts.state, Some(SILENT));
    assert!(alerts.title.contains("no alert at all. Check the workspace's analytics rules"), "{}", alerts.title);
    keep(&world, &first).await;
    world.simulator.forget_requests();
    let second = taken(&world).await;
    let asked = queries(&world);
    assert!(asked.iter().all(|(_, body)| body.contains("Rows = count()")), "only the last day: {asked:?}");
    assert_eq!(of(&second, &id).standings, of(&first, &id).standings);
}

#[tokio::test]
async fn a_call_that_fails_keeps_what_was_known_and_says_why() {
    let world = World::start().await;
    let id = world.defender(demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET).await;
    let first = taken(&world).await;
    keep(&world, &first).await;
    let unknown = Action::Fail { status: 409, body: None };
    world.simulator.faults().add(Rule::new(unknown).path("runHuntingQuery"));
    let second = taken(&world).await;
    let (before, after) = (&of(&first, &id).pulses[0], &of(&second, &id).pulses[0]);
    // The database keeps microseconds.
    let kept = |pulse: &Pulse| pulse.newest.map(|newest| newest.as_microsecond());
    assert_eq!(kept(after), kept(before));
    assert_eq!(after.rows_24h, None);
    assert!(after.trouble.as_deref().is_some_and(|why| why.contains("409")), "{after:?}");
    assert!(of(&second, &id).standings.is_empty(), "nothing was seen, so nothing is told");
}

#[tokio::test]
async fn what_is_marked_quiet_is_looked_at_and_never_told() {
    let world = World::start().await;
    let id = world.sentinel(demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET, &[demo::EMPTY_WORKSPACE]).await;
    let mut connections = store::connections::list(&world.db, &Scope::All).await.unwrap();
    connections[0].quiet = vec!["sentinel.workspace_alerts".into()];
    let taken = world.live.pulse(&connections).await.unwrap();
    let alerts = of(&taken, &id).pulses.iter().find(|pulse| pulse.table == "SecurityAlert").unwrap();
    assert!(alerts.quiet);
    let told = |table: &str| {
        of(&taken, &id).standings.iter().find(|one| one.subject.ends_with(table)).and_then(|one| one.state)
    };
    assert_eq!((told("/SecurityAlert"), told("/SecurityIncident")), (None, Some(SILENT)));
}

#[tokio::test]
async fn a_refused_search_names_its_connection_once() {
    let world = World::start().await;
    let id = world.defender(demo::DEFENDER_CLIENT, "not-the-secret").await;
    assert!(world.live.refused().is_empty());
    world.search(demo::DOMAIN).await;
    assert_eq!(world.live.refused(), [id]);
    assert!(world.live.refused().is_empty());
}

#[tokio::test]
async fn a_connection_whose_sign_in_a_pulse_finds_refused_is_worth_a_validation() {
    let world = World::start().await;
    let refused = world.defender(demo::DEFENDER_CLIENT, "not-the-secret").await;
    world.sentinel(demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET, &[demo::WORKSPACE]).await;
    taken(&world).await;
    assert_eq!(world.live.refused(), [refused]);
    assert!(world.live.refused().is_empty(), "it is told once");
}
