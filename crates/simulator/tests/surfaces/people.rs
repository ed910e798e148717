//! People who sign in to an app: authorize, token, keys, and the groups that no token has room for.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::{Value, json};
use simulator::demo;
use url::Url;

use crate::asking::{Answer, Asker};

const REDIRECT: &str = "http://127.0.0.1:8440/sign-in/sso/callback";
const VERIFIER: &str = "a-verifier-of-more-than-forty-three-characters";

fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn wish<'a>(client: &'a str, scope: &'a str, challenge: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("client_id", client),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", scope),
        ("state", "the state"),
        ("nonce", "the nonce"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ]
}

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()))
}

fn returned(answer: &Answer) -> BTreeMap<String, String> {
    let url = Url::parse(answer.header("location").unwrap_or_else(|| panic!("{}", answer.text))).unwrap();
    assert!(url.as_str().starts_with(REDIRECT), "{url}");
    url.query_pairs().into_owned().collect()
}

async fn sign_in(asker: &Asker, client: &str, user: &str, scope: &str) -> BTreeMap<String, String> {
    let challenge = challenge();
    let mut fields = wish(client, scope, &challenge);
    let address = format!("/login/{}/oauth2/v2.0/authorize", demo::TENANT);
    let page = asker.send("GET", &format!("{address}?{}", form(&fields)), &[], "").await;
    assert!(page.status == 200 && page.text.contains(user), "{}", page.text);
    fields.push(("login", user));
    returned(&asker.send("POST", &address, &[], &form(&fields)).await)
}

async fn redeem(asker: &Asker, client: &str, code: &str, verifier: &str) -> Answer {
    let body = form(&[
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("client_secret", demo::SIGN_ON_SECRET),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", verifier),
    ]);
    asker.send("POST", &format!("/login/{}/oauth2/v2.0/token", demo::TENANT), &[], &body).await
}

/// The claims of a token that is signed by the published key.
async fn verified(asker: &Asker, token: &str) -> Value {
    let keys = asker.send("GET", &format!("/login/{}/discovery/v2.0/keys", demo::TENANT), &[], "").await.json();
    let key = &keys["keys"][0];
    let part = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let header: Value = serde_json::from_slice(&part(header)).unwrap();
    assert_eq!((header["alg"].as_str(), &header["kid"]), (Some("RS256"), &key["kid"]));
    let public = RsaPublicKeyComponents { n: part(key["n"].as_str().unwrap()), e: part(key["e"].as_str().unwrap()) };
    public.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &part(signature)).unwrap();
    serde_json::from_slice(&part(claims)).unwrap()
}

#[tokio::test]
async fn somebody_signs_in_and_is_named_with_groups() {
    let asker = Asker::demo().await;
    let back = sign_in(&asker, demo::SIGN_ON_CLIENT, demo::ANALYST_USER, "openid profile").await;
    assert_eq!(back["state"], "the state");
    let answer = redeem(&asker, demo::SIGN_ON_CLIENT, &back["code"], VERIFIER).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let claims = verified(&asker, answer.json()["id_token"].as_str().unwrap()).await;
    assert_eq!(claims["aud"], demo::SIGN_ON_CLIENT);
    assert_eq!((claims["nonce"].as_str(), claims["ver"].as_str()), (Some("the nonce"), Some("2.0")));
    assert_eq!(claims["preferred_username"], demo::ANALYST_USER);
    assert_eq!(claims["groups"], json!([demo::ANALYST_GROUP]));
    let document = format!("/login/{}/v2.0/.well-known/openid-configuration", demo::TENANT);
    let discovery = asker.send("GET", &document, &[], "");
    assert_eq!(discovery.await.json()["issuer"], claims["iss"]);
}

#[tokio::test]
async fn a_code_is_good_once_for_ten_minutes_and_with_its_verifier() {
    let asker = Asker::demo().await;
    let refused = async |verifier: &str, wait: i64, times: usize| {
        let back = sign_in(&asker, demo::SIGN_ON_CLIENT, demo::ANALYST_USER, "openid").await;
        asker.later(wait);
        let mut answer = redeem(&asker, demo::SIGN_ON_CLIENT, &back["code"], verifier).await;
        for _ in 1..times {
            answer = redeem(&asker, demo::SIGN_ON_CLIENT, &back["code"], verifier).await;
        }
        assert_eq!(answer.json()["error"], "invalid_grant", "{}", answer.text);
        answer.json()["error_codes"][0].as_u64().unwrap()
    };
    assert_eq!(refused(VERIFIER, 0, 2).await, 54_005);
    assert_eq!(refused(VERIFIER, 601, 1).await, 70_008);
    assert_eq!(refused("another verifier", 0, 1).await, 501_481);
}

