//! A server without a network: the router, a throw-away database, sources and a validator that say what a test wants.

mod checks;
mod said;
mod scripts;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use argon2::password_hash::PasswordHasher;
use argon2::{Argon2, Params};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, header};
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use search::{Answer, Asked, Outcome, Product, Question, Source, Sources, Status, Validator};
use store::Db;
use store::grants::Scope;
use store::people::{NewPerson, Person, Role};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use crate::support::About;
use crate::{CapabilityRow, Desk, Hosts, Limits, Proxies, Settings, tokens};
pub use checks::{Checks, failed, passed};
use said::Said;

pub const PASSWORD: &str = "a bicycle in the rain";
pub const TENANT: &str = "11111111-2222-3333-4444-555555555555";
pub const CLIENT: &str = "66666666-7777-8888-9999-000000000000";
pub const SECRET: &str = "abc8Q~madeUpForTests-only.0123456789abcdef";

/// The hash of [`PASSWORD`], as cheap as Argon2id can be: what it costs to sign in is tested elsewhere.
static CHEAP_HASH: LazyLock<String> = LazyLock::new(|| {
    let cheap = Argon2::from(Params::new(8, 1, 1, None).unwrap());
    cheap.hash_password_with_salt(PASSWORD.as_bytes(), &[1; 16]).unwrap().to_string()
});

/// A source that gives the same answer each time, when it is let.
pub struct Fake {
    asked: Asked,
    outcome: Mutex<Outcome>,
    retry_at: Mutex<Option<Timestamp>>,
    pub times: AtomicUsize,
    pub may_answer: Semaphore,
}

impl Fake {
    pub fn new(source: &str, outcome: Outcome) -> Arc<Fake> {
        let fake = Fake::held(source, outcome);
        fake.may_answer.add_permits(1000);
        fake
    }

    /// One that waits until the test adds a permit.
    pub fn held(source: &str, outcome: Outcome) -> Arc<Fake> {
        let (product, _) = source.split_once('.').unwrap();
        let asked = Asked {
            source: source.to_owned(),
            product: product.parse().unwrap(),
            connection: Some("made-up".to_owned()),
            label: Some("Contoso".to_owned()),
            tenant: Some(TENANT.to_owned()),
            cloud: Some("global".to_owned()),
            permission: None,
            title: "Alerts".to_owned(),
        };
        Arc::new(Fake {
            asked,
            outcome: Mutex::new(outcome),
            retry_at: Mutex::default(),
            times: AtomicUsize::new(0),
            may_answer: Semaphore::new(0),
        })
    }

    pub fn says(&self, outcome: Outcome) {
        *self.outcome.lock().unwrap() = outcome;
    }

    pub fn is_throttled_until(&self, at: Timestamp) {
        self.says(Outcome::Throttled);
        *self.retry_at.lock().unwrap() = Some(at);
    }

    pub fn was_asked(&self) -> usize {
        self.times.load(Ordering::SeqCst)
    }
}

impl Source for Fake {
    fn asked(&self) -> &Asked {
        &self.asked
    }

    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Answer> {
        Box::pin(async move {
            self.times.fetch_add(1, Ordering::SeqCst);
            self.may_answer.acquire().await.unwrap().forget();
            let outcome = *self.outcome.lock().unwrap();
            let retry_at = self.retry_at.lock().unwrap().filter(|_| outcome == Outcome::Throttled);
            Answer { retry_at, ..Answer::new(self.asked.clone(), outcome, question.now) }
        })
    }
}

struct These(Arc<[Arc<dyn Source>]>);

impl Sources for These {
    fn current(&self) -> BoxFuture<'_, Arc<[Arc<dyn Source>]>> {
        Box::pin(std::future::ready(Arc::clone(&self.0)))
    }
}

/// What the validator writes down, if it is to.
pub const TRANSCRIPT: &str = "{\"surface\":\"graph\",\"path\":\"/\"}\n";

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn has(&self, text: &str) -> &Reply {
        assert!(self.body.contains(text), "no “{text}” in:\n{}", self.body);
        self
    }

    pub fn has_not(&self, text: &str) -> &Reply {
        assert!(!self.body.contains(text), "“{text}” in:\n{}", self.body);
        self
    }
}

/// The server, and what a test moves in it.
pub struct Office {
    pub desk: Desk,
    pub router: Router,
    pub validator: Arc<Checks>,
    now: Arc<Mutex<Timestamp>>,
    _keyring: tempfile::TempDir,
}

