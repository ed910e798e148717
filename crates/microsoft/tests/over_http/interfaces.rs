//! Each function of each interface: what it sends, and what it makes of the answer.

use microsoft::{Error, Literal, defender, graph, log_analytics};
use serde_json::{Value, json};

use crate::fake::*;

const WORKSPACE: &str = "997631f8-3a55-4bb2-81b2-c0972b222260";

async fn always(body: Value) -> (Fake, Desk) {
    let fake = Fake::start(move |seen, _| (!seen.is_token()).then(|| Answer::json(200, body.clone()))).await;
    let desk = Desk::new(&fake);
    (fake, desk)
}

#[tokio::test]
async fn each_list_and_record_asks_its_own_path() {
    let (fake, desk) = always(json!({"value": [{"id": "1"}], "id": "1", "organizationPrevalence": "3"})).await;
    let (microsoft, call) = (&desk.microsoft, &desk.call());
    let domain = Literal::name("c2.example").unwrap();
    let (v4, v6) = ("203.0.113.7".parse().unwrap(), "2001:db8::7".parse().unwrap());
    assert_eq!(graph::alert(microsoft, call, "da1_-2").await.unwrap()["id"], "1");
    assert_eq!(graph::incident(microsoft, call, "42").await.unwrap()["id"], "1");
    assert_eq!(defender::domain_stats(microsoft, call, &domain).await.unwrap()["organizationPrevalence"], "3");
    defender::ip_stats(microsoft, call, v6).await.unwrap();
    for listing in [
        graph::alerts_probe(microsoft, call).await,
        graph::incidents_probe(microsoft, call).await,
        graph::legacy_alerts(microsoft, call, "a").await,
        graph::ti_indicators(microsoft, call, "a").await,
        defender::domain_alerts(microsoft, call, &domain).await,
        defender::ip_alerts(microsoft, call, v4).await,
        defender::domain_machines(microsoft, call, &domain).await,
        defender::indicators(microsoft, call, "indicatorValue eq 'c2.example'").await,
        defender::indicators(microsoft, call, "").await,
        defender::alerts_probe(microsoft, call).await,
        defender::indicators_probe(microsoft, call).await,
    ] {
        let listing = listing.unwrap();
        assert_eq!((listing.values.len(), listing.incomplete), (1, None));
    }
    let asked: Vec<String> =
        fake.calls().iter().map(|seen| format!("{} {}?{}", seen.method, seen.path, seen.query)).collect();
    assert_eq!(
        asked,
        [
            "GET /graph/v1.0/security/alerts_v2/da1_-2?",
            "GET /graph/v1.0/security/incidents/42?",
            "GET /defender/api/domains/c2.example/stats?lookBackHours=720",
            "GET /defender/api/ips/2001:db8::7/stats?lookBackHours=720",
            "GET /graph/v1.0/security/alerts_v2?$top=1&$select=id",
            "GET /graph/v1.0/security/incidents?$top=1&$select=id",
            "GET /graph/v1.0/security/alerts?$filter=a&$top=100",
            "GET /graph/beta/security/tiIndicators?$filter=a&$top=100",
            "GET /defender/api/domains/c2.example/alerts?",
            "GET /defender/api/ips/203.0.113.7/alerts?",
            "GET /defender/api/domains/c2.example/machines?",
            "GET /defender/api/indicators?$filter=indicatorValue%20eq%20%27c2.example%27&$top=1000",
            "GET /defender/api/indicators?$top=1000",
            "GET /defender/api/alerts?$top=1",
            "GET /defender/api/indicators?$top=1",
        ]
    );
    let prefer: Vec<bool> =
        fake.calls().iter().map(|seen| seen.header("prefer") == "include-unknown-enum-members").collect();
    assert_eq!(&prefer[..6], [true, true, false, false, true, true]);
    let scopes: Vec<String> = fake.tokens().iter().map(|seen| seen.form("scope").unwrap()).collect();
    assert_eq!(scopes, [format!("{}graph/.default", fake.base), format!("{}defender/.default", fake.base)]);
}

#[tokio::test]
async fn hunting_sends_its_query_and_reads_both_spellings_of_the_answer() {
    for (schema, name, results) in [("schema", "name", "results"), ("Schema", "Name", "Results")] {
        let (fake, desk) = always(json!({schema: [{name: "DeviceName"}], results: [{"DeviceName": "wks-1"}]})).await;
        let query = "DeviceNetworkEvents | where RemoteUrl has \"bücher.example\"";
        let rows = graph::hunt(&desk.microsoft, &desk.call(), query, Some("P30D")).await.unwrap();
        assert_eq!(rows.rows[0].str("devicename"), Some("wks-1"));
        graph::hunt(&desk.microsoft, &desk.call(), query, None).await.unwrap();
        let calls = fake.calls();
        assert_eq!(
            (calls[0].method.as_str(), calls[0].path.as_str()),
            ("POST", "/graph/v1.0/security/runHuntingQuery")
        );
        assert_eq!(calls[0].header("content-type"), "application/json; charset=utf-8");
        assert_eq!(calls[0].json(), json!({"Query": query, "Timespan": "P30D"}));
        assert_eq!(calls[1].json(), json!({"Query": query}));
    }
}

