//! Sign-ins by certificate and by a token that vouches for the app, and each way in which they are refused.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use serde_json::{Value, json};
use simulator::scenario::{AppState, Federated};
use simulator::{Scenario, Surface, demo};

use crate::asking::{Answer, Asker, BEGINNING};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn section(label: &str) -> Vec<u8> {
    let (_, rest) = demo::CERTIFICATE.split_once(&format!("-----BEGIN {label}-----")).unwrap();
    let (text, _) = rest.split_once("-----END").unwrap();
    STANDARD.decode(text.split_whitespace().collect::<String>()).unwrap()
}

fn signed(header: &Value, claims: &Value) -> String {
    let key = RsaKeyPair::from_pkcs8(&section("PRIVATE KEY")).unwrap();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let statement = format!("{}.{}", part(header), part(claims));
    let how: &'static dyn RsaEncoding = if header["alg"] == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(how, &SystemRandom::new(), statement.as_bytes(), &mut signature).unwrap();
    format!("{statement}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn header() -> Value {
    json!({"alg": "PS256", "typ": "JWT", "x5t#S256": URL_SAFE_NO_PAD.encode(digest(&SHA256, &section("CERTIFICATE")))})
}

fn now() -> Timestamp {
    BEGINNING.parse().unwrap()
}

fn claims(asker: &Asker) -> Value {
    let (client, now) = (demo::CERTIFICATE_CLIENT, now().as_second());
    let endpoint = format!("{}/{}/oauth2/v2.0/token", asker.simulator.surface(Surface::Login), demo::TENANT);
    json!({"aud": endpoint, "iss": client, "sub": client, "jti": "1", "nbf": now, "iat": now, "exp": now + 600})
}

fn with(value: &Value, name: &str, new: impl Into<Value>) -> Value {
    let mut value = value.clone();
    value[name] = new.into();
    value
}

async fn show(asker: &Asker, client: &str, assertion: &str) -> Answer {
    let scope = format!("{}/.default", asker.simulator.surface(Surface::Graph));
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", client),
        ("client_assertion_type", TYPE),
        ("client_assertion", assertion),
        ("scope", &scope),
    ];
    asker.form(demo::TENANT, &fields).await
}

fn code(answer: &Answer) -> u64 {
    answer.json()["error_codes"][0].as_u64().unwrap_or_else(|| panic!("{}", answer.text))
}

#[tokio::test]
async fn a_statement_signed_by_the_apps_certificate_gets_a_token_that_says_so() {
    let asker = Asker::demo().await;
    let by_sha1 = URL_SAFE_NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &section("CERTIFICATE")));
    for header in [header(), json!({"alg": "RS256", "typ": "JWT", "x5t": by_sha1})] {
        let answer = show(&asker, demo::CERTIFICATE_CLIENT, &signed(&header, &claims(&asker))).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        let claims: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap();
        assert_eq!((&claims["appidacr"], &claims["appid"]), (&json!("2"), &json!(demo::CERTIFICATE_CLIENT)));
    }
}

