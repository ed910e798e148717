//! The one way out: guarded, bounded, without redirects, and by no environment variable.

use std::error::Error as _;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use openidconnect::http::Response;
use openidconnect::{HttpRequest, HttpResponse};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use secrecy::ExposeSecret;
use url::{Host, Url};

use crate::guard::{Guard, is_inside};
use crate::{Error, Proxy, Settings};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a whole request may take.
const LONGEST: Duration = Duration::from_secs(10);
/// The most that is read of an answer. Entra's keys are 20 KB.
const LARGEST: usize = 1024 * 1024;

/// The client. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
    guard: Guard,
}

impl Http {
    pub(crate) fn new(settings: &Settings, guard: Guard) -> Result<Http, Error> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(crate::tls::client_config(settings.extra_ca_pem.as_deref())?)
            .user_agent("Oriel")
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(CONNECT)
            .timeout(LONGEST)
            .no_proxy();
        let mut known = vec![guard.host().to_owned()];
        if let Some(proxy) = &settings.proxy {
            known.extend(proxy.url.host_str().map(str::to_owned));
            builder = builder.proxy(through(proxy));
        }
        let resolver = Resolver { issuer: guard.host().to_owned(), known };
        let client = builder.dns_resolver(Arc::new(resolver)).build();
        let client = client.map_err(|error| Error::Setting { setting: "oidc", message: error.to_string() })?;
        Ok(Http { client, guard })
    }

    pub(crate) fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Sends a request, if its address may be asked.
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Error> {
        let url = Url::parse(&request.uri().to_string())
            .map_err(|_| Error::Provider("it names an address that is none".to_owned()))?;
        self.guard.check(&url)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let lost = |error: reqwest::Error| Error::Unreachable { host: host.clone(), reason: reason(&error) };
        let request = reqwest::Request::try_from(request).map_err(lost)?;
        let mut response = self.client.execute(request).await.map_err(lost)?;
        let mut answer = Response::builder().status(response.status());
        for (name, value) in response.headers() {
            answer = answer.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            if body.len() + chunk.len() > LARGEST {
                return Err(Error::Provider(format!("an answer of {host} is larger than {LARGEST} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        answer.body(body).map_err(|error| Error::Provider(error.to_string()))
    }
}

/// The innermost cause: the outer ones say "error sending request" and repeat the address.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} seconds", LONGEST.as_secs());
    }
    let mut cause = error.source();
    let mut text = error.to_string();
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    crate::error::words(&text)
}

/// Resolves names. One that the provider named must not lead inside, unless the issuer itself is inside.
struct Resolver {
    issuer: String,
    /// Named by an administrator: the issuer and the proxy.
    known: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
#[error("{0} leads to an address inside this network, and the issuer is outside")]
struct LeadsInside(String);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (name, issuer) = (name.as_str().to_owned(), self.issuer.clone());
        let is_known = self.known.contains(&name);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !is_known && found.iter().any(|address| is_inside(address.ip())) {
                let of_issuer = tokio::net::lookup_host((issuer.as_str(), 0)).await?;
                if !of_issuer.into_iter().any(|address| is_inside(address.ip())) {
                    return Err(LeadsInside(name).into());
                }
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn through(proxy: &Proxy) -> reqwest::Proxy {
    let (address, bypass) = (proxy.url.clone(), proxy.bypass.clone());
    let way = reqwest::Proxy::custom(move |url| (!is_direct(url, &bypass)).then(|| address.clone()));
    match &proxy.login {
        Some((user, password)) => way.basic_auth(user, password.expose_secret()),
        None => way,
    }
}

/// Whether a host is reached without the proxy: this machine always, and those that the configuration names.
fn is_direct(url: &Url, bypass: &[String]) -> bool {
    let ip = match url.host() {
        Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
        _ => None,
    };
    let name = url.domain().unwrap_or_default().trim_end_matches('.');
    if ip.is_some_and(|ip| ip.is_loopback()) || name == "localhost" || name.ends_with(".localhost") {
        return true;
    }
    bypass.iter().map(|entry| entry.trim().to_ascii_lowercase()).any(|entry| {
        let bare = entry.trim_start_matches('[').trim_end_matches(']');
        let network = bare.parse::<IpNet>().ok().or_else(|| bare.parse::<IpAddr>().ok().map(IpNet::from));
        match (entry.as_str(), network, ip) {
            ("*", ..) => true,
            (_, Some(network), Some(ip)) => network.contains(&ip),
            (_, None, None) => {
                let suffix = entry.trim_start_matches('*').trim_matches('.');
                let rest = name.strip_suffix(suffix).filter(|_| !suffix.is_empty());
                rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_what_is_named_go_past_the_proxy() {
        let bypass = ["*.corp.example".to_owned(), "192.0.2.0/24".to_owned()];
        let direct = |url: &str| is_direct(&Url::parse(url).unwrap(), &bypass);
        for url in [
            "http://127.0.0.1:1/",
            "http://[::1]/",
            "http://localhost/",
            "https://sso.corp.example/",
            "https://192.0.2.9/",
        ] {
            assert!(direct(url), "{url}");
        }
        for url in ["https://login.example.com/", "https://notcorp.example/", "https://198.51.100.1/"] {
            assert!(!direct(url), "{url}");
        }
    }
}
