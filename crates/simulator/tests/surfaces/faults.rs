//! What goes wrong when it is told to, and what is recorded meanwhile.

use serde_json::{Value, json};
use simulator::faults::{Action, Rule};
use simulator::{Scenario, Surface, demo};

use crate::asking::Asker;

const ALERTS: &str = "/graph/v1.0/security/alerts_v2?$top=3";

async fn started() -> (Asker, String) {
    let asker = Asker::demo().await;
    let token = asker.token_of(demo::SENTINEL_CLIENT, Surface::Graph).await;
    (asker, token)
}

#[tokio::test]
async fn a_rule_holds_for_its_surface_its_path_and_so_many_times() {
    let (asker, token) = started().await;
    let action = Action::Throttle { retry_after: Some("2.128".into()) };
    asker.simulator.faults().add(Rule::new(action).on(Surface::Graph).path("alerts_v2?$top").times(2));
    assert_eq!(asker.get("/graph/v1.0/security/incidents", &token).await.status, 200);
    for _ in 0..2 {
        let answer = asker.get(ALERTS, &token).await;
        assert_eq!((answer.status, answer.header("Retry-After")), (429, Some("2.128")));
    }
    assert_eq!(asker.get(ALERTS, &token).await.status, 200);
    assert!(asker.simulator.faults().list().is_empty());
}

#[tokio::test]
async fn a_rule_may_look_into_the_query() {
    let (asker, token) = started().await;
    asker.simulator.faults().add(Rule::new(Action::Fail { status: 504, body: None }).body("DeviceNetworkEvents"));
    assert_eq!(asker.hunt(&token, "DeviceNetworkEvents | take 1").await.status, 504);
    assert_eq!(asker.hunt(&token, "AlertInfo | take 1").await.status, 200);
}

#[tokio::test]
async fn every_way_to_spoil_an_answer() {
    let (asker, token) = started().await;
    let spoilt = async |action: Action| {
        asker.simulator.faults().set(vec![Rule::new(action).path("alerts_v2")]);
        let answer = asker.get(ALERTS, &token).await;
        asker.simulator.faults().clear();
        answer
    };
    let answer = spoilt(Action::Html { status: 502 }).await;
    assert!(answer.status == 502 && answer.text.starts_with("<html>"));
    let answer = spoilt(Action::Empty { status: 200 }).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    let answer = spoilt(Action::Truncate).await;
    assert!(answer.status == 200 && !answer.text.is_empty() && serde_json::from_str::<Value>(&answer.text).is_err());
    let answer = spoilt(Action::Oversized { bytes: 1_000_000 }).await;
    assert!(answer.text.len() >= 1_000_000 && serde_json::from_str::<Value>(&answer.text).is_ok());
    let answer = spoilt(Action::Loop).await;
    assert_eq!(answer.json()["@odata.nextLink"], format!("{}{}", asker.simulator.base(), &ALERTS[1..]));
    let answer = spoilt(Action::Partial).await;
    assert_eq!((answer.status, answer.header("Warning")), (206, Some("199 - \"Microsoft/WDATP/504/10000\"")));
    let answer = spoilt(Action::ContentType { value: "text/html".into() }).await;
    assert!(answer.header("Content-Type") == Some("text/html") && answer.json()["value"].is_array());
    let answer = spoilt(Action::Clock { seconds: 600 }).await;
    assert_eq!(answer.header("Date"), Some("Wed, 25 Nov 2026 02:10:00 GMT"));
    let answer =
        spoilt(Action::Fail { status: 400, body: Some("{\"error\":{\"code\":\"\",\"message\":\"m\"}}".into()) }).await;
    assert_eq!((answer.status, answer.message().as_str()), (400, "m"));
    let answer = spoilt(Action::Delay { ms: 1 }).await;
    assert_eq!(answer.list().len(), 3);
}

