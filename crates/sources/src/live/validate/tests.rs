use search::Validator;
use simulator::demo;

use super::*;
use crate::made::World;
use store::grants::Scope;

mod situations;

async fn validation(world: &World, connection: &str) -> Validation {
    world.live.validate(&Attempt::of(connection), None).await.unwrap().unwrap().validation
}

fn failed_codes(validation: &Validation) -> Vec<(&str, &str)> {
    let failed = validation.checks.iter().filter(|check| check.state == CheckState::Failed);
    failed.map(|check| (check.check.as_str(), check.code.as_str())).collect()
}

#[tokio::test]
async fn a_good_connection_is_ready_and_each_check_is_told_as_it_ends() {
    let world = World::start().await;
    for connection in [
        world.sentinel(demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET, &[demo::WORKSPACE]).await,
        world.defender(demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET).await,
    ] {
        let (sender, mut told) = tokio::sync::mpsc::unbounded_channel();
        let attempt = Attempt::of(&connection);
        let validation = world.live.validate(&attempt, Some(sender)).await.unwrap().unwrap().validation;
        assert_eq!(validation.status, Status::Ready, "{:#?}", validation.checks);
        let mut progress = Vec::new();
        while let Some(check) = told.recv().await {
            progress.push(check);
        }
        assert_eq!(progress, validation.checks);
        let steps: Vec<&str> = validation.checks.iter().map(|check| check.check.as_str()).collect();
        for step in ["form", "discovery", "token", "roles", "probe"] {
            assert!(steps.contains(&step), "{step} is not in {steps:?}");
        }
        let id = connection.parse().unwrap();
        assert_eq!(
            store::validations::newest(&world.db, &Scope::All, &id).await.unwrap(),
            Some(validation),
            "it is kept"
        );
    }
}

#[tokio::test]
async fn a_connection_that_is_not_there_is_none() {
    let world = World::start().await;
    assert_eq!(world.live.validate(&Attempt::of("no id"), None).await.unwrap(), None);
    assert_eq!(world.live.validate(&Attempt::of("01900000-0000-7000-8000-000000000000"), None).await.unwrap(), None);
}

#[tokio::test]
async fn a_refused_sign_in_is_named_with_its_ids_and_nothing_is_probed() {
    let cases = [
        (demo::DEFENDER_CLIENT, "wrong", "wrong_secret"),
        (demo::EXPIRED_CLIENT, demo::OTHER_SECRET, "secret_expired"),
        (demo::DISABLED_CLIENT, demo::OTHER_SECRET, "app_disabled"),
        (demo::BLOCKED_CLIENT, demo::OTHER_SECRET, "conditional_access"),
        ("00000000-0000-4000-8000-0000000000aa", "any", "app_not_found"),
    ];
    for (client, secret, code) in cases {
        let world = World::start().await;
        let connection = world.defender(client, secret).await;
        let validation = validation(&world, &connection).await;
        assert_eq!(validation.status, Status::Failed, "{code}");
        let token = validation.checks.iter().find(|check| check.check == "token").unwrap();
        assert_eq!(token.code, code);
        assert!(token.remedy.is_some() && token.correlation_id.is_some(), "{token:?}");
        let tokens = validation.checks.iter().filter(|check| check.check == "token");
        let titles: Vec<&str> = tokens.map(|check| check.title.as_str()).collect();
        assert_eq!(titles.len(), 1, "what refuses every sign-in alike is one thing to mend: {titles:?}");
        assert!(
            validation
                .checks
                .iter()
                .filter(|check| check.check == "probe")
                .all(|check| check.state == CheckState::Skipped)
        );
    }
}

#[tokio::test]
async fn a_secret_id_and_an_unknown_tenant_stop_it_early() {
    let world = World::start().await;
    let connection = world.defender(demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET_ID).await;
    assert_eq!(failed_codes(&validation(&world, &connection).await), [("form", "secret_id_pasted")]);
    assert!(world.simulator.requests().is_empty(), "what cannot be right is not sent");
    let nobody = "00000000-0000-4000-8000-0000000000bb";
    let connection = world.connect(search::Product::Defender, nobody, demo::DEFENDER_CLIENT, "x", &[], &[]).await;
    assert_eq!(failed_codes(&validation(&world, &connection).await), [("discovery", "tenant_not_found")]);
}

#[tokio::test]
async fn missing_and_writing_permissions_are_named() {
    let world = World::start().await;
    let bare = world.defender(demo::BARE_CLIENT, demo::OTHER_SECRET).await;
    let found = validation(&world, &bare).await;
    assert_eq!(found.status, Status::Failed);
    let roles = found.checks.iter().find(|check| check.check == "roles").unwrap();
    assert!(roles.permission.as_deref().unwrap().contains("ThreatHunting.Read.All"), "{roles:?}");
    let probe = found.checks.iter().find(|check| check.capability.as_deref() == Some("defender.devices")).unwrap();
    assert_eq!((probe.state, probe.code.as_str()), (CheckState::Failed, "missing_permission"));
    assert!(probe.title.starts_with("Devices: the app has no"), "{}", probe.title);
    let writer = world.defender(demo::WRITER_CLIENT, demo::OTHER_SECRET).await;
    let found = validation(&world, &writer).await;
    assert!(failed_codes(&found).contains(&("roles", "write_permission")), "{:#?}", found.checks);
}

