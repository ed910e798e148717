//! Why a request got no answer, out of the error's chain of causes.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use rustls::CertificateError;
use url::Url;

use crate::tls::{Distrusted, Fault};
use crate::{Error, UnreachableCause};

/// Names the cause. The URL never gets into the text: its path may hold what was searched.
pub(super) fn read(error: reqwest::Error, host: &str, proxy: Option<&Url>, waited: Duration) -> Error {
    if error.is_timeout() && !error.is_connect() {
        return Error::TimedOut { host: host.to_owned(), waited };
    }
    let (cause, message) = cause(&error, proxy);
    Error::Unreachable { host: host.to_owned(), cause, message }
}

fn cause(error: &reqwest::Error, proxy: Option<&Url>) -> (UnreachableCause, String) {
    let chain = chain(error);
    let via = proxy.map(|proxy| format!(" through the proxy {}", bare(proxy))).unwrap_or_default();
    if let Some((fault, issuer, reason)) = chain.iter().find_map(|error| tls(*error)) {
        let issued = issuer.as_ref().map(|issuer| format!(", issued by “{issuer}”,")).unwrap_or_default();
        let message = format!("its certificate{via}{issued} is not accepted: {reason}");
        let cause = match fault {
            Fault::Name => UnreachableCause::TlsName,
            Fault::Time => UnreachableCause::TlsTime,
            Fault::Trust => UnreachableCause::Tls { issuer },
        };
        return (cause, message);
    }
    if let Some(error) = chain.iter().find_map(|error| error.downcast_ref::<rustls::Error>()) {
        let reason = match error {
            rustls::Error::InvalidMessage(_) => "what answers there does not speak TLS".to_owned(),
            other => other.to_string(),
        };
        return (UnreachableCause::Tls { issuer: None }, format!("TLS{via} failed: {reason}"));
    }
    let in_plain_words = chain.iter().rev().find_map(|error| plain(*error)).map(str::to_owned);
    let innermost = in_plain_words.or_else(|| chain.last().map(|error| error.to_string())).unwrap_or_default();
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
            let why = match text.trim_start_matches("tunnel error: ") {
                "unsuccessful" => String::new(),
                "unexpected end of file" => ": it closes it without an answer".to_owned(),
                other => format!(": {other}"),
            };
            let message = format!("the proxy {proxy} does not let the connection through{why}");
            return (UnreachableCause::Proxy, message);
        }
        if error.is_connect() {
            return (UnreachableCause::Proxy, format!("the proxy {proxy} cannot be reached: {innermost}"));
        }
    }
    if error.is_dns() {
        return (UnreachableCause::Dns, "its name does not resolve".to_owned());
    }
    if error.is_connect() && error.is_timeout() {
        return (UnreachableCause::Connect, "it does not accept a connection within 10 seconds".to_owned());
    }
    if error.is_connect() {
        return (UnreachableCause::Connect, format!("it does not accept a connection: {innermost}"));
    }
    (UnreachableCause::Broken, format!("the connection{via} broke off: {innermost}"))
}

/// The system's own words for a failed connection have a number in them and help nobody.
fn plain(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    use io::ErrorKind::*;
    match error.downcast_ref::<io::Error>()?.kind() {
        ConnectionRefused => Some("nothing listens there, or a firewall refuses it"),
        ConnectionReset | ConnectionAborted | BrokenPipe => Some("something on the way has reset it"),
        UnexpectedEof => Some("the answer is not complete"),
        NetworkUnreachable | HostUnreachable => Some("there is no route to it"),
        _ => None,
    }
}

/// A refused certificate: what is the matter, issuer and reason.
fn tls(error: &(dyn StdError + 'static)) -> Option<(Fault, Option<String>, String)> {
    let rustls::Error::InvalidCertificate(reason) = error.downcast_ref::<rustls::Error>()? else { return None };
    let distrusted = match reason {
        CertificateError::Other(other) => other.0.downcast_ref::<Distrusted>(),
        _ => None,
    };
    Some(match distrusted {
        Some(distrusted) => (distrusted.fault, distrusted.issuer.clone(), distrusted.reason.clone()),
        None => (Fault::Trust, None, reason.to_string()),
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
