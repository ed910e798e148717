use search::{Details, FindingKind, Report};
use simulator::demo;
use simulator::faults::{Action, Rule};

use super::*;
use crate::made::{World, now, outcome, outcomes, reason};

#[tokio::test]
async fn both_products_tell_what_they_know_of_a_domain_and_an_alert_is_one() {
    let world = World::connected().await;
    let report = world.search(demo::DOMAIN).await;
    use Outcome::{Found, NotApplicable, Nothing, Retired};
    assert_eq!(
        outcomes(&report),
        [
            ("sentinel.workspace_alerts", Found),
            ("sentinel.workspace_incidents", Found),
            ("sentinel.workspace_threat_indicators", Found),
            ("sentinel.alerts", Found),
            ("sentinel.threat_indicators", Found),
            ("sentinel.classic_alerts", Retired),
            ("sentinel.classic_threat_indicators", Retired),
            ("defender.alerts", Found),
            ("defender.devices", Found),
            ("defender.prevalence", Found),
            ("defender.mail", Found),
            ("defender.clicks", Nothing),
            ("defender.sign_ins", NotApplicable),
            ("defender.endpoint_alerts", Found),
            ("defender.indicators", Found),
            ("defender.machines", Found),
        ]
    );
    assert!(report.summary.complete);
    assert_eq!(report.assessment.level, search::assessment::Level::Malicious);
    assert!(report.assessment.sentence.len() < 200, "{}", report.assessment.sentence);
    // One that came by every route is one, and each identity stands in one finding only.
    let widest = report.findings.iter().filter(|one| one.kind == FindingKind::Alert).map(|one| one.routes.len()).max();
    assert!(widest >= Some(3), "{widest:?}");
    let mut identities: Vec<_> = report
        .findings
        .iter()
        .flat_map(|one| one.identities.iter().map(move |identity| (one.kind, identity)))
        .collect();
    let all = identities.len();
    identities.sort();
    identities.dedup();
    assert_eq!(identities.len(), all);
    assert!(report.findings.iter().all(|one| one.tenant.as_deref() == Some(demo::TENANT)));
    // Titles of incidents reach the alerts; what the domain leads to is a pivot.
    let alerts = report.findings.iter().filter_map(|one| match &one.details {
        Details::Alert { incident, pivots, .. } => Some((incident, pivots)),
        _ => None,
    });
    assert!(alerts.clone().any(|(incident, _)| incident.as_ref().is_some_and(|incident| incident.title.is_some())));
    assert!(alerts.clone().any(|(_, pivots)| pivots.iter().any(|pivot| pivot == demo::ADDRESS)));
}

#[tokio::test]
async fn neighbours_that_share_the_words_are_not_taken_for_it() {
    let world = World::connected().await;
    let (domain, neighbour) = (world.search(demo::DOMAIN).await, world.search(demo::NEIGHBOUR_DOMAIN).await);
    assert!(neighbour.summary.counts.alerts > 0 && domain.summary.counts.alerts > 0);
    let ids = |report: &Report| -> Vec<String> {
        report.findings.iter().filter(|one| one.kind == FindingKind::Alert).map(|one| one.id.clone()).collect()
    };
    let (of_domain, of_neighbour) = (ids(&domain), ids(&neighbour));
    assert!(!of_domain.iter().any(|id| of_neighbour.contains(id)), "{of_domain:?} {of_neighbour:?}");
}

#[tokio::test]
async fn a_value_that_nobody_knows_is_nothing_everywhere_and_its_period_is_told() {
    let world = World::connected().await;
    for value in [demo::UNKNOWN_DOMAIN, demo::UNKNOWN_ADDRESS] {
        let report = world.search(value).await;
        for answer in &report.answers {
            assert!(
                matches!(answer.outcome, Outcome::Nothing | Outcome::Retired | Outcome::NotApplicable),
                "{value} {} {:?}",
                answer.asked.source,
                answer.reason
            );
            assert_eq!(answer.covered.is_some(), answer.outcome == Outcome::Nothing, "{}", answer.asked.source);
        }
        assert_eq!(report.assessment.level, search::assessment::Level::NothingKnown, "{}", report.assessment.sentence);
    }
}