#[tokio::test]
async fn a_table_that_is_marked_quiet_passes_and_answers_nothing() {
    let world = World::start().await;
    let connection = world.sentinel(demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET, &[demo::EMPTY_WORKSPACE]).await;
    let quiet = ["sentinel.workspace_alerts", "sentinel.workspace_incidents"];
    world.mark_quiet(&connection, &quiet).await;
    let found = validation(&world, &connection).await;
    let check = |name: &str| found.checks.iter().find(|check| check.capability.as_deref() == Some(name)).unwrap();
    for name in quiet {
        assert_eq!(check(name).state, CheckState::Passed, "{name}");
        assert!(check(name).title.ends_with(": answered; quiet, as marked."), "{}", check(name).title);
    }
    assert_eq!(check("sentinel.workspace_threat_indicators").code, "blind", "only what is marked");
    let report = world.search("unknown-to-all.example").await;
    for name in quiet {
        assert_eq!(crate::made::outcome(&report, name), search::Outcome::Nothing, "{name}");
    }
    assert_eq!(crate::made::outcome(&report, "sentinel.workspace_threat_indicators"), search::Outcome::Blind);
}

#[tokio::test]
async fn retired_routes_are_skipped_and_switched_off_ones_too() {
    let world = World::start().await;
    let (client, secret) = (demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET);
    let off = ["sentinel.threat_indicators"];
    let connection =
        world.connect(search::Product::Sentinel, demo::TENANT, client, secret, &[demo::WORKSPACE], &off).await;
    let found = validation(&world, &connection).await;
    let code = |name: &str| {
        let check = found.checks.iter().find(|check| check.capability.as_deref() == Some(name)).unwrap();
        (check.state, check.code.clone())
    };
    assert_eq!(code("sentinel.classic_alerts"), (CheckState::Skipped, "retired".into()));
    assert_eq!(code("sentinel.threat_indicators"), (CheckState::Skipped, "switched_off".into()));
    assert_eq!(found.status, Status::Ready);
}

#[tokio::test]
async fn a_workspace_that_is_missing_forbidden_or_empty_needs_a_hand() {
    let cases: [(&str, &str, &[&str], &str); 3] = [
        (demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET, &[], "no_workspace"),
        (demo::NO_WORKSPACE_CLIENT, demo::OTHER_SECRET, &[demo::WORKSPACE], "missing_role"),
        (demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET, &[demo::EMPTY_WORKSPACE], "blind"),
    ];
    for (client, secret, workspaces, code) in cases {
        let world = World::start().await;
        let connection = world.sentinel(client, secret, workspaces).await;
        let found = validation(&world, &connection).await;
        let probe = found.checks.iter().find(|check| check.capability.as_deref() == Some("sentinel.workspace_alerts"));
        assert_eq!(probe.unwrap().code, code);
        assert_eq!(found.status, Status::Attention, "{code}: hunting still works");
    }
}

#[tokio::test]
async fn a_clock_that_is_far_off_is_told() {
    use simulator::faults::{Action, Rule};
    let world = World::start().await;
    let connection = world.defender(demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET).await;
    world.simulator.faults().add(Rule::new(Action::Clock { seconds: -600 }));
    let found = validation(&world, &connection).await;
    let clock = found.checks.iter().find(|check| check.code == "clock_skew").unwrap();
    assert!(clock.title.contains("10 minutes ahead of"), "{}", clock.title);
}

#[tokio::test]
async fn a_validation_takes_one_call_from_the_budget_of_hunting() {
    let world = World::start().await;
    let count = |what: &str| world.simulator.requests().iter().filter(|asked| asked.path.contains(what)).count();
    let sentinel = world.sentinel(demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET, &[demo::WORKSPACE]).await;
    validation(&world, &sentinel).await;
    assert_eq!((count("runHuntingQuery"), count("/query")), (1, 2));
    let defender = world.defender(demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET).await;
    validation(&world, &defender).await;
    assert_eq!(count("runHuntingQuery"), 2);
    validation(&world, &defender).await;
    assert_eq!(count("runHuntingQuery"), 3, "what is tried is asked anew");
}

#[tokio::test]
async fn a_validation_that_nobody_waits_for_leaves_people_their_part_of_the_budget() {
    // Five calls a minute, of which three are for the background; the minute does not pass, however long it takes.
    let begun = Instant::now();
    let world = World::with(simulator::Scenario::demo(), crate::made::PATIENCE, |settings| {
        settings.hunting_share = 0.12;
        settings.ticks = Arc::new(move || begun);
    })
    .await;
    let connection = world.defender(demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET).await;
    let hunting = async |in_background: bool| {
        let attempt = Attempt { in_background, ..Attempt::of(&connection) };
        let found = world.live.validate(&attempt, None).await.unwrap().unwrap().validation;
        let devices = found.checks.into_iter().find(|check| check.capability.as_deref() == Some("defender.devices"));
        devices.unwrap().code
    };
    for _ in 0..3 {
        assert_ne!(hunting(true).await, "throttled");
    }
    assert_eq!(hunting(true).await, "throttled");
    for _ in 0..2 {
        assert_ne!(hunting(false).await, "throttled");
    }
    assert_eq!(hunting(false).await, "throttled");
}
