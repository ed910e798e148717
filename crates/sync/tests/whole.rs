//! The background of a whole Oriel over a simulated Microsoft, with a clock that is moved.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on stops")]

use harness::House;
use jiff::SignedDuration;
use search::Product;
use serde_json::{Value, json};
use simulator::faults::{Action, Rule};
use simulator::{Surface, demo};

async fn id(house: &House, product: Product) -> String {
    house.connect(product).await.unwrap()["id"].as_str().unwrap().to_owned()
}

async fn minutes(house: &House, minutes: i64) -> sync::Done {
    house.wait(SignedDuration::from_mins(minutes));
    house.background.tick().await.unwrap()
}

async fn list(house: &House, id: &str, what: &str) -> Vec<Value> {
    let answer = house.owner().await.unwrap().json(&format!("/api/v1/connections/{id}/{what}")).await.unwrap();
    answer.as_array().unwrap().clone()
}

/// Entra says from now on that the secret has expired.
fn expire(house: &House) {
    let body = json!({
        "error": "invalid_client",
        "error_description": "AADSTS7000222: The provided client secret keys for app are expired.",
        "error_codes": [7_000_222],
        "trace_id": "11111111-aaaa-4bbb-8ccc-000000000001",
        "correlation_id": "11111111-aaaa-4bbb-8ccc-000000000002",
    });
    let refuse = Action::Fail { status: 401, body: Some(body.to_string()) };
    house.simulator.faults().add(Rule::new(refuse).on(Surface::Login).path("/token"));
}

/// The tables that Defender's sources read, by name.
const TABLES: [&str; 5] = ["AlertInfo", "DeviceNetworkEvents", "EmailEvents", "EntraIdSignInEvents", "UrlClickEvents"];

/// From now on no row arrives in hunting.
fn dry_up(house: &House) {
    let column = |name: &str, kind: &str| json!({ "name": name, "type": kind });
    let empty = |part: &str| json!({ "Part": part, "Newest": null, "Rows": 0 });
    let body = json!({
        "schema": [column("Part", "String"), column("Newest", "DateTime"), column("Rows", "Int64")],
        "results": TABLES.map(empty),
    });
    let answer = Action::Fail { status: 200, body: Some(body.to_string()) };
    house.simulator.faults().add(Rule::new(answer).on(Surface::Graph).body("Rows = count()"));
}

databases::on_each_database! {
    async fn a_table_that_goes_silent_is_told_once_on_every_way_out(database: Lent) {
        let house = House::open(database).await.unwrap();
        let id = id(&house, Product::Defender).await;
        assert_eq!(house.background.tick().await.unwrap().pulsed, std::slice::from_ref(&id));
        let tables = list(&house, &id, "pulse").await;
        let names: Vec<&str> = tables.iter().map(|table| table["table"].as_str().unwrap()).collect();
        assert_eq!(names, TABLES);
        assert!(tables.iter().all(|table| table["newest"].is_string() && table["trouble"].is_null()), "{tables:#?}");
        assert!(list(&house, &id, "changes").await.is_empty(), "the first look is no change");

        dry_up(&house);
        minutes(&house, 26 * 60).await;
        minutes(&house, 60).await;
        let changes = list(&house, &id, "changes").await;
        let silent = |change: &&Value| change["is"] == "silent" && change["subject"] == "table:hunting/DeviceNetworkEvents";
        assert_eq!(changes.iter().filter(silent).count(), 1, "{changes:#?}");
        let title = changes.iter().find(silent).unwrap()["title"].as_str().unwrap();
        assert!(title.contains("Check the onboarding of devices"), "{title}");

        let owner = house.owner().await.unwrap();
        let metrics = owner.get("/metrics").await.unwrap().text;
        let age = format!("oriel_table_newest_age_seconds{{connection=\"{id}\",place=\"hunting\",table=\"AlertInfo\"}}");
        assert!(metrics.contains(&age), "{metrics}");
        assert!(metrics.contains(&format!("oriel_connection_ready{{connection=\"{id}\"}}")), "{metrics}");
        assert_eq!(metrics.matches("# EOF").count(), 1);
        let visitor = house.visitor();
        let home = visitor.submit_and_follow(
            "/sign-in",
            &[("name", harness::house::OWNER), ("password", harness::house::PASSWORD)],
        ).await.unwrap();
        assert!(home.text.contains("What changed") && home.text.contains("Check the onboarding of devices"), "{}", home.text);
    }

    async fn a_refusal_at_a_search_is_tried_once_and_told_and_so_is_that_it_is_over(database: Lent) {
        let house = House::open(database).await.unwrap();
        let id = id(&house, Product::Defender).await;
        minutes(&house, 30).await;
        expire(&house);
        // By now the tokens have ended.
        house.wait(SignedDuration::from_hours(2));
        let owner = house.owner().await.unwrap();
        for _ in 0..3 {
            owner.search(demo::DOMAIN).await.unwrap();
        }
        let tried: Vec<bool> = house.background.tick().await.unwrap().validated.into_iter().map(|(_, ended)| ended).collect();
        assert_eq!(tried, [true]);
        assert!(minutes(&house, 1).await.validated.is_empty(), "once");
        let changes = list(&house, &id, "changes").await;
        let of_it: Vec<&Value> = changes.iter().filter(|change| change["subject"] == "connection").collect();
        assert_eq!(of_it.len(), 1, "{changes:#?}");
        assert_eq!((&of_it[0]["was"], &of_it[0]["is"]), (&json!("signs_in"), &json!("refused")));
        assert!(of_it[0]["title"].as_str().unwrap().contains("expired"), "{changes:#?}");
        assert!(changes.iter().all(|change| !change["subject"].as_str().unwrap().starts_with("defender.")), "{changes:#?}");

        // A new secret's day: within the half hour it is seen without anybody's doing.
        house.simulator.faults().clear();
        let mut tries = 0;
        for _ in 0..31 {
            tries += minutes(&house, 1).await.validated.len();
        }
        assert_eq!(tries, 1);
        let changes = list(&house, &id, "changes").await;
        assert_eq!(changes[0]["is"], "signs_in", "{changes:#?}");
    }

    async fn only_an_owners_key_reads_what_changed_and_an_unknown_connection_is_none(database: Lent) {
        let house = House::open(database).await.unwrap();
        let id = id(&house, Product::Defender).await;
        house.person("ada", store::people::Role::Analyst).await.unwrap();
        let analyst = house.scripted_by("ada").await.unwrap();
        let owner = house.owner().await.unwrap();
        for what in ["changes", "pulse"] {
            assert_eq!(analyst.get(&format!("/api/v1/connections/{id}/{what}")).await.unwrap().status, 403);
            let unknown = format!("/api/v1/connections/01900000-0000-7000-8000-000000000000/{what}");
            assert_eq!(owner.get(&unknown).await.unwrap().status, 404);
        }
    }
}