#[tokio::test]
async fn a_table_that_is_not_there_is_named() {
    let fake = Fake::start(|seen, _| {
        let message = "'where' operator: Failed to resolve table or column expression named 'EmailEvents'. Fix semantic errors in your query.";
        (!seen.is_token()).then(|| Answer::json(400, json!({"error": {"code": "BadRequest", "message": message}})))
    })
    .await;
    let desk = Desk::new(&fake);
    let error = graph::hunt(&desk.microsoft, &desk.call(), "EmailEvents", None).await.unwrap_err();
    assert!(matches!(&error, Error::TableMissing { name, .. } if name == "EmailEvents"), "{error:?}");
    assert_eq!(fake.calls().len(), 1);
}

#[tokio::test]
async fn an_answer_without_rows_is_a_failure_and_not_an_empty_table() {
    for body in [json!({}), json!({"value": []}), json!([])] {
        let (_fake, desk) = always(body).await;
        let hunt = graph::hunt(&desk.microsoft, &desk.call(), "AlertInfo", None).await;
        let query = log_analytics::query(&desk.microsoft, &desk.call(), WORKSPACE, "SecurityAlert", "P30D").await;
        assert!(
            matches!(hunt, Err(Error::Failed { status: 200, .. }))
                && matches!(query, Err(Error::Failed { status: 200, .. }))
        );
    }
}

#[tokio::test]
async fn log_analytics_sends_its_query_and_says_what_is_partial() {
    let (fake, desk) = always(json!({
        "tables": [{"name": "PrimaryResult", "columns": [{"name": "Entities", "type": "dynamic"}, {"name": "count_", "type": "long"}],
                    "rows": [["[{\"Type\":\"ip\"}]", "10"]]}],
        "error": {"code": "PartialError", "message": "There were some errors when processing your query.", "details": []},
    }))
    .await;
    let rows =
        log_analytics::query(&desk.microsoft, &desk.call(), WORKSPACE, "SecurityAlert | count", "P30D").await.unwrap();
    assert_eq!((rows.rows[0].json("Entities"), rows.rows[0].i64("count_")), (json!([{"Type": "ip"}]), Some(10)));
    assert_eq!(rows.incomplete.as_deref(), Some("There were some errors when processing your query."));
    let seen = &fake.calls()[0];
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str()),
        ("POST", format!("/logs/v1/workspaces/{WORKSPACE}/query").as_str())
    );
    assert_eq!(seen.json(), json!({"query": "SecurityAlert | count", "timespan": "P30D"}));
    let wait: u64 = seen.header("prefer").strip_prefix("wait=").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "no longer than until the call has to be over: {wait}");
    assert!(!seen.header("x-ms-client-request-id").is_empty());
}

#[tokio::test]
async fn a_workspace_without_data_has_no_columns_and_an_empty_200_is_a_failure() {
    for status in [204, 200] {
        let fake = Fake::start(move |seen, _| (!seen.is_token()).then(|| Answer::text(status, ""))).await;
        let desk = Desk::new(&fake);
        let result = log_analytics::query(&desk.microsoft, &desk.call(), WORKSPACE, "SecurityAlert", "P30D").await;
        match (status, result) {
            (204, Ok(rows)) => assert!(rows.columns.is_empty() && rows.rows.is_empty() && rows.incomplete.is_none()),
            (200, Err(Error::Failed { message, .. })) => assert_eq!(message, "the answer is empty"),
            (_, other) => panic!("{status}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn five_hundred_devices_are_all_that_are_named() {
    let machines: Vec<Value> = (0..500).map(|number| json!({"id": number.to_string()})).collect();
    let (_fake, desk) = always(json!({"value": machines})).await;
    let domain = Literal::name("c2.example").unwrap();
    let listing = defender::domain_machines(&desk.microsoft, &desk.call(), &domain).await.unwrap();
    assert!(listing.incomplete.unwrap().contains("500 devices"));
}

#[tokio::test]
async fn the_end_that_microsoft_announces_is_passed_on() {
    let fake = Fake::start(|seen, _| {
        (!seen.is_token()).then(|| Answer::list(json!([])).with("Sunset", "Mon, 01 Feb 2027 00:00:00 GMT"))
    })
    .await;
    let desk = Desk::new(&fake);
    let listing = defender::ip_alerts(&desk.microsoft, &desk.call(), "203.0.113.7".parse().unwrap()).await.unwrap();
    assert!(listing.deprecated.unwrap().contains("01 Feb 2027"));
}