#[tokio::test]
async fn what_comes_of_an_attempt_is_told_at_the_app_s_address_or_on_entra_s_own_page() {
    let asker = Asker::demo().await;
    for (user, error, code) in [
        (demo::DECLINING_USER, "access_denied", "AADSTS65004"),
        (demo::UNCONSENTED_USER, "consent_required", "AADSTS65001"),
        (demo::INTERRUPTED_USER, "interaction_required", "AADSTS50076"),
    ] {
        let back = sign_in(&asker, demo::SIGN_ON_CLIENT, user, "openid").await;
        assert_eq!((back["error"].as_str(), back["state"].as_str()), (error, "the state"));
        assert!(back["error_description"].starts_with(code), "{}", back["error_description"]);
    }
    let address = format!("/login/{}/oauth2/v2.0/authorize", demo::TENANT);
    for (name, value, code) in [
        ("redirect_uri", "https://elsewhere.example/", "AADSTS50011"),
        ("redirect_uri", "http://127.0.0.1:8440/elsewhere", "AADSTS50011"),
        ("client_id", "00000000-0000-4000-8000-000000000000", "AADSTS700016"),
    ] {
        let challenge = challenge();
        let mut fields = wish(demo::SIGN_ON_CLIENT, "openid", &challenge);
        fields.iter_mut().filter(|(held, _)| *held == name).for_each(|field| field.1 = value);
        let answer = asker.send("GET", &format!("{address}?{}", form(&fields)), &[], "").await;
        assert!(
            answer.status == 400 && answer.text.contains(code) && answer.header("location").is_none(),
            "{}",
            answer.text
        );
    }
}

#[tokio::test]
async fn who_has_signed_in_is_known_to_the_browser_until_the_app_wants_another_sign_in() {
    let asker = Asker::demo().await;
    let challenge = challenge();
    let address = format!("/login/{}/oauth2/v2.0/authorize", demo::TENANT);
    let mut fields = wish(demo::SIGN_ON_CLIENT, "openid", &challenge);
    fields.push(("login", demo::ANALYST_USER));
    let answer = asker.send("POST", &address, &[], &form(&fields)).await;
    let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    fields.pop();
    let silent = asker.send("GET", &format!("{address}?{}", form(&fields)), &[("Cookie", &cookie)], "").await;
    assert!(returned(&silent).contains_key("code"));
    fields.push(("prompt", "login"));
    let asked = asker.send("GET", &format!("{address}?{}", form(&fields)), &[("Cookie", &cookie)], "").await;
    assert!(asked.status == 200 && asked.text.contains("Pick an account"));
}

#[tokio::test]
async fn too_many_groups_are_left_out_and_can_be_asked_for_with_user_read() {
    let asker = Asker::demo().await;
    let wide = format!("openid profile {}graph/User.Read", asker.simulator.base());
    let back = sign_in(&asker, demo::SIGN_ON_CLIENT, demo::WELL_CONNECTED_USER, &wide).await;
    let tokens = redeem(&asker, demo::SIGN_ON_CLIENT, &back["code"], VERIFIER).await.json();
    let claims = verified(&asker, tokens["id_token"].as_str().unwrap()).await;
    assert_eq!((claims.get("groups"), &claims["_claim_names"]["groups"]), (None, &json!("src1")));
    let token = tokens["access_token"].as_str().unwrap();
    let path = "/graph/v1.0/me/checkMemberGroups";
    let asked = json!({"groupIds": [demo::OWNER_GROUP, demo::ANALYST_GROUP]});
    assert_eq!(asker.post(path, token, asked.clone()).await.list(), [demo::ANALYST_GROUP]);
    let many = json!({"groupIds": vec![demo::OWNER_GROUP; 21]});
    assert_eq!(asker.post(path, token, many).await.status, 400);
    assert_eq!(asker.post(path, token, json!({"groupIds": ["a name"]})).await.status, 400);

    // Without consent the wish is refused, and a token without it does not suffice.
    let back = sign_in(&asker, demo::SIGN_ON_CLIENT_WITHOUT_CONSENT, demo::WELL_CONNECTED_USER, &wide).await;
    assert_eq!(back["error"], "consent_required");
    let back = sign_in(&asker, demo::SIGN_ON_CLIENT_WITHOUT_CONSENT, demo::WELL_CONNECTED_USER, "openid profile").await;
    let tokens = redeem(&asker, demo::SIGN_ON_CLIENT_WITHOUT_CONSENT, &back["code"], VERIFIER).await.json();
    let refused = asker.post(path, tokens["access_token"].as_str().unwrap(), asked.clone()).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "Authorization_RequestDenied"));
    // Nor does an app's own.
    let own = asker.token_of(demo::SENTINEL_CLIENT, simulator::Surface::Graph).await;
    assert_eq!(asker.post(path, &own, asked).await.status, 400);
}

#[tokio::test]
async fn keys_are_rotated_when_a_test_says_so() {
    let asker = Asker::demo().await;
    let token = async || {
        let back = sign_in(&asker, demo::SIGN_ON_CLIENT, demo::ROLE_USER, "openid").await;
        redeem(&asker, demo::SIGN_ON_CLIENT, &back["code"], VERIFIER).await.json()["id_token"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let before = token().await;
    assert_eq!(verified(&asker, &before).await["roles"], json!(["oriel.viewer"]));
    asker.simulator.rotate_keys();
    let after = token().await;
    verified(&asker, &after).await;
    let kid = |token: &str| token.split('.').next().unwrap().to_owned();
    assert_ne!(kid(&before), kid(&after));
}
