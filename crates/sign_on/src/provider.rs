//! What is remembered of the provider: its discovery document and its keys.
//!
//! Both are asked anew every hour. A provider that does not answer then keeps nobody out: what is remembered serves for a day.
//! A token signed by a key that is not remembered has the keys asked for at once, but once a minute at most, since anybody
//! who can have such a token made could otherwise have Oriel hammer the provider.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::CoreClientAuthMethod;
use openidconnect::{AuthType, ClientId, ClientSecret, DiscoveryError, IssuerUrl, RedirectUrl};
use secrecy::ExposeSecret;
use tokio::sync::Mutex;

use crate::claims::{Metadata, Oidc};
use crate::{Error, Inner, Settings};

/// After this long the provider is asked anew.
const FRESH: SignedDuration = SignedDuration::from_hours(1);
/// For this long what is remembered serves while the provider does not answer.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// A provider that failed is left alone for this long.
const PAUSE: SignedDuration = SignedDuration::from_secs(10);
/// Keys are asked for out of turn once in this time.
const KEYS_EVERY: SignedDuration = SignedDuration::from_mins(1);

#[derive(Default)]
pub(crate) struct Cache {
    state: RwLock<State>,
    /// One asks, the others wait for what it finds.
    asking: Mutex<()>,
}

#[derive(Clone, Default)]
struct State {
    held: Option<(Timestamp, Arc<Metadata>)>,
    failed: Option<(Timestamp, Error)>,
    keys_asked_at: Option<Timestamp>,
}

impl Cache {
    fn state(&self) -> State {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// The provider as it is remembered, or asked if that is too long ago.
    pub(crate) async fn current(&self, inner: &Inner) -> Result<Arc<Metadata>, Error> {
        let fresh = |state: &State, now: Timestamp| {
            state.held.as_ref().filter(|(at, _)| now.duration_since(*at) < FRESH).map(|(_, held)| Arc::clone(held))
        };
        if let Some(held) = fresh(&self.state(), inner.now()) {
            return Ok(held);
        }
        let _asking = self.asking.lock().await;
        let (state, now) = (self.state(), inner.now());
        if let Some(held) = fresh(&state, now) {
            return Ok(held);
        }
        let kept = state.held.filter(|(at, _)| now.duration_since(*at) < KEPT).map(|(_, held)| held);
        let found = match state.failed.filter(|(at, _)| now.duration_since(*at) < PAUSE) {
            Some((_, error)) => Err(error),
            None => self.fetch(inner).await,
        };
        match (found, kept) {
            (Ok(found), _) => Ok(found),
            (Err(error), Some(kept)) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "single sign-on goes on with what is remembered"
                );
                Ok(kept)
            }
            (Err(error), None) => Err(error),
        }
    }

    /// The provider asked anew because of a key that is not remembered; nothing where that was done a moment ago.
    pub(crate) async fn with_newer_keys(&self, inner: &Inner) -> Option<Arc<Metadata>> {
        let _asking = self.asking.lock().await;
        let now = inner.now();
        if self.state().keys_asked_at.is_some_and(|at| now.duration_since(at) < KEYS_EVERY) {
            return None;
        }
        self.change(|state| state.keys_asked_at = Some(now));
        self.fetch(inner).await.ok()
    }

    /// Asks the provider.
    pub(crate) async fn fetch(&self, inner: &Inner) -> Result<Arc<Metadata>, Error> {
        let found = fetch(inner).await;
        let now = inner.now();
        match found {
            Ok(found) => {
                let found = Arc::new(found);
                self.change(|state| {
                    *state = State { held: Some((now, Arc::clone(&found))), failed: None, ..state.clone() }
                });
                Ok(found)
            }
            Err(error) => {
                self.change(|state| state.failed = Some((now, error.clone())));
                Err(error)
            }
        }
    }
}

async fn fetch(inner: &Inner) -> Result<Metadata, Error> {
    let issuer = &inner.settings.issuer;
    let url = IssuerUrl::new(issuer.clone()).map_err(|error| Error::Provider(error.to_string()))?;
    let http = inner.http.clone();
    let client = move |request| {
        let http = http.clone();
        async move { http.send(request).await }
    };
    let found = Metadata::discover_async(url, &client).await.map_err(|error| match error {
        DiscoveryError::Request(error) => error,
        DiscoveryError::Validation(_) => Error::Provider(format!(
            "the document found at “{issuer}” is that of another issuer; `oidc.issuer` has to be what it calls itself. For \
             Entra that is https://login.microsoftonline.com/TENANT-ID/v2.0, with the tenant's GUID"
        )),
        DiscoveryError::Response(status, ..) if !status.is_success() => {
            Error::Provider(format!("its discovery answers with status {}; `oidc.issuer` is “{issuer}”", status.as_u16()))
        }
        DiscoveryError::Response(_, _, reason) => Error::Provider(crate::error::words(&reason)),
        DiscoveryError::Parse(error) => Error::Provider(format!(
            "a document of the provider cannot be read: {}",
            crate::error::words(&format!("{} {}", error.path(), error.inner()))
        )),
        other => Error::Provider(crate::error::words(&other.to_string())),
    })?;
    // The browser is sent to the one; the secret and the code go to the other.
    let token = found.token_endpoint().ok_or_else(|| Error::Provider("it names no token endpoint".to_owned()))?;
    inner.http.guard().check(token.url())?;
    inner.http.guard().check(found.authorization_endpoint().url())?;
    Ok(found)
}

/// The library's client for one request.
pub(crate) fn client(settings: &Settings, metadata: &Metadata) -> Oidc {
    let secret = settings.client_secret.as_ref().map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
    // In the body where the provider takes that: in the header, providers differ in how they undo its encoding.
    let methods = metadata.token_endpoint_auth_methods_supported();
    let by_body = methods.is_some_and(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretPost));
    Oidc::from_provider_metadata(metadata.clone(), ClientId::new(settings.client_id.clone()), secret)
        .set_auth_type(if by_body { AuthType::RequestBody } else { AuthType::BasicAuth })
        .set_redirect_uri(RedirectUrl::from_url(settings.redirect.clone()))
}
