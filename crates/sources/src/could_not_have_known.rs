//! Whole searches in lists and tables that hold the indicator under another guise, or could not have held it at all.

use search::{Details, FindingKind, Outcome, Report};
use simulator::faults::{Action, Rule};
use simulator::{Scenario, demo};

use crate::made::{World, outcome, reason};

const STORY: &str = r#"
[[alerts]]
key = "x-idn"
title = "International"
description = ""
service = "endpoint"
severity = "high"
category = "CommandAndControl"
at = "-1d"
evidence = [{ is = "url", url = "https://bücher.example/login", verdict = "malicious" }]

[[threat_indicators]]
pattern = "[domain-name:value = 'bücher.example']"
key = "domain-name:value"
value = "bücher.example"
name = "International name"
from = "-5d"
until = "+18d"

[[threat_indicators]]
pattern = "[ipv4-addr:value = '203.0.113.192/27']"
key = "ipv4-addr:value"
value = "203.0.113.192/27"
name = "Network"
from = "-5d"
until = "+18d"

[[threat_indicators]]
pattern = "[ipv6-addr:value ISSUBSET '2001:0db8:0079::/48']"
name = "Network of the new kind"
from = "-5d"
until = "+18d"

[[indicators]]
value = "http://path-only.example/evil"
kind = "Url"
action = "Block"
title = "A path"
severity = "High"
at = "-3h"

[[indicators]]
value = "2001:0DB8:0077:0000:0000:0000:0000:0001"
kind = "IpAddress"
action = "Block"
title = "Spelled in full"
severity = "High"
at = "-3h"
"#;

async fn world() -> World {
    let story = format!("tenant = \"{}\"\n{STORY}", demo::TENANT);
    World::of(Scenario::demo().unlimited().and(&story).unwrap(), 1.0).await.with_both().await
}

fn titles(report: &Report, kind: FindingKind) -> Vec<&str> {
    report.findings.iter().filter(|one| one.kind == kind).map(|one| one.title.as_str()).collect()
}

#[tokio::test]
async fn an_international_name_is_found_in_whichever_letters_a_record_has_it() {
    let world = world().await;
    for spelled in ["bücher.example", "xn--bcher-kva.example"] {
        let report = world.search(spelled).await;
        assert_eq!(titles(&report, FindingKind::Alert), ["International"], "{spelled}");
        assert_eq!(titles(&report, FindingKind::ThreatIndicator), ["International name"], "{spelled}");
        for source in ["defender.alerts", "sentinel.threat_indicators", "sentinel.workspace_threat_indicators"] {
            let answer = report.answers.iter().find(|answer| answer.asked.source == source).unwrap();
            assert_eq!(answer.findings.len(), 1, "{spelled} {source}: {:?}", answer.reason);
        }
    }
}

#[tokio::test]
async fn an_address_is_found_in_the_networks_that_hold_it_and_in_no_other() {
    let world = world().await;
    for (address, title) in [("203.0.113.201", "Network"), ("2001:db8:79::5", "Network of the new kind")] {
        let report = world.search(address).await;
        assert_eq!(titles(&report, FindingKind::ThreatIndicator), [title], "{address}");
        let entry = report.findings.iter().find(|one| one.title == title).unwrap();
        assert_eq!(entry.routes.len(), 2, "{:?}", entry.routes);
        assert!(matches!(&entry.details, Details::ThreatIndicator { matched, .. } if matched == "network"));
    }
    for beside in ["203.0.113.224", "2001:db8:7a::5"] {
        assert!(titles(&world.search(beside).await, FindingKind::ThreatIndicator).is_empty(), "{beside}");
    }
}

#[tokio::test]
async fn defenders_list_is_compared_here_and_read_once_for_several_searches() {
    let world = world().await;
    for (value, title) in [("path-only.example", "A path"), ("2001:db8:77::1", "Spelled in full")] {
        let report = world.search(value).await;
        assert_eq!(titles(&report, FindingKind::ThreatIndicator), [title], "{value}");
        assert_eq!(outcome(&report, "defender.indicators"), Outcome::Found, "{value}");
    }
    let asked = world.simulator.requests();
    let lists = asked.iter().filter(|asked| asked.path.ends_with("/api/indicators"));
    let (values, whole): (Vec<_>, Vec<_>) = lists.partition(|asked| asked.query.contains("filter"));
    assert_eq!((values.len(), whole.len()), (2, 1), "each value is asked for, the whole list is read once");
}

