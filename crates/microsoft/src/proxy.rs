//! Which hosts are reached through the proxy.

use std::net::IpAddr;

use ipnet::IpNet;
use secrecy::ExposeSecret;
use url::{Host, Url};

use crate::settings::{Proxy, SettingsError};

/// The proxy's address and the hosts that go past it. Knows no password.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    proxy: Url,
    bypass: Vec<Bypass>,
}

#[derive(Clone, Debug)]
enum Bypass {
    Everything,
    Network(IpNet),
    Name(String),
}

impl Route {
    /// Checks the settings.
    pub(crate) fn new(settings: &Proxy) -> Result<Route, SettingsError> {
        let url = &settings.url;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(SettingsError::Proxy(
                "has a user or a password in its URL; set them apart from it, as user and password file".to_owned(),
            ));
        }
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(SettingsError::Proxy("must be a URL that begins with http:// or https://".to_owned()));
        }
        let bypass = settings.bypass.iter().filter_map(|entry| Bypass::read(entry)).collect();
        Ok(Route { proxy: url.clone(), bypass })
    }

    /// The proxy for this URL. Loopback never goes through one.
    pub(crate) fn for_url(&self, url: &Url) -> Option<&Url> {
        let direct = match url.host()? {
            Host::Ipv4(ip) => self.is_direct(IpAddr::V4(ip)),
            Host::Ipv6(ip) => self.is_direct(IpAddr::V6(ip)),
            Host::Domain(name) => {
                let name = name.trim_end_matches('.');
                name == "localhost"
                    || name.ends_with(".localhost")
                    || self.bypass.iter().any(|entry| match entry {
                        Bypass::Everything => true,
                        Bypass::Network(_) => false,
                        Bypass::Name(suffix) => name
                            .strip_suffix(suffix.as_str())
                            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
                    })
            }
        };
        (!direct).then_some(&self.proxy)
    }

    fn is_direct(&self, ip: IpAddr) -> bool {
        ip.is_loopback()
            || self.bypass.iter().any(|entry| match entry {
                Bypass::Everything => true,
                Bypass::Network(network) => network.contains(&ip),
                Bypass::Name(_) => false,
            })
    }
}

impl Bypass {
    fn read(entry: &str) -> Option<Bypass> {
        let entry = entry.trim().to_ascii_lowercase();
        if entry == "*" {
            return Some(Bypass::Everything);
        }
        let bare = entry.trim_start_matches('[').trim_end_matches(']');
        if let Ok(network) = bare.parse::<IpNet>() {
            return Some(Bypass::Network(network));
        }
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Some(Bypass::Network(IpNet::from(address)));
        }
        let name = entry.trim_start_matches('*').trim_matches('.').to_owned();
        (!name.is_empty()).then_some(Bypass::Name(name))
    }
}

/// The HTTP client's form of it.
pub(crate) fn for_client(settings: &Proxy, route: Route) -> reqwest::Proxy {
    let proxy = reqwest::Proxy::custom(move |url| route.for_url(url).cloned());
    match &settings.login {
        Some((user, password)) => proxy.basic_auth(user, password.expose_secret()),
        None => proxy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(bypass: &[&str]) -> Route {
        let bypass = bypass.iter().map(|&entry| entry.to_owned()).collect();
        Route::new(&Proxy { url: Url::parse("http://proxy.example:3128").unwrap(), login: None, bypass }).unwrap()
    }

    fn proxied(route: &Route, url: &str) -> bool {
        route.for_url(&Url::parse(url).unwrap()).is_some()
    }

    #[test]
    fn loopback_never_goes_through_the_proxy() {
        let route = route(&[]);
        for url in [
            "http://127.0.0.1:9/x",
            "http://127.9.9.9/",
            "http://[::1]:1/",
            "http://localhost:1/",
            "http://a.localhost/",
        ] {
            assert!(!proxied(&route, url), "{url}");
        }
        assert!(proxied(&route, "https://graph.example/"));
        assert!(proxied(&route, "https://192.0.2.1/"));
    }

    #[test]
    fn names_addresses_and_networks_are_bypassed() {
        let route = route(&[
            "internal.example",
            "*.lab.example",
            ".dot.example",
            "192.0.2.0/24",
            "2001:db8::/32",
            "198.51.100.7",
            " ",
        ]);
        for url in [
            "https://internal.example/",
            "https://a.INTERNAL.example/",
            "https://x.lab.example/",
            "https://dot.example/",
            "https://192.0.2.77/",
            "https://[2001:db8::7]/",
            "https://198.51.100.7/",
        ] {
            assert!(!proxied(&route, url), "{url}");
        }
        for url in ["https://notinternal.example/", "https://198.51.100.8/", "https://graph.example/"] {
            assert!(proxied(&route, url), "{url}");
        }
    }

    #[test]
    fn a_password_in_the_url_is_refused_without_repeating_it() {
        let url = Url::parse("http://u:pw-XYZZY@proxy.example:3128").unwrap();
        let error = Route::new(&Proxy { url, login: None, bypass: Vec::new() }).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("XYZZY"));
    }
}
