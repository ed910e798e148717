use search::{Answer, Attempt, FindingKind, Outcome, Report, Validator};
use simulator::faults::{Action, Rule};
use simulator::scenario::EvidenceFilters;
use simulator::{Scenario, demo};

use super::*;
use crate::made::{World, now, outcome, reason};
use store::grants::Scope;

const NO_HUNTING: [&str; 2] = ["SecurityAlert.Read.All", "SecurityIncident.Read.All"];
const ALL: [&str; 3] = ["SecurityAlert.Read.All", "SecurityIncident.Read.All", "ThreatHunting.Read.All"];

/// The demo with both apps holding these permissions in Graph.
fn scenario(filters: EvidenceFilters, permissions: &[&str]) -> Scenario {
    Scenario::demo().unlimited().with_tenant(demo::TENANT, |tenant| {
        tenant.evidence_filters = filters;
        let ours = [demo::SENTINEL_CLIENT, demo::DEFENDER_CLIENT];
        for app in tenant.apps.iter_mut().filter(|app| ours.contains(&app.client.as_str())) {
            app.graph = permissions.iter().map(|name| (*name).to_owned()).collect();
        }
    })
}

/// That scenario's Defender, connected, and its connection.
async fn defender(filters: EvidenceFilters, permissions: &[&str]) -> (World, String) {
    let world = World::of(scenario(filters, permissions), 1.0).await;
    let connection = world.defender(demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET).await;
    (world, connection)
}

/// Tries the connection with its open questions.
async fn ask_what_is_open(world: &World, connection: &str) {
    let attempt = Attempt { record: true, ..Attempt::of(connection) };
    world.live.validate(&attempt, None).await.unwrap().unwrap();
}

fn answer<'a>(report: &'a Report, source: &str) -> &'a Answer {
    report.answers.iter().find(|answer| answer.asked.source == source).unwrap()
}

/// How often the list was asked by what stands in the evidence.
fn by_evidence(world: &World) -> usize {
    let requests = world.simulator.requests();
    requests.iter().filter(|one| one.path.ends_with("/alerts_v2") && one.query.contains("evidence%2Fany")).count()
}

fn alerts(answer: &Answer) -> Vec<&str> {
    let alerts = answer.findings.iter().filter(|finding| finding.kind == FindingKind::Alert);
    alerts.map(|finding| finding.title.as_str()).collect()
}

#[tokio::test]
async fn before_it_is_known_that_the_filter_finds_hunting_is_denied_and_that_is_all() {
    let (world, connection) = defender(EvidenceFilters::Find, &NO_HUNTING).await;
    world.live.validate(&Attempt::of(&connection), None).await.unwrap().unwrap();
    let report = world.search(demo::ADDRESS).await;
    assert_eq!(outcome(&report, "defender.alerts"), Outcome::Denied);
    assert_eq!(by_evidence(&world), 0);
}

