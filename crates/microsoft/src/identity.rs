//! The managed identity of the machine: asked for a token that vouches for the app ("How to use managed identities for Azure
//! resources on an Azure VM to acquire an access token").
//!
//! One fixed path, read only, past every proxy, without following a redirect: the address is the machine's own.

use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::HeaderMap;
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use crate::allow::{self, Surface};
use crate::settings::{Settings, SettingsError};
use crate::transport::ask::below;
use crate::transport::backoff::TRIES;
use crate::{Call, Error, Microsoft, Refusal, RefusalCause, retry_after, tls};

/// The service is on the machine or it is not; on another machine, nothing answers at its address.
const PATIENCE: Duration = Duration::from_secs(3);

/// More than a token and what is said about it.
const LARGEST: usize = 64 * 1024;

/// The way to the machine's own identity.
#[derive(Clone)]
pub(crate) struct Endpoint {
    base: Url,
    client: reqwest::Client,
}

impl Endpoint {
    pub(crate) fn new(settings: &Settings) -> Result<Endpoint, SettingsError> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::client_config(settings.extra_ca_pem.as_deref(), tls::Issuers::default())?)
            .user_agent(&settings.user_agent)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(PATIENCE)
            .no_proxy()
            .build()
            .map_err(|error| SettingsError::Client(error.to_string()))?;
        Ok(Endpoint { base: settings.identity_endpoint.clone(), client })
    }

    fn url(&self, audience: &str, client: Option<&str>) -> Result<Url, Error> {
        let path = ["metadata", "identity", "oauth2", "token"];
        let mut url = below(&self.base, &path).ok_or_else(|| Error::NotAllowed {
            method: Method::GET.to_string(),
            path: format!("/{}", path.join("/")),
        })?;
        url.query_pairs_mut().append_pair("api-version", "2018-02-01").append_pair("resource", audience);
        if let Some(client) = client.map(str::trim).filter(|client| !client.is_empty()) {
            url.query_pairs_mut().append_pair("client_id", client);
        }
        allow::check(Surface::Identity, &self.base, &Method::GET, &url)?;
        Ok(url)
    }

    async fn ask(&self, url: Url, patience: Duration) -> Result<(u16, HeaderMap, Vec<u8>), reqwest::Error> {
        let mut response = self.client.get(url).header("Metadata", "true").timeout(patience).send().await?;
        let (status, headers) = (response.status().as_u16(), std::mem::take(response.headers_mut()));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk[..chunk.len().min(LARGEST - body.len())]);
        }
        Ok((status, headers, body))
    }
}

/// A token by which the machine's identity (`client` for a user-assigned one) vouches for the app.
pub(crate) async fn token(microsoft: &Microsoft, call: &Call<'_>, client: Option<&str>) -> Result<SecretString, Error> {
    let endpoint = &microsoft.identity;
    let url = endpoint.url(&call.credential.cloud.token_exchange, client)?;
    let mut tried = 0;
    loop {
        let left = call.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            let host = url.host_str().unwrap_or_default().to_owned();
            return Err(Error::TimedOut { host, waited: left });
        }
        tried += 1;
        let (error, wait) = match endpoint.ask(url.clone(), left.min(PATIENCE)).await {
            Ok((200, _, body)) => {
                tracing::debug!(http.status = 200, "the identity endpoint answered");
                return read(&body).ok_or_else(|| ours(RefusalCause::IdentityRefused, "its answer holds no token"));
            }
            Ok((status, headers, body)) => {
                tracing::debug!(http.status = status, "the identity endpoint answered");
                let values = headers.get_all("retry-after").iter().filter_map(|value| value.to_str().ok());
                let wait = retry_after::read(values, (microsoft.clock)());
                (refused(microsoft, status, &body, wait), wait)
            }
            Err(error) if error.is_connect() => {
                return Err(ours(RefusalCause::IdentityEndpointMissing, "nothing answers at its address"));
            }
            Err(_) => (ours(RefusalCause::IdentityUnavailable, "it gave no answer within three seconds"), None),
        };
        let may_pass = match &error {
            Error::Throttled { .. } => true,
            Error::Refused(refusal) => refusal.cause.is_transient(),
            _ => false,
        };
        let wait = wait.map_or_else(|| microsoft.backoff(tried - 1), |wait| microsoft.no_sooner(wait));
        if !may_pass || tried >= TRIES || !microsoft.is_worth(wait, call.priority, call.deadline) {
            return Err(error);
        }
        tokio::time::sleep(wait).await;
    }
}

fn read(body: &[u8]) -> Option<SecretString> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let token = body.get("access_token")?.as_str()?.trim();
    (!token.is_empty()).then(|| token.into())
}

/// Its refusals by name. 404 and 410 are said of a service that is being updated; 404 is also what the metadata service of
/// another provider says, at the same address.
fn refused(microsoft: &Microsoft, status: u16, body: &[u8], wait: Option<Duration>) -> Error {
    let refusal = Refusal::read(body);
    let text = refusal.as_ref().map_or_else(|| format!("it answers with status {status}"), |it| it.message.clone());
    match status {
        429 => {
            let until = microsoft.after(wait.unwrap_or(microsoft.first_pause));
            Error::Throttled { until, message: "the identity endpoint of this machine is asked too often".to_owned() }
        }
        404 if refusal.is_none() => ours(RefusalCause::IdentityEndpointMissing, &text),
        404 | 410 | 500.. => ours(RefusalCause::IdentityUnavailable, &text),
        _ if text.to_ascii_lowercase().contains("identity not found") => ours(RefusalCause::IdentityNotFound, &text),
        _ => match refusal {
            Some(refusal) if refusal.code.is_some() => Error::Refused(refusal),
            _ => ours(RefusalCause::IdentityRefused, &text),
        },
    }
}

fn ours(cause: RefusalCause, text: &str) -> Error {
    Error::Refused(Refusal::ours(cause, format!("the identity endpoint of this machine: {text}")))
}
