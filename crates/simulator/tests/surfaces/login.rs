//! Discovery, tokens, and every way to be refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use simulator::{Surface, demo};

use crate::asking::Asker;

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn a_tenant_is_found_by_its_guid_and_by_its_domain() {
    let asker = Asker::demo().await;
    for name in [demo::TENANT, demo::TENANT_DOMAIN] {
        let answer = asker.send("GET", &format!("/login/{name}/v2.0/.well-known/openid-configuration"), &[], "").await;
        let body = answer.json();
        let base = asker.simulator.base();
        assert_eq!(body["token_endpoint"], format!("{base}login/{}/oauth2/v2.0/token", demo::TENANT));
        assert!(body["issuer"].as_str().unwrap().contains(demo::TENANT));
    }
    let answer = asker.send("GET", "/login/nobody.example/v2.0/.well-known/openid-configuration", &[], "").await;
    assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some("invalid_tenant")));
    assert!(answer.json()["error_description"].as_str().unwrap().starts_with("AADSTS90002: "));
}

#[tokio::test]
async fn a_token_says_whose_it_is_and_what_it_may() {
    let asker = Asker::demo().await;
    let token = asker.token_of(demo::DEFENDER_CLIENT, Surface::Defender).await;
    let claims = claims(&token);
    assert_eq!(claims["ver"], "1.0");
    assert_eq!(claims["tid"], demo::TENANT);
    assert_eq!(claims["appid"], demo::DEFENDER_CLIENT);
    assert_eq!(claims["aud"], asker.simulator.surface(Surface::Defender));
    assert_eq!(claims["roles"][1], "Url.Read.All");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3599);
}

#[tokio::test]
async fn a_token_without_consent_has_no_roles_claim() {
    let asker = Asker::demo().await;
    let token = asker.token_of(demo::BARE_CLIENT, Surface::Graph).await;
    assert_eq!(claims(&token).get("roles"), None);
}

#[tokio::test]
async fn the_first_version_takes_a_resource_and_writes_numbers_as_text() {
    let asker = Asker::demo().await;
    let resource = asker.simulator.surface(Surface::Graph);
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("grant_type", "client_credentials"),
            ("client_id", demo::SENTINEL_CLIENT),
            ("client_secret", demo::SENTINEL_SECRET),
            ("resource", &resource),
        ])
        .finish();
    let answer = asker.send("POST", &format!("/login/{}/oauth2/token", demo::TENANT), &[], &body).await;
    assert_eq!(answer.json()["expires_in"], "3599");
    assert_eq!(answer.json()["resource"], resource);
}

#[tokio::test]
async fn every_refusal_has_its_status_its_error_and_its_code() {
    let asker = Asker::demo().await;
    let graph = format!("{}/.default", asker.simulator.surface(Surface::Graph));
    let defender = format!("{}/.default", asker.simulator.surface(Surface::Defender));
    let both = format!("{graph} {defender}");
    let naked = asker.simulator.surface(Surface::Graph);
    let nowhere = "https://nothing.example/.default";
    let (tenant, app, secret) = (demo::TENANT, demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET);
    let missing = "00000000-0000-4000-8000-00000000dead";
    let cases: [(&str, &str, &str, &str, u16, &str, u64); 15] = [
        (tenant, app, "wrong", &graph, 401, "invalid_client", 7_000_215),
        (tenant, app, demo::DEFENDER_SECRET_ID, &graph, 401, "invalid_client", 7_000_215),
        (tenant, demo::EXPIRED_CLIENT, demo::OTHER_SECRET, &graph, 401, "invalid_client", 7_000_222),
        (tenant, missing, secret, &graph, 400, "unauthorized_client", 700_016),
        (demo::LEAN_TENANT, app, secret, &graph, 400, "unauthorized_client", 700_016),
        (missing, app, secret, &graph, 400, "invalid_request", 90_002),
        ("undefined", app, secret, &graph, 400, "invalid_request", 900_023),
        (tenant, demo::DISABLED_CLIENT, demo::OTHER_SECRET, &graph, 400, "unauthorized_client", 7_000_112),
        (tenant, demo::BLOCKED_CLIENT, demo::OTHER_SECRET, &graph, 400, "invalid_grant", 53_003),
        (demo::LEAN_TENANT, demo::LEAN_CLIENT, demo::OTHER_SECRET, &defender, 400, "invalid_resource", 500_011),
        (tenant, app, secret, nowhere, 400, "invalid_resource", 500_011),
        (tenant, app, secret, &both, 400, "invalid_scope", 700_022),
        (tenant, app, secret, &naked, 400, "invalid_scope", 1_002_012),
        (tenant, app, secret, "openid/.default", 400, "invalid_scope", 70_011),
        (tenant, app, "", &graph, 401, "invalid_client", 7_000_218),
    ];
    for (tenant, client, secret, scope, status, error, code) in cases {
        let fields =
            [("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret), ("scope", scope)];
        let answer = asker.form(tenant, &fields).await;
        let body = answer.json();
        assert_eq!((answer.status, body["error"].as_str()), (status, Some(error)), "{code}: {body}");
        assert_eq!(body["error_codes"][0], code, "{body}");
        assert!(body["error_description"].as_str().unwrap().starts_with(&format!("AADSTS{code}: ")), "{body}");
        for id in ["trace_id", "correlation_id", "timestamp"] {
            assert!(body["error_description"].as_str().unwrap().contains(body[id].as_str().unwrap()), "{id}: {body}");
        }
        assert!(!body.to_string().contains(demo::DEFENDER_SECRET));
    }
}

#[tokio::test]
async fn a_form_that_lacks_something_says_what() {
    let asker = Asker::demo().await;
    for (fields, missing) in [
        (vec![], "grant_type"),
        (vec![("grant_type", "client_credentials")], "client_id"),
        (vec![("grant_type", "client_credentials"), ("client_id", demo::SENTINEL_CLIENT)], "scope"),
    ] {
        let answer = asker.form(demo::TENANT, &fields).await;
        assert_eq!(answer.json()["error_codes"][0], 900_144);
        assert!(answer.text.contains(missing), "{missing}: {}", answer.text);
    }
}

#[tokio::test]
async fn conditional_access_names_its_policy_in_claims() {
    let asker = Asker::demo().await;
    let answer = asker.sign_in(demo::TENANT, demo::BLOCKED_CLIENT, demo::OTHER_SECRET, Surface::Graph).await;
    let body = answer.json();
    assert_eq!(body["suberror"], "message_only");
    let claims: Value = serde_json::from_str(body["claims"].as_str().unwrap()).unwrap();
    assert!(claims["access_token"]["capolids"]["values"][0].is_string());
}
