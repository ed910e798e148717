use search::{FindingKind, Outcome, Product, Report};
use simulator::demo;

use super::*;
use crate::made::{World, outcome, outcomes, reason};

/// Calls of one search: hunting, a workspace's, and single alerts and incidents.
async fn calls(world: &World, value: &str) -> (usize, usize, usize) {
    let count = |what: &str| world.simulator.requests().iter().filter(|asked| asked.path.contains(what)).count();
    let all = || (count("runHuntingQuery"), count("/query"), count("alerts_v2/") + count("incidents/"));
    let before = all();
    world.search(value).await;
    let after = all();
    (after.0 - before.0, after.1 - before.1, after.2 - before.2)
}

#[tokio::test]
async fn a_search_hunts_at_most_three_times_an_app_and_asks_for_the_age_of_tables_once() {
    let world = World::connected().await;
    assert_eq!(calls(&world, demo::UNKNOWN_DOMAIN).await, (4 + 2, 3 + 1, 0), "cold: each app asks for its tables once");
    for value in [demo::UNKNOWN_ADDRESS, demo::UNKNOWN_DOMAIN] {
        assert_eq!(calls(&world, value).await, (4, 3, 0), "warm: only the questions themselves");
    }
    let (hunting, workspace, _) = calls(&world, demo::DOMAIN).await;
    assert_eq!((hunting, workspace), (4, 3));
}

#[tokio::test]
async fn products_that_use_one_app_share_their_calls_and_know_the_same() {
    let apart = World::connected().await;
    let together = World::start().await;
    together.sentinel(demo::WRITER_CLIENT, demo::OTHER_SECRET, &[demo::WORKSPACE]).await;
    together.defender(demo::WRITER_CLIENT, demo::OTHER_SECRET).await;
    assert_eq!(calls(&together, demo::UNKNOWN_DOMAIN).await, (3 + 1, 3 + 1, 0), "cold");
    assert_eq!(calls(&together, demo::UNKNOWN_ADDRESS).await, (3, 3, 0), "warm");
    let (hunting, _, single) = calls(&together, demo::DOMAIN).await;
    let (_, _, single_apart) = calls(&apart, demo::DOMAIN).await;
    assert_eq!(hunting, 3);
    assert!(single > 0 && single < single_apart, "{single} {single_apart}");
    let known = |report: &Report| -> Vec<(FindingKind, String, Vec<String>)> {
        let findings = report.findings.iter().map(|one| (one.kind, one.id.clone(), one.routes.clone()));
        findings.collect()
    };
    for value in [demo::DOMAIN, demo::ADDRESS] {
        let (one, two) = (together.search(value).await, apart.search(value).await);
        assert_eq!(known(&one), known(&two), "{value}");
        assert_eq!(outcomes(&one), outcomes(&two), "{value}");
    }
}

#[tokio::test]
async fn one_apps_answer_is_never_anothers() {
    let world = World::start().await;
    world.sentinel(demo::BARE_CLIENT, demo::OTHER_SECRET, &[]).await;
    world.defender(demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET).await;
    let report = world.search(demo::DOMAIN).await;
    assert_eq!(outcome(&report, "defender.alerts"), Outcome::Found);
    for source in ["sentinel.alerts", "sentinel.threat_indicators"] {
        assert_eq!(outcome(&report, source), Outcome::Denied, "{source}");
    }
    let credential = |secret: &str| Credential {
        proof: microsoft::Proof::Secret(secret.into()),
        ..crate::made::asking("defender.alerts").connection.credential.clone()
    };
    assert!(is_same(&credential("a"), &credential("a")));
    assert!(!is_same(&credential("a"), &credential("b")), "an app with another secret may be refused");
}

#[tokio::test]
async fn a_table_that_is_not_there_takes_no_other_with_it() {
    // Sentinel is not connected to the Defender portal, so hunting has none of its tables.
    let apart = simulator::Scenario::demo().with_tenant(demo::TENANT, |tenant| {
        tenant.workspaces.iter_mut().for_each(|workspace| workspace.onboarded = false);
    });
    let world = World::of(apart, 1.0).await;
    world.sentinel(demo::WRITER_CLIENT, demo::OTHER_SECRET, &[]).await;
    world.defender(demo::WRITER_CLIENT, demo::OTHER_SECRET).await;
    let report = world.search(demo::DOMAIN).await;
    assert_eq!(outcome(&report, "defender.alerts"), Outcome::Found);
    assert_eq!(outcome(&report, "sentinel.alerts"), Outcome::Blind, "{}", reason(&report, "sentinel.alerts"));
    assert!(reason(&report, "sentinel.alerts").contains("Connect the workspace to the Defender portal"));
    assert_eq!(outcome(&report, "sentinel.threat_indicators"), Outcome::Unlicensed);
    let said = reason(&report, "sentinel.threat_indicators");
    assert!(said.contains("no table ThreatIntelIndicators"), "{said}");
    let world = World::start().await;
    let (client, secret) = (demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET);
    world.connect(Product::Sentinel, demo::TENANT, client, secret, &[], &["sentinel.alerts"]).await;
    let report = world.search(demo::DOMAIN).await;
    assert_eq!(outcome(&report, "sentinel.threat_indicators"), Outcome::Found);
    let asked = world.simulator.requests();
    assert!(!asked.iter().any(|asked| asked.body.contains("AlertEvidence")), "what is switched off is not asked along");
}

#[tokio::test]
async fn an_analyst_who_pivots_five_times_in_a_minute_stays_within_half_the_budget() {
    let world = World::of(simulator::Scenario::demo(), 0.5).await.with_both().await;
    for value in [demo::UNKNOWN_DOMAIN, demo::DOMAIN, demo::ADDRESS, demo::NEIGHBOUR_DOMAIN, demo::UNKNOWN_ADDRESS] {
        let report = world.search(value).await;
        assert!(report.answers.iter().all(|answer| answer.outcome != Outcome::Throttled), "{value}");
    }
}

#[tokio::test]
async fn where_the_common_query_fails_each_part_is_asked_by_itself() {
    use simulator::faults::{Action, Rule};
    let world = World::start().await;
    world.sentinel(demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET, &[]).await;
    let broken = || {
        Action::Fail { status: 400, body: Some("{\"error\":{\"code\":\"BadRequest\",\"message\":\"Query execution has exceeded the allowed result size.\"}}".into()) }
    };
    world.simulator.faults().add(Rule::new(broken()).path("runHuntingQuery").body("union isfuzzy"));
    let report = world.search(demo::DOMAIN).await;
    for source in ["sentinel.alerts", "sentinel.threat_indicators"] {
        assert_eq!(outcome(&report, source), Outcome::Found, "{source}: {}", reason(&report, source));
    }
    world.simulator.faults().add(Rule::new(broken()).path("runHuntingQuery").body("AlertEvidence"));
    let report = world.search(demo::DOMAIN).await;
    assert_eq!(outcome(&report, "sentinel.alerts"), Outcome::Failed);
    assert_eq!(outcome(&report, "sentinel.threat_indicators"), Outcome::Found, "the one that works is not held back");
}