#[tokio::test]
async fn a_statement_that_is_wrong_in_one_thing_is_refused_for_that() {
    let asker = Asker::demo().await;
    let (good, now) = (claims(&asker), now().as_second());
    let cases = [
        (with(&header(), "x5t#S256", "AAAA"), good.clone(), 700_027),
        (json!({"alg": "PS256", "typ": "JWT"}), good.clone(), 700_027),
        (with(&header(), "alg", "none"), good.clone(), 50_027),
        (header(), with(&good, "sub", "x"), 50_048),
        (header(), with(&good, "aud", "https://login.example/token"), 700_023),
        (header(), with(&with(&good, "nbf", now - 4000), "exp", now - 1000), 700_024),
        (header(), with(&with(&good, "nbf", now + 1000), "exp", now + 1600), 700_024),
        (header(), with(&good, "exp", Value::Null), 50_027),
    ];
    for (header, claims, expected) in cases {
        let answer = show(&asker, demo::CERTIFICATE_CLIENT, &signed(&header, &claims)).await;
        assert_eq!((answer.status, code(&answer)), (401, expected), "{}", answer.text);
    }
    let good = signed(&header(), &good);
    let forged = format!("{}.{}", good.rsplit_once('.').unwrap().0, URL_SAFE_NO_PAD.encode([1; 256]));
    assert_eq!(code(&show(&asker, demo::CERTIFICATE_CLIENT, &forged).await), 700_027);
    assert_eq!(code(&show(&asker, demo::CERTIFICATE_CLIENT, "no statement").await), 50_027);
    let of_another = show(&asker, demo::DEFENDER_CLIENT, &good).await;
    assert_eq!(code(&of_another), 70_025, "another app does not know it, and trusts nobody: {}", of_another.text);
    let untyped = [
        ("grant_type", "client_credentials"),
        ("client_id", demo::CERTIFICATE_CLIENT),
        ("client_assertion", &good),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    assert_eq!(code(&asker.form(demo::TENANT, &untyped).await), 900_144);
}

#[tokio::test]
async fn clocks_may_differ_by_minutes_and_no_more() {
    let asker = Asker::demo().await;
    let statement = signed(&header(), &claims(&asker));
    asker.later(14 * 60);
    assert_eq!(show(&asker, demo::CERTIFICATE_CLIENT, &statement).await.status, 200);
    asker.later(2 * 60);
    assert_eq!(code(&show(&asker, demo::CERTIFICATE_CLIENT, &statement).await), 700_024);
}

#[tokio::test]
async fn a_token_of_an_issuer_that_the_app_trusts_vouches_for_it_and_no_other_does() {
    let asker = Asker::demo().await;
    let (issuer, subject, audience) = (demo::WORKLOAD_ISSUER, demo::WORKLOAD_SUBJECT, demo::WORKLOAD_AUDIENCE);
    let token = |issuer, subject, audience, seconds| demo::workload_token(issuer, subject, audience, now(), seconds);
    let good = token(issuer, subject, audience, 3600);
    assert_eq!(show(&asker, demo::WORKLOAD_CLIENT, &good).await.status, 200);
    for (token, expected) in [
        (token("https://oidc.northwind.example", subject, audience, 3600), 700_211),
        (token(issuer, "system:serviceaccount:Oriel:oriel", audience, 3600), 700_213),
        (token(issuer, subject, "api://azureadtokenexchange", 3600), 700_212),
        (token(issuer, subject, audience, -400), 700_024),
        (format!("{}.{}", good.rsplit_once('.').unwrap().0, URL_SAFE_NO_PAD.encode([1; 256])), 50_013),
    ] {
        let answer = show(&asker, demo::WORKLOAD_CLIENT, &token).await;
        assert_eq!((answer.status, code(&answer)), (401, expected), "{}", answer.text);
    }
    assert_eq!(code(&show(&asker, demo::DEFENDER_CLIENT, &good).await), 70_025);
}

#[tokio::test]
async fn what_a_policy_forbids_is_refused_and_the_rest_is_not() {
    let state = |client: &'static str, state| {
        Scenario::demo().with_tenant(demo::TENANT, move |tenant| {
            tenant.apps.iter_mut().filter(|app| app.client == client).for_each(|app| app.state = state);
        })
    };
    let asker = Asker::with(state(demo::DEFENDER_CLIENT, AppState::SecretsForbidden)).await;
    let answer = asker.sign_in(demo::TENANT, demo::DEFENDER_CLIENT, demo::DEFENDER_SECRET, Surface::Graph).await;
    assert_eq!((answer.status, answer.json()["error_codes"].clone()), (401, json!([])));
    assert!(answer.text.contains("as per assigned policy"), "{}", answer.text);

    let asker = Asker::with(state(demo::CERTIFICATE_CLIENT, AppState::SecretsForbidden)).await;
    assert_eq!(show(&asker, demo::CERTIFICATE_CLIENT, &signed(&header(), &claims(&asker))).await.status, 200);

    let asker = Asker::with(state(demo::WORKLOAD_CLIENT, AppState::FederationForbidden)).await;
    let (issuer, subject, audience) = (demo::WORKLOAD_ISSUER, demo::WORKLOAD_SUBJECT, demo::WORKLOAD_AUDIENCE);
    let token = demo::workload_token(issuer, subject, audience, now(), 3600);
    assert_eq!(code(&show(&asker, demo::WORKLOAD_CLIENT, &token).await), 700_238);
}

#[tokio::test]
async fn an_issuer_whose_keys_cannot_be_read_vouches_for_nobody() {
    let scenario = Scenario::demo().with_tenant(demo::TENANT, |tenant| {
        let all = tenant.apps.iter_mut().flat_map(|app| app.federated.iter_mut());
        all.for_each(|federated: &mut Federated| federated.key = None);
    });
    let asker = Asker::with(scenario).await;
    let (issuer, subject, audience) = (demo::WORKLOAD_ISSUER, demo::WORKLOAD_SUBJECT, demo::WORKLOAD_AUDIENCE);
    let token = demo::workload_token(issuer, subject, audience, now(), 3600);
    assert_eq!(code(&show(&asker, demo::WORKLOAD_CLIENT, &token).await), 7_000_272);
}
