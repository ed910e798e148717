//! Our answers beside the published ones: every member that a published body has, ours has.
//!
//! The bodies are in the folder that `ORIEL_SAMPLES` names; they are other people's and not part of the project.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use simulator::scenario::Retired;
use simulator::{Scenario, Surface, demo};

use crate::asking::{Asker, names};

/// The folder, or nothing and a line that says so.
fn samples() -> Option<PathBuf> {
    match std::env::var_os("ORIEL_SAMPLES") {
        None => {
            println!("skipped: ORIEL_SAMPLES is not set");
            None
        }
        Some(folder) => {
            let folder = PathBuf::from(folder);
            assert!(folder.is_dir(), "ORIEL_SAMPLES names {}, which is no folder", folder.display());
            Some(folder)
        }
    }
}

fn read(folder: &std::path::Path, name: &str) -> Value {
    let text = std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Each member of the sample is a member of ours.
fn check(what: &str, sample: &Value, ours: &Value) {
    let held: BTreeSet<_> = names(ours).into_iter().collect();
    let missing: Vec<_> = names(sample).into_iter().filter(|name| !held.contains(name)).collect();
    assert!(!names(sample).is_empty(), "{what}: the sample is no object");
    assert!(missing.is_empty(), "{what}: ours lacks {missing:?}");
}

fn evidence_by_type(alerts: &[Value]) -> BTreeMap<String, Vec<Value>> {
    let mut types: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for evidence in alerts.iter().flat_map(|alert| alert["evidence"].as_array().cloned().unwrap_or_default()) {
        types.entry(evidence["@odata.type"].as_str().unwrap_or_default().to_owned()).or_default().push(evidence);
    }
    types
}

#[tokio::test]
async fn graph_alerts_have_what_published_alerts_have() {
    let Some(folder) = samples() else { return };
    let asker = Asker::demo().await;
    let token = asker.token_of(demo::SENTINEL_CLIENT, Surface::Graph).await;
    let ours = asker.get("/graph/v1.0/security/alerts_v2?$top=1000", &token).await.list();
    let ours_by_type = evidence_by_type(&ours);
    let mut compared = BTreeSet::new();
    for name in ["alerts_v2/1", "alerts_v2/3", "alerts_v2-constructed/1", "alerts_v2-constructed/2"] {
        let body = read(&folder, &format!("graph/{name}.json"));
        let theirs = body["value"].as_array().cloned().unwrap_or_else(|| vec![body]);
        for alert in &theirs {
            let mut alert = alert.clone();
            // The documentation's list has the type on each alert, the service's own answers do not.
            alert.as_object_mut().unwrap().remove("@odata.type");
            check(name, &alert, &ours[0]);
        }
        for (kind, theirs) in evidence_by_type(&theirs) {
            if let Some(held) = ours_by_type.get(&kind) {
                theirs.iter().for_each(|evidence| check(&kind, evidence, &held[0]));
                compared.insert(kind);
            }
        }
    }
    assert!(compared.len() >= 9, "{compared:?}");
}

#[tokio::test]
async fn graphs_other_records_have_what_published_ones_have() {
    let Some(folder) = samples() else { return };
    let scenario = Scenario::demo().with_tenant(demo::TENANT, |tenant| {
        (tenant.legacy_alerts, tenant.ti_indicators) = (Retired::Answers, Retired::Answers);
    });
    let asker = Asker::with(scenario).await;
    let token = asker.token_of(demo::SENTINEL_CLIENT, Surface::Graph).await;
    let classic = asker.token_of(demo::CLASSIC_CLIENT, Surface::Graph).await;
    let first = |value: Value| value["value"][0].clone();
    check(
        "incident",
        &first(read(&folder, "graph/incidents/1.json")),
        &asker.get("/graph/v1.0/security/incidents", &token).await.list()[0],
    );
    let legacy = asker.get("/graph/v1.0/security/alerts?$filter=networkConnections/any(a:a/destinationDomain%20eq%20'update-telemetry.example')", &classic).await.list();
    let sample = first(read(&folder, "graph/legacy-alerts/3.json"));
    check("legacy alert", &sample, &legacy[0]);
    check("network connection", &sample["networkConnections"][0], &legacy[0]["networkConnections"][0]);
    check(
        "tiIndicator",
        &first(read(&folder, "graph/tiIndicators/4.json")),
        &asker.get("/graph/beta/security/tiIndicators", &classic).await.list()[0],
    );
    check(
        "hunting",
        &read(&folder, "graph/runHuntingQuery/1.json"),
        &asker.hunt(&token, "AlertInfo | take 1").await.json(),
    );
    let failure = asker.get("/graph/v1.0/security/alerts_v2", "x").await.json();
    for name in ["errors/8", "errors/9", "errors/10"] {
        let sample = read(&folder, &format!("graph/{name}.json"));
        check(name, &sample["error"], &failure["error"]);
        check(name, &sample["error"]["innerError"], &failure["error"]["innerError"]);
    }
}

#[tokio::test]
async fn entras_answers_have_what_published_ones_have() {
    let Some(folder) = samples() else { return };
    let asker = Asker::demo().await;
    let discovery =
        asker.send("GET", &format!("/login/{}/v2.0/.well-known/openid-configuration", demo::TENANT), &[], "").await;
    check("discovery", &read(&folder, "graph/openid-configuration/1.json"), &discovery.json());
    let refused = asker.sign_in(demo::TENANT, demo::SENTINEL_CLIENT, "wrong", Surface::Graph).await.json();
    for number in [2, 3, 4, 5, 6, 7, 8, 9, 11] {
        check("refusal", &read(&folder, &format!("graph/token/{number}.json")), &refused);
    }
    let kept_out = asker.sign_in(demo::TENANT, demo::BLOCKED_CLIENT, demo::OTHER_SECRET, Surface::Graph).await.json();
    check("Conditional Access", &read(&folder, "graph/token/10.json"), &kept_out);
    let claims = async |client: &str, surface: Surface| -> Value {
        let token = asker.token_of(client, surface).await;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
    };
    check("claims", &read(&folder, "graph/token-claims/1.json"), &claims(demo::SENTINEL_CLIENT, Surface::Graph).await);
    check("claims", &read(&folder, "graph/token-claims/2.json"), &claims(demo::BARE_CLIENT, Surface::Graph).await);
    check(
        "claims",
        &read(&folder, "defender/token-claims/1.json"),
        &claims(demo::DEFENDER_CLIENT, Surface::Defender).await,
    );
}

#[tokio::test]
async fn defenders_records_have_what_published_ones_have() {
    let Some(folder) = samples() else { return };
    let asker = Asker::demo().await;
    let token = asker.token_of(demo::DEFENDER_CLIENT, Surface::Defender).await;
    let get = async |path: &str| asker.get(&format!("/defender/api/{path}"), &token).await.json();
    let ours = get("alerts?$expand=evidence").await;
    let with = |name: &str| -> Value {
        let alerts = ours["value"].as_array().unwrap();
        alerts.iter().find(|alert| !alert[name].is_null()).unwrap().clone()
    };
    let theirs = read(&folder, "defender/alerts-list/2.json");
    check("envelope", &theirs, &ours);
    let alert = &theirs["value"][0];
    check("alert", alert, &ours["value"][0]);
    check("relatedUser", &alert["relatedUser"], &with("relatedUser")["relatedUser"]);
    for evidence in alert["evidence"].as_array().unwrap() {
        check("evidence", evidence, &ours["value"][0]["evidence"][0]);
    }
    let machines = get(&format!("domains/{}/machines", demo::DOMAIN)).await;
    let theirs = read(&folder, "defender/machines-list/1.json");
    check("machine", &theirs["value"][0], &machines["value"][0]);
    check("interface", &theirs["value"][0]["ipAddresses"][0], &machines["value"][0]["ipAddresses"][0]);
    let listed = get("indicators").await;
    for name in ["indicators-list/1", "indicators-list/3"] {
        check(name, &read(&folder, &format!("defender/{name}.json"))["value"][0], &listed["value"][0]);
    }
    let domain = get(&format!("domains/{}/stats", demo::DOMAIN)).await;
    check("domain stats", &read(&folder, "defender/domain-stats/1.json"), &domain);
    let address = get(&format!("ips/{}/stats", demo::ADDRESS)).await;
    check("ip stats", &read(&folder, "defender/ip-stats/1.json"), &address);
    let failure = get("domains/bad..domain/stats").await;
    for number in [1, 2, 3, 5, 6, 7, 8, 12] {
        check("error", &read(&folder, &format!("defender/errors/{number}.json"))["error"], &failure["error"]);
    }
}

#[tokio::test]
async fn a_workspaces_answers_have_what_published_ones_have() {
    let Some(folder) = samples() else { return };
    let asker = Asker::demo().await;
    let token = asker.token_of(demo::SENTINEL_CLIENT, Surface::LogAnalytics).await;
    let columns = |body: &Value| -> BTreeSet<String> {
        body["tables"][0]["columns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|column| column["name"].as_str().unwrap().to_owned())
            .collect()
    };
    for (name, table) in [("loganalytics-query/4", "SecurityAlert"), ("loganalytics-query/7", "ThreatIntelIndicators")]
    {
        let theirs = read(&folder, &format!("sentinel/{name}.json"));
        let ours = asker.query(&token, demo::WORKSPACE, &format!("{table} | take 1")).await.json();
        check(name, &theirs["tables"][0], &ours["tables"][0]);
        // Columns that a row has and the reference of the table leaves out.
        let missing: Vec<_> = columns(&theirs)
            .difference(&columns(&ours))
            .filter(|name| !["TenantId", "SourceSystem"].contains(&name.as_str()))
            .cloned()
            .collect();
        assert!(missing.is_empty(), "{table} lacks {missing:?}");
    }
    let semantic = asker.query(&token, demo::WORKSPACE, "AzureDiagnostics | where a == 1").await.json();
    let theirs = read(&folder, "sentinel/errors/2.json");
    let (mut left, mut right) = (&theirs["error"], &semantic["error"]);
    while left.is_object() {
        check("semantic error", left, right);
        (left, right) = (&left["innererror"], &right["innererror"]);
    }
    let refused = asker.token_of(demo::NO_WORKSPACE_CLIENT, Surface::LogAnalytics).await;
    let refused = asker.query(&refused, demo::WORKSPACE, "print 1").await.json();
    check("no role", &read(&folder, "sentinel/errors/7.json")["error"], &refused["error"]);
    assert_eq!(read(&folder, "sentinel/errors/7.json")["error"]["message"], refused["error"]["message"]);
}