#[tokio::test]
async fn a_partial_answer_of_a_workspace_keeps_its_rows() {
    let asker = Asker::demo().await;
    let token = asker.token_of(demo::SENTINEL_CLIENT, Surface::LogAnalytics).await;
    asker.simulator.faults().add(Rule::new(Action::Partial).on(Surface::LogAnalytics));
    let answer = asker.query(&token, demo::WORKSPACE, "SecurityAlert | take 1").await;
    assert_eq!((answer.status, answer.code().as_str()), (200, "PartialError"));
    assert_eq!(answer.json()["tables"][0]["rows"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn rules_are_put_listed_and_deleted_over_http() {
    let (asker, token) = started().await;
    let rules =
        json!([{"surface": "graph", "path": "alerts_v2", "times": 5, "action": "throttle", "retry_after": "120"}]);
    assert_eq!(asker.send("PUT", "/faults", &[], &rules.to_string()).await.status, 204);
    assert_eq!(asker.get(ALERTS, &token).await.status, 429);
    assert_eq!(asker.send("GET", "/faults", &[], "").await.json()[0]["times"], 4);
    assert_eq!(asker.send("DELETE", "/faults", &[], "").await.status, 204);
    assert_eq!(asker.get(ALERTS, &token).await.status, 200);
    assert_eq!(asker.send("PUT", "/faults", &[], "[{\"action\":\"explode\"}]").await.status, 400);
}

#[tokio::test]
async fn rules_stand_in_a_scenario_too() {
    let text = "[[faults]]\nsurface = \"login\"\naction = \"fail\"\nstatus = 503\n";
    let asker = Asker::with(Scenario::demo().and(text).unwrap()).await;
    let answer = asker.sign_in(demo::TENANT, demo::SENTINEL_CLIENT, demo::SENTINEL_SECRET, Surface::Graph).await;
    assert_eq!((answer.status, answer.json()["error_codes"][0].as_u64()), (503, Some(90_033)));
}

#[tokio::test]
async fn what_was_asked_is_recorded_without_secrets() {
    let (asker, token) = started().await;
    asker.hunt(&token, "AlertInfo | take 1").await;
    let requests = asker.simulator.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!((requests[0].surface, requests[0].method.as_str()), (Surface::Login, "POST"));
    assert_eq!((requests[1].surface, requests[1].path.as_str()), (Surface::Graph, "/v1.0/security/runHuntingQuery"));
    assert!(requests[1].body.contains("AlertInfo | take 1"));
    assert_eq!(requests[1].app.as_deref(), Some(demo::SENTINEL_CLIENT));
    let all = format!("{requests:?}");
    assert!(!all.contains(&token) && !all.contains("sen8Q"), "{all}");
    asker.simulator.forget_requests();
    assert!(asker.simulator.requests().is_empty());
}

#[tokio::test]
async fn a_stopped_simulator_lets_no_answer_hold_it_back() {
    let (asker, token) = started().await;
    asker.simulator.faults().add(Rule::new(Action::Delay { ms: 3_600_000 }));
    let base = asker.simulator.base();
    let address = format!("{}:{}", base.host_str().unwrap(), base.port().unwrap());
    let asked = {
        use tokio::io::AsyncWriteExt as _;
        let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
        let request = format!("GET {ALERTS} HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    };
    // Only when it has been recorded is it being held back.
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
    while asker.simulator.requests().len() < 2 {
        assert!(tokio::time::Instant::now() < deadline, "the request never arrived");
        tokio::task::yield_now().await;
    }
    tokio::time::timeout(std::time::Duration::from_secs(60), asker.simulator.stop()).await.expect("it stops");
    drop(asked);
    assert!(tokio::net::TcpStream::connect(&address).await.is_err());
}

#[tokio::test]
async fn the_lines_for_the_configuration_name_every_surface() {
    let (asker, _) = started().await;
    let base = asker.simulator.base();
    let text = asker.simulator.cloud_toml("simulated");
    let read: toml::Table = toml::from_str(&text).unwrap();
    let cloud = &read["clouds"]["simulated"];
    for surface in Surface::ALL {
        assert_eq!(cloud[surface.as_str()].as_str().unwrap(), format!("{base}{surface}"));
    }
}
