//! From the first page to the last: connect, search, see what both products know.

#![expect(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a story that cannot go on stops")]

use anyhow::ensure;
use harness::House;
use search::Product;
use serde_json::Value;
use simulator::demo;

/// The findings of every answer.
fn findings(report: &Value) -> Vec<&Value> {
    let answers = report["answers"].as_array().expect("a report has answers");
    answers.iter().flat_map(|answer| answer["findings"].as_array().expect("an answer has findings")).collect()
}

fn kinds(report: &Value, product: &str) -> Vec<String> {
    let mut kinds: Vec<String> = report["answers"]
        .as_array()
        .expect("a report has answers")
        .iter()
        .filter(|answer| answer["product"] == product)
        .flat_map(|answer| answer["findings"].as_array().expect("findings").iter())
        .map(|finding| finding["kind"].as_str().unwrap_or_default().to_owned())
        .collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

fn outcome<'a>(report: &'a Value, source: &str) -> &'a str {
    let answers = report["answers"].as_array().expect("a report has answers");
    let answer = answers.iter().find(|answer| answer["source"] == source);
    answer.unwrap_or_else(|| panic!("no answer of {source}"))["outcome"].as_str().unwrap_or_default()
}

databases::on_each_database! {
    async fn a_domain_of_the_story_is_known_to_both_products(database: Lent) {
        let house = House::open(database).await.unwrap();
        house.connect_both().await.unwrap();
        let report = house.owner().await.unwrap().search("hxxps://update-telemetry[.]example/a").await.unwrap();
        assert_eq!(report["indicator"]["value"], demo::DOMAIN);
        assert_eq!(report["indicator"]["kind"], "domain");
        assert_eq!(report["assessment"]["level"], "malicious", "{}", report["assessment"]);
        for kind in ["alert", "incident", "threat_indicator"] {
            assert!(kinds(&report, "sentinel").contains(&kind.to_owned()), "sentinel has no {kind}: {report:#}");
        }
        for kind in ["alert", "threat_indicator", "prevalence", "device"] {
            assert!(kinds(&report, "defender").contains(&kind.to_owned()), "defender has no {kind}");
        }
        for answer in report["answers"].as_array().unwrap() {
            if answer["outcome"] == "found" || answer["outcome"] == "nothing" {
                assert!(answer["covered"]["from"].is_string(), "an answer names its period: {answer}");
            }
        }
        assert_eq!(outcome(&report, "sentinel.classic_alerts"), "retired");
    }

    async fn an_address_leads_on_to_the_other_domain(database: Lent) {
        let house = House::open(database).await.unwrap();
        house.connect_both().await.unwrap();
        let owner = house.owner().await.unwrap();
        let report = owner.search("203.0.113[.]66:443").await.unwrap();
        assert_eq!(report["indicator"]["value"], demo::ADDRESS);
        assert_eq!(outcome(&report, "defender.machines"), "not_applicable", "devices are asked for domains only");
        let text = report.to_string();
        assert!(text.contains(demo::SECOND_DOMAIN), "the second domain is a pivot from the address");
        let report = owner.search(demo::SECOND_DOMAIN).await.unwrap();
        assert!(!findings(&report).is_empty());
    }

    async fn an_unknown_name_is_unknown_and_says_how_far_was_looked(database: Lent) {
        let house = House::open(database).await.unwrap();
        house.connect_both().await.unwrap();
        let report = house.owner().await.unwrap().search(demo::UNKNOWN_DOMAIN).await.unwrap();
        assert_eq!(findings(&report), Vec::<&Value>::new());
        assert_eq!(outcome(&report, "defender.alerts"), "nothing");
        assert_eq!(report["assessment"]["level"], "nothing_known", "{}", report["assessment"]);
        let sentence = report["assessment"]["sentence"].as_str().unwrap();
        assert!(!sentence.to_lowercase().contains("safe") && !sentence.to_lowercase().contains("clean"), "{sentence}");
    }

    async fn a_neighbour_in_spelling_is_not_taken_for_the_indicator(database: Lent) {
        let house = House::open(database).await.unwrap();
        house.connect_both().await.unwrap();
        let owner = house.owner().await.unwrap();
        let report = owner.search(demo::NEIGHBOUR_DOMAIN).await.unwrap();
        assert!(!report.to_string().contains("command_and_control"), "{report:#}");
    }

    async fn one_product_alone_leaves_the_other_not_connected(database: Lent) {
        let house = House::open(database).await.unwrap();
        house.connect(Product::Defender).await.unwrap();
        let report = house.owner().await.unwrap().search(demo::DOMAIN).await.unwrap();
        assert_eq!(outcome(&report, "sentinel.workspace_alerts"), "not_connected");
        assert_eq!(outcome(&report, "defender.alerts"), "found");
    }

    async fn a_connection_never_tells_its_secret(database: Lent) {
        let house = House::open(database).await.unwrap();
        let made = house.connect(Product::Defender).await.unwrap();
        let owner = house.owner().await.unwrap();
        let id = made["id"].as_str().unwrap();
        let list = owner.get("/api/v1/connections").await.unwrap();
        let validated = owner.post(&format!("/api/v1/connections/{id}/validate"), &Value::Null).await.unwrap();
        for text in [made.to_string(), list.text, validated.text] {
            assert!(!text.contains(demo::DEFENDER_SECRET), "{text}");
        }
    }
}

#[tokio::test]
async fn the_api_says_what_is_missing() -> anyhow::Result<()> {
    let house = House::open(databases::sqlite()).await?;
    let stranger = house.visitor();
    let answer = stranger.get("/api/v1/search?q=example.com").await?;
    ensure!(answer.status == 401 && answer.header("www-authenticate") == Some("Bearer"), "{answer:?}");
    let owner = house.owner().await?;
    let answer = owner.get("/api/v1/search?q=host-12").await?;
    ensure!(answer.status == 422 || answer.status == 400, "{answer:?}");
    ensure!(
        answer.header("content-type").is_some_and(|kind| kind.starts_with("application/problem+json")),
        "{answer:?}"
    );
    let answer = owner
        .post("/api/v1/connections", &{
            let mut body = harness::house::connection(Product::Defender);
            body["client_secret"] = demo::DEFENDER_SECRET_ID.into();
            body
        })
        .await?;
    ensure!(answer.status == 422 && answer.text.contains("client_secret"), "{answer:?}");
    Ok(())
}
