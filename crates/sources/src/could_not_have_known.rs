//! Whole searches in lists and tables that hold the indicator under another guise, or could not have held it at all.

use search::{Details, FindingKind, Report};
use simulator::{Scenario, demo};

use crate::made::World;

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
