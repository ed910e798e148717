//! Somebody at the other end of HTTP: a script with a key, or a browser without scripts that keeps its cookie.

use std::sync::Mutex;

use anyhow::Context;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use url::Url;

/// Somebody at the other end of HTTP. Redirects are not followed unless a method says so.
pub struct Visitor {
    base: Url,
    client: reqwest::Client,
    key: Option<String>,
    cookie: Mutex<Option<String>>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> anyhow::Result<Value> {
        serde_json::from_str(&self.text).with_context(|| format!("no JSON: {}", self.text))
    }

    /// The first header with this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Visitor {
    /// Nobody in particular.
    pub fn new(base: Url) -> Visitor {
        #[expect(clippy::expect_used, reason = "a client without settings is always built")]
        let client = reqwest::Client::builder().redirect(Policy::none()).no_proxy().build().expect("a client");
        Visitor { base, client, key: None, cookie: Mutex::new(None) }
    }

    /// A script.
    pub fn with_key(base: Url, key: &str) -> Visitor {
        Visitor { key: Some(key.to_owned()), ..Visitor::new(base) }
    }

    /// The same browser or script at another address of the same Oriel, as a proxy leads it there.
    pub fn led_to(&self, base: Url) -> Visitor {
        let (client, key) = (self.client.clone(), self.key.clone());
        Visitor { base, client, key, cookie: Mutex::new(self.cookie()) }
    }

    /// Asks for a page or a resource.
    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.send(self.request(Method::GET, path)?).await
    }

    /// Sends JSON.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        self.send(self.request(Method::POST, path)?.json(body)).await
    }

    /// Changes by JSON.
    pub async fn patch(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        self.send(self.request(Method::PATCH, path)?.json(body)).await
    }

    /// Removes.
    pub async fn delete(&self, path: &str) -> anyhow::Result<Answer> {
        self.send(self.request(Method::DELETE, path)?).await
    }

    /// Sends a form, as a page of this server would.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<Answer> {
        self.submit_from(&self.base.origin().ascii_serialization(), path, fields).await
    }

    /// Sends a form as a page of that origin would.
    pub async fn submit_from(&self, origin: &str, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<Answer> {
        self.send(self.request(Method::POST, path)?.header("origin", origin).form(fields)).await
    }

    /// Sends a form and follows where the answer leads.
    pub async fn submit_and_follow(&self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let answer = self.submit(path, fields).await?;
        match answer.header(LOCATION.as_str()) {
            Some(to) if (300..400).contains(&answer.status) => self.get(to).await,
            _ => Ok(answer),
        }
    }

    /// Asks as JSON and expects it to go well.
    pub async fn json(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.get(path).await?;
        anyhow::ensure!(answer.status == 200, "{path}: {} {}", answer.status, answer.text);
        answer.json()
    }

    /// The report on an indicator, asked anew.
    pub async fn search(&self, indicator: &str) -> anyhow::Result<Value> {
        let mut url = self.base.join("/api/v1/search")?;
        url.query_pairs_mut().append_pair("q", indicator).append_pair("fresh", "true");
        self.json(&format!("{}?{}", url.path(), url.query().unwrap_or_default())).await
    }

    fn request(&self, method: Method, path: &str) -> anyhow::Result<RequestBuilder> {
        let mut request = self.client.request(method, self.base.join(path)?);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        if let Some(cookie) = self.cookie().as_deref() {
            request = request.header(COOKIE, cookie);
        }
        Ok(request)
    }

    async fn send(&self, request: RequestBuilder) -> anyhow::Result<Answer> {
        let response = request.send().await?;
        for set in response.headers().get_all(SET_COOKIE) {
            let pair = set.to_str()?.split(';').next().unwrap_or_default().to_owned();
            *self.cookie.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(pair);
        }
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
        Ok(Answer { status: response.status().as_u16(), headers: headers.collect(), text: response.text().await? })
    }

    fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }
}
