//! Alerts, incidents, hunting, and the two routes that are gone.

use serde_json::json;
use simulator::scenario::{EvidenceFilters, Retired};
use simulator::{Scenario, Surface, demo};

use crate::asking::Asker;

const ALERTS: &str = "/graph/v1.0/security/alerts_v2";
const INCIDENTS: &str = "/graph/v1.0/security/incidents";

async fn started() -> (Asker, String) {
    let asker = Asker::demo().await;
    let token = asker.token_of(demo::SENTINEL_CLIENT, Surface::Graph).await;
    (asker, token)
}

#[tokio::test]
async fn alerts_come_newest_first_and_are_found_by_id() {
    let (asker, token) = started().await;
    let alerts = asker.get(ALERTS, &token).await.list();
    let times: Vec<_> = alerts.iter().map(|alert| alert["createdDateTime"].as_str().unwrap().to_owned()).collect();
    let mut sorted: Vec<jiff::Timestamp> = times.iter().map(|time| time.parse().unwrap()).collect();
    sorted.sort_by(|left, right| right.cmp(left));
    assert_eq!(times.iter().map(|time| time.parse().unwrap()).collect::<Vec<jiff::Timestamp>>(), sorted);
    let id = alerts[0]["id"].as_str().unwrap();
    assert_eq!(asker.get(&format!("{ALERTS}/{id}"), &token).await.json()["id"], id);
    let answer = asker.get(&format!("{ALERTS}/da0"), &token).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "NotFound"));
}

#[tokio::test]
async fn filters_hold_and_a_filter_on_evidence_is_refused() {
    let (asker, token) = started().await;
    let all = asker.get(&format!("{ALERTS}?$top=2000"), &token).await.list();
    let high = asker.get(&format!("{ALERTS}?$top=999&$filter=severity%20eq%20'high'"), &token).await.list();
    assert!(!high.is_empty() && high.len() < all.len());
    assert!(high.iter().all(|alert| alert["severity"] == "high"));
    let since = asker
        .get(
            &format!("{ALERTS}?$filter=lastUpdateDateTime+ge+2026-11-20T00:00:00Z&$orderby=lastUpdateDateTime+asc"),
            &token,
        )
        .await
        .list();
    assert!(since.windows(2).all(|pair| {
        let at = |alert: &serde_json::Value| {
            alert["lastUpdateDateTime"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap()
        };
        at(&pair[0]) <= at(&pair[1])
    }));
    let evidence = "evidence/any(e:e/microsoft.graph.security.ipEvidence/ipAddress%20eq%20'203.0.113.66')";
    let answer = asker.get(&format!("{ALERTS}?$filter={evidence}"), &token).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "BadRequest"));
    assert_eq!(asker.get(&format!("{ALERTS}?$top=two"), &token).await.status, 400);
}

#[tokio::test]
async fn a_filter_on_evidence_finds_or_misses_where_the_tenant_takes_it() {
    let by_address = "evidence/any(e:%20e/microsoft.graph.security.ipEvidence/ipAddress%20eq%20'203.0.113.66')";
    for (filters, finds) in [(EvidenceFilters::Find, true), (EvidenceFilters::Miss, false)] {
        let scenario = Scenario::demo().with_tenant(demo::TENANT, |tenant| tenant.evidence_filters = filters);
        let asker = Asker::with(scenario).await;
        let token = asker.token_of(demo::SENTINEL_CLIENT, Surface::Graph).await;
        let alerts = asker.get(&format!("{ALERTS}?$top=1000&$filter={by_address}"), &token).await.list();
        assert_eq!(!alerts.is_empty(), finds);
        let holds = |alert: &serde_json::Value| {
            let evidence = alert["evidence"].as_array().unwrap();
            evidence.iter().any(|one| one["ipAddress"] == "203.0.113.66")
        };
        assert!(alerts.iter().all(holds));
        let all = asker.get(&format!("{ALERTS}?$top=1000"), &token).await.list();
        assert!(alerts.len() < all.len() && !all.is_empty());
    }
}

#[tokio::test]
async fn a_full_page_has_no_link_to_the_next() {
    let (asker, token) = started().await;
    let answer = asker.get(&format!("{ALERTS}?$top=5"), &token).await;
    assert_eq!(answer.list().len(), 5);
    assert_eq!(answer.json().get("@odata.nextLink"), None);
}

#[tokio::test]
async fn without_the_prefer_header_later_members_are_masked() {
    let (asker, token) = started().await;
    let bearer = format!("Bearer {token}");
    let sources = |answer: crate::asking::Answer| -> Vec<String> {
        answer.list().iter().map(|alert| alert["serviceSource"].as_str().unwrap().to_owned()).collect()
    };
    let masked = sources(asker.get(&format!("{ALERTS}?$top=1000"), &token).await);
    assert!(masked.contains(&"unknownFutureValue".to_owned()) && !masked.contains(&"microsoftSentinel".to_owned()));
    let headers = [("Authorization", bearer.as_str()), ("Prefer", "include-unknown-enum-members")];
    let open = sources(asker.send("GET", &format!("{ALERTS}?$top=1000"), &headers, "").await);
    assert!(open.contains(&"microsoftSentinel".to_owned()) && !open.contains(&"unknownFutureValue".to_owned()));
}