#[tokio::test]
async fn once_it_is_known_an_app_that_may_not_hunt_finds_alerts_and_incidents_of_an_address() {
    let (world, connection) = defender(EvidenceFilters::Find, &NO_HUNTING).await;
    assert_eq!(outcome(&world.search(demo::ADDRESS).await, "defender.alerts"), Outcome::Denied);
    ask_what_is_open(&world, &connection).await;
    let report = world.search(demo::ADDRESS).await;
    let answer = answer(&report, "defender.alerts");
    assert!(alerts(answer).len() >= 4, "{:?}", alerts(answer));
    assert!(answer.findings.iter().any(|finding| finding.kind == FindingKind::Incident));
    for finding in answer.findings.iter().filter(|finding| finding.kind == FindingKind::Alert) {
        assert!(finding.places.iter().any(|place| place.place == "ipEvidence.ipAddress"), "{:?}", finding.places);
        assert!(finding.status.is_some());
    }
    // It is less than what hunting would have told, and says so.
    assert_eq!(answer.outcome, Outcome::Partial);
    let said = reason(&report, "defender.alerts");
    for part in ["spelled 203.0.113.66", "none that have it in a URL", "add ThreatHunting.Read.All"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let covered = answer.covered.as_ref().unwrap();
    assert_eq!((covered.to, covered.limited_by), (now(), Limit::Setting));
    assert_eq!((covered.to.as_second() - covered.from.as_second()) / 86_400, 30);
    assert!(covered.newest_row.is_some());
}

#[tokio::test]
async fn an_address_that_nobody_knows_is_empty_with_the_same_words() {
    let (world, connection) = defender(EvidenceFilters::Find, &NO_HUNTING).await;
    ask_what_is_open(&world, &connection).await;
    let report = world.search(demo::UNKNOWN_ADDRESS).await;
    let answer = answer(&report, "defender.alerts");
    assert_eq!((answer.outcome, answer.findings.len()), (Outcome::Partial, 0), "not `nothing`: much was not asked");
    assert!(reason(&report, "defender.alerts").contains("only alerts that name the address itself"));
    assert!(answer.covered.as_ref().unwrap().newest_row.is_some(), "the list is known to have data");
}

#[tokio::test]
async fn a_domain_is_not_asked_for_by_the_filter() {
    let (world, connection) = defender(EvidenceFilters::Find, &NO_HUNTING).await;
    ask_what_is_open(&world, &connection).await;
    let before = by_evidence(&world);
    assert_eq!(outcome(&world.search(demo::DOMAIN).await, "defender.alerts"), Outcome::Denied);
    assert_eq!(by_evidence(&world), before);
}

#[tokio::test]
async fn a_filter_that_is_refused_or_finds_nothing_changes_nothing() {
    for filters in [EvidenceFilters::Refused, EvidenceFilters::Miss] {
        let (world, connection) = defender(filters, &NO_HUNTING).await;
        ask_what_is_open(&world, &connection).await;
        let before = by_evidence(&world);
        assert!(before > 0, "the question was asked");
        let report = world.search(demo::ADDRESS).await;
        assert_eq!(outcome(&report, "defender.alerts"), Outcome::Denied, "{filters:?}");
        assert_eq!(by_evidence(&world), before, "{filters:?}");
    }
}

#[tokio::test]
async fn what_is_known_holds_until_it_is_found_out_to_be_otherwise() {
    let (world, connection) = defender(EvidenceFilters::Refused, &NO_HUNTING).await;
    let id = connection.parse().unwrap();
    store::learned::save(&world.db, &id, &[("evidence_ip", "evidence_ip_finds")], now()).await.unwrap();
    assert_eq!(outcome(&world.search(demo::ADDRESS).await, "defender.alerts"), Outcome::Denied);
    let asked = by_evidence(&world);
    assert!(asked > 0, "it was believed, and refused");
    ask_what_is_open(&world, &connection).await;
    let known = store::learned::of(&world.db, &Scope::All, &id).await.unwrap();
    assert_eq!(known[0].answer, "evidence_ip_refused");
}

#[tokio::test]
async fn alerts_without_the_address_show_that_the_filter_is_ignored() {
    let (world, connection) = defender(EvidenceFilters::Find, &NO_HUNTING).await;
    ask_what_is_open(&world, &connection).await;
    let other =
        r#"{"value":[{"id":"da1_1","title":"Another","createdDateTime":"2026-11-25T10:00:00Z","evidence":[]}]}"#;
    let ignored = Action::Fail { status: 200, body: Some(other.into()) };
    world.simulator.faults().add(Rule::new(ignored).path("/alerts_v2"));
    let before = by_evidence(&world);
    let report = world.search(demo::ADDRESS).await;
    assert_eq!(by_evidence(&world), before + 1);
    assert_eq!(outcome(&report, "defender.alerts"), Outcome::Denied, "{}", reason(&report, "defender.alerts"));
}

#[tokio::test]
async fn a_list_that_never_held_an_alert_says_nothing() {
    let bare = scenario(EvidenceFilters::Find, &NO_HUNTING).with_tenant(demo::TENANT, |tenant| tenant.alerts.clear());
    let world = World::of(bare, 1.0).await;
    let connection = world.defender(demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET).await;
    let known = [("evidence_ip", "evidence_ip_finds")];
    store::learned::save(&world.db, &connection.parse().unwrap(), &known, now()).await.unwrap();
    assert_eq!(outcome(&world.search(demo::ADDRESS).await, "defender.alerts"), Outcome::Denied);
    assert_eq!(by_evidence(&world), 1);
}

#[tokio::test]
async fn where_hunting_is_throttled_the_list_stands_in_and_where_it_answers_it_does_not() {
    let (world, connection) = defender(EvidenceFilters::Find, &ALL).await;
    ask_what_is_open(&world, &connection).await;
    let before = by_evidence(&world);
    let hunted = world.search(demo::ADDRESS).await;
    assert_eq!(outcome(&hunted, "defender.alerts"), Outcome::Found);
    assert_eq!(by_evidence(&world), before, "hunting answers");
    let spent = Action::Throttle { retry_after: Some("60".into()) };
    world.simulator.faults().add(Rule::new(spent).path("runHuntingQuery"));
    let report = world.search(demo::ADDRESS).await;
    assert!(!alerts(answer(&report, "defender.alerts")).is_empty(), "{}", reason(&report, "defender.alerts"));
    assert!(reason(&report, "defender.alerts").contains("Too many calls"), "{}", reason(&report, "defender.alerts"));
    let all = alerts(answer(&hunted, "defender.alerts"));
    assert!(
        alerts(answer(&report, "defender.alerts")).iter().all(|title| all.contains(title)),
        "hunting knows them all"
    );
}

#[tokio::test]
async fn sentinel_takes_its_own_part_and_one_app_asks_once_for_both() {
    let permitted = scenario(EvidenceFilters::Find, &ALL).with_tenant(demo::TENANT, |tenant| {
        let app = tenant.apps.iter_mut().find(|app| app.client == demo::WRITER_CLIENT).unwrap();
        app.graph = NO_HUNTING.map(str::to_owned).to_vec();
    });
    let world = World::of(permitted, 1.0).await;
    let sentinel = world.sentinel(demo::WRITER_CLIENT, demo::OTHER_SECRET, &[demo::WORKSPACE]).await;
    let defender = world.defender(demo::WRITER_CLIENT, demo::OTHER_SECRET).await;
    ask_what_is_open(&world, &sentinel).await;
    let one = world.search(demo::ADDRESS).await;
    assert_eq!(outcome(&one, "defender.alerts"), Outcome::Denied, "what is known of one connection is not of another");
    ask_what_is_open(&world, &defender).await;
    let before = by_evidence(&world);
    let report = world.search(demo::ADDRESS).await;
    assert_eq!(by_evidence(&world) - before, 1);
    let (part, all) = (answer(&report, "sentinel.alerts"), answer(&report, "defender.alerts"));
    let services = |answer: &Answer| -> Vec<Product> {
        let alerts = answer.findings.iter().filter(|finding| finding.kind == FindingKind::Alert);
        alerts.map(|finding| finding.product).collect()
    };
    assert!(!services(part).is_empty(), "{}", reason(&report, "sentinel.alerts"));
    assert!(services(part).iter().all(|product| *product == Product::Sentinel));
    assert!(services(all).contains(&Product::Defender) && services(all).contains(&Product::Sentinel));
}
