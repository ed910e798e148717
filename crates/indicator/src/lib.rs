//! Text in, indicators out: one canonical form for a domain and for an IP address.

use std::net::IpAddr;

/// What is searched: a domain or an IP address, in its one canonical form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Indicator {
    /// A domain name.
    Domain(Domain),
    /// An IPv4 or IPv6 address; a mapped IPv6 address is its IPv4 address.
    Ip(IpAddr),
}

/// A domain name in its canonical form: A-labels, lower case, no final dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(String);
