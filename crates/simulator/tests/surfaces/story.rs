//! The demo's story holds together: its counts, its references, its names, and the way that an analyst follows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use simulator::scenario::{Tenant, What};
use simulator::{Scenario, Surface, demo};

use crate::asking::{Asker, BEGINNING};

fn northwind() -> Tenant {
    Scenario::demo().tenants().iter().find(|tenant| tenant.id == demo::TENANT).unwrap().clone()
}

#[test]
fn there_are_sixty_to_a_hundred_alerts_of_all_severities_over_half_a_year() {
    let tenant = northwind();
    assert!((60..=100).contains(&tenant.alerts.len()), "{}", tenant.alerts.len());
    for severity in ["informational", "low", "medium", "high"] {
        assert!(tenant.alerts.iter().filter(|alert| alert.severity == severity).count() >= 5, "{severity}");
    }
    let beginning: Timestamp = BEGINNING.parse().unwrap();
    let within = |days: i64| {
        let since = beginning - SignedDuration::from_hours(24 * days);
        tenant.alerts.iter().filter(|alert| alert.at.at(beginning) >= since).count()
    };
    assert_eq!(within(180), tenant.alerts.len());
    assert!(within(150) < tenant.alerts.len());
    assert!(within(30) >= 40, "{}", within(30));
    assert!(within(1) >= 1);
    assert!((12..=20).contains(&tenant.devices.len()));
}

#[test]
fn every_kind_of_evidence_occurs() {
    let kinds: BTreeSet<_> = northwind()
        .alerts
        .iter()
        .flat_map(|alert| &alert.evidence)
        .map(|evidence| match evidence.what {
            What::Ip { .. } => "ip",
            What::Url { .. } => "url",
            What::Dns { .. } => "dns",
            What::Connection { .. } => "connection",
            What::Device { .. } => "device",
            What::User { .. } => "user",
            What::File { .. } => "file",
            What::Process { .. } => "process",
            What::Message { .. } => "message",
            What::Mailbox { .. } => "mailbox",
            What::Newer { .. } => "newer",
        })
        .collect();
    assert_eq!(kinds.len(), 11, "{kinds:?}");
}

#[test]
fn what_is_named_is_there() {
    let tenant = northwind();
    let keys: BTreeSet<_> = tenant.alerts.iter().map(|alert| &alert.key).collect();
    assert_eq!(keys.len(), tenant.alerts.len(), "a key occurs twice");
    let incidents: BTreeMap<_, _> =
        tenant.incidents.iter().map(|incident| (incident.number.as_str(), incident)).collect();
    assert_eq!(incidents.len(), tenant.incidents.len(), "an incident occurs twice");
    for alert in &tenant.alerts {
        if let Some(number) = &alert.incident {
            assert!(incidents.contains_key(number.as_str()), "{}: no incident {number}", alert.key);
        }
        if let Some(name) = &alert.workspace {
            assert!(name == "none" || tenant.workspace(name).is_some(), "{}: no workspace {name}", alert.key);
        }
        assert!(!alert.evidence.is_empty(), "{}", alert.key);
        for evidence in &alert.evidence {
            let device = match &evidence.what {
                What::Device { name } => Some(name),
                What::File { device, .. } | What::Process { device, .. } => device.as_ref(),
                _ => None,
            };
            if let Some(name) = device {
                assert!(tenant.devices.iter().any(|held| held.name == *name), "{}: no device {name}", alert.key);
            }
        }
    }
    for incident in &tenant.incidents {
        let number = incident.number.as_str();
        assert!(tenant.alerts.iter().any(|alert| alert.incident.as_deref() == Some(number)), "{number} has no alert");
        assert_eq!(incident.status == "redirected", incident.redirected_to.is_some(), "{number}");
        if let Some(other) = &incident.redirected_to {
            assert!(incidents.contains_key(other.as_str()), "{number} leads to {other}");
        }
    }
    for traffic in &tenant.traffic {
        assert!(tenant.devices.iter().any(|held| held.name == traffic.device), "no device {}", traffic.device);
    }
}

