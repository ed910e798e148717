//! A browser that goes to other hosts and comes back: it keeps each host's cookies, follows redirects, and sends the forms
//! that it is shown.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder};
use url::Url;

/// Redirects that are followed: there, back, and what lies between.
const MOST_HOPS: usize = 12;

type Cookies = BTreeMap<String, BTreeMap<String, String>>;

/// A browser without scripts.
pub struct Traveller {
    client: reqwest::Client,
    cookies: Mutex<Cookies>,
}

/// Where the browser has come to, and what it is shown there.
#[derive(Debug)]
pub struct Page {
    /// The address in its bar.
    pub url: Url,
    /// The status code.
    pub status: u16,
    /// The body.
    pub text: String,
}

impl Default for Traveller {
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "a client without settings is always built")]
        let client = reqwest::Client::builder().redirect(Policy::none()).no_proxy().build().expect("a client");
        Traveller { client, cookies: Mutex::default() }
    }
}

impl Traveller {
    /// Opens an address and follows where it leads.
    pub async fn open(&self, url: Url) -> anyhow::Result<Page> {
        self.follow(self.client.request(Method::GET, url.clone()), url).await
    }

    /// Sends the form of a page with these fields beside its hidden ones, and follows where that leads.
    pub async fn submit(&self, page: &Page, fields: &[(&str, &str)]) -> anyhow::Result<Page> {
        let url = page.url.join(&page.attribute("<form", "action").unwrap_or_default())?;
        let hidden = page.hidden();
        let all: Vec<(&str, &str)> =
            hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(fields.iter().copied()).collect();
        let origin = page.url.origin().ascii_serialization();
        let request = self.client.request(Method::POST, url.clone()).header("origin", origin).form(&all);
        self.follow(request, url).await
    }

    /// Asks for an address with the cookies of this browser, and follows nothing.
    pub async fn look(&self, url: Url) -> anyhow::Result<Page> {
        let request = self.client.request(Method::GET, url.clone());
        Ok(self.hop(request, url).await?.0)
    }

    /// Forgets what a host has set, as a browser does whose window is closed.
    pub fn forget(&self, url: &Url) {
        self.cookies().remove(&url.origin().ascii_serialization());
    }

    async fn follow(&self, request: RequestBuilder, url: Url) -> anyhow::Result<Page> {
        let (mut page, mut next) = self.hop(request, url).await?;
        for _ in 0..MOST_HOPS {
            let Some(url) = next else { return Ok(page) };
            (page, next) = self.hop(self.client.request(Method::GET, url.clone()), url).await?;
        }
        anyhow::bail!("redirects without end, at {}", page.url)
    }

    async fn hop(&self, request: RequestBuilder, url: Url) -> anyhow::Result<(Page, Option<Url>)> {
        let host = url.origin().ascii_serialization();
        let sent: Vec<String> = self
            .cookies()
            .entry(host.clone())
            .or_default()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = if sent.is_empty() { request } else { request.header(COOKIE, sent.join("; ")) };
        let response = request.send().await?;
        for set in response.headers().get_all(SET_COOKIE) {
            let set = set.to_str()?;
            let (name, value) = set.split(';').next().unwrap_or_default().split_once('=').context("a cookie")?;
            let mut cookies = self.cookies();
            let held = cookies.entry(host.clone()).or_default();
            if value.is_empty() || set.to_ascii_lowercase().contains("max-age=0") {
                held.remove(name);
            } else {
                held.insert(name.to_owned(), value.to_owned());
            }
        }
        let status = response.status().as_u16();
        let location = response.headers().get(LOCATION).filter(|_| (300..400).contains(&status));
        let next = location.map(|to| anyhow::Ok(url.join(to.to_str()?)?)).transpose()?;
        Ok((Page { url, status, text: response.text().await? }, next))
    }

    fn cookies(&self) -> std::sync::MutexGuard<'_, Cookies> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Page {
    /// The value of an attribute of the first element that begins so.
    pub fn attribute(&self, begins: &str, name: &str) -> Option<String> {
        let (_, rest) = self.text.split_once(begins)?;
        attribute(rest.split_once('>')?.0, name)
    }

    /// The hidden fields of its forms.
    fn hidden(&self) -> Vec<(String, String)> {
        let inputs = self.text.split("<input").skip(1).filter_map(|rest| Some(rest.split_once('>')?.0));
        let hidden = inputs.filter(|input| attribute(input, "type").as_deref() == Some("hidden"));
        hidden.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?))).collect()
    }
}

fn attribute(element: &str, name: &str) -> Option<String> {
    let (_, rest) = element.split_once(&format!("{name}=\""))?;
    let value = rest.split_once('"')?.0;
    let value = value.replace("&quot;", "\"").replace("&#34;", "\"").replace("&#38;", "&");
    Some(
        value
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#60;", "<")
            .replace("&#62;", ">")
            .replace("&amp;", "&"),
    )
}