#[tokio::test]
async fn alerts_closed_as_false_and_allowed_entries_are_told_and_do_not_count() {
    let report = World::connected().await.search(demo::CLEARED_DOMAIN).await;
    assert!(report.summary.counts.alerts > 0);
    assert_eq!(report.assessment.level, search::assessment::Level::Seen, "{}", report.assessment.sentence);
}

#[tokio::test]
async fn mail_clicks_and_sign_ins_tell_what_people_met() {
    let world = World::connected().await;
    let kinds = |report: &Report, kind: FindingKind| -> Vec<(String, String)> {
        let of = |one: &search::Finding| (one.title.clone(), one.status.clone().unwrap_or_default());
        report.findings.iter().filter(|one| one.kind == kind).map(of).collect()
    };
    let sender = world.search("northwind-payroll.example").await;
    let said = |title: &str, status: &str| (title.to_owned(), status.to_owned());
    assert_eq!(
        kinds(&sender, FindingKind::Mail),
        [
            said("Reminder: payroll details are incomplete", "in_mailbox"),
            said("Payroll notice November: confirm your details", "quarantined"),
        ]
    );
    let page = world.search("login.northwind-payroll.example").await;
    assert_eq!(kinds(&page, FindingKind::Mail).len(), 2, "by the link in it");
    let clicks: Vec<String> = kinds(&page, FindingKind::Click).into_iter().map(|(_, status)| status).collect();
    assert_eq!(clicks, ["clicked_through", "blocked"]);
    assert!(page.assessment.sentence.contains("1 of them past a warning"), "{}", page.assessment.sentence);
    assert_eq!(kinds(&world.search("198.51.100.80").await, FindingKind::Mail).len(), 2, "by the sending server");
    let stolen = world.search("198.51.100.91").await;
    assert_eq!(kinds(&stolen, FindingKind::SignIn), [said("anna.berg@northwind.example", "succeeded")]);
    let spray = world.search("203.0.113.200").await;
    let failed = [said("tom.olsen@northwind.example", "failed"), said("mira.koch@northwind.example", "failed")];
    let mut accounts = kinds(&spray, FindingKind::SignIn);
    accounts.sort_by(|one, two| two.cmp(one));
    assert_eq!(accounts, failed, "in the cloud and on premises");
}

#[tokio::test]
async fn a_tenant_without_the_tables_of_mail_is_told_so_and_knows_the_rest() {
    use simulator::faults::{Action, Rule};
    let world = World::connected().await;
    let unresolved = "{\"error\":{\"code\":\"BadRequest\",\"message\":\"'where' operator: Failed to resolve table or column expression named 'EmailEvents'. Fix semantic errors in your query.\"}}";
    let missing = Action::Fail { status: 400, body: Some(unresolved.into()) };
    world.simulator.faults().add(Rule::new(missing).path("runHuntingQuery").body("EmailEvents"));
    let report = world.search("198.51.100.91").await;
    assert_eq!(outcome(&report, "defender.mail"), Outcome::Unlicensed, "{}", reason(&report, "defender.mail"));
    assert_eq!(outcome(&report, "defender.sign_ins"), Outcome::Found);
}

#[tokio::test]
async fn blocked_devices_are_no_connected_ones() {
    let report = World::connected().await.search(demo::BLOCKED_DOMAIN).await;
    assert_eq!(report.summary.counts.devices, 0);
    assert!(report.assessment.sentence.contains("devices were blocked"), "{}", report.assessment.sentence);
}

