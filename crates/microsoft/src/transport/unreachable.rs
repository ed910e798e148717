//! Why a request got no answer, out of the error's chain of causes.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use rustls::CertificateError;
use url::Url;

use crate::tls::Distrusted;
use crate::{Error, UnreachableCause};

/// Names the cause. The URL never gets into the text: its path may hold what was searched.
pub(super) fn read(error: reqwest::Error, host: &str, proxy: Option<&Url>, waited: Duration) -> Error {
    if error.is_timeout() && !error.is_connect() {
        return Error::TimedOut { host: host.to_owned(), waited };
    }
    let (cause, message) = cause(&error, host, proxy);
    Error::Unreachable { host: host.to_owned(), cause, message }
}

fn cause(error: &reqwest::Error, host: &str, proxy: Option<&Url>) -> (UnreachableCause, String) {
    let chain = chain(error);
    let via = proxy.map(|proxy| format!(" through the proxy {}", bare(proxy))).unwrap_or_default();
    if let Some((issuer, reason)) = chain.iter().find_map(|error| tls(*error)) {
        let issued = issuer.as_ref().map(|issuer| format!(", issued by “{issuer}”,")).unwrap_or_default();
        let message = format!("the certificate of {host}{via}{issued} is not accepted: {reason}");
        return (UnreachableCause::Tls { issuer }, message);
    }
    if let Some(error) = chain.iter().find_map(|error| error.downcast_ref::<rustls::Error>()) {
        return (UnreachableCause::Tls { issuer: None }, format!("TLS with {host}{via} failed: {error}"));
    }
    let innermost = chain.last().map(|error| error.to_string()).unwrap_or_default();
    if let Some(proxy) = proxy {
        let proxy = bare(proxy);
        let tunnel = chain.iter().map(|error| error.to_string()).find(|text| text.starts_with("tunnel error"));
        if tunnel.as_ref().is_some_and(|text| text.contains("authorization required")) {
            let message =
                format!("the proxy {proxy} asks for a user and a password, or does not accept those that are set");
            return (UnreachableCause::ProxyAuthentication, message);
        }
        if error.is_dns() {
            return (UnreachableCause::Proxy, format!("the name of the proxy {proxy} does not resolve"));
        }
        if let Some(text) = tunnel.filter(|text| !text.contains("failed to create")) {
            let text = text.trim_start_matches("tunnel error: ");
            return (UnreachableCause::Proxy, format!("the proxy {proxy} does not let the connection through: {text}"));
        }
        if error.is_connect() {
            return (UnreachableCause::Proxy, format!("the proxy {proxy} cannot be reached: {innermost}"));
        }
    }
    if error.is_dns() {
        return (UnreachableCause::Dns, format!("the name {host} does not resolve"));
    }
    if error.is_connect() && error.is_timeout() {
        return (UnreachableCause::Connect, format!("{host} does not accept a connection within 10 seconds"));
    }
    if error.is_connect() {
        return (UnreachableCause::Connect, format!("{host} does not accept a connection: {innermost}"));
    }
    (UnreachableCause::Broken, format!("the connection to {host}{via} broke off: {innermost}"))
}

/// A refused certificate: issuer and reason.
fn tls(error: &(dyn StdError + 'static)) -> Option<(Option<String>, String)> {
    let rustls::Error::InvalidCertificate(reason) = error.downcast_ref::<rustls::Error>()? else { return None };
    let distrusted = match reason {
        CertificateError::Other(other) => other.0.downcast_ref::<Distrusted>(),
        _ => None,
    };
    Some(match distrusted {
        Some(distrusted) => (distrusted.issuer.clone(), distrusted.reason.clone()),
        None => (None, reason.to_string()),
    })
}

/// The error and its causes. An `io::Error` hides what it wraps from `source`, so it is opened.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> Vec<&'a (dyn StdError + 'static)> {
    let mut chain = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        chain.push(error);
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner as &(dyn StdError + 'static)),
            None => error.source(),
        };
        if chain.len() > 20 {
            break;
        }
    }
    chain
}

/// Scheme, host and port: all that is said of a proxy.
fn bare(proxy: &Url) -> String {
    proxy.origin().ascii_serialization()
}