/// What a browser or a script sends along.
#[derive(Clone, Default)]
pub struct Caller {
    pub headers: BTreeMap<&'static str, String>,
}

impl Office {
    pub async fn open(database: &str, sources: Vec<Arc<dyn Source>>) -> Office {
        Office::open_with(database, sources, |_| {}).await
    }

    pub async fn open_with(
        database: &str,
        sources: Vec<Arc<dyn Source>>,
        change: impl FnOnce(&mut Settings),
    ) -> Office {
        let db = Db::open(database).await.unwrap();
        let keyring = tempfile::tempdir().unwrap();
        let vault = Arc::new(vault::Keyring::create(&keyring.path().join("keyring.json")).unwrap());
        let now = Arc::new(Mutex::new("2026-11-25T12:00:00Z".parse::<Timestamp>().unwrap()));
        let clock: crate::Clock = {
            let now = Arc::clone(&now);
            Arc::new(move || *now.lock().unwrap())
        };
        let validator = Arc::new(Checks {
            db: db.clone(),
            clock: Arc::clone(&clock),
            checks: Mutex::new(vec![passed("signs in")]),
            status: Mutex::new(Status::Ready),
            times: AtomicUsize::new(0),
            may_end: Semaphore::new(1000),
            breaks: AtomicBool::new(false),
        });
        let mut settings = Settings {
            public_url: "http://127.0.0.1:8440/".parse().unwrap(),
            secure_cookies: false,
            audit_keep_days: 730,
            new_people_see: crate::sign_on::NewPeopleSee::default(),
            keys_without_sign_in: SignedDuration::from_hours(30 * 24),
            hosts: Hosts::default().and_this_machine(),
            proxies: Proxies::default(),
            limits: Limits::default(),
            clouds: vec!["global".to_owned(), "china".to_owned(), "lab".to_owned()],
        };
        change(&mut settings);
        let row = |product, name: &str, title: &str| CapabilityRow {
            product,
            name: name.to_owned(),
            title: title.to_owned(),
            permission: Some("ThreatHunting.Read.All".to_owned()),
            retirement: None,
            retires: None,
            reads: "Alerts of all devices.".to_owned(),
            resource: "Microsoft Graph".to_owned(),
            lacking: vec![("china".to_owned(), "Microsoft offers no security interface in Graph there.".to_owned())],
        };
        let desk = Desk {
            db,
            vault,
            sources: Arc::new(These(sources.into())),
            validator: Arc::clone(&validator) as Arc<dyn Validator>,
            certificates: Arc::new(scripts::NoCertificates),
            sign_on: None,
            set_up: Arc::new(scripts::Scripts),
            own_offers: Arc::new(scripts::Offering),
            clock,
            random: counting(),
            settings: Arc::new(settings),
            metrics: Arc::default(),
            capabilities: Arc::new([
                row(Product::Sentinel, "sentinel.alerts", "Alerts"),
                row(Product::Sentinel, "sentinel.threat_indicators", "Threat indicators"),
                row(Product::Defender, "defender.alerts", "Alerts"),
            ]),
            about: Arc::new(About {
                version: "9.9.9-test".to_owned(),
                target: "linux x86_64".to_owned(),
                configuration: serde_json::json!({"listen": "127.0.0.1:8440"}),
                troubles: Arc::new(Said),
            }),
            memory: Arc::default(),
        };
        Office { router: crate::router(desk.clone()), desk, validator, now, _keyring: keyring }
    }

    pub fn later(&self, by: SignedDuration) {
        let mut now = self.now.lock().unwrap();
        *now += by;
    }

    /// Somebody who can sign in with [`PASSWORD`].
    pub async fn person(&self, name: &str, role: Role) -> Person {
        let password_hash = CHEAP_HASH.clone();
        let new = NewPerson { name: name.to_owned(), role, password_hash, password_given: false, scope: Scope::All };
        store::people::add(&self.desk.db, &store::audit::Actor::oriel(), &new, self.desk.now()).await.unwrap()
    }

    /// A tenant that is known by a name.
    pub async fn tenant(&self, guid: &str, name: &str) -> store::tenants::TenantId {
        let (db, by, now) = (&self.desk.db, store::audit::Actor::oriel(), self.desk.now());
        let tenant = store::tenants::ensure(db, "global", guid, now).await.unwrap().id;
        assert!(store::tenants::set_name(db, &by, &Scope::All, &tenant, Some(name), now).await.unwrap());
        tenant
    }

