//! Whole searches in which an alert says less of the indicator than it seems to.

use search::assessment::Level;
use search::{Finding, FindingKind, Report};
use simulator::faults::{Action, Rule};
use simulator::{Scenario, demo};

use crate::made::World;

const STORY: &str = r#"
[[incidents]]
number = "5001"
title = "Closed without a judgement"
severity = "high"
status = "resolved"
at = "-6d"
updated = "-2d"

[[alerts]]
key = "x-mail"
title = "Phish delivered"
description = ""
service = "office"
severity = "high"
category = "InitialAccess"
at = "-3d"
evidence = [
    { is = "message", subject = "Hi", sender = "somebody@gmail.com", sender_ip = "198.51.100.201", recipient = "anna.berg", urls = ["https://bad-link.example/a", "https://honest.example/privacy"], verdict = "malicious" },
    { is = "url", url = "https://bad-link.example/a", verdict = "malicious" },
]

[[alerts]]
key = "x-closed"
title = "Rule fired"
description = ""
service = "sentinel"
severity = "high"
category = "CommandAndControl"
at = "-6d"
incident = "5001"
evidence = [{ is = "dns", name = "closed.example", answers = [] }]

[[alerts]]
key = "x-connection"
title = "Beacon"
description = ""
service = "endpoint"
severity = "high"
category = "CommandAndControl"
at = "-2d"
evidence = [
    { is = "connection", from = "198.51.100.202", to = "203.0.113.202", port = 443, verdict = "malicious", roles = ["attacker"] },
]

[[alerts]]
key = "x-context"
title = "Beacon"
description = ""
service = "endpoint"
severity = "high"
category = "CommandAndControl"
at = "-2d"
incident = "5001"
status = "inProgress"
evidence = [{ is = "ip", address = "203.0.113.203", roles = ["contextual"] }]

[[alerts]]
key = "x-entra"
title = "Sign-in"
description = ""
service = "entra"
severity = "high"
category = "InitialAccess"
at = "-2d"
evidence = [{ is = "ip", address = "203.0.113.204" }]

[[alerts]]
key = "x-apps"
title = "Download"
description = ""
service = "cloud_apps"
severity = "high"
category = "InitialAccess"
at = "-2d"
evidence = [{ is = "ip", address = "203.0.113.204" }]

[[alerts]]
key = "x-rule"
title = "Rule"
description = ""
service = "sentinel"
severity = "high"
category = "InitialAccess"
at = "-2d"
evidence = [{ is = "ip", address = "203.0.113.204" }]
"#;

async fn world() -> World {
    let story = format!("tenant = \"{}\"\n{STORY}", demo::TENANT);
    World::of(Scenario::demo().unlimited().and(&story).unwrap(), 1.0).await.with_both().await
}

fn alerts(report: &Report) -> Vec<&Finding> {
    report.findings.iter().filter(|one| one.kind == FindingKind::Alert).collect()
}

fn level(report: &Report) -> (Level, usize) {
    (report.assessment.level, alerts(report).len())
}

#[tokio::test]
async fn a_mail_judges_neither_its_honest_links_nor_the_provider_of_its_sender() {
    let world = world().await;
    for beside in ["honest.example", "gmail.com"] {
        let report = world.search(beside).await;
        assert_eq!(level(&report), (Level::Seen, 1), "{beside}: {}", report.assessment.sentence);
    }
    let report = world.search("bad-link.example").await;
    assert_eq!(level(&report), (Level::Malicious, 1), "{}", report.assessment.sentence);
}

#[tokio::test]
async fn who_opened_a_connection_is_no_attacker_and_whom_it_led_to_is() {
    let world = world().await;
    let opened = world.search("198.51.100.202").await;
    assert_eq!(level(&opened), (Level::Seen, 1), "{}", opened.assessment.sentence);
    let led_to = world.search("203.0.113.202").await;
    assert_eq!(level(&led_to), (Level::Malicious, 1), "{}", led_to.assessment.sentence);
    let search::Details::Alert { pivots, .. } = &alerts(&led_to)[0].details else { panic!("an alert") };
    assert!(!pivots.iter().any(|pivot| pivot == "198.51.100.202"), "{pivots:?}");
}

#[tokio::test]
async fn a_closed_incident_leaves_no_open_alert() {
    let report = world().await.search("closed.example").await;
    let [alert] = alerts(&report)[..] else { panic!("one alert") };
    assert!(!search::rank::is_open(alert), "{:?}", alert.status);
    assert_eq!(report.assessment.level, Level::Suspicious, "{}", report.assessment.sentence);
}

#[tokio::test]
async fn what_graph_calls_context_no_other_route_makes_a_hit() {
    let report = world().await.search("203.0.113.203").await;
    let [alert] = alerts(&report)[..] else { panic!("one alert") };
    assert!(alert.routes.len() > 1, "{:?}", alert.routes);
    assert_eq!(report.assessment.level, Level::Seen, "{}", report.assessment.sentence);
}

#[tokio::test]
async fn an_alert_is_one_by_every_route_though_graph_does_not_have_it() {
    let world = world().await;
    world.simulator.faults().add(Rule::new(Action::Fail { status: 404, body: None }).path("alerts_v2/"));
    let report = world.search("203.0.113.204").await;
    let titles: Vec<&str> = alerts(&report).into_iter().map(|one| one.title.as_str()).collect();
    assert_eq!(titles.len(), 3, "{titles:?}");
    for alert in alerts(&report) {
        assert!(alert.routes.iter().any(|route| route == "sentinel.workspace_alerts"), "{:?}", alert.routes);
        assert!(alert.routes.iter().any(|route| route.ends_with(".alerts")), "{:?}", alert.routes);
        assert_eq!(alert.status.as_deref(), Some("new"), "the workspace knows the state");
    }
}
