//! Secrets of single sign-on, and of a credential that a cluster lends: the client's secret, the state that a browser keeps, code,
//! verifier and token of a sign-in; the token in a file.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use harness::{Traveller, Visitor};
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use simulator::demo;
use url::Url;

use super::Left;
use crate::bench::Bench;
use crate::hidden::Hidden;

/// 256 random bits, written for addresses.
const VERIFIER: usize = 43;

/// The lines of the configuration for both, their secrets in files.
pub fn lines(bench: &Bench, hidden: &mut Hidden) -> String {
    hidden.text("the sign-in client's secret", demo::SIGN_ON_SECRET);
    // The head of every token that the simulated Entra makes out for a person.
    hidden.text("an ID token", "eyJhbGciOiJSUzI1NiIs");
    let (issuer, subject, audience) = (demo::WORKLOAD_ISSUER, demo::WORKLOAD_SUBJECT, demo::WORKLOAD_AUDIENCE);
    let lent = demo::workload_token(issuer, subject, audience, Timestamp::now(), 3600);
    hidden.text("the token in a file", &lent);
    for (number, part) in lent.split('.').enumerate() {
        hidden.text(&format!("part {number} of the token in a file"), part);
    }
    let (secret, lent) = (bench.file("sign-on-secret", demo::SIGN_ON_SECRET), bench.file("lent-token", &lent));
    format!(
        "federated_token_file = '{lent}'\n[oidc]\nissuer = \"{}login/{}/v2.0\"\nclient_id = \"{}\"\nclient_secret_file = \
         '{secret}'\nowner_group = \"{}\"\nanalyst_group = \"{}\"\nlocal_login = \"on\"",
        bench.simulator.base(),
        demo::TENANT,
        demo::SIGN_ON_CLIENT,
        demo::OWNER_GROUP,
        demo::ANALYST_GROUP
    )
}

/// To the provider and back: once in a browser that never went there, once in the one that did, and once more.
pub async fn single_sign_on(base: &Url, hidden: &mut Hidden, left: &mut Left) -> String {
    let browser = Visitor::new(base.clone());
    let begun = browser.get("/sign-in/sso?back=/settings").await.unwrap();
    assert_eq!(begun.status, 303, "{}", begun.text);
    let kept = begun.header("set-cookie").and_then(|set| set.split([';', '=']).nth(1)).unwrap();
    hidden.text("what the browser keeps of a sign-in", kept);
    // The state and the nonce are in the address, on their way to the provider.
    let way: Url = begun.header("location").unwrap().parse().unwrap();
    for name in ["state", "nonce"] {
        let (_, value) = way.query_pairs().find(|(held, _)| held == name).unwrap();
        hidden.text(&format!("the {name} of a sign-in"), &value);
    }
    let challenge = way.query_pairs().find(|(name, _)| name == "code_challenge").unwrap().1.into_owned();
    left.keep("off to the provider", begun.text);

    let elsewhere = Traveller::default();
    let choice = elsewhere.open(way).await.unwrap();
    let refused = elsewhere.submit(&choice, &[("login", demo::OWNER_USER)]).await.unwrap();
    assert_eq!((refused.status, refused.url.path()), (403, "/sign-in/sso/callback"), "{}", refused.text);
    let (_, code) = refused.url.query_pairs().find(|(name, _)| name == "code").unwrap();
    hidden.text("a code of the provider", &code);
    left.keep("back in another browser", refused.text);

    let back = format!("{}?{}", refused.url.path(), refused.url.query().unwrap());
    let came = browser.get(&back).await.unwrap();
    assert_eq!((came.status, came.header("location")), (303, Some("/settings")), "{}", came.text);
    let sets = came.headers.iter().filter(|(name, _)| name == "set-cookie");
    let session = sets.filter_map(|(_, set)| set.strip_prefix("oriel=")).find_map(|set| set.split(';').next()).unwrap();
    hidden.text("a session of single sign-on", session);
    left.answer("back from the provider", came);
    left.answer("back once more", browser.get(&back).await.unwrap());
    challenge
}

/// The verifier goes from Oriel to the provider alone. What is known here is its digest, the challenge: no text of its form that was
/// left behind has it.
pub fn no_verifier(challenge: &str, left: &Left) {
    let wanted = URL_SAFE_NO_PAD.decode(challenge).unwrap();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    for (what, bytes) in &left.0 {
        for run in bytes.split(|byte| !plain(byte)) {
            let found = run.windows(VERIFIER).any(|text| digest(&SHA256, text).as_ref() == wanted);
            assert!(!found, "{what} holds the verifier of a sign-in");
        }
    }
}

/// A connection that signs in by the token in the file.
pub async fn lent(script: &Visitor, left: &mut Left) {
    let mut made = super::connection("defender", demo::WORKLOAD_CLIENT, "");
    made["credential"] = json!({"kind": "federated_token"});
    let made = script.post("/api/v1/connections", &made).await.unwrap();
    assert_eq!(made.status, 201, "{}", made.text);
    let made: Value = left.answer("connected with a token from a file", made).json().unwrap();
    let checks = made["validation"]["checks"].as_array().unwrap();
    let signs_in = |check: &Value| check["check"] == "token" && check["state"] == "passed";
    assert!(checks.iter().any(signs_in), "the token in the file was used: {checks:?}");
}
