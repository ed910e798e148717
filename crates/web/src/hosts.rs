//! Under which names this server answers.
//!
//! A page on another site can give its own name this server's address ("DNS rebinding"): the browser then takes the two
//! for one site, and the page reads what is shown here. The name in `Host` is what tells them apart. It is compared and
//! nothing else: no link and no redirect is ever made from it, and `X-Forwarded-Host` is not read at all.

use std::collections::BTreeSet;
use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Url;

use crate::Desk;

/// What those who run the server ask of it, by whatever name or address they reach it: nothing of it is for a browser, and
/// what is more than a word needs a key.
pub const FOR_OPERATORS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Said without the name that was asked for: it is a stranger's.
const ELSEWHERE: &str = "This server does not answer under the name that was asked for. Open it under its own address. \
                         Whoever runs it can name that address in `public_url`, and further names in `hosts`.\n";

/// The names that are this server's own.
#[derive(Clone, Debug, Default)]
pub struct Hosts {
    names: BTreeSet<String>,
    loopback: bool,
    addresses: bool,
}

impl Hosts {
    /// The host of the address under which people reach the server.
    pub fn of(public_url: &Url) -> Hosts {
        let names = public_url.host_str().map(plain).into_iter().collect();
        Hosts { names, ..Hosts::default() }
    }

    /// And further names.
    #[must_use]
    pub fn and<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Hosts {
        self.names.extend(names.into_iter().map(plain));
        self
    }

    /// And the names and addresses of this machine to itself, for a server that listens there.
    #[must_use]
    pub fn and_this_machine(mut self) -> Hosts {
        self.loopback = true;
        self
    }

    /// And whatever is an address and no name, for a server that was not told its own: a browser that asks for an address
    /// asks that address, so there is nothing to rebind.
    #[must_use]
    pub fn and_any_address(mut self) -> Hosts {
        self.addresses = true;
        self
    }

    /// Whether `host`, which may have a port, is one of them.
    fn admit(&self, host: &str) -> bool {
        let Some(name) = without_port(host).map(plain) else { return false };
        if self.names.contains(&name) {
            return true;
        }
        match name.parse::<IpAddr>() {
            Ok(address) => self.addresses || (self.loopback && address.to_canonical().is_loopback()),
            Err(_) => self.loopback && name == "localhost",
        }
    }
}

/// As it is compared: small letters, no brackets, no dot at the end.
fn plain(name: &str) -> String {
    let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

fn without_port(host: &str) -> Option<&str> {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => (name, port),
        _ => (host, ""),
    };
    (!name.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())).then_some(name)
}

/// Lets nobody in who asked for somebody else. A request with two names, or with none, is not answered either: what stands
/// between might have read the other one.
pub async fn check(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    if FOR_OPERATORS.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let mut named = request.headers().get_all(header::HOST).iter();
    let (first, second) = (named.next(), named.next());
    let target = request.uri().authority().map(axum::http::uri::Authority::as_str);
    let host = match (first.map(|host| host.to_str()), second) {
        (Some(Ok(host)), None) => host,
        _ => return (StatusCode::BAD_REQUEST, "A request names one host, in `Host`.\n").into_response(),
    };
    let hosts = &desk.settings.hosts;
    if hosts.admit(host) && target.is_none_or(|target| hosts.admit(target)) {
        return next.run(request).await;
    }
    tracing::debug!("asked for under a name that is not this server's");
    (StatusCode::MISDIRECTED_REQUEST, ELSEWHERE).into_response()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn named() -> Hosts {
        Hosts::of(&"https://Oriel.example.com/".parse().unwrap())
    }

    #[rstest]
    #[case::its_own("oriel.example.com", true)]
    #[case::as_it_is_typed("ORIEL.example.com.", true)]
    #[case::with_a_port("oriel.example.com:8440", true)]
    #[case::another("evil.example", false)]
    #[case::one_below("a.oriel.example.com", false)]
    #[case::one_that_ends_so("evil-oriel.example.com", false)]
    #[case::with_a_user("oriel.example.com@evil.example", false)]
    #[case::with_a_port_that_is_none("oriel.example.com:evil", false)]
    #[case::with_a_path("oriel.example.com/evil.example", false)]
    #[case::this_machine("127.0.0.1:8440", false)]
    #[case::none("", false)]
    #[case::a_port_alone(":8440", false)]
    fn a_server_with_a_name_answers_for_that_name(#[case] host: &str, #[case] admitted: bool) {
        assert_eq!(named().admit(host), admitted);
    }

    #[rstest]
    #[case("localhost:8440", true)]
    #[case("LOCALHOST", true)]
    #[case("127.0.0.1", true)]
    #[case("127.8.9.1:1", true)]
    #[case("[::1]:8440", true)]
    #[case("::1", true)]
    #[case("[::ffff:127.0.0.1]", true)]
    #[case("oriel.internal.example", true)]
    #[case("192.0.2.1", false)]
    #[case("localhost.evil.example", false)]
    #[case("127.0.0.1.evil.example", false)]
    #[case("2130706433", false)]
    fn a_server_on_this_machine_also_answers_to_the_machine(#[case] host: &str, #[case] admitted: bool) {
        assert_eq!(named().and(["Oriel.internal.example"]).and_this_machine().admit(host), admitted);
    }

    #[test]
    fn a_server_that_was_not_told_its_name_answers_for_addresses() {
        let hosts = named().and_any_address();
        assert!(hosts.admit("192.0.2.1:8440") && hosts.admit("[2001:db8::1]") && !hosts.admit("rebound.example"));
    }
}
