//! The identity service of the machine.

use serde_json::Value;
use simulator::faults::{Action, Rule};
use simulator::{Surface, demo};

use crate::asking::{Answer, Asker};

const AUDIENCE: &str = "resource=api%3A%2F%2FAzureADTokenExchange";

async fn ask(asker: &Asker, query: &str, headers: &[(&str, &str)]) -> Answer {
    asker.send("GET", &format!("/identity/metadata/identity/oauth2/token?{query}"), headers, "").await
}

fn described(answer: &Answer) -> String {
    answer.json()["error_description"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn its_token_is_the_machines_own_and_vouches_for_the_app_that_trusts_it() {
    let asker = Asker::demo().await;
    assert_eq!(asker.simulator.identity_endpoint().as_str(), format!("{}identity", asker.simulator.base()));
    let answer = ask(&asker, &format!("api-version=2018-02-01&{AUDIENCE}"), &[("Metadata", "true")]).await;
    let body: Value = answer.json();
    assert_eq!((answer.status, body["expires_in"].as_str()), (200, Some("86400")));
    let token = body["access_token"].as_str().unwrap();
    let scope = format!("{}/.default", asker.simulator.surface(Surface::Graph));
    let sign_in = async |client| {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", client),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", token),
            ("scope", &scope),
        ];
        asker.form(demo::TENANT, &fields).await
    };
    assert_eq!(sign_in(demo::IDENTITY_CLIENT).await.status, 200);
    assert_eq!(sign_in(demo::WORKLOAD_CLIENT).await.json()["error_codes"][0], 700_211);
}

#[tokio::test]
async fn it_wants_its_header_and_knows_only_the_identities_that_the_machine_has() {
    let asker = Asker::demo().await;
    let metadata: [(&str, &str); 1] = [("Metadata", "true")];
    let full = format!("api-version=2018-02-01&{AUDIENCE}");
    for (query, headers, wanted) in [
        (full.clone(), &[][..], "metadata header"),
        (AUDIENCE.to_owned(), &metadata[..], "api-version"),
        ("api-version=2018-02-01".to_owned(), &metadata[..], "resource"),
        (format!("{full}&client_id={}", demo::IDENTITY_CLIENT), &metadata[..], "Identity not found"),
        (full.clone(), &[("Metadata", "true"), ("X-Forwarded-For", "192.0.2.1")][..], "forwarded"),
    ] {
        let answer = ask(&asker, &query, headers).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.text);
        assert!(described(&answer).contains(wanted), "{query}: {}", answer.text);
    }
    let assigned = ask(&asker, &format!("{full}&client_id={}", demo::ASSIGNED_IDENTITY), &metadata).await;
    assert_eq!(assigned.json()["client_id"], demo::ASSIGNED_IDENTITY);
    assert_eq!(asker.send("GET", "/identity/metadata/instance", &metadata, "").await.status, 404);
    assert_eq!(asker.send("POST", "/identity/metadata/identity/oauth2/token", &metadata, "").await.status, 405);
}

#[tokio::test]
async fn it_fails_by_rule_as_the_other_surfaces_do_and_is_no_host_of_a_cloud() {
    let asker = Asker::demo().await;
    let rule = Rule::new(Action::Fail { status: 500, body: None }).on(Surface::Identity);
    asker.simulator.faults().add(rule.times(1));
    let query = format!("api-version=2018-02-01&{AUDIENCE}");
    assert_eq!(ask(&asker, &query, &[("Metadata", "true")]).await.status, 500);
    assert_eq!(ask(&asker, &query, &[("Metadata", "true")]).await.status, 200);
    assert!(!asker.simulator.cloud_toml("simulated").contains("identity"));
}
