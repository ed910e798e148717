//! A server that answers as a test tells it, and remembers what it was asked.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use microsoft::{Call, Cloud, Credential, Microsoft, Priority, Proof, Settings};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

pub const TENANT: &str = "1b4e28ba-2fa1-11d2-883f-0016d3cca427";
pub const CLIENT: &str = "6fa459ea-ee8a-3ca4-894e-db77e160355e";
pub const SECRET: &str = "s3cr3t-XYZZY~+&";

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Seen {
    pub fn is_token(&self) -> bool {
        self.path.ends_with("/oauth2/v2.0/token")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn form(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.body.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// What the server says.
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Content,
}

enum Content {
    Whole(Vec<u8>),
    /// A beginning, after which the connection breaks off.
    Broken(Vec<u8>),
    /// So many bytes of blanks.
    Blanks(usize),
    Never,
}

impl Answer {
    pub fn text(status: u16, body: impl Into<Vec<u8>>) -> Answer {
        Answer { status, headers: Vec::new(), body: Content::Whole(body.into()) }
    }

    pub fn json(status: u16, body: Value) -> Answer {
        Answer::text(status, body.to_string()).with("content-type", "application/json")
    }

    pub fn list(values: Value) -> Answer {
        Answer::json(200, json!({ "value": values }))
    }

    pub fn broken(body: &str) -> Answer {
        Answer { status: 200, headers: Vec::new(), body: Content::Broken(body.into()) }
    }

    pub fn blanks(count: usize) -> Answer {
        Answer { status: 200, headers: Vec::new(), body: Content::Blanks(count) }
    }

    pub fn never() -> Answer {
        Answer { status: 200, headers: Vec::new(), body: Content::Never }
    }

    pub fn with(mut self, name: &str, value: &str) -> Answer {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    async fn into_response(self) -> Response {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        let body = match self.body {
            Content::Whole(bytes) => Body::from(bytes),
            Content::Broken(bytes) => {
                let parts = [Ok(bytes), Err(std::io::Error::other("broken on purpose"))];
                Body::from_stream(futures_util::stream::iter(parts))
            }
            Content::Blanks(count) => {
                let chunk = vec![b' '; 1 << 20];
                let chunks = count.div_ceil(chunk.len());
                Body::from_stream(futures_util::stream::iter(
                    (0..chunks).map(move |_| Ok::<_, std::io::Error>(chunk.clone())),
                ))
            }
            Content::Never => std::future::pending().await,
        };
        response.body(body).unwrap()
    }
}

/// A token as Entra issues it, with these roles; numbered, so that one can be told from the next.
pub fn token(number: usize, roles: &[&str]) -> Answer {
    use base64::Engine;
    let claims = json!({"roles": roles, "tid": TENANT, "appid": CLIENT}).to_string();
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims);
    Answer::json(
        200,
        json!({"token_type": "Bearer", "expires_in": 3599, "access_token": format!("e30.{claims}.{number}")}),
    )
}

/// Entra's refusal with this number.
pub fn refusal(status: u16, error: &str, code: u32) -> Answer {
    Answer::json(
        status,
        json!({
            "error": error, "error_description": format!("AADSTS{code}: Because. Trace ID: t-{code} Correlation ID: c-{code}"),
            "error_codes": [code], "trace_id": format!("t-{code}"), "correlation_id": format!("c-{code}"),
        }),
    )
}

type Script = Arc<dyn Fn(&Seen, usize) -> Option<Answer> + Send + Sync>;

/// The server, with every surface below a path of its own.
pub struct Fake {
    pub base: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    server: JoinHandle<()>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Fake {
    /// `script` gets the request and how many of its path came before; where it says nothing, tokens are issued and the rest
    /// is 404.
    pub async fn start(script: impl Fn(&Seen, usize) -> Option<Answer> + Send + Sync + 'static) -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (script, remembered): (Script, _) = (Arc::new(script), Arc::clone(&seen));
        let app = Router::new()
            .fallback(move |request: Request| answer(Arc::clone(&script), Arc::clone(&remembered), request));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Fake { base, seen, server }
    }

    pub fn cloud(&self) -> Cloud {
        let url = |path: &str| self.base.join(path).unwrap();
        Cloud::named("fake", url("login"), url("graph"), Some(url("defender")), url("logs"), None)
    }

    /// Everything that was asked, tokens apart.
    pub fn calls(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().iter().filter(|seen| !seen.is_token()).cloned().collect()
    }

    /// The requests for a token.
    pub fn tokens(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().iter().filter(|seen| seen.is_token()).cloned().collect()
    }
}

async fn answer(script: Script, seen: Arc<Mutex<Vec<Seen>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let this = Seen {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    let before = {
        let mut seen = seen.lock().unwrap();
        let before = seen.iter().filter(|earlier| earlier.path == this.path).count();
        seen.push(this.clone());
        before
    };
    let said = script(&this, before);
    let said = said.or_else(|| this.is_token().then(|| token(before, &[])));
    said.unwrap_or_else(|| Answer::text(404, "")).into_response().await
}

/// Settings with a short pause between tries, a clock that a test can move, and no chance.
pub fn settings(clouds: Vec<Cloud>) -> Settings {
    let counter = AtomicU64::new(1);
    let random = move |bytes: &mut [u8]| {
        let number = counter.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        bytes.iter_mut().zip(number.iter().cycle()).for_each(|(byte, number)| *byte = *number);
    };
    let mut settings = Settings::new(Arc::new(Timestamp::now), Arc::new(random));
    settings.first_pause = Duration::from_millis(1);
    settings.clouds = clouds;
    settings
}

/// The client of a fake server, with its usual credential.
pub struct Desk {
    pub microsoft: Microsoft,
    pub credential: Credential,
}

impl Desk {
    pub fn new(fake: &Fake) -> Desk {
        Desk::with(fake, |_| {})
    }

    pub fn with(fake: &Fake, change: impl FnOnce(&mut Settings)) -> Desk {
        let mut settings = settings(vec![fake.cloud()]);
        change(&mut settings);
        Desk::of(settings)
    }

    /// For the first of the settings' own clouds.
    pub fn of(settings: Settings) -> Desk {
        let name = settings.clouds[0].name.clone();
        let microsoft = Microsoft::new(settings).unwrap();
        let cloud = microsoft.cloud(&name).unwrap();
        let credential =
            Credential { cloud, tenant: TENANT.into(), client: CLIENT.into(), proof: Proof::Secret(SECRET.into()) };
        Desk { microsoft, credential }
    }

    /// The same with another proof; the server's own address is the identity endpoint's too, below `identity`.
    pub fn proving(fake: &Fake, proof: Proof) -> Desk {
        let mut desk = Desk::with(fake, |settings| settings.identity_endpoint = fake.base.join("identity").unwrap());
        desk.credential.proof = proof;
        desk
    }

    pub fn call(&self) -> Call<'_> {
        self.call_within(Duration::from_secs(60))
    }

    pub fn call_within(&self, time: Duration) -> Call<'_> {
        Call { credential: &self.credential, deadline: Instant::now() + time, priority: Priority::People }
    }
}

/// The minute of a budget does not pass, however long the machine takes.
pub fn stop_the_clock(settings: &mut Settings) {
    let begun = Instant::now();
    settings.ticks = Arc::new(move || begun);
}