#[tokio::test]
async fn sentinel_alerts_are_there_only_if_the_portal_has_them_in_an_incident() {
    let (asker, token) = started().await;
    let alerts = asker.get(&format!("{ALERTS}?$top=1000"), &token).await.list();
    let titles: Vec<_> = alerts.iter().map(|alert| alert["title"].as_str().unwrap()).collect();
    assert!(titles.contains(&"TI map Domain entity to DnsEvents"));
    // A rule that makes alerts only, and a workspace that is not connected.
    assert!(!titles.contains(&"Rare connection to a newly registered domain"));
    assert!(!titles.contains(&"Beaconing pattern in proxy logs"));
}

#[tokio::test]
async fn incidents_page_by_fifty_and_a_redirected_one_says_where_it_went() {
    let (asker, token) = started().await;
    let first = asker.get(&format!("{INCIDENTS}?$top=10"), &token).await;
    assert_eq!(first.list().len(), 10);
    let link = first.json()["@odata.nextLink"].as_str().unwrap().to_owned();
    let path = link.strip_prefix(asker.simulator.base().as_str().trim_end_matches('/')).unwrap().to_owned();
    let second = asker.get(&path, &token).await.list();
    assert_ne!(second[0]["id"], first.list()[0]["id"]);
    let answer = asker.get(&format!("{INCIDENTS}?$top=100"), &token).await;
    assert_eq!(answer.status, 400);
    assert!(answer.message().contains("The limit of '50' for Top query has been exceeded"));
    let moved = asker.get(&format!("{INCIDENTS}/4119"), &token).await.json();
    assert_eq!((moved["status"].as_str(), moved["redirectIncidentId"].as_str()), (Some("redirected"), Some("4127")));
    // An incident of a workspace that is not connected is not Graph's.
    assert_eq!(asker.get(&format!("{INCIDENTS}/51"), &token).await.status, 404);
    let whole = asker.get(&format!("{INCIDENTS}/4127?$expand=alerts"), &token).await.json();
    assert!(whole["alerts"].as_array().unwrap().len() >= 8);
}

#[tokio::test]
async fn hunting_finds_the_domain_by_words_and_its_neighbour_too() {
    let (asker, token) = started().await;
    let answer =
        asker.hunt(&token, "AlertEvidence | where RemoteUrl has 'update-telemetry.example' | distinct RemoteUrl").await;
    let body = answer.json();
    assert_eq!(body["schema"], json!([{"name": "RemoteUrl", "type": "String"}]));
    let urls: Vec<_> =
        body["results"].as_array().unwrap().iter().map(|row| row["RemoteUrl"].as_str().unwrap()).collect();
    for wanted in ["https://update-telemetry.example/v2/beacon", "https://update-telemetry.example.net/libs/index.json"]
    {
        assert!(urls.contains(&wanted), "{wanted} in {urls:?}");
    }
}

#[tokio::test]
async fn hunting_keeps_thirty_days_of_defenders_tables() {
    let (asker, token) = started().await;
    let query = json!({"Query": "AlertInfo | summarize Oldest = min(Timestamp), Count = count()", "Timespan": "P180D"});
    let body = asker.post("/graph/v1.0/security/runHuntingQuery", &token, query).await.json();
    let oldest: jiff::Timestamp = body["results"][0]["Oldest"].as_str().unwrap().parse().unwrap();
    assert!(oldest >= "2026-10-26T02:00:00Z".parse().unwrap(), "{oldest}");
}

#[tokio::test]
async fn hunting_says_what_is_wrong_with_a_query() {
    let (asker, token) = started().await;
    let answer = asker.hunt(&token, "CloudAppEvents | where ObjectName has 'a' | take 1").await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "BadRequest"));
    assert!(answer.message().contains("Failed to resolve table"), "{}", answer.message());
    assert!(answer.message().ends_with("Fix semantic errors in your query."), "{}", answer.message());
    assert_eq!(asker.hunt(&token, "AlertInfo | | take").await.status, 400);
    assert_eq!(asker.hunt(&token, "").await.status, 400);
    let body = json!({"Query": "AlertInfo | take 1", "Timespan": "thirty days"});
    assert_eq!(asker.post("/graph/v1.0/security/runHuntingQuery", &token, body).await.status, 400);
}

