//! A provider that can be told to lie.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
};
use rsa::Generate;
use rsa::pkcs8::EncodePrivateKey;
use serde_json::{Value, json};
use url::Url;

use crate::{Answer, Settings, SignOn};

pub const CLIENT: &str = "oriel-at-the-provider";
pub const SECRET: &str = "only-for-the-token-endpoint";
pub const TOKEN: &str = "an-access-token";
const REDIRECT: &str = "http://127.0.0.1:8440/sign-in/sso/callback";

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Two RSA keys and one on P-256: looking for primes takes a while.
static RSA: LazyLock<[RsaKeyPair; 2]> = LazyLock::new(|| {
    let key = || {
        let key = rsa::PrivateKey::try_generate().unwrap();
        RsaKeyPair::from_pkcs8(key.to_pkcs8_der().unwrap().as_bytes()).unwrap()
    };
    [key(), key()]
});
static P256: LazyLock<EcdsaKeyPair> = LazyLock::new(|| {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &SystemRandom::new()).unwrap()
});

/// The public key that a forger of HS256 would take for the secret.
pub fn public_key() -> Vec<u8> {
    RSA[0].public_key().as_ref().to_vec()
}

/// How a token is signed.
#[derive(Clone, Copy, PartialEq)]
pub enum Sign {
    Rs256,
    Ps256,
    Es256,
    /// By the second RSA key.
    Other,
    /// Not at all.
    None,
    /// By HMAC with the public key.
    Hs256,
}

type Change = Arc<dyn Fn(&mut Value, &mut Value) + Send + Sync>;

/// What the provider does.
pub struct Plan {
    /// The `kid` of each published key; the first is of the first RSA key.
    pub published: [Option<&'static str>; 3],
    pub sign: Sign,
    pub kid: Option<&'static str>,
    /// Changes header and claims before they are signed.
    pub change: Change,
    /// Changes what is sent after it was signed: `header.claims.signature`.
    pub forge: fn(String) -> String,
    pub discovery: fn(&mut Value),
    pub down: bool,
    /// What Graph answers.
    pub members: (u16, Value),
    /// How often each address was asked.
    pub asked: BTreeMap<&'static str, u32>,
    codes: BTreeMap<String, (String, String)>,
}

pub struct Provider {
    pub sign_on: SignOn,
    pub base: String,
    pub plan: Arc<Mutex<Plan>>,
    pub now: Arc<Mutex<Timestamp>>,
}

#[derive(Clone)]
struct Held {
    base: String,
    plan: Arc<Mutex<Plan>>,
    now: Arc<Mutex<Timestamp>>,
}

impl Provider {
    pub async fn open() -> Provider {
        Provider::open_with(|_| {}).await
    }