#[tokio::test]
async fn an_address_that_a_record_spells_in_full_is_found() {
    let report = World::connected().await.search("2001:db8:66::1").await;
    let found = |title: &str| report.findings.iter().any(|finding| finding.title.contains(title));
    assert!(found("over IPv6"), "{:?}", report.findings.iter().map(|one| &one.title).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_workspace_that_could_not_have_known_is_told_beside_what_another_knows() {
    let world = World::start().await;
    let (client, secret) = (demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET);
    world.sentinel(client, secret, &[demo::WORKSPACE, demo::EMPTY_WORKSPACE]).await;
    let report = world.search(demo::DOMAIN).await;
    assert_eq!(outcome(&report, "sentinel.workspace_alerts"), Outcome::Partial);
    let said = reason(&report, "sentinel.workspace_alerts");
    assert!(said.contains("There is no alert of any kind in the workspace"), "{said}");
    assert!(report.summary.counts.alerts > 0);
}

#[tokio::test]
async fn without_connections_every_capability_says_so_and_a_new_connection_is_seen() {
    let world = World::start().await;
    let report = world.search(demo::DOMAIN).await;
    assert_eq!(report.answers.len(), capabilities().len());
    for answer in &report.answers {
        assert_eq!((answer.outcome, &answer.asked.connection), (Outcome::NotConnected, &None));
        assert_eq!(answer.remedy_link.as_deref(), Some("/settings"));
    }
    let before = world.live.current().await;
    assert!(Arc::ptr_eq(&before, &world.live.current().await), "built once");
    world.defender(demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET).await;
    let report = world.search(demo::DOMAIN).await;
    assert_eq!(outcome(&report, "defender.alerts"), Outcome::Found);
    assert_eq!(outcome(&report, "sentinel.alerts"), Outcome::NotConnected);
}

#[tokio::test]
async fn what_is_switched_off_is_not_asked() {
    let world = World::start().await;
    let (client, secret) = (demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET);
    world
        .connect(Product::Defender, demo::TENANT, client, secret, &[], &["defender.indicators", "defender.devices"])
        .await;
    let report = world.search(demo::DOMAIN).await;
    assert_eq!(outcome(&report, "defender.indicators"), Outcome::NotConnected);
    assert!(reason(&report, "defender.devices").contains("switched off"));
    assert!(!world.simulator.requests().iter().any(|asked| asked.path.contains("indicators")));
}

#[tokio::test]
async fn a_sentinel_connection_without_a_workspace_is_partial_and_says_what_to_add() {
    let world = World::start().await;
    world.sentinel(demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET, &[]).await;
    let report = world.search(demo::UNKNOWN_DOMAIN).await;
    assert_eq!(outcome(&report, "sentinel.workspace_alerts"), Outcome::Partial);
    assert!(reason(&report, "sentinel.workspace_alerts").contains("workspace ID"));
    assert_eq!(outcome(&report, "sentinel.alerts"), Outcome::Nothing);
    assert_eq!(report.assessment.level, search::assessment::Level::CannotSay);
}

#[tokio::test]
async fn an_empty_workspace_is_blind_and_one_without_a_role_leaves_the_other_partial() {
    let world = World::start().await;
    let (client, secret) = (demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET);
    world.sentinel(client, secret, &[demo::EMPTY_WORKSPACE]).await;
    let report = world.search(demo::DOMAIN).await;
    assert_eq!(
        outcome(&report, "sentinel.workspace_alerts"),
        Outcome::Blind,
        "{}",
        reason(&report, "sentinel.workspace_alerts")
    );
    let world = World::start().await;
    world.sentinel(client, secret, &[demo::WORKSPACE, "00000000-0000-4000-8000-000000000000"]).await;
    let report = world.search(demo::DOMAIN).await;
    assert_eq!(outcome(&report, "sentinel.workspace_alerts"), Outcome::Partial);
    assert!(reason(&report, "sentinel.workspace_alerts").contains("Azure role"));
    assert!(report.summary.counts.alerts > 0, "what the other workspace knows is there");
}

#[tokio::test]
async fn each_credential_and_tenant_comes_out_under_its_own_name() {
    let cases = [
        (demo::TENANT, demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET_ID, "defender.alerts", Outcome::Refused),
        (demo::TENANT, demo::EXPIRED_CLIENT, demo::OTHER_SECRET, "defender.devices", Outcome::Refused),
        (demo::TENANT, demo::BARE_CLIENT, demo::OTHER_SECRET, "defender.devices", Outcome::Denied),
        (demo::LEAN_TENANT, demo::LEAN_CLIENT, demo::OTHER_SECRET, "defender.machines", Outcome::Unlicensed),
        (
            demo::UNLICENSED_TENANT,
            demo::UNLICENSED_CLIENT,
            demo::OTHER_SECRET,
            "defender.machines",
            Outcome::Unlicensed,
        ),
    ];
    for (tenant, client, secret, source, expected) in cases {
        let world = World::start().await;
        world.connect(Product::Defender, tenant, client, secret, &[], &[]).await;
        let report = world.search(demo::DOMAIN).await;
        assert_eq!(outcome(&report, source), expected, "{client}: {}", reason(&report, source));
        let answer = report.answers.iter().find(|answer| answer.asked.source == source).unwrap();
        assert!(answer.reason.is_some() && answer.remedy.is_some(), "{client}");
    }
}

#[tokio::test]
async fn an_app_of_2020_is_told_what_is_gone_and_what_to_add() {
    let world = World::start().await;
    world.sentinel(demo::CLASSIC_CLIENT, demo::OTHER_SECRET, &[]).await;
    let report = world.search(demo::DOMAIN).await;
    for source in ["sentinel.classic_alerts", "sentinel.classic_threat_indicators"] {
        assert_eq!(outcome(&report, source), Outcome::Retired, "{}", reason(&report, source));
    }
    assert_eq!(outcome(&report, "sentinel.alerts"), Outcome::Denied);
    assert!(reason(&report, "sentinel.alerts").contains("ThreatHunting.Read.All"));
}

#[tokio::test]
async fn what_fails_beside_the_question_leaves_what_was_found() {
    let world = World::connected().await;
    let denied = Action::Fail { status: 403, body: Some("{\"error\":{\"code\":\"Forbidden\",\"message\":\"Missing application roles. API required roles: SecurityAlert.Read.All, application roles: ThreatHunting.Read.All.\"}}".into()) };
    world.simulator.faults().add(Rule::new(denied).path("alerts_v2/"));
    let report = world.search(demo::DOMAIN).await;
    assert_eq!(outcome(&report, "defender.alerts"), Outcome::Partial);
    let said = reason(&report, "defender.alerts");
    assert!(said.contains("has no application permission SecurityAlert.Read.All"), "{said}");
    assert!(said.contains("add SecurityAlert.Read.All as an application permission"), "{said}");
    assert!(report.summary.counts.alerts > 0);
    assert_eq!(outcome(&report, "defender.devices"), Outcome::Found, "the others are not touched");
}

#[tokio::test]
async fn a_secret_that_does_not_open_fails_in_words_and_not_as_empty() {
    let world = World::connected().await;
    let folder = tempfile::tempdir().unwrap();
    let other = Arc::new(Keyring::create(&folder.path().join("other")).unwrap());
    let microsoft = Arc::clone(&world.live.microsoft);
    let live = Live::new(microsoft, world.db.clone(), other, Arc::new(now), None, crate::made::PATIENCE);
    let question = Question::new(crate::made::indicator(demo::DOMAIN), now());
    for source in live.current().await.iter().filter(|source| source.asked().connection.is_some()) {
        let answer = source.ask(&question).await;
        assert_eq!(answer.outcome, Outcome::Failed);
        assert!(answer.reason.unwrap().contains("does not open"));
    }
}

#[tokio::test]
async fn throttled_broken_and_unreachable_are_told_apart_and_never_read_as_empty() {
    let world = World::connected().await;
    let faults = world.simulator.faults();
    faults.add(Rule::new(Action::Throttle { retry_after: Some("120".into()) }).path("/machines"));
    faults.add(Rule::new(Action::Fail { status: 400, body: Some("<html>gateway</html>".into()) }).path("/stats"));
    let report = world.search(demo::DOMAIN).await;
    assert_eq!(outcome(&report, "defender.machines"), Outcome::Throttled);
    let throttled = report.answers.iter().find(|answer| answer.outcome == Outcome::Throttled).unwrap();
    assert!(throttled.retry_at > Some(now()));
    assert_eq!(outcome(&report, "defender.prevalence"), Outcome::Failed, "{}", reason(&report, "defender.prevalence"));
    assert_eq!(outcome(&report, "defender.devices"), Outcome::Found, "the others are not touched");
    assert!(!report.summary.complete);
    let sources = world.sources().await;
    let World { simulator, .. } = world;
    let question = Question::new(crate::made::indicator(demo::UNKNOWN_DOMAIN), now());
    simulator.stop().await;
    let devices = sources.iter().find(|source| source.asked().source == "defender.devices").unwrap();
    let answer = devices.ask(&question).await;
    assert_eq!(answer.outcome, Outcome::Unreachable, "{:?}", answer.reason);
    assert!(answer.remedy.is_some());
}

#[tokio::test]
async fn a_partial_answer_keeps_its_rows_and_says_that_some_are_missing() {
    let world = World::connected().await;
    world.simulator.faults().add(Rule::new(Action::Partial).on(simulator::Surface::LogAnalytics));
    let report = world.search(demo::DOMAIN).await;
    assert_eq!(outcome(&report, "sentinel.workspace_alerts"), Outcome::Partial);
    assert!(!reason(&report, "sentinel.workspace_alerts").trim().is_empty());
    let answer = report.answers.iter().find(|answer| answer.asked.source == "sentinel.workspace_alerts").unwrap();
    assert!(!answer.findings.is_empty() && answer.covered.is_some());
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_timed_out_and_holds_nobody_up() {
    let world = World::connected().await;
    world.simulator.faults().add(Rule::new(Action::Delay { ms: 60_000 }).path("/machines"));
    let sources = world.sources().await;
    let machines = sources.iter().find(|source| source.asked().source == "defender.machines").unwrap();
    let soon = std::time::Instant::now() + Duration::from_millis(300);
    let question = Question { deadline: soon, ..Question::new(crate::made::indicator(demo::DOMAIN), now()) };
    let answer = machines.ask(&question).await;
    assert_eq!(answer.outcome, Outcome::TimedOut, "{:?}", answer.reason);
}

#[tokio::test]
async fn what_an_answer_that_is_cut_short_leaves_out_is_not_taken_for_missing() {
    let world = World::connected().await;
    let body = serde_json::json!({
        "tables": [{
            "name": "PrimaryResult",
            "columns": [{"name": "Newest", "type": "datetime"}, {"name": "Part", "type": "string"}],
            "rows": [["2026-11-25T11:00:00Z", "SecurityAlert"], [null, "SecurityIncident"]],
        }],
        "error": {"code": "PartialError", "message": "Not all records were returned."},
    });
    let cut = Action::Fail { status: 200, body: Some(body.to_string()) };
    world.simulator.faults().add(Rule::new(cut).on(simulator::Surface::LogAnalytics).body("summarize Newest"));
    let workspaces =
        ["sentinel.workspace_alerts", "sentinel.workspace_incidents", "sentinel.workspace_threat_indicators"];
    let report = world.search(demo::UNKNOWN_DOMAIN).await;
    assert_eq!(outcome(&report, workspaces[0]), Outcome::Nothing, "{}", reason(&report, workspaces[0]));
    for source in &workspaces[1..] {
        assert_eq!(outcome(&report, source), Outcome::Partial, "{source}");
        assert!(reason(&report, source).contains("could not be checked"), "{}", reason(&report, source));
    }
    world.simulator.faults().clear();
    let report = world.search(demo::UNKNOWN_DOMAIN).await;
    for source in workspaces {
        assert_eq!(outcome(&report, source), Outcome::Nothing, "{source}: {}", reason(&report, source));
    }
}
