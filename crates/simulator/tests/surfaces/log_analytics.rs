//! The query API of Log Analytics.

use serde_json::{Value, json};
use simulator::{Surface, demo};

use crate::asking::Asker;

async fn started() -> (Asker, String) {
    let asker = Asker::demo().await;
    let token = asker.token_of(demo::SENTINEL_CLIENT, Surface::LogAnalytics).await;
    (asker, token)
}

fn cells<'a>(body: &'a Value, column: &str) -> Vec<&'a Value> {
    let table = &body["tables"][0];
    let place = table["columns"].as_array().unwrap().iter().position(|held| held["name"] == column).unwrap();
    table["rows"].as_array().unwrap().iter().map(|row| &row[place]).collect()
}

#[tokio::test]
async fn an_alert_has_a_row_for_each_time_it_changed() {
    let (asker, token) = started().await;
    let query = "SecurityAlert | where AlertName startswith 'Command and control' and Status != 'Resolved' | project TimeGenerated, SystemAlertId, Status, VendorOriginalId, AlertLink, ProviderName";
    let body = asker.query(&token, demo::WORKSPACE, query).await.json();
    assert_eq!(body["tables"][0]["name"], "PrimaryResult");
    let statuses = cells(&body, "Status");
    assert!(statuses.contains(&&json!("New")) && statuses.contains(&&json!("InProgress")), "{statuses:?}");
    // The product's id stands without the prefix that the link has.
    let own = cells(&body, "VendorOriginalId")[0].as_str().unwrap();
    assert!(cells(&body, "AlertLink")[0].as_str().unwrap().contains(&format!("/alerts/da{own}")));
    assert_eq!(cells(&body, "ProviderName")[0], "MDATP");
}

#[tokio::test]
async fn a_dynamic_cell_is_json_in_text() {
    let (asker, token) = started().await;
    let query = "ThreatIntelIndicators | where ObservableValue == 'update-telemetry.example' | summarize arg_max(TimeGenerated, *) by Id | project Data, Confidence, TenantId";
    let body = asker.query(&token, demo::WORKSPACE, query).await.json();
    let data: Value = serde_json::from_str(cells(&body, "Data")[0].as_str().unwrap()).unwrap();
    assert_eq!(data["pattern"], "[domain-name:value = 'update-telemetry.example']");
    assert_eq!(cells(&body, "Confidence")[0], 90);
    assert_eq!(cells(&body, "TenantId")[0], demo::WORKSPACE);
}

#[tokio::test]
async fn a_workspace_without_data_answers_204() {
    let (asker, token) = started().await;
    let answer = asker.query(&token, demo::EMPTY_WORKSPACE, "SecurityAlert | take 1").await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
}

#[tokio::test]
async fn a_body_that_is_not_understood_is_answered_with_nothing() {
    let (asker, token) = started().await;
    let path = format!("/log_analytics/v1/workspaces/{}/query", demo::WORKSPACE);
    let bearer = format!("Bearer {token}");
    for headers in
        [vec![("Authorization", bearer.as_str())], vec![("Authorization", &bearer), ("Content-Type", "text/plain")]]
    {
        let answer = asker.send("POST", &path, &headers, "{\"query\":\"print 1\"}").await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    }
}

#[tokio::test]
async fn a_table_that_is_not_there_is_three_errors_deep() {
    let (asker, token) = started().await;
    let answer =
        asker.query(&token, demo::BRANCH_WORKSPACE, "ThreatIntelIndicators | where Confidence > 1 | take 1").await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "BadArgumentError"));
    let error = &answer.json()["error"];
    assert_eq!(error["innererror"]["code"], "SemanticError");
    assert_eq!(error["innererror"]["innererror"]["code"], "SEM0100");
    assert!(
        error["innererror"]["innererror"]["message"].as_str().unwrap().contains("'ThreatIntelIndicators'"),
        "{error}"
    );
    assert!(error["correlationId"].is_string());
    let answer = asker.query(&token, demo::WORKSPACE, "SecurityAlert | where (").await;
    assert_eq!(answer.json()["error"]["innererror"]["code"], "SyntaxError");
}

#[tokio::test]
async fn a_role_is_needed_and_an_unknown_workspace_looks_the_same() {
    let (asker, token) = started().await;
    let without = asker.token_of(demo::NO_WORKSPACE_CLIENT, Surface::LogAnalytics).await;
    let answer = asker.query(&without, demo::WORKSPACE, "print 1").await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "InsufficientAccessError"));
    assert_eq!(answer.json()["error"]["innererror"]["code"], "UnauthorizedClient");
    let answer = asker.query(&token, "00000000-0000-4000-8000-000000000000", "print 1").await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "InsufficientAccessError"));
}

#[tokio::test]
async fn a_token_is_needed_that_is_for_log_analytics() {
    let (asker, _) = started().await;
    let path = format!("/log_analytics/v1/workspaces/{}/query", demo::WORKSPACE);
    let answer = asker.send("POST", &path, &[("Content-Type", "application/json")], "{}").await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "AuthenticationFailed"));
    let graph = asker.token_of(demo::SENTINEL_CLIENT, Surface::Graph).await;
    assert_eq!(asker.query(&graph, demo::WORKSPACE, "print 1").await.code(), "InvalidAuthenticationTokenAudience");
    assert_eq!(asker.query("nonsense", demo::WORKSPACE, "print 1").await.code(), "InvalidAuthenticationToken");
    assert_eq!(asker.send("GET", "/log_analytics/v1/nowhere", &[], "").await.code(), "PathNotFoundError");
}

#[tokio::test]
async fn an_incident_is_joined_to_its_alerts_by_their_ids() {
    let (asker, token) = started().await;
    let query = "SecurityIncident | summarize arg_max(LastModifiedTime, *) by IncidentNumber | mv-expand AlertId = AlertIds to typeof(string) | join kind=inner (SecurityAlert | summarize arg_max(TimeGenerated, *) by SystemAlertId | project SystemAlertId, AlertName) on $left.AlertId == $right.SystemAlertId | where IncidentNumber == 4127 | project IncidentNumber, Status, AlertName, ProviderIncidentId";
    let body = asker.query(&token, demo::WORKSPACE, query).await.json();
    let names = cells(&body, "AlertName");
    assert!(names.contains(&&json!("TI map Domain entity to DnsEvents")), "{names:?}");
    assert_eq!(cells(&body, "ProviderIncidentId")[0], "4127");
}
