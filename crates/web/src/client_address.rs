//! Where a request comes from.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use ipnet::IpNet;

use crate::Desk;

/// Headers that a proxy adds: with one of them, the peer is not who asks.
const FORWARDED: [&str; 4] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress {
    /// The address to count attempts by. Behind a proxy that is trusted, the one that the proxy names last: the ones
    /// before it are whatever the caller wrote.
    pub address: IpAddr,
    /// Whether it was asked on this machine, by the machine itself: a loopback peer, no proxy between, and a `Host`
    /// that is this machine's, which a page on another site cannot send.
    pub is_this_machine: bool,
}

/// The proxies whose word is taken for where a request comes from: this machine itself, and those that the configuration
/// names.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Reads addresses and networks: `192.0.2.7`, `10.0.0.0/8`. The error is the first that is neither.
    pub fn parse(texts: &[String]) -> Result<Proxies, String> {
        let one = |text: &String| {
            let text = text.trim();
            let address = text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
            text.parse::<IpNet>().or(address).map_err(|_| text.to_owned())
        };
        texts.iter().map(one).collect::<Result<_, _>>().map(Proxies)
    }

    /// Whether this is one of them.
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_loopback() || self.0.iter().any(|network| network.contains(&address))
    }
}

/// What counts as one address: who has one IPv6 address has the whole /64 around it.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

impl FromRequestParts<Desk> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
        Ok(client_address(peer, &parts.headers, &desk.settings.proxies))
    }
}

fn client_address(peer: Option<IpAddr>, headers: &HeaderMap, proxies: &Proxies) -> ClientAddress {
    let Some(peer) = peer else {
        return ClientAddress { address: Ipv4Addr::UNSPECIFIED.into(), is_this_machine: false };
    };
    let forwarded = FORWARDED.iter().any(|name| headers.contains_key(*name));
    let address = if proxies.contain(peer) { named_by(peer, headers, proxies) } else { peer };
    ClientAddress { address, is_this_machine: peer.is_loopback() && !forwarded && host_is_loopback(headers) }
}

/// From the last proxy back to the first address that is none: what stands before that, nobody we trust has written.
fn named_by(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> IpAddr {
    let mut last = peer;
    for line in headers.get_all("x-forwarded-for").iter().rev() {
        for named in line.to_str().unwrap_or_default().rsplit(',') {
            let Ok(named) = named.trim().parse::<IpAddr>() else { return last };
            last = named.to_canonical();
            if !proxies.contain(last) {
                return last;
            }
        }
    }
    last
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
        let proxies = Proxies::parse(&["10.1.0.0/16".to_owned(), "203.0.113.7".to_owned()]).unwrap();
        let seen = client_address(peer.parse().ok(), &headers, &proxies);
        (seen.address.to_string(), seen.is_this_machine)
    }

    #[rstest]
    #[case::itself("127.0.0.1", &[("host", "127.0.0.1:8440")], "127.0.0.1", true)]
    #[case::by_name("::1", &[("host", "localhost:8440")], "::1", true)]
    #[case::ipv6("::1", &[("host", "[::1]:8440")], "::1", true)]
    #[case::rebound("127.0.0.1", &[("host", "rebound.example:8440")], "127.0.0.1", false)]
    #[case::behind_a_proxy("127.0.0.1", &[("host", "127.0.0.1:8440"), ("x-forwarded-for", "10.9.9.9, 192.0.2.7")], "192.0.2.7", false)]
    #[case::only_said_to_be("192.0.2.1", &[("host", "localhost"), ("x-forwarded-for", "127.0.0.1")], "192.0.2.1", false)]
    #[case::behind_a_balancer("10.1.2.3", &[("x-forwarded-for", "127.0.0.1, 192.0.2.7")], "192.0.2.7", false)]
    #[case::behind_two("203.0.113.7", &[("x-forwarded-for", "198.51.100.1, 192.0.2.7, 10.1.0.9")], "192.0.2.7", false)]
    #[case::behind_one_that_says_nonsense("10.1.2.3", &[("x-forwarded-for", "192.0.2.7, evil")], "10.1.2.3", false)]
    #[case::behind_one_that_says_nothing("10.1.2.3", &[], "10.1.2.3", false)]
    #[case::unknown("", &[], "0.0.0.0", false)]
    fn only_what_the_machine_asks_itself_is_this_machine(
        #[case] peer: &str,
        #[case] headers: &[(&'static str, &str)],
        #[case] address: &str,
        #[case] this_machine: bool,
    ) {
        assert_eq!(seen(peer, headers), (address.to_owned(), this_machine));
    }

    #[test]
    fn a_proxy_that_is_no_address_is_named() {
        let texts = ["10.0.0.0/8".to_owned(), "proxy.example".to_owned()];
        assert_eq!(Proxies::parse(&texts).err(), Some("proxy.example".to_owned()));
    }
}