/// Base64 may look like anything, the audience of tokens that vouch for an app is a name in the form of a URL, and a redirect
/// address on loopback is everybody's.
fn without_keys(text: &str) -> String {
    let mut inside = false;
    let kept = text.lines().filter(|line| {
        let was_inside = inside;
        inside = line.starts_with("-----BEGIN") || inside && !line.starts_with("-----END");
        !inside && !was_inside
    });
    kept.collect::<Vec<_>>()
        .join("\n")
        .replace("api://", "")
        .replace("http://127.0.0.1/", "")
        .replace("http://localhost/", "")
}

#[test]
fn no_name_and_no_address_is_anybodys() {
    let files = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let mut text = std::fs::read_to_string(format!("{files}/demo.toml")).unwrap();
    for entry in std::fs::read_dir(format!("{files}/demo")).unwrap() {
        text.push_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    let text = without_keys(&text);
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '.' || letter == '-' || letter == ':';
    for word in text.split(|letter| !is_part(letter)) {
        if let Ok(address) = word.parse::<std::net::IpAddr>() {
            let documented = match address {
                std::net::IpAddr::V4(v4) => {
                    matches!(v4.octets(), [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _])
                }
                std::net::IpAddr::V6(v6) => v6.segments()[..2] == [0x2001, 0xdb8],
            };
            // `::` and the like are punctuation of the story, not addresses.
            assert!(documented || !word.contains(|letter: char| letter.is_ascii_hexdigit()), "{word}");
        }
    }
    for host in text.split("//").skip(1) {
        let host: String =
            host.chars().take_while(|letter| letter.is_ascii_alphanumeric() || ".-@:[]".contains(*letter)).collect();
        let host = host.rsplit('@').next().unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
        let reserved = ["example", "example.com", "example.net", "example.org"];
        let ok = host.is_empty() || reserved.iter().any(|name| host == *name || host.ends_with(&format!(".{name}")));
        assert!(ok, "{host}");
    }
}

#[test]
fn both_lists_have_every_action_and_state() {
    let tenant = northwind();
    let beginning: Timestamp = BEGINNING.parse().unwrap();
    for action in ["Block", "Warn", "Audit", "Allowed", "BlockAndRemediate", "Alert", "AlertAndBlock"] {
        assert!(tenant.indicators.iter().any(|entry| entry.action == action), "{action}");
    }
    assert!(tenant.indicators.iter().any(|entry| entry.expires.is_some_and(|at| at.at(beginning) < beginning)));
    let list = &tenant.threat_indicators;
    assert!(list.iter().any(|entry| entry.revoked));
    assert!(list.iter().any(|entry| entry.deleted.is_some()));
    assert!(list.iter().any(|entry| entry.until.is_some_and(|at| at.at(beginning) < beginning)));
    assert!(list.iter().any(|entry| entry.key.is_none()));
    assert!(list.iter().any(|entry| entry.republished.len() >= 2));
    for value in ["*.update-telemetry.example", "203.0.113.0/27", "https://update-telemetry.example/v2/beacon"] {
        assert!(list.iter().any(|entry| entry.value.as_deref() == Some(value)), "{value}");
    }
}

fn results(body: &Value, column: &str) -> BTreeSet<String> {
    let rows = body["results"].as_array().unwrap_or_else(|| panic!("{body}"));
    rows.iter().map(|row| row[column].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn an_analyst_can_follow_the_story_by_pivoting() {
    let asker = Asker::demo().await;
    let token = asker.token_of(demo::SENTINEL_CLIENT, Surface::Graph).await;
    let hunt = async |query: String| asker.hunt(&token, &query).await.json();
    // From the domain to its address, by the alerts that have both.
    let domain = demo::DOMAIN;
    let query = format!(
        "let ids = AlertEvidence | where RemoteUrl has '{domain}' | distinct AlertId; AlertEvidence | join kind=inner ids on AlertId | distinct RemoteIP"
    );
    assert!(results(&hunt(query).await, "RemoteIP").contains(demo::ADDRESS));
    // From the address to the second domain and the second device.
    let address = demo::ADDRESS;
    let found =
        hunt(format!("DeviceNetworkEvents | where RemoteIP == '{address}' | distinct RemoteUrl, DeviceName")).await;
    assert!(results(&found, "RemoteUrl").contains(demo::SECOND_DOMAIN));
    assert!(results(&found, "DeviceName").contains("eng-031.northwind.example"));
    // From the first device back to the message.
    let found = hunt("DeviceNetworkEvents | where DeviceName startswith 'fin-014' | distinct RemoteUrl".into()).await;
    assert!(results(&found, "RemoteUrl").contains("https://login.northwind-payroll.example/session"));
    // Stopped, and where: in the table that has what network protection does.
    let found = hunt(format!(
        "DeviceEvents | where RemoteUrl has '{domain}' and ActionType endswith 'Blocked' | distinct DeviceName"
    ))
    .await;
    let stopped = ["kiosk-02.northwind.example", "sales-112.northwind.example"].map(str::to_owned);
    assert_eq!(results(&found, "DeviceName"), stopped.into());
}

#[tokio::test]
async fn one_address_has_more_alerts_than_a_page_and_an_unknown_name_has_none() {
    let asker = Asker::demo().await;
    let token = asker.token_of(demo::SENTINEL_CLIENT, Surface::Graph).await;
    let count = async |filter: String| {
        let body = asker
            .hunt(&token, &format!("AlertEvidence | where {filter} | summarize Alerts = dcount(AlertId)"))
            .await
            .json();
        body["results"][0]["Alerts"].as_i64().unwrap_or_else(|| panic!("{body}"))
    };
    assert!(count(format!("RemoteIP == '{}'", demo::SCANNER)).await > 20);
    assert_eq!(count(format!("RemoteUrl has '{}'", demo::UNKNOWN_DOMAIN)).await, 0);
    assert_eq!(count(format!("RemoteIP == '{}'", demo::UNKNOWN_ADDRESS)).await, 0);
}

#[tokio::test]
async fn every_table_has_a_row_that_is_fresh() {
    // A source whose newest row is older than a day looks as if its data had stopped; a story turns after six hours.
    let asker = Asker::demo().await;
    let graph = asker.token_of(demo::SENTINEL_CLIENT, Surface::Graph).await;
    let workspace = asker.token_of(demo::SENTINEL_CLIENT, Surface::LogAnalytics).await;
    let fresh = BEGINNING.parse::<Timestamp>().unwrap() - SignedDuration::from_hours(17);
    for table in [
        "AlertInfo",
        "AlertInfo | where ServiceSource == 'Microsoft Sentinel'",
        "AlertEvidence",
        "DeviceNetworkEvents",
        "DeviceEvents",
        "DeviceInfo",
    ] {
        let body = asker.hunt(&graph, &format!("{table} | summarize Newest = max(Timestamp)")).await.json();
        let newest = body["results"][0]["Newest"].as_str().unwrap_or_else(|| panic!("{table}: {body}"));
        assert!(newest.parse::<Timestamp>().unwrap() > fresh, "{table}: {newest}");
    }
    for (id, table) in [
        (demo::WORKSPACE, "SecurityAlert"),
        (demo::WORKSPACE, "SecurityIncident"),
        (demo::WORKSPACE, "ThreatIntelIndicators"),
        (demo::BRANCH_WORKSPACE, "SecurityAlert"),
        (demo::BRANCH_WORKSPACE, "SecurityIncident"),
    ] {
        let body =
            asker.query(&workspace, id, &format!("{table} | summarize Newest = max(TimeGenerated)")).await.json();
        let newest = body["tables"][0]["rows"][0][0].as_str().unwrap_or_else(|| panic!("{table}: {body}"));
        assert!(newest.parse::<Timestamp>().unwrap() > fresh, "{table}: {newest}");
    }
}

#[tokio::test]
async fn every_alerts_entities_are_json_whose_references_lead_somewhere() {
    let asker = Asker::demo().await;
    let token = asker.token_of(demo::SENTINEL_CLIENT, Surface::LogAnalytics).await;
    let path = format!("/log_analytics/v1/workspaces/{}/query", demo::WORKSPACE);
    let query = serde_json::json!({"query": "SecurityAlert | project Entities", "timespan": "P190D"});
    let body = asker.post(&path, &token, query).await.json();
    let rows = body["tables"][0]["rows"].as_array().unwrap();
    assert!(rows.len() > 100, "{}", rows.len());
    let mut bare = 0;
    for row in rows {
        let entities: Value = serde_json::from_str(row[0].as_str().unwrap()).unwrap();
        let (mut ids, mut references) = (BTreeSet::new(), BTreeSet::new());
        walk(&entities, &mut ids, &mut references);
        assert!(references.is_subset(&ids), "{entities}");
        assert!(
            entities
                .as_array()
                .unwrap()
                .iter()
                .all(|entity| entity.get("$ref").is_some() || entity.get("Type").is_some())
        );
        bare += usize::from(entities.as_array().unwrap().iter().any(|entity| entity.get("$ref").is_some()));
    }
    assert!(bare > 10);
}

fn walk(value: &Value, ids: &mut BTreeSet<String>, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(id) = members.get("$id").and_then(Value::as_str) {
                assert!(ids.insert(id.to_owned()), "{id} occurs twice in {value}");
            }
            references.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| walk(member, ids, references));
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, ids, references)),
        _ => {}
    }
}