#[tokio::test]
async fn a_list_that_is_not_read_whole_is_asked_for_the_value_and_is_never_nothing() {
    let world = world().await;
    world.simulator.faults().add(Rule::new(Action::Partial).path("/api/indicators"));
    let report = world.search(demo::UNKNOWN_DOMAIN).await;
    assert_eq!(outcome(&report, "defender.indicators"), Outcome::Partial);
    let said = reason(&report, "defender.indicators");
    assert!(said.contains("could not be read whole"), "{said}");
    let asked = world.simulator.requests();
    assert!(asked.iter().any(|asked| asked.path.ends_with("/api/indicators") && asked.query.contains("filter")));
}

#[tokio::test]
async fn where_no_device_reports_an_empty_answer_of_the_endpoint_interface_is_blind() {
    let world = world().await;
    let empty = serde_json::json!({
        "schema": [{"name": "Newest", "type": "DateTime"}, {"name": "Part", "type": "String"}],
        "results": [{"Newest": null, "Part": "DeviceNetworkEvents"}],
    });
    let none = Action::Fail { status: 200, body: Some(empty.to_string()) };
    world.simulator.faults().add(Rule::new(none).on(simulator::Surface::Graph).body("summarize Newest"));
    let report = world.search(demo::UNKNOWN_DOMAIN).await;
    for source in ["defender.devices", "defender.prevalence", "defender.machines", "defender.endpoint_alerts"] {
        assert_eq!(outcome(&report, source), Outcome::Blind, "{source}: {}", reason(&report, source));
        assert!(reason(&report, source).contains("no connection of any onboarded device"), "{source}");
    }
    let hunted = world.simulator.requests();
    let about_devices = |body: &str| body.contains("summarize Newest") && body.contains("DeviceNetworkEvents");
    assert_eq!(hunted.iter().filter(|asked| about_devices(&asked.body)).count(), 1, "asked once for all");
}

#[tokio::test]
async fn of_two_workspaces_that_know_nothing_the_one_that_could_not_have_known_is_named() {
    let world = World::start().await;
    let workspaces = [demo::WORKSPACE, demo::EMPTY_WORKSPACE];
    world.sentinel(demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET, &workspaces).await;
    let report = world.search(demo::UNKNOWN_DOMAIN).await;
    for source in ["sentinel.workspace_alerts", "sentinel.workspace_threat_indicators"] {
        assert_eq!(outcome(&report, source), Outcome::Partial, "{source}: {}", reason(&report, source));
        let said = reason(&report, source);
        assert!(
            said.starts_with("Workspace Branch: There is no") && said.contains("no table permission or role condition"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn an_answer_with_findings_names_the_newest_row_that_it_read() {
    let report = world().await.search(demo::DOMAIN).await;
    for source in ["defender.alerts", "defender.devices", "sentinel.threat_indicators", "sentinel.workspace_alerts"] {
        let answer = report.answers.iter().find(|answer| answer.asked.source == source).unwrap();
        assert!(!answer.findings.is_empty(), "{source}");
        let covered = answer.covered.as_ref().unwrap();
        let newest = covered.newest_row.unwrap_or_else(|| panic!("{source} names none"));
        assert!(newest <= covered.to && newest > covered.from, "{source}: {newest}");
    }
}

#[tokio::test]
async fn a_list_that_is_switched_off_and_not_replaced_leaves_the_report_incomplete() {
    let world = world().await;
    world.simulator.faults().add(Rule::new(Action::Fail { status: 410, body: None }).path("/api/indicators"));
    world.simulator.faults().add(Rule::new(Action::Fail { status: 410, body: None }).path("/machines"));
    let report = world.search(demo::UNKNOWN_DOMAIN).await;
    for source in ["defender.indicators", "defender.machines"] {
        assert_eq!(outcome(&report, source), Outcome::Retired, "{source}: {}", reason(&report, source));
    }
    assert!(!report.summary.complete);
    let sentence = &report.assessment.sentence;
    assert!(sentence.contains("Defender indicators (switched off by Microsoft)"), "{sentence}");
    assert!(!sentence.contains("devices of a domain"), "{sentence}");
}