    /// Two tenants, without any connection.
    pub async fn two_tenants(&self) -> [store::tenants::TenantId; 2] {
        let ensure = async |guid: &str| store::tenants::ensure(&self.desk.db, "global", guid, self.desk.now()).await;
        [
            ensure("aaaaaaaa-2222-3333-4444-555555555555").await.unwrap().id,
            ensure("bbbbbbbb-2222-3333-4444-555555555555").await.unwrap().id,
        ]
    }

    /// Somebody's browser, signed in.
    pub async fn browser(&self, name: &str, role: Role) -> Caller {
        self.person(name, role).await;
        let reply = self.sign_in(name, PASSWORD).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{reply:?}");
        Caller::default().with("cookie", cookie_of(&reply))
    }

    pub async fn sign_in(&self, name: &str, password: &str) -> Reply {
        self.post(&Caller::default(), "/sign-in", &[("name", name), ("password", password)]).await
    }

    /// A script with somebody's key.
    pub async fn script(&self, name: &str, role: Role) -> Caller {
        let person = self.person(name, role).await;
        let (key, hash) = tokens::new(&self.desk.random);
        self.keep_key(&hash, &person, role == Role::Owner).await;
        Caller::default().with("authorization", format!("Bearer {key}"))
    }

    /// Keeps somebody's key, whether or not it changes people.
    pub async fn keep_key(&self, hash: &store::Hash, person: &Person, manage_people: bool) {
        let scope = Scope::All;
        let new = store::keys::NewKey { hash, person: &person.id, label: "test", scope, manage_people };
        store::keys::create(&self.desk.db, &store::audit::Actor::oriel(), &new, self.desk.now()).await.unwrap();
    }

    pub async fn get(&self, caller: &Caller, path: &str) -> Reply {
        self.send(caller, "GET", path, None).await
    }

    pub async fn post(&self, caller: &Caller, path: &str, form: &[(&str, &str)]) -> Reply {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.send(caller, "POST", path, Some(("application/x-www-form-urlencoded", form))).await
    }

    pub async fn json(&self, caller: &Caller, method: &str, path: &str, body: serde_json::Value) -> Reply {
        self.send(caller, method, path, Some(("application/json", body.to_string()))).await
    }

    pub async fn send(&self, caller: &Caller, method: &str, path: &str, body: Option<(&str, String)>) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &caller.headers {
            request = request.header(*name, value);
        }
        if !caller.headers.contains_key("host") {
            request = request.header(header::HOST, "127.0.0.1:8440");
        }
        if let Some((kind, _)) = &body {
            request = request.header(header::CONTENT_TYPE, *kind);
        }
        let body = body.map_or_else(Body::empty, |(_, text)| Body::from(text));
        let mut request = request.body(body).unwrap();
        let peer = caller.headers.get("x-test-peer").map_or("192.0.2.10", String::as_str);
        let peer = SocketAddr::new(peer.parse().unwrap(), 40_000);
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        // No page is larger; a stream that does not end is no page.
        let body = tokio::time::timeout(Duration::from_secs(120), to_bytes(body, 64 << 20)).await.expect(path).unwrap();
        let reply =
            Reply { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() };
        let is_page = reply.header("content-type").starts_with("text/html");
        if is_page && reply.header("content-encoding").is_empty() {
            crate::gallery::check_policy(path, &reply.body);
            crate::gallery::check_ids(path, &reply.body);
            assert_eq!(hostile::breaks_out_of_html(&reply.body), None, "{path}");
        }
        reply
    }
}

impl Caller {
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Caller {
        self.headers.insert(name, value.into());
        self
    }
}

/// Goes on when it is so, and fails after a minute: a test that waits for ever ends the whole program, without a word.
pub async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !so().await {
        assert!(Instant::now() < end, "{what}: it did not come to that");
        tokio::task::yield_now().await;
    }
}

/// `name=value` of the cookie that a reply sets.
pub fn cookie_of(reply: &Reply) -> String {
    reply.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// Randomness that never repeats and is the same in each run.
fn counting() -> crate::Random {
    let count = AtomicU64::new(0);
    Arc::new(move |bytes: &mut [u8]| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        let hash = tokens::hash(&number.to_string());
        for (byte, random) in bytes.iter_mut().zip(hash.iter().cycle()) {
            *byte = *random;
        }
    })
}

/// The fields of a form that can be right.
pub fn good_form(product: &str) -> Vec<(&str, &str)> {
    vec![
        ("product", product),
        ("label", "Contoso"),
        ("tenant_id", TENANT),
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("cloud", "global"),
        ("on", "sentinel.alerts"),
        ("on", "sentinel.threat_indicators"),
        ("on", "defender.alerts"),
    ]
}
