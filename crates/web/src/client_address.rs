//! Where a request comes from.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

/// Headers that a proxy adds: with one of them, the peer is not who asks.
const FORWARDED: [&str; 4] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress {
    /// The address to count attempts by. Behind a proxy on this machine, the one that the proxy names last: the ones
    /// before it are whatever the caller wrote.
    pub address: IpAddr,
    /// Whether it was asked on this machine, by the machine itself: a loopback peer, no proxy between, and a `Host`
    /// that is this machine's, which a page on another site cannot send.
    pub is_this_machine: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
        Ok(client_address(peer, &parts.headers))
    }
}

fn client_address(peer: Option<IpAddr>, headers: &HeaderMap) -> ClientAddress {
    let Some(peer) = peer else {
        return ClientAddress { address: Ipv4Addr::UNSPECIFIED.into(), is_this_machine: false };
    };
    let forwarded = FORWARDED.iter().any(|name| headers.contains_key(*name));
    let named = headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.rsplit(',').next())
        .and_then(|last| last.trim().parse().ok())
        .filter(|_| peer.is_loopback());
    ClientAddress {
        address: named.unwrap_or(peer),
        is_this_machine: peer.is_loopback() && !forwarded && host_is_loopback(headers),
    }
}

fn host_is_loopback(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return true };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn seen(peer: &str, headers: &[(&'static str, &str)]) -> (String, bool) {
        let headers = headers.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap())).collect();
        let seen = client_address(peer.parse().ok(), &headers);
        (seen.address.to_string(), seen.is_this_machine)
    }

    #[rstest]
    #[case::itself("127.0.0.1", &[("host", "127.0.0.1:8440")], "127.0.0.1", true)]
    #[case::by_name("::1", &[("host", "localhost:8440")], "::1", true)]
    #[case::ipv6("::1", &[("host", "[::1]:8440")], "::1", true)]
    #[case::rebound("127.0.0.1", &[("host", "rebound.example:8440")], "127.0.0.1", false)]
    #[case::behind_a_proxy("127.0.0.1", &[("host", "127.0.0.1:8440"), ("x-forwarded-for", "10.9.9.9, 192.0.2.7")], "192.0.2.7", false)]
    #[case::only_said_to_be("192.0.2.1", &[("host", "localhost"), ("x-forwarded-for", "127.0.0.1")], "192.0.2.1", false)]
    #[case::unknown("", &[], "0.0.0.0", false)]
    fn only_what_the_machine_asks_itself_is_this_machine(
        #[case] peer: &str,
        #[case] headers: &[(&'static str, &str)],
        #[case] address: &str,
        #[case] this_machine: bool,
    ) {
        assert_eq!(seen(peer, headers), (address.to_owned(), this_machine));
    }
}
