//! Single sign-on by OpenID Connect: the authorization code flow with PKCE, and the groups that a person holds.
//!
//! [`SignOn::begin`] makes the address to which a browser is sent, and what has to be kept until it comes back;
//! [`SignOn::finish`] changes the code that it brings for an identity. Signatures, claims and PKCE are the library
//! `openidconnect`'s. Here is what it leaves to its user: which addresses may be asked (`guard.rs`), what is remembered of
//! the provider and when it is asked anew (`provider.rs`), which claims have to hold (`verify.rs`), and where groups
//! come from when there are too many for a token (`groups.rs`).
//!
//! Two pages that the choices rest on: OpenID Connect Core 1.0, section 3.1.3.7, and RFC 9700.

mod begin;
mod claims;
mod error;
mod finish;
mod groups;
mod guard;
mod http;
mod provider;
mod settings;
#[cfg(test)]
mod tests;
mod tls;
mod verify;

pub use begin::{Begin, Pending};
pub use error::Error;
pub use finish::{Answer, Identity};
pub use settings::{Clock, Proxy, Random, Settings};

use std::sync::Arc;

use url::Url;

/// The client of one provider. Cheap to clone; clones share what is remembered of the provider.
#[derive(Clone)]
pub struct SignOn(Arc<Inner>);

struct Inner {
    settings: Settings,
    http: http::Http,
    provider: provider::Cache,
}

impl std::fmt::Debug for SignOn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignOn").field("issuer", &self.0.settings.issuer).finish_non_exhaustive()
    }
}

impl SignOn {
    /// Checks the settings. Nothing is sent yet, so that a provider that is down keeps no server from starting.
    pub fn new(settings: Settings) -> Result<SignOn, Error> {
        let guard = guard::Guard::new(&settings.issuer)?;
        let http = http::Http::new(&settings, guard)?;
        Ok(SignOn(Arc::new(Inner { settings, http, provider: provider::Cache::default() })))
    }

    /// Asks the provider anew who it is, for whoever checks an installation.
    pub async fn look(&self) -> Result<(), Error> {
        self.0.provider.fetch(&self.0).await.map(|_| ())
    }

    /// Where the provider ends its own session, if it says so and can be reached.
    pub async fn way_out(&self) -> Option<Url> {
        let provider = self.0.provider.current(&self.0).await.ok()?;
        let mut url = Url::parse(provider.additional_metadata().end_session_endpoint.as_deref()?).ok()?;
        self.0.http.guard().check(&url).ok()?;
        url.query_pairs_mut().append_pair("client_id", &self.0.settings.client_id);
        Some(url)
    }
}
