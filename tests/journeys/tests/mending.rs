//! An administrator mends a connection, one thing at a time, by what each validation says.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a story that cannot go on stops")]

use harness::House;
use harness::house::connection;
use search::Product;
use serde_json::{Value, json};
use simulator::demo;

/// The codes of the checks that failed, each once.
fn to_fix(validation: &Value) -> Vec<&str> {
    let checks = validation["checks"].as_array().expect("a validation has checks");
    let failed = checks.iter().filter(|check| check["state"] == "failed");
    let mut codes: Vec<&str> = failed.map(|check| check["code"].as_str().expect("a check has a code")).collect();
    codes.dedup();
    codes
}

databases::on_each_database! {
    async fn from_no_consent_over_a_wrong_secret_to_ready(database: Lent) {
        let house = House::open(database).await.unwrap();
        let owner = house.owner().await.unwrap();
        let mut form = connection(Product::Defender);
        (form["client_id"], form["client_secret"]) = (json!(demo::BARE_CLIENT), json!(demo::OTHER_SECRET));
        let saved = owner.post("/api/v1/connections", &form).await.unwrap();
        assert_eq!(saved.status, 201, "{}", saved.text);
        let saved = saved.json().unwrap();
        let path = format!("/api/v1/connections/{}", saved["id"].as_str().unwrap());
        let validation = &saved["validation"];
        assert_eq!(validation["status"], "failed");
        assert!(to_fix(validation).starts_with(&["no_consent"]), "{:?}", to_fix(validation));
        let checks = validation["checks"].as_array().unwrap();
        let consent = checks.iter().find(|check| check["code"] == "no_consent").unwrap();
        let link = consent["link"].as_str().unwrap();
        assert!(link.starts_with("https://portal.azure.com/") && link.contains(demo::BARE_CLIENT), "{link}");

        let wrong = json!({"client_id": demo::DEFENDER_CLIENT, "client_secret": "not~the~one"});
        let changed = owner.patch(&path, &wrong).await.unwrap().json().unwrap();
        assert_eq!(to_fix(&changed["validation"]), ["wrong_secret"], "one thing to mend");
        let search = owner.search(demo::DOMAIN).await.unwrap();
        let answers = search["answers"].as_array().unwrap();
        let refused = answers.iter().filter(|answer| answer["outcome"] == "refused").count();
        assert!(refused > 0 && search["summary"]["complete"] == false, "a search says so too");

        let right = json!({"client_secret": demo::DEFENDER_SECRET});
        let changed = owner.patch(&path, &right).await.unwrap().json().unwrap();
        assert_eq!(changed["validation"]["status"], "ready", "{changed:#}");
        assert_eq!(to_fix(&changed["validation"]), Vec::<&str>::new());
        let report = owner.search(demo::DOMAIN).await.unwrap();
        assert_eq!(report["assessment"]["level"], "malicious");
    }

    async fn an_app_of_the_2020_guide_is_used_as_far_as_it_goes_and_told_what_to_add(database: Lent) {
        let house = House::open(database).await.unwrap();
        let owner = house.owner().await.unwrap();
        let mut form = connection(Product::Defender);
        (form["client_id"], form["client_secret"]) = (json!(demo::CLASSIC_CLIENT), json!(demo::OTHER_SECRET));
        let saved = owner.post("/api/v1/connections", &form).await.unwrap().json().unwrap();
        assert_eq!(saved["validation"]["status"], "attention", "{saved:#}");
        let checks = saved["validation"]["checks"].as_array().unwrap();
        let told = |code: &str| checks.iter().find(|check| check["code"] == code).unwrap_or(&Value::Null);
        assert!(told("missing_permission")["permission"].as_str().unwrap().contains("ThreatHunting.Read.All"));
        let of_2020 = checks.iter().filter(|check| check["code"] == "classic_permissions");
        let of_2020: Vec<&str> = of_2020.map(|check| check["title"].as_str().unwrap()).collect();
        assert!(of_2020.iter().any(|title| title.contains("until 1 Feb 2027")), "{of_2020:?}");
        assert!(of_2020.iter().any(|title| title.contains("reads nothing any more")), "{of_2020:?}");
        let report = owner.search(demo::DOMAIN).await.unwrap();
        let answers = report["answers"].as_array().unwrap();
        let outcome = |source: &str| {
            answers.iter().find(|answer| answer["source"] == source).unwrap()["outcome"].as_str().unwrap().to_owned()
        };
        assert_eq!(outcome("defender.endpoint_alerts"), "found", "what still answers is used");
        assert_eq!(outcome("defender.devices"), "denied");
    }
}
