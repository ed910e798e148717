//! Every outcome once, as a person would meet it: something is wrong with Microsoft, the app or the way there.

#![expect(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a story that cannot go on stops")]

use harness::House;
use harness::house::connection;
use search::Product;
use serde_json::{Value, json};
use simulator::faults::{Action, Rule};
use simulator::{Surface, demo};

fn answer<'a>(report: &'a Value, source: &str) -> &'a Value {
    let answers = report["answers"].as_array().expect("a report has answers");
    answers.iter().find(|answer| answer["source"] == source).unwrap_or_else(|| panic!("no answer of {source}"))
}

/// Whether the answer has this outcome, and says why and what to do.
fn explains(report: &Value, source: &str, outcome: &str) {
    let answer = answer(report, source);
    assert_eq!(answer["outcome"], outcome, "{source}: {answer:#}");
    assert!(answer["reason"].as_str().is_some_and(|reason| reason.len() > 20), "{source} gives no reason: {answer:#}");
}

/// Connects Defender with another app of the demo's tenant; answers with the API's body.
async fn connect_app(house: &House, product: Product, client: &str, secret: &str) -> Value {
    let mut body = connection(product);
    body["client_id"] = client.into();
    body["client_secret"] = secret.into();
    let answer = house.owner().await.unwrap().post("/api/v1/connections", &body).await.unwrap();
    assert_eq!(answer.status, 201, "a connection that does not work is saved all the same: {}", answer.text);
    answer.json().unwrap()
}

databases::on_each_database! {
    async fn a_wrong_secret_is_refused_by_name_and_never_reads_as_nothing(database: Lent) {
        let house = House::open(database).await.unwrap();
        let made = connect_app(&house, Product::Defender, demo::DEFENDER_CLIENT, "wrong-secret-value").await;
        assert_eq!(made["validation"]["status"], "failed", "{made:#}");
        let checks = made["validation"]["checks"].as_array().unwrap();
        let token = checks.iter().find(|check| check["check"] == "token" && check["state"] == "failed").unwrap();
        assert!(token["remedy"].as_str().is_some_and(|remedy| remedy.contains("Value")), "{token:#}");
        assert!(token["correlation_id"].is_string(), "{token:#}");
        let report = house.owner().await.unwrap().search(demo::UNKNOWN_DOMAIN).await.unwrap();
        explains(&report, "defender.alerts", "refused");
        assert_eq!(report["assessment"]["level"], "cannot_say", "{}", report["assessment"]);
        assert_eq!(report["summary"]["complete"], false);
    }

    async fn an_app_without_consent_is_denied_and_told_the_permission(database: Lent) {
        let house = House::open(database).await.unwrap();
        connect_app(&house, Product::Defender, demo::BARE_CLIENT, demo::OTHER_SECRET).await;
        let report = house.owner().await.unwrap().search(demo::DOMAIN).await.unwrap();
        explains(&report, "defender.alerts", "denied");
        let answer = answer(&report, "defender.alerts");
        assert!(answer["reason"].as_str().is_some_and(|reason| reason.contains("ThreatHunting.Read.All")), "{answer:#}");
        assert!(answer["remedy"].as_str().is_some_and(|remedy| remedy.contains("admin consent")), "{answer:#}");
    }

    async fn the_app_of_the_2020_guide_connects_and_is_told_what_to_add(database: Lent) {
        let house = House::open(database).await.unwrap();
        let made = connect_app(&house, Product::Sentinel, demo::CLASSIC_CLIENT, demo::OTHER_SECRET).await;
        assert!(made["validation"].to_string().contains("ThreatHunting.Read.All"), "{made:#}");
        let report = house.owner().await.unwrap().search(demo::DOMAIN).await.unwrap();
        explains(&report, "sentinel.classic_alerts", "retired");
        explains(&report, "sentinel.classic_threat_indicators", "retired");
    }

    async fn microsoft_away_is_unreachable_and_so_said(database: Lent) {
        let mut house = House::open(database).await.unwrap();
        house.connect_both().await.unwrap();
        let owner = house.owner().await.unwrap();
        house.cut_off().await.unwrap();
        let report = owner.search(demo::DOMAIN).await.unwrap();
        explains(&report, "defender.alerts", "unreachable");
        explains(&report, "sentinel.workspace_alerts", "unreachable");
        assert_eq!(report["assessment"]["level"], "cannot_say");
    }
}

/// One fault after another in one house: what each makes of which source.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_of_one_source_is_named_and_hides_no_other() {
    let house = House::open(databases::sqlite()).await.unwrap();
    house.connect_both().await.unwrap();
    let owner = house.owner().await.unwrap();
    let later = json!({"error": {"code": "UnknownError", "message": "An unknown error has occurred."}}).to_string();
    let unlicensed = json!({"error": {"code": "Unauthorized", "message":
        "Unauthorized request - reason of failure: Account mode is inactive", "target": "t"}})
    .to_string();
    let cases = [
        (
            Rule::new(Action::Fail { status: 418, body: Some(later) }).on(Surface::Defender),
            "defender.machines",
            "failed",
        ),
        (
            Rule::new(Action::Fail { status: 401, body: Some(unlicensed) }).on(Surface::Defender),
            "defender.indicators",
            "unlicensed",
        ),
        (Rule::new(Action::Partial).on(Surface::LogAnalytics), "sentinel.workspace_alerts", "partial"),
        (Rule::new(Action::Html { status: 200 }).on(Surface::Defender), "defender.endpoint_alerts", "failed"),
        (Rule::new(Action::Truncate).on(Surface::Defender), "defender.endpoint_alerts", "failed"),
        // The last, for it holds: nothing is sent to this interface before the time that Microsoft named.
        (
            Rule::new(Action::Throttle { retry_after: Some("120".into()) }).on(Surface::Defender),
            "defender.indicators",
            "throttled",
        ),
    ];
    for (rule, source, outcome) in cases {
        house.simulator.faults().set(vec![rule.clone()]);
        let report = owner.search(demo::DOMAIN).await.unwrap();
        explains(&report, source, outcome);
        assert_eq!(answer(&report, "defender.alerts")["outcome"], "found", "{rule:?} hid another source");
    }
}

/// A workspace without data could not have known: that is not "nothing".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_workspace_is_blind() {
    let house = House::open(databases::sqlite()).await.unwrap();
    let mut body = connection(Product::Sentinel);
    body["workspace_ids"] = json!([demo::EMPTY_WORKSPACE]);
    let owner = house.owner().await.unwrap();
    assert_eq!(owner.post("/api/v1/connections", &body).await.unwrap().status, 201);
    let report = owner.search(demo::DOMAIN).await.unwrap();
    explains(&report, "sentinel.workspace_alerts", "blind");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_workspace_sentinel_is_at_best_partial() {
    let house = House::open(databases::sqlite()).await.unwrap();
    let mut body = connection(Product::Sentinel);
    body["workspace_ids"] = json!([]);
    let owner = house.owner().await.unwrap();
    assert_eq!(owner.post("/api/v1/connections", &body).await.unwrap().status, 201);
    let report = owner.search(demo::DOMAIN).await.unwrap();
    explains(&report, "sentinel.workspace_alerts", "partial");
    assert_eq!(report["summary"]["complete"], false);
}
