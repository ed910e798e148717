//! What is special about an indicator, by its spelling alone.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

use crate::{Domain, Indicator, script};

/// Something special about an indicator that its spelling tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// An address of a private network (RFC 1918, RFC 4193): its meaning ends at the organisation's border.
    Private,
    /// An address of the machine itself.
    Loopback,
    /// An address that is valid on one wire only; 169.254.0.0/16, fe80::/10.
    LinkLocal,
    /// An address kept for examples (RFC 5737, RFC 3849, RFC 9637).
    Documentation,
    /// An address of a group of receivers.
    Multicast,
    /// An address shared by the customers of a provider (RFC 6598): 100.64.0.0/10.
    SharedAddressSpace,
    /// `0.0.0.0` or `::`: a placeholder that links nothing to anything.
    Unspecified,
    /// An address set aside by the IETF: benchmarks, the future, broadcast, discard.
    Reserved,
    /// A name with letters beyond ASCII.
    Idn,
    /// A name that mixes letters of scripts which no language mixes: often made to look like another.
    MixedScript,
    /// A name below which anyone may register.
    PublicSuffix,
    /// A name kept for a special use (RFC 6761 and its registry): `.local`, `.onion`, `.example`.
    SpecialUse,
}

impl Flag {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Flag::Private => "private",
            Flag::Loopback => "loopback",
            Flag::LinkLocal => "link_local",
            Flag::Documentation => "documentation",
            Flag::Multicast => "multicast",
            Flag::SharedAddressSpace => "shared_address_space",
            Flag::Unspecified => "unspecified",
            Flag::Reserved => "reserved",
            Flag::Idn => "idn",
            Flag::MixedScript => "mixed_script",
            Flag::PublicSuffix => "public_suffix",
            Flag::SpecialUse => "special_use",
        }
    }

    /// The name on a page.
    pub fn title(self) -> &'static str {
        match self {
            Flag::Private => "Private address",
            Flag::Loopback => "Loopback address",
            Flag::LinkLocal => "Link-local address",
            Flag::Documentation => "Address for documentation",
            Flag::Multicast => "Multicast address",
            Flag::SharedAddressSpace => "Shared address space",
            Flag::Unspecified => "Unspecified address",
            Flag::Reserved => "Reserved address",
            Flag::Idn => "International name",
            Flag::MixedScript => "Mixed scripts",
            Flag::PublicSuffix => "Public suffix",
            Flag::SpecialUse => "Special-use name",
        }
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, c: u16, d: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), prefix)
}

/// From IANA's registry of special-purpose addresses; the first that contains an address counts.
const V4: [(Ipv4Net, Flag); 18] = [
    (v4(0, 0, 0, 0, 32), Flag::Unspecified),
    (v4(0, 0, 0, 0, 8), Flag::Reserved),
    (v4(10, 0, 0, 0, 8), Flag::Private),
    (v4(100, 64, 0, 0, 10), Flag::SharedAddressSpace),
    (v4(127, 0, 0, 0, 8), Flag::Loopback),
    (v4(169, 254, 0, 0, 16), Flag::LinkLocal),
    (v4(172, 16, 0, 0, 12), Flag::Private),
    (v4(192, 0, 2, 0, 24), Flag::Documentation),
    (v4(192, 0, 0, 0, 24), Flag::Reserved),
    (v4(192, 31, 196, 0, 24), Flag::Reserved),
    (v4(192, 52, 193, 0, 24), Flag::Reserved),
    (v4(192, 168, 0, 0, 16), Flag::Private),
    (v4(192, 175, 48, 0, 24), Flag::Reserved),
    (v4(198, 18, 0, 0, 15), Flag::Reserved),
    (v4(198, 51, 100, 0, 24), Flag::Documentation),
    (v4(203, 0, 113, 0, 24), Flag::Documentation),
    (v4(224, 0, 0, 0, 4), Flag::Multicast),
    (v4(240, 0, 0, 0, 4), Flag::Reserved),
];

/// The same for IPv6. `fec0::/10` is the private space of old, still seen.
const V6: [(Ipv6Net, Flag); 13] = [
    (v6(0x2001, 0xdb8, 0, 0, 32), Flag::Documentation),
    (v6(0x3fff, 0, 0, 0, 20), Flag::Documentation),
    (v6(0xfc00, 0, 0, 0, 7), Flag::Private),
    (v6(0xfec0, 0, 0, 0, 10), Flag::Private),
    (v6(0xfe80, 0, 0, 0, 10), Flag::LinkLocal),
    (v6(0xff00, 0, 0, 0, 8), Flag::Multicast),
    (v6(0x64, 0xff9b, 1, 0, 48), Flag::Private),
    (v6(0x100, 0, 0, 0, 64), Flag::Reserved),
    (v6(0x100, 0, 0, 1, 64), Flag::Reserved),
    (v6(0x2001, 2, 0, 0, 48), Flag::Reserved),
    (v6(0x2001, 0x10, 0, 0, 28), Flag::Reserved),
    (v6(0x2001, 0x20, 0, 0, 28), Flag::Reserved),
    (v6(0x5f00, 0, 0, 0, 16), Flag::Reserved),
];

/// Ends of names that the public domain name system does not serve, or that are kept for examples.
pub(crate) const SPECIAL_USE: [&str; 12] = [
    "example",
    "test",
    "invalid",
    "localhost",
    "local",
    "internal",
    "onion",
    "alt",
    "home.arpa",
    "example.com",
    "example.net",
    "example.org",
];

pub(crate) fn of(indicator: &Indicator) -> Vec<Flag> {
    match indicator {
        Indicator::Ip(address) => of_address(address.to_canonical()).into_iter().collect(),
        Indicator::Domain(domain) => of_domain(domain),
    }
}

fn of_address(address: IpAddr) -> Option<Flag> {
    match address {
        IpAddr::V4(address) => V4.iter().find(|(network, _)| network.contains(&address)).map(|(_, flag)| *flag),
        IpAddr::V6(address) if address.is_unspecified() => Some(Flag::Unspecified),
        IpAddr::V6(address) if address.is_loopback() => Some(Flag::Loopback),
        IpAddr::V6(address) => V6.iter().find(|(network, _)| network.contains(&address)).map(|(_, flag)| *flag),
    }
}

fn of_domain(domain: &Domain) -> Vec<Flag> {
    let mut flags = Vec::new();
    let unicode = domain.unicode();
    if domain.as_str().split('.').any(|label| label.starts_with("xn--")) {
        flags.push(Flag::Idn);
    }
    if unicode.split('.').any(script::is_mixed) {
        flags.push(Flag::MixedScript);
    }
    if domain.is_public_suffix() {
        flags.push(Flag::PublicSuffix);
    }
    if is_special_use(domain.as_str()) {
        flags.push(Flag::SpecialUse);
    }
    flags
}

/// Whether a name in canonical form is one of the special-use names, or below one.
pub(crate) fn is_special_use(name: &str) -> bool {
    SPECIAL_USE
        .iter()
        .any(|special| name.strip_suffix(special).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}