    pub async fn open_with(change: impl FnOnce(&mut Settings)) -> Provider {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let now = Arc::new(Mutex::new("2026-11-25T12:00:00Z".parse::<Timestamp>().unwrap()));
        let plan = Arc::new(Mutex::new(Plan {
            published: [Some("first"), None, None],
            sign: Sign::Rs256,
            kid: Some("first"),
            change: Arc::new(|_, _| {}),
            forge: |token| token,
            discovery: |_| {},
            down: false,
            members: (200, json!({"value": []})),
            asked: BTreeMap::new(),
            codes: BTreeMap::new(),
        }));
        let held = Held { base: base.clone(), plan: Arc::clone(&plan), now: Arc::clone(&now) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/graph/v1.0/me/checkMemberGroups", post(members))
            .with_state(held);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let clock = Arc::clone(&now);
        let mut settings = Settings {
            issuer: base.clone(),
            client_id: CLIENT.to_owned(),
            client_secret: Some(SECRET.into()),
            redirect: Url::parse(REDIRECT).unwrap(),
            groups: Vec::new(),
            proxy: None,
            extra_ca_pem: None,
            clock: Arc::new(move || *clock.lock().unwrap()),
            random: Arc::new(|bytes: &mut [u8]| ring::rand::SecureRandom::fill(&SystemRandom::new(), bytes).unwrap()),
        };
        change(&mut settings);
        Provider { sign_on: SignOn::new(settings).unwrap(), base, plan, now }
    }

    pub fn plan(&self, change: impl FnOnce(&mut Plan)) {
        change(&mut self.plan.lock().unwrap());
    }

    /// Changes the claims before they are signed.
    pub fn claims(&self, change: impl Fn(&mut Value) + Send + Sync + 'static) {
        self.plan(|plan| plan.change = Arc::new(move |_, claims| change(claims)));
    }

    pub fn later(&self, by: SignedDuration) {
        *self.now.lock().unwrap() += by;
    }

    pub fn asked(&self, what: &'static str) -> u32 {
        self.plan.lock().unwrap().asked.get(what).copied().unwrap_or_default()
    }

    /// The person signs in at the address that the browser was sent to.
    pub fn authorize(&self, url: &Url) -> Answer {
        let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["code_challenge_method"], "S256");
        assert_eq!((query["client_id"].as_str(), query["redirect_uri"].as_str()), (CLIENT, REDIRECT));
        let mut plan = self.plan.lock().unwrap();
        let code = format!("code-{}", plan.codes.len());
        plan.codes.insert(code.clone(), (query["nonce"].clone(), query["code_challenge"].clone()));
        Answer { state: query["state"].clone(), code: Some(code.into()), ..Answer::default() }
    }
}

fn count(held: &Held, what: &'static str) -> Option<Response> {
    let mut plan = held.plan.lock().unwrap();
    *plan.asked.entry(what).or_default() += 1;
    plan.down.then(|| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

async fn discovery(State(held): State<Held>) -> Response {
    if let Some(down) = count(&held, "discovery") {
        return down;
    }
    let base = &held.base;
    let mut document = json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "userinfo_endpoint": format!("{base}/graph/oidc/userinfo"),
        "jwks_uri": format!("{base}/keys"),
        "end_session_endpoint": format!("{base}/logout"),
        "response_types_supported": ["code", "id_token", "something of its own"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "cloud_instance_name": "example",
    });
    (held.plan.lock().unwrap().discovery)(&mut document);
    Json(document).into_response()
}

async fn keys(State(held): State<Held>) -> Response {
    if let Some(down) = count(&held, "keys") {
        return down;
    }
    let rsa = |kid: &str, key: &RsaKeyPair| {
        let public = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(key.public_key());
        json!({"kty": "RSA", "use": "sig", "kid": kid, "n": encode(public.n), "e": encode(public.e)})
    };
    let point = P256.public_key().as_ref();
    let curve = |kid: &str| json!({"kty": "EC", "use": "sig", "crv": "P-256", "kid": kid, "x": encode(&point[1..33]), "y": encode(&point[33..])});
    let [first, second, third] = held.plan.lock().unwrap().published;
    let keys = [first.map(|kid| rsa(kid, &RSA[0])), second.map(|kid| rsa(kid, &RSA[1])), third.map(curve)];
    let mut keys: Vec<Value> = keys.into_iter().flatten().collect();
    keys.push(json!({"kty": "of another kind", "kid": "unknown"}));
    Json(json!({ "keys": keys })).into_response()
}

async fn token(State(held): State<Held>, body: String) -> Response {
    if let Some(down) = count(&held, "token") {
        return down;
    }
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let mut plan = held.plan.lock().unwrap();
    let refused =
        |error: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": error, "error_description": "No.\r\n<b>"})));
    let Some((nonce, challenge)) = form.get("code").and_then(|code| plan.codes.remove(code)) else {
        return refused("invalid_grant").into_response();
    };
    if form.get("code_verifier").map(|verifier| encode(digest(&SHA256, verifier.as_bytes()))) != Some(challenge) {
        return refused("invalid_grant").into_response();
    }
    assert_eq!(form["redirect_uri"], REDIRECT);
    let now = held.now.lock().unwrap().as_second();
    let alg = match plan.sign {
        Sign::Rs256 | Sign::Other => "RS256",
        Sign::Ps256 => "PS256",
        Sign::Es256 => "ES256",
        Sign::None => "none",
        Sign::Hs256 => "HS256",
    };
    let mut head = json!({"alg": alg, "typ": "JWT"});
    if let Some(kid) = plan.kid {
        head["kid"] = kid.into();
    }
    let mut claims = json!({
        "iss": held.base, "aud": CLIENT, "sub": "subject-of-alice", "oid": "object-of-alice", "nonce": nonce,
        "iat": now - 300, "nbf": now - 300, "exp": now + 3900, "preferred_username": "alice@example.com",
        "at_hash": encode(&digest(&SHA256, TOKEN.as_bytes()).as_ref()[..16]),
    });
    (plan.change)(&mut head, &mut claims);
    let signed = (plan.forge)(sign(plan.sign, &head, &claims));
    let answer = json!({"token_type": "Bearer", "expires_in": 3600, "access_token": TOKEN, "id_token": signed});
    Json(answer).into_response()
}

fn sign(how: Sign, head: &Value, claims: &Value) -> String {
    let text = format!("{}.{}", encode(head.to_string()), encode(claims.to_string()));
    let rsa = |key: &RsaKeyPair, padding| {
        let mut signature = vec![0; key.public().modulus_len()];
        key.sign(padding, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
        signature
    };
    let signature = match how {
        Sign::Rs256 => rsa(&RSA[0], &RSA_PKCS1_SHA256 as &dyn ring::signature::RsaEncoding),
        Sign::Other => rsa(&RSA[1], &RSA_PKCS1_SHA256),
        Sign::Ps256 => rsa(&RSA[0], &RSA_PSS_SHA256),
        Sign::Es256 => P256.sign(&SystemRandom::new(), text.as_bytes()).unwrap().as_ref().to_vec(),
        Sign::None => Vec::new(),
        Sign::Hs256 => {
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &public_key());
            ring::hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
        }
    };
    format!("{text}.{}", encode(signature))
}

async fn members(State(held): State<Held>, headers: axum::http::HeaderMap, body: String) -> Response {
    if let Some(down) = count(&held, "members") {
        return down;
    }
    assert_eq!(headers[header::AUTHORIZATION], format!("Bearer {TOKEN}"));
    assert!(serde_json::from_str::<Value>(&body).unwrap()["groupIds"].is_array());
    let (status, answer) = held.plan.lock().unwrap().members.clone();
    (StatusCode::from_u16(status).unwrap(), Json(answer)).into_response()
}
