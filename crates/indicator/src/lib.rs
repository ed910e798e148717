//! Text in, indicators out: one canonical form for a domain and for an IP address.
//!
//! [`parse`] reads what a person puts into the search box: one indicator, however it is written (defanged, wrapped by
//! a mail filter, with a port, in brackets, in capitals), or a sentence that says what was read and why it is neither a
//! domain nor an address. [`extract`] finds every indicator in a text: a log line, a mail header, an alert's description.
//!
//! Nothing here touches the network. What a name means is decided by its spelling and by the public suffix list that is
//! compiled in.
//!
//! ```
//! let parsed = indicator::parse("hxxps://login[.]example[.]com:8443/a").unwrap();
//! assert_eq!(parsed.indicator.to_string(), "login.example.com");
//!
//! let found = indicator::extract("10:04 deny src=203.0.113.7 dst=c2.example.net file=invoice.pdf");
//! let values: Vec<String> = found.iter().map(|found| found.indicator.value()).collect();
//! assert_eq!(values, ["203.0.113.7", "c2.example.net"]);
//! ```

mod address;
mod domain;
mod extract;
mod flags;
mod forms;
mod link;
mod mask;
mod parse;
mod refang;
mod script;
mod wrapped;

use std::fmt;
use std::net::IpAddr;

pub use domain::{Domain, NotAName};
pub use extract::{Form, Found, extract};
pub use flags::Flag;
pub use mask::masked;
pub use parse::{Note, Parsed, Rejected, parse};

/// What is searched: a domain or an IP address, in its one canonical form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Indicator {
    /// A domain name.
    Domain(Domain),
    /// An IPv4 or IPv6 address; a mapped IPv6 address is its IPv4 address, which [`Indicator::from`] sees to.
    Ip(IpAddr),
}

/// The two kinds of indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A domain name.
    Domain,
    /// An IP address of either version.
    Ip,
}

impl Kind {
    /// The name in the API and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Domain => "domain",
            Kind::Ip => "ip",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Indicator {
    /// The canonical value: A-labels in lower case without a final dot, dotted IPv4, IPv6 as RFC 5952 writes it.
    pub fn value(&self) -> String {
        self.to_string()
    }

    /// Whether it is a domain or an address.
    pub fn kind(&self) -> Kind {
        match self {
            Indicator::Domain(_) => Kind::Domain,
            Indicator::Ip(_) => Kind::Ip,
        }
    }

    /// The value as it is safe to paste into a message: `evil[.]example[.]com`, `2001[:]db8[:][:]1`. [`parse`] reads it
    /// back to the same indicator.
    pub fn defanged(&self) -> String {
        match self {
            Indicator::Ip(IpAddr::V6(address)) => address.to_string().replace(':', "[:]"),
            other => other.to_string().replace('.', "[.]"),
        }
    }

    /// What is special about it, by its spelling alone. Empty for most.
    pub fn flags(&self) -> Vec<Flag> {
        flags::of(self)
    }
}

impl fmt::Display for Indicator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Indicator::Domain(domain) => domain.fmt(f),
            Indicator::Ip(address) => address.fmt(f),
        }
    }
}

impl From<IpAddr> for Indicator {
    fn from(address: IpAddr) -> Indicator {
        Indicator::Ip(address.to_canonical())
    }
}

impl From<Domain> for Indicator {
    fn from(domain: Domain) -> Indicator {
        Indicator::Domain(domain)
    }
}