#[tokio::test]
async fn a_missing_role_is_named_beside_those_that_are_there() {
    let asker = Asker::demo().await;
    let bare = asker.token_of(demo::BARE_CLIENT, Surface::Graph).await;
    let classic = asker.token_of(demo::CLASSIC_CLIENT, Surface::Graph).await;
    let answer = asker.get(ALERTS, &bare).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "Forbidden"));
    assert_eq!(
        answer.message(),
        "Missing application roles. API required roles: SecurityAlert.Read.All, SecurityAlert.ReadWrite.All, SecurityIncident.Read.All, SecurityIncident.ReadWrite.All, application roles: ."
    );
    let answer = asker.hunt(&classic, "AlertInfo | take 1").await;
    assert_eq!(
        answer.message(),
        "Missing application roles. API required roles: ThreatHunting.Read.All, application roles: SecurityEvents.Read.All,ThreatIndicators.Read.All."
    );
}

#[tokio::test]
async fn a_tenant_without_defender_is_not_provisioned() {
    let asker = Asker::demo().await;
    let token = asker.token_of(demo::LEAN_CLIENT, Surface::Graph).await;
    let answer = asker.hunt(&token, "AlertInfo | take 1").await;
    assert_eq!((answer.status, answer.message().as_str()), (403, "Unauthorized request - Account is not provisioned."));
}

#[tokio::test]
async fn a_token_must_be_there_readable_fresh_and_for_this_resource() {
    let (asker, token) = started().await;
    let check = |answer: crate::asking::Answer, message: &str| {
        assert_eq!((answer.status, answer.code().as_str()), (401, "InvalidAuthenticationToken"));
        assert_eq!(answer.message(), message);
        assert!(answer.header("request-id").is_some());
        assert_eq!(answer.json()["error"]["innerError"]["request-id"], answer.header("request-id").unwrap());
    };
    check(asker.send("GET", ALERTS, &[], "").await, "Access token is empty.");
    check(asker.get(ALERTS, "no-token").await, "CompactToken parsing failed with error code: 80049217");
    let other = asker.token_of(demo::DEFENDER_CLIENT, Surface::Defender).await;
    check(asker.get(ALERTS, &other).await, "Access token validation failure. Invalid audience.");
    asker.later(3_600);
    check(asker.get(ALERTS, &token).await, "Lifetime validation failed, the token is expired.");
}

#[tokio::test]
async fn the_hunting_budget_is_the_tenants_and_fills_again() {
    let asker = Asker::demo().await;
    let one = asker.token_of(demo::SENTINEL_CLIENT, Surface::Graph).await;
    let other = asker.token_of(demo::DEFENDER_CLIENT, Surface::Graph).await;
    for _ in 0..45 {
        assert_eq!(asker.hunt(&one, "print 1").await.status, 200);
    }
    asker.later(20);
    let answer = asker.hunt(&other, "print 1").await;
    assert_eq!((answer.status, answer.header("Retry-After")), (429, Some("40")));
    asker.later(40);
    assert_eq!(asker.hunt(&other, "print 1").await.status, 200);
}

#[tokio::test]
async fn the_routes_of_2020_are_gone_unless_the_story_says_otherwise() {
    const LEGACY: &str = "/graph/v1.0/security/alerts";
    const TI: &str = "/graph/beta/security/tiIndicators";
    let start = async |state: Retired| {
        let scenario = Scenario::demo().with_tenant(demo::TENANT, |tenant| {
            (tenant.legacy_alerts, tenant.ti_indicators) = (state, state);
        });
        let asker = Asker::with(scenario).await;
        let token = asker.token_of(demo::CLASSIC_CLIENT, Surface::Graph).await;
        (asker, token)
    };
    for (state, status) in [(Retired::Gone, 410), (Retired::NotFound, 404), (Retired::Empty, 200)] {
        let (asker, token) = start(state).await;
        for path in [LEGACY, TI] {
            let answer = asker.get(path, &token).await;
            assert_eq!(answer.status, status, "{path}");
            assert!(status != 200 || answer.list().is_empty());
        }
    }
    let (asker, token) = start(Retired::Answers).await;
    let filter = "networkConnections/any(a:a/destinationDomain%20eq%20'update-telemetry.example')";
    let found = asker.get(&format!("{LEGACY}?$filter={filter}"), &token).await.list();
    assert!(!found.is_empty());
    let listed = asker.get(&format!("{TI}?$filter=domainName%20eq%20'update-telemetry.example'"), &token).await.list();
    assert_eq!(listed.len(), 1);
    assert_eq!(asker.get(&format!("{TI}?$skip=600"), &token).await.message(), "$skip=600 cannot exceed 500");
}

#[tokio::test]
async fn an_unknown_route_is_an_odata_error() {
    let (asker, token) = started().await;
    let answer = asker.get("/graph/v1.0/security/nothing", &token).await;
    assert_eq!((answer.status, answer.message().as_str()), (400, "Resource not found for the segment 'nothing'."));
    let answer = asker.send("PATCH", ALERTS, &[("Authorization", &format!("Bearer {token}"))], "{}").await;
    assert_eq!(answer.status, 400);
}
