//! The one HTTP client, for tokens and for data: what is configured for one holds for the other.

use std::time::Duration;

use crate::proxy::{self, Route};
use crate::settings::{Settings, SettingsError};
use crate::tls::{self, Issuers};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// Connections are kept for less time than Microsoft's front ends keep them, so that none is used while it closes.
const IDLE: Duration = Duration::from_secs(90);

/// A client that follows no redirect, reads no environment variable and tries nothing again by itself.
pub(crate) fn client(settings: &Settings, issuers: Issuers) -> Result<(reqwest::Client, Option<Route>), SettingsError> {
    let route = settings.proxy.as_ref().map(Route::new).transpose()?;
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls::client_config(settings.extra_ca_pem.as_deref(), issuers)?)
        .user_agent(&settings.user_agent)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .gzip(true)
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .no_proxy();
    if let (Some(proxy), Some(route)) = (&settings.proxy, &route) {
        builder = builder.proxy(proxy::for_client(proxy, route.clone()));
    }
    let client = builder.build().map_err(|error| SettingsError::Client(error.to_string()))?;
    Ok((client, route))
}
