//! Tokens for an app itself ("OAuth 2.0 client credentials flow"), by any proof.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::allow::Surface;
use crate::claims::Claims;
use crate::refusal::{Refusal, RefusalCause};
use crate::transport::ask::below;
use crate::transport::backoff::TRIES;
use crate::transport::{Reply, Request};
use crate::{Call, Error, Microsoft, Proof, Resource, UnreachableCause, identity, read_error, retry_after};

mod assertion;
pub(crate) mod cache;
mod file;
mod shown;

use shown::Shown;

/// A token for one interface.
#[derive(Clone)]
pub struct Token {
    value: SecretString,
    claims: Option<Claims>,
    lifetime: Duration,
}

/// Whether a cached token will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fresh {
    /// A cached one will do, and so will a refusal of the last minute.
    IfNeeded,
    /// A new one: permissions are a snapshot, and someone has just granted some.
    Always,
}

impl Token {
    /// What it says about itself; `None` if it cannot be read, which is no fault.
    pub fn claims(&self) -> Option<&Claims> {
        self.claims.as_ref()
    }

    pub(crate) fn expose(&self) -> &str {
        self.value.expose_secret()
    }

    /// Reads Entra's answer. Only `access_token` and `expires_in` are promised.
    pub(crate) fn read(body: &[u8]) -> Option<Token> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let value = body.get("access_token")?.as_str().filter(|token| !token.trim().is_empty())?;
        let seconds = match body.get("expires_in") {
            Some(Value::Number(seconds)) => seconds.as_u64(),
            Some(Value::String(seconds)) => seconds.trim().parse().ok(),
            _ => None,
        };
        Some(Token {
            claims: Claims::read(value),
            value: value.into(),
            lifetime: Duration::from_secs(seconds.unwrap_or(UNKNOWN_LIFETIME).min(LONGEST_LIFETIME)),
        })
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token").field("claims", &self.claims).field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

const UNKNOWN_LIFETIME: u64 = 300;
const LONGEST_LIFETIME: u64 = 28 * 60 * 60;

/// Asks Entra for a token, again where that may help. `vouched` is the token of the credential's file, if it has one.
async fn request(
    microsoft: &Microsoft,
    call: &Call<'_>,
    resource: Resource,
    vouched: Option<SecretString>,
) -> Result<Token, Error> {
    let credential = call.credential;
    let cloud = &credential.cloud;
    let scope = cloud
        .scope(resource)
        .ok_or_else(|| Error::NotOffered { cloud: cloud.title().to_owned(), interface: resource.title().to_owned() })?;
    let (tenant, client) = (credential.tenant.trim(), credential.client.trim());
    let url = below(&cloud.login, &[tenant, "oauth2", "v2.0", "token"]).ok_or_else(no_tenant)?;
    let shown = match (&credential.proof, vouched) {
        (_, Some(token)) => Shown::Vouched(token),
        (Proof::Secret(secret), _) => Shown::Secret(secret),
        (Proof::Certificate(certificate), _) => Shown::Certificate(certificate),
        (Proof::ManagedIdentity { client }, _) => {
            Shown::Vouched(identity::token(microsoft, call, client.as_deref()).await?)
        }
        (Proof::TokenFile(path), _) => Shown::Vouched(file::read(path, call.deadline).await?),
    };
    let mut tried = 0;
    loop {
        let fields = shown.fields(client, &url, (microsoft.clock)(), &microsoft.request_id())?;
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", client)
            .extend_pairs(fields.pairs())
            .append_pair("scope", &scope)
            .finish();
        let request = Request {
            surface: Surface::Login,
            base: &cloud.login,
            method: Method::POST,
            url: url.clone(),
            headers: Vec::new(),
            body: Some(("application/x-www-form-urlencoded", form)),
            bearer: None,
            secrets: vec![fields.expose()],
        };
        tried += 1;
        let (error, wait) = match microsoft.exchange(&request, call.deadline).await {
            Ok(reply) if reply.is_success() => {
                return Token::read(&reply.body).ok_or_else(|| read_error::unreadable(&without_body(reply)));
            }
            Ok(reply) => match read(microsoft, &reply, resource, &credential.proof) {
                Outcome::Final(error) => return Err(error),
                Outcome::MayPass(error, wait) => (error, wait),
            },
            Err(error @ Error::Unreachable { cause: UnreachableCause::Broken, .. }) => (error, None),
            Err(error) => return Err(error),
        };
        let wait = wait.map_or_else(|| microsoft.backoff(tried - 1), |wait| microsoft.no_sooner(wait));
        if tried >= TRIES || !microsoft.is_worth(wait, call.priority, call.deadline) {
            return Err(error);
        }
        tokio::time::sleep(wait).await;
    }
}

/// How long nobody signs in after Entra took no more and did not say for how long.
const UNSAID_WAIT: Duration = Duration::from_secs(60);

enum Outcome {
    Final(Error),
    MayPass(Error, Option<Duration>),
}

fn read(microsoft: &Microsoft, reply: &Reply, resource: Resource, proof: &Proof) -> Outcome {
    let now = (microsoft.clock)();
    let wait = retry_after::read(reply.header_values("retry-after"), now);
    let refusal = Refusal::read(&reply.body);
    let throttled = |message: String| Error::Throttled { until: microsoft.after(wait.unwrap_or(UNSAID_WAIT)), message };
    let failed = |message: String, code: String| Error::Failed {
        status: reply.status,
        code,
        message,
        request_id: reply.request_id(),
    };
    match refusal {
        Some(refusal) if refusal.cause == RefusalCause::TenantThrottled || reply.status == 429 => {
            Outcome::MayPass(throttled(refusal.message), wait)
        }
        Some(refusal) if refusal.cause.is_transient() || reply.status >= 500 => {
            let code = refusal.code.map(|code| format!("AADSTS{code}")).unwrap_or_default();
            Outcome::MayPass(failed(refusal.message, code), wait)
        }
        Some(refusal) => Outcome::Final(named(refusal, resource, proof, now)),
        None if reply.status == 429 => Outcome::MayPass(throttled("Entra is asked too often".to_owned()), wait),
        None if reply.status >= 500 => Outcome::MayPass(read_error::unreadable(reply), wait),
        None => Outcome::Final(read_error::unreadable(reply)),
    }
}

/// What the refusal means for this interface and this proof.
fn named(mut refusal: Refusal, resource: Resource, proof: &Proof, now: Timestamp) -> Error {
    refusal.cause = shown::named(refusal.cause, proof, now);
    // A tenant without Defender for Endpoint does not know its interface: a state, and not a fault of the credentials.
    let no_product = refusal.cause == RefusalCause::NotSubscribed
        || (refusal.cause == RefusalCause::ResourceMissing && resource == Resource::Defender);
    if no_product {
        return Error::Unlicensed { message: refusal.message.clone(), evidence: refusal.evidence() };
    }
    Error::Refused(refusal)
}

/// A good status with no token in the body. The body is not repeated: it may hold half of one.
fn without_body(reply: Reply) -> Reply {
    Reply { body: b"there is no token in it".to_vec(), ..reply }
}

fn no_tenant() -> Error {
    Error::Refused(Refusal::ours(RefusalCause::TenantNotNamed, "no tenant is given".to_owned()))
}

impl Microsoft {
    /// A token for an interface, from the cache where it may be.
    pub async fn token(&self, call: &Call<'_>, resource: Resource, fresh: Fresh) -> Result<Token, Error> {
        let vouched = match &call.credential.proof {
            Proof::TokenFile(path) => Some(file::read(path, call.deadline).await?),
            _ => None,
        };
        let slot = self.tokens.slot(call.credential, resource, vouched.as_ref());
        let host = call.credential.cloud.login.host_str().unwrap_or_default().to_owned();
        let started = Instant::now();
        // One request at a time for each slot; whoever waited finds its result.
        let mut held = tokio::time::timeout(call.deadline.saturating_duration_since(started), slot.lock())
            .await
            .map_err(|_| Error::TimedOut { host, waited: started.elapsed() })?;
        if fresh == Fresh::IfNeeded
            && let Some(result) = held.get((self.ticks)())
        {
            return result;
        }
        let asked = (self.ticks)();
        let result = request(self, call, resource, vouched).await;
        held.put(result, asked, (self.ticks)(), fresh)
    }

    /// Drops the cached tokens of an app and what was remembered of its refusals.
    pub fn forget(&self, credential: &crate::Credential) {
        self.tokens.forget(credential);
    }
}

#[cfg(test)]
mod tests;
