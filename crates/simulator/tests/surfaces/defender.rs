//! Defender for Endpoint's own API.

use simulator::{Scenario, Surface, demo};

use crate::asking::Asker;

async fn started() -> (Asker, String) {
    let asker = Asker::demo().await;
    let token = asker.token_of(demo::DEFENDER_CLIENT, Surface::Defender).await;
    (asker, token)
}

#[tokio::test]
async fn alerts_of_a_domain_are_the_products_own_and_bare_of_evidence() {
    let (asker, token) = started().await;
    let path = format!("/defender/api/domains/{}/alerts", demo::DOMAIN);
    let alerts = asker.get(&path, &token).await.list();
    assert!(alerts.len() >= 4, "{}", alerts.len());
    assert!(alerts.iter().all(|alert| alert["evidence"].as_array().unwrap().is_empty()));
    // The neighbour's alert is not among them: this look-up is exact.
    assert!(alerts.iter().all(|alert| alert["title"] != "Uncommon host contacted by a build agent"));
    let expanded = asker.get(&format!("{path}?$expand=evidence"), &token).await.list();
    assert!(expanded.iter().all(|alert| !alert["evidence"].as_array().unwrap().is_empty()));
    let unknown = asker.get(&format!("/defender/api/domains/{}/alerts", demo::UNKNOWN_DOMAIN), &token).await;
    assert!(unknown.list().is_empty());
}

#[tokio::test]
async fn an_ipv6_address_is_found_in_whatever_spelling() {
    let (asker, token) = started().await;
    let path = format!("/defender/api/ips/{}/alerts", demo::ADDRESS_V6.replace(':', "%3A"));
    assert_eq!(asker.get(&path, &token).await.list().len(), 1);
}

#[tokio::test]
async fn prevalence_counts_the_devices_that_connected() {
    let (asker, token) = started().await;
    let stats = async |what: &str| asker.get(&format!("/defender/api/{what}/stats"), &token).await.json();
    let domain = stats(&format!("domains/{}", demo::DOMAIN)).await;
    assert_eq!((domain["host"].as_str(), domain["organizationPrevalence"].as_u64()), (Some(demo::DOMAIN), Some(3)));
    assert!(domain["orgFirstSeen"].as_str() < domain["orgLastSeen"].as_str());
    // Kept from it by network protection: nobody connected.
    let blocked = stats(&format!("domains/{}", demo::BLOCKED_DOMAIN)).await;
    assert_eq!((blocked["organizationPrevalence"].as_u64(), blocked["orgFirstSeen"].is_null()), (Some(0), true));
    let address = stats(&format!("ips/{}", demo::ADDRESS)).await;
    assert_eq!(address["organizationPrevalence"], 4);
    let hour = asker.get(&format!("/defender/api/ips/{}/stats?lookBackHours=1", demo::ADDRESS), &token).await.json();
    assert!(hour["organizationPrevalence"].as_u64() < Some(4));
    let answer = asker.get(&format!("/defender/api/ips/{}/stats?lookBackHours=721", demo::ADDRESS), &token).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn machines_are_those_of_the_prevalence() {
    let (asker, token) = started().await;
    let machines = asker.get(&format!("/defender/api/domains/{}/machines", demo::DOMAIN), &token).await.list();
    let names: Vec<_> = machines.iter().map(|machine| machine["computerDnsName"].as_str().unwrap()).collect();
    assert_eq!(names, ["eng-031.northwind.example", "fin-014.northwind.example", "fin-022.northwind.example"]);
}

#[tokio::test]
async fn a_value_that_is_none_is_refused_by_name() {
    let (asker, token) = started().await;
    for (path, code) in [
        ("domains/bad..domain/alerts", "InvalidDomainName"),
        ("domains/198.51.100.1/stats", "InvalidDomainName"),
        ("domains/localhost/machines", "InvalidDomainName"),
        ("ips/999.1.1.1/alerts", "InvalidIpAddress"),
        ("ips/update-telemetry.example/stats", "InvalidIpAddress"),
        ("indicators?$filter=nothing%20eq%20'a'", "ODataError"),
        ("alerts?$top=10001", "ODataError"),
    ] {
        let answer = asker.get(&format!("/defender/api/{path}"), &token).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, code), "{path}");
        assert!(answer.json()["error"]["target"].is_string());
    }
    assert_eq!(asker.get("/defender/api/alerts/da0", &token).await.code(), "ResourceNotFound");
}

#[tokio::test]
async fn indicators_are_found_by_value_and_the_expired_are_gone() {
    let (asker, token) = started().await;
    let path = "/defender/api/indicators?$filter=indicatorType%20eq%20'DomainName'%20and%20indicatorValue%20eq%20'UPDATE-telemetry.example'";
    let found = asker.get(path, &token).await.list();
    assert_eq!((found.len(), found[0]["action"].as_str()), (1, Some("Block")));
    let all = asker.get("/defender/api/indicators", &token).await.list();
    let values: Vec<_> = all.iter().map(|entry| entry["indicatorValue"].as_str().unwrap()).collect();
    assert!(!values.contains(&"old-botnet.example"));
    // One that has just expired lingers.
    assert!(values.contains(&"198.51.100.77"));
    for action in ["Block", "Warn", "Audit", "Allowed", "BlockAndRemediate", "Alert", "AlertAndBlock"] {
        assert!(all.iter().any(|entry| entry["action"] == action), "{action}");
    }
    let rest = asker.get("/defender/api/indicators?$top=3&$skip=2", &token).await.list();
    assert_eq!((rest.len(), rest[0]["id"].as_str()), (3, all[2]["id"].as_str()));
}

#[tokio::test]
async fn listing_indicators_may_need_a_permission_to_write() {
    let scenario = Scenario::demo().with_tenant(demo::TENANT, |tenant| tenant.ti_read_lists_indicators = false);
    let asker = Asker::with(scenario).await;
    let token = asker.token_of(demo::DEFENDER_CLIENT, Surface::Defender).await;
    let answer = asker.get("/defender/api/indicators", &token).await;
    assert_eq!(answer.status, 403);
    assert!(
        answer
            .message()
            .contains("API required roles: Ti.ReadWrite, Ti.ReadWrite.All, application roles: Alert.Read.All,")
    );
}

#[tokio::test]
async fn a_missing_licence_is_a_401_though_the_token_is_good() {
    let asker = Asker::demo().await;
    let token = asker.token_of(demo::UNLICENSED_CLIENT, Surface::Defender).await;
    let answer = asker.get("/defender/api/alerts?$top=1", &token).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.message(), "Unauthorized request - reason of failure: Account mode is inactive");
}

#[tokio::test]
async fn the_budget_of_a_minute_and_of_an_hour_are_both_kept() {
    let (asker, token) = started().await;
    let path = format!("/defender/api/domains/{}/stats", demo::DOMAIN);
    for _ in 0..100 {
        assert_eq!(asker.get(&path, &token).await.status, 200);
    }
    let answer = asker.get(&path, &token).await;
    assert_eq!((answer.status, answer.code().as_str()), (429, "429"));
    assert_eq!(answer.message(), "API calls quota exceeded! maximum allowed 100 per 00:01:00");
    assert_eq!(answer.header("Retry-After"), Some("60"));
}
