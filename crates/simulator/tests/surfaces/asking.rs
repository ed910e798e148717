//! A simulator on a free port, a clock that a test moves, and the plainest of clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use serde_json::Value;
use simulator::{Options, Replay, Scenario, Simulator, Surface, demo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// When every test begins.
pub const BEGINNING: &str = "2026-11-25T02:00:00Z";

/// A running simulator.
pub struct Asker {
    pub simulator: Simulator,
    seconds: Arc<AtomicI64>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(held, _)| held.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// `code` in the envelope of an error.
    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// `message` in the envelope of an error.
    pub fn message(&self) -> String {
        self.json()["error"]["message"].as_str().unwrap_or_default().to_owned()
    }

    pub fn list(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()["value"].as_array().expect("a list").clone()
    }
}

fn options() -> (Options, Arc<AtomicI64>) {
    let start: Timestamp = BEGINNING.parse().unwrap();
    let seconds = Arc::new(AtomicI64::new(start.as_second()));
    let held = Arc::clone(&seconds);
    let clock = Arc::new(move || Timestamp::from_second(held.load(Ordering::SeqCst)).unwrap());
    (Options { listen: "127.0.0.1:0".parse().unwrap(), clock }, seconds)
}

impl Asker {
    pub async fn demo() -> Asker {
        Asker::with(Scenario::demo()).await
    }

    pub async fn with(scenario: Scenario) -> Asker {
        let (options, seconds) = options();
        Asker { simulator: Simulator::start(scenario, options).await.unwrap(), seconds }
    }

    pub async fn replaying(replay: Replay) -> Asker {
        let (options, seconds) = options();
        Asker { simulator: Simulator::replay(replay, options).await.unwrap(), seconds }
    }

    /// Moves the clock on.
    pub fn later(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Sends a request. The path has its surface in front: `/graph/v1.0/…`.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let base = self.simulator.base();
        let address = format!("{}:{}", base.host_str().unwrap(), base.port().unwrap());
        let mut stream = TcpStream::connect(&address).await.unwrap();
        // By HTTP/1.0 no answer comes in chunks.
        let mut text = format!("{method} {path} HTTP/1.0\r\nHost: {address}\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{text}\r\n{body}").as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Answer { status, headers, text: text.to_owned() }
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.send("GET", path, &[("Authorization", &format!("Bearer {token}"))], "").await
    }

    pub async fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        self.send("POST", path, &headers, &body.to_string()).await
    }

    /// Asks for a token by secret, for one of the surfaces.
    pub async fn sign_in(&self, tenant: &str, client: &str, secret: &str, surface: Surface) -> Answer {
        let scope = format!("{}/.default", self.simulator.surface(surface));
        self.form(
            tenant,
            &[
                ("grant_type", "client_credentials"),
                ("client_id", client),
                ("client_secret", secret),
                ("scope", &scope),
            ],
        )
        .await
    }

    /// Sends a form to the token endpoint.
    pub async fn form(&self, tenant: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        self.send("POST", &format!("/login/{tenant}/oauth2/v2.0/token"), &headers, &body).await
    }

    /// A token of one of the demo's apps.
    pub async fn token_of(&self, client: &str, surface: Surface) -> String {
        let (tenant, secret) = match client {
            demo::SENTINEL_CLIENT => (demo::TENANT, demo::SENTINEL_SECRET),
            demo::DEFENDER_CLIENT => (demo::TENANT, demo::DEFENDER_SECRET),
            demo::LEAN_CLIENT => (demo::LEAN_TENANT, demo::OTHER_SECRET),
            demo::UNLICENSED_CLIENT => (demo::UNLICENSED_TENANT, demo::OTHER_SECRET),
            _ => (demo::TENANT, demo::OTHER_SECRET),
        };
        let answer = self.sign_in(tenant, client, secret, surface).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// Runs a hunting query.
    pub async fn hunt(&self, token: &str, query: &str) -> Answer {
        self.post("/graph/v1.0/security/runHuntingQuery", token, serde_json::json!({"Query": query})).await
    }

    /// Runs a query in a workspace.
    pub async fn query(&self, token: &str, workspace: &str, query: &str) -> Answer {
        let path = format!("/log_analytics/v1/workspaces/{workspace}/query");
        self.post(&path, token, serde_json::json!({"query": query, "timespan": "P30D"})).await
    }
}

/// The names in an object, as far as they are there.
pub fn names(value: &Value) -> Vec<&str> {
    value.as_object().into_iter().flat_map(|object| object.keys().map(String::as_str)).collect()
}
