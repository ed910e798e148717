//! A transcript in the place of Microsoft: the same is found.

use serde_json::Value;
use simulator::Surface;
use simulator::faults::{Action, Rule};

use crate::made::World;

/// The demo's secrets, ids and names: nothing of them may stand in a transcript.
pub(super) const OF_THE_DEMO: [&str; 12] = [
    simulator::demo::TENANT,
    simulator::demo::SENTINEL_CLIENT,
    simulator::demo::SENTINEL_SECRET,
    simulator::demo::DEFENDER_CLIENT,
    simulator::demo::DEFENDER_SECRET,
    simulator::demo::WORKSPACE,
    simulator::demo::DOMAIN,
    simulator::demo::ADDRESS,
    simulator::demo::TENANT_DOMAIN,
    "Northwind",
    "northwind",
    "127.0.0.1",
];

/// What a validation came to: check, capability, state, code.
fn outline(validation: &search::Validation) -> Vec<(String, Option<String>, search::CheckState, String)> {
    let checks = validation.checks.iter();
    checks.map(|one| (one.check.clone(), one.capability.clone(), one.state, one.code.clone())).collect()
}

/// The stand-in for an id at this place of a transcript's paths.
fn in_path(lines: &[Value], surface: &str, place: usize) -> String {
    let line = lines.iter().find(|line| line["surface"] == surface).unwrap();
    line["path"].as_str().unwrap().split('/').nth(place).unwrap().to_owned()
}

/// Validates, replays the transcript under the stand-ins, and finds the same.
async fn replayed(product: search::Product, app: (&str, &str), workspaces: &[&str]) {
    replayed_amid(Vec::new(), product, app, workspaces).await;
}

/// The same while something goes wrong. What was found.
async fn replayed_amid(
    faults: Vec<Rule>,
    product: search::Product,
    (client, secret): (&str, &str),
    workspaces: &[&str],
) -> search::Validation {
    use search::Validator;
    let world = World::start().await;
    world.simulator.faults().set(faults);
    let connection = world.connect(product, simulator::demo::TENANT, client, secret, workspaces, &[]).await;
    let attempt = search::Attempt { record: true, ..search::Attempt::of(&connection) };
    let first = world.live.validate(&attempt, None).await.unwrap().unwrap();
    let text = first.transcript.unwrap();
    for gone in OF_THE_DEMO {
        assert!(!text.contains(gone), "{gone} is in the transcript:\n{text}");
    }
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("replay.ndjson"), &text).unwrap();
    let replay = World::replaying(simulator::Replay::read(folder.path()).unwrap()).await;
    let tenant = in_path(&lines, "login", 1);
    let token = lines.iter().find(|line| !line["request"]["client_id"].is_null()).unwrap();
    let client = token["request"]["client_id"].as_str().unwrap().to_owned();
    let workspaces: Vec<String> = workspaces.iter().map(|_| in_path(&lines, "log_analytics", 3)).collect();
    let workspaces: Vec<&str> = workspaces.iter().map(String::as_str).collect();
    let connection = replay.connect(product, &tenant, &client, "any", &workspaces, &[]).await;
    let attempt = search::Attempt { record: true, ..search::Attempt::of(&connection) };
    let second = replay.live.validate(&attempt, None).await.unwrap().unwrap();
    assert_eq!(outline(&second.validation), outline(&first.validation), "{text}");
    first.validation
}

#[tokio::test]
async fn a_transcript_replays_to_the_same_validation_and_holds_nothing_of_the_tenants() {
    use search::Product::{Defender, Sentinel};
    use simulator::demo;
    replayed(Sentinel, (demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET), &[demo::WORKSPACE]).await;
    replayed(Sentinel, (demo::NO_WORKSPACE_CLIENT, demo::OTHER_SECRET), &[demo::WORKSPACE]).await;
    replayed(Defender, (demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET), &[]).await;
    replayed(Defender, (demo::BARE_CLIENT, demo::OTHER_SECRET), &[]).await;
    replayed(Defender, (demo::WRITER_CLIENT, demo::OTHER_SECRET), &[]).await;
    replayed(Defender, (demo::EXPIRED_CLIENT, demo::OTHER_SECRET), &[]).await;
    replayed(Defender, (demo::DISABLED_CLIENT, demo::OTHER_SECRET), &[]).await;
    replayed(Defender, (demo::BLOCKED_CLIENT, demo::OTHER_SECRET), &[]).await;
    replayed(Defender, (demo::DEFENDER_CLIENT, "wrong~Secret.of.the.demo"), &[]).await;
}

#[tokio::test]
async fn what_goes_wrong_goes_wrong_again_in_the_replay() {
    let lacking = r#"{"error":{"code":"Forbidden","message":"Missing application roles. API required roles: SecurityAlert.Read.All, application roles: ThreatHunting.Read.All."}}"#;
    let unlicensed = r#"{"error":{"code":"Forbidden","message":"Unauthorized request - Account is not provisioned."}}"#;
    let fail = |status: u16, body: &str| Action::Fail { status, body: Some(body.into()) };
    let cases = [
        (Rule::new(fail(403, lacking)).path("alerts_v2"), "not_yet_effective"),
        (Rule::new(fail(403, unlicensed)).path("alerts_v2"), "unlicensed"),
        (
            Rule::new(fail(410, r#"{"error":{"code":"Gone","message":"This API has been retired."}}"#))
                .path("/machines"),
            "retired",
        ),
        (Rule::new(Action::Html { status: 200 }).path("alerts_v2"), "web_page"),
        (Rule::new(Action::Html { status: 403 }).on(Surface::Defender), "web_page"),
        (Rule::new(fail(503, "")).path("/machines"), "unavailable"),
        (Rule::new(Action::Throttle { retry_after: Some("300".into()) }).path("/machines"), "throttled"),
        (Rule::new(Action::Truncate).path("/machines"), "failed"),
    ];
    for (rule, code) in cases {
        let app = (simulator::demo::DEFENDER_CLIENT, simulator::demo::DEFENDER_SECRET);
        let told = format!("{rule:?}");
        let found = replayed_amid(vec![rule], search::Product::Defender, app, &[]).await;
        let codes: Vec<&str> = found.checks.iter().map(|check| check.code.as_str()).collect();
        assert!(codes.contains(&code), "{told}: {codes:?}");
    }
}