#[tokio::test]
async fn the_story_moves_on_every_six_hours_and_stands_still_between() {
    let asker = Asker::demo().await;
    let newest = async || {
        let token = asker.token_of(demo::SENTINEL_CLIENT, Surface::Graph).await;
        let alerts = asker.get("/graph/v1.0/security/alerts_v2?$top=1", &token).await.list();
        alerts[0]["createdDateTime"].as_str().unwrap().parse::<Timestamp>().unwrap()
    };
    let first = newest().await;
    asker.later(6 * 3_600 - 1);
    assert_eq!(newest().await, first);
    asker.later(1);
    assert_eq!(newest().await, first + SignedDuration::from_hours(6));
}

#[test]
fn a_scenario_that_is_wrong_says_where() {
    for (text, part) in [
        ("[[alerts]]\nkey = 1", "line 2"),
        ("colour = 1", "colour"),
        (
            "[[devices]]\nname='a'\nos='b'\naddress='c'\nexternal='d'\nfirst_seen='yesterday'\nlast_seen='now'",
            "yesterday",
        ),
        ("tenant = 'nobody'\n[[traffic]]\ndevice='a'\nprocess='b'\nat='now'", "nobody"),
        ("[[traffic]]\ndevice='a'\nprocess='b'\nat='now'", "`tenant`"),
    ] {
        let error = Scenario::from_toml(text).expect_err(text).to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_scenario_is_read_from_a_file_or_from_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("1.toml"), "[[tenants]]\nid='t'\nname='T'\ndomains=['t.example']\n").unwrap();
    std::fs::write(
        folder.path().join("2.toml"),
        "tenant='t.example'\n[[traffic]]\ndevice='a'\nprocess='b'\nat='now'\n",
    )
    .unwrap();
    std::fs::write(folder.path().join("notes.txt"), "not a scenario").unwrap();
    let whole = Scenario::read(folder.path()).unwrap();
    assert_eq!(whole.tenants()[0].traffic.len(), 1);
    assert_eq!(Scenario::read(folder.path().join("1.toml")).unwrap().tenants()[0].traffic.len(), 0);
    assert!(Scenario::read(folder.path().join("3.toml")).is_err());
}
