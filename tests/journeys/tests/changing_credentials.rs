//! A connection changes from a secret to a certificate without a gap, and no secret is told on the way.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a story that cannot go on stops")]

use harness::House;
use harness::house::connection;
use search::Product;
use serde_json::{Value, json};
use simulator::demo;

/// The demo's app that knows a certificate, which also has a secret here.
fn scenario() -> simulator::Scenario {
    simulator::Scenario::demo().with_tenant(demo::TENANT, |tenant| {
        let secret = tenant.app(demo::DEFENDER_CLIENT).and_then(|app| app.secrets.first().cloned());
        let app = tenant.apps.iter_mut().find(|app| app.client == demo::CERTIFICATE_CLIENT).expect("the app is there");
        app.secrets.extend(secret);
    })
}

fn by_secret() -> Value {
    let mut form = connection(Product::Defender);
    form["client_id"] = json!(demo::CERTIFICATE_CLIENT);
    form
}

databases::on_each_database! {
    async fn from_a_secret_to_a_certificate_without_a_gap(database: Lent) {
        let plan = harness::Plan { scenario: scenario(), ..harness::Plan::default() };
        let house = House::build(database, plan).await.unwrap();
        let owner = house.owner().await.unwrap();
        let saved = owner.post("/api/v1/connections", &by_secret()).await.unwrap().json().unwrap();
        assert_eq!(saved["credential"]["kind"], "secret", "{saved:#}");
        assert!(saved["validation"]["follows"].as_array().unwrap().iter().all(|follow| follow["words"].is_string()));
        let path = format!("/api/v1/connections/{}/credentials", saved["id"].as_str().unwrap());

        let nonsense = json!({"credential": {"kind": "certificate", "certificate_pem": "not a certificate"}});
        let refused = owner.post(&path, &nonsense).await.unwrap();
        assert!(refused.status == 422 && refused.text.contains("certificate_pem"), "{}", refused.text);

        let made = owner.post(&path, &json!({"credential": {"kind": "certificate"}})).await.unwrap();
        assert_eq!(made.status, 201, "{}", made.text);
        let made_id = made.json().unwrap()["id"].as_str().unwrap().to_owned();
        let third = owner.post(&path, &json!({"credential": {"kind": "managed_identity"}})).await.unwrap();
        assert!(third.status == 422 && third.text.contains("two credentials"), "{}", third.text);
        let switch = owner.post(&format!("{path}/{made_id}/use"), &Value::Null).await.unwrap();
        assert_eq!(switch.status, 422, "the app does not know that certificate yet: {}", switch.text);
        assert!(switch.text.contains("does not sign in") && switch.text.contains("nothing was switched"), "{}", switch.text);
        assert_eq!(owner.delete(&format!("{path}/{made_id}")).await.unwrap().status, 204);

        let known = json!({"credential": {"kind": "certificate", "certificate_pem": demo::CERTIFICATE}});
        let added = owner.post(&path, &known).await.unwrap();
        let credential = added.json().unwrap();
        let id = credential["id"].as_str().unwrap();
        assert_eq!(credential["thumbprint"].as_str().unwrap().len(), 40);
        assert!(credential["ends"].is_string() && credential["in_use"] == false);
        let tried = owner.post(&format!("{path}/{id}/validate"), &Value::Null).await.unwrap();
        assert_eq!(tried.json().unwrap()["status"], "ready", "{}", tried.text);
        assert_eq!(owner.post(&format!("{path}/{id}/use"), &Value::Null).await.unwrap().status, 204);
        let held = owner.json(&path).await.unwrap();
        assert_eq!((&held[0]["kind"], &held[1]["kind"]), (&json!("certificate"), &json!("secret")));
        let first = held[1]["id"].as_str().unwrap();
        assert_eq!(owner.delete(&format!("{path}/{first}")).await.unwrap().status, 204);
        assert_eq!(owner.delete(&format!("{path}/{id}")).await.unwrap().status, 404, "the one in use stays");

        let report = owner.search(demo::DOMAIN).await.unwrap();
        assert_eq!(report["assessment"]["level"], "malicious", "searches sign in by the certificate");
        let list = owner.get("/api/v1/connections").await.unwrap().text;
        for text in [added.text, tried.text, list, held.to_string()] {
            assert!(!text.contains("PRIVATE KEY") && !text.contains(demo::DEFENDER_SECRET), "{text}");
        }
    }
}

#[tokio::test]
async fn an_owner_has_a_certificate_made_and_downloads_what_the_portal_wants() {
    let house = House::open(databases::sqlite()).await.unwrap();
    let mut form = by_secret();
    form["client_secret"] = json!("");
    form["credential"] = json!({"kind": "certificate"});
    let owner = house.owner().await.unwrap();
    let saved = owner.post("/api/v1/connections", &form).await.unwrap().json().unwrap();
    assert_eq!(saved["credential"]["kind"], "certificate", "{saved:#}");
    let codes = saved["validation"]["checks"].to_string();
    assert!(codes.contains("certificate_unknown"), "the app does not know it yet: {codes}");
    let browser = house.visitor();
    browser.submit_and_follow("/sign-in", &[("name", "olga"), ("password", harness::house::PASSWORD)]).await.unwrap();
    let id = saved["id"].as_str().unwrap();
    let page = browser.get(&format!("/settings?edit={id}")).await.unwrap();
    assert!(page.text.contains("Download the public part"), "{}", page.text);
    assert!(page.text.contains(saved["credential"]["thumbprint"].as_str().unwrap()));
    let credential = saved["credential"]["id"].as_str().unwrap();
    let path = format!("/settings/connections/{id}/credentials/{credential}/certificate");
    let pem = browser.get(&path).await.unwrap();
    assert!(pem.text.contains("BEGIN CERTIFICATE") && !pem.text.contains("PRIVATE"), "{}", pem.text);
    assert!(house.visitor().get(&path).await.unwrap().status != 200, "not for strangers");
}
