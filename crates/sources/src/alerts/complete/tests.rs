use std::fmt::Write;

use search::Outcome;
use search::assessment::Level;
use simulator::faults::{Action, Rule};
use simulator::{Scenario, demo};

use super::*;
use crate::made::{World, outcome, reason};

/// The demo, and alerts on `busy.example` that people closed as false: an old one of high severity, and newer ones.
fn busy(severity: &str, number: usize) -> Scenario {
    let mut text = format!(
        "tenant = \"{}\"\n[[incidents]]\nnumber = \"5100\"\ntitle = \"Cleared\"\nseverity = \"high\"\n\
         status = \"resolved\"\nat = \"-20d\"\nupdated = \"-1d\"\n",
        demo::TENANT
    );
    let mut alert = |key: &str, severity: &str, at: &str| {
        writeln!(
            text,
            "[[alerts]]\nkey = \"{key}\"\ntitle = \"Alert {key}\"\ndescription = \"\"\nservice = \"endpoint\"\n\
             severity = \"{severity}\"\ncategory = \"InitialAccess\"\nat = \"{at}\"\nstatus = \"resolved\"\n\
             classification = \"falsePositive\"\ndetermination = \"clean\"\nincident = \"5100\"\n\
             evidence = [{{ is = \"url\", url = \"https://busy.example/{key}\" }}]"
        )
        .unwrap();
    };
    alert("old", "high", "-20d");
    for at in 0..number {
        alert(&format!("new-{at}"), severity, &format!("-{}d", 1 + at % 9));
    }
    Scenario::demo().unlimited().and(&text).unwrap()
}

/// Defender alone, of which only the alerts are asked.
async fn defenders(scenario: Scenario) -> World {
    let world = World::of(scenario, 1.0).await;
    let (client, secret) = (demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET);
    let off = ["defender.endpoint_alerts", "defender.devices", "defender.prevalence", "defender.machines"];
    world.connect(search::Product::Defender, demo::TENANT, client, secret, &[], &off).await;
    world
}

#[tokio::test]
async fn a_heavy_alert_is_completed_before_newer_light_ones() {
    let world = defenders(busy("informational", MOST + 4)).await;
    let report = world.search("busy.example").await;
    assert_eq!(report.assessment.level, Level::Seen, "{}", report.assessment.sentence);
    let heavy = report.findings.iter().find(|one| one.title == "Alert old").unwrap();
    assert_eq!(heavy.status.as_deref(), Some("resolved"));
}

#[tokio::test]
async fn alerts_beyond_those_that_are_completed_are_never_called_malicious_and_are_told() {
    let world = defenders(busy("high", MOST + 1)).await;
    let report = world.search("busy.example").await;
    assert_eq!(outcome(&report, "defender.alerts"), Outcome::Partial);
    let said = reason(&report, "defender.alerts");
    assert!(said.contains("The state of 2 alerts is not known: only the 20 that weigh most"), "{said}");
    assert_eq!(report.assessment.level, Level::Suspicious, "{}", report.assessment.sentence);
    assert!(report.assessment.sentence.contains("2 high alerts of unknown state"), "{}", report.assessment.sentence);
    assert!(!report.summary.complete);
}

#[tokio::test]
async fn an_alert_that_graph_does_not_have_has_no_state() {
    let world = defenders(busy("high", 1)).await;
    world.simulator.faults().add(Rule::new(Action::Fail { status: 404, body: None }).path("alerts_v2/"));
    let report = world.search("busy.example").await;
    assert_eq!(outcome(&report, "defender.alerts"), Outcome::Partial);
    let said = reason(&report, "defender.alerts");
    assert!(said.contains("The state of 2 alerts is not known"), "{said}");
    assert_eq!(report.assessment.level, Level::Suspicious, "{}", report.assessment.sentence);
}
