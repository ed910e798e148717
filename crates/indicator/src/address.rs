//! Addresses as they are written: with a zone, in brackets, mapped, as a network, as a range.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

/// An address that was read, and what of its spelling the canonical form does not keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spelled {
    /// The canonical address.
    pub address: IpAddr,
    /// The IPv6 form in which an IPv4 address was written.
    pub mapped: Option<Ipv6Addr>,
    /// The zone that was cut off: `12`, `eth0`.
    pub zone: Option<String>,
}

/// Reads a bare address, with or without a zone and brackets round it. A single address written as a network
/// (`203.0.113.7/32`) is one too.
pub(crate) fn read(text: &str) -> Option<Spelled> {
    let text = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let (text, length) = match text.rsplit_once('/') {
        Some((address, "32")) if !address.contains(':') => (address, None),
        Some((address, "128")) if address.contains(':') => (address, None),
        Some((_, length)) => (text, Some(length)),
        None => (text, None),
    };
    if length.is_some() {
        return None;
    }
    let (text, zone) = match text.split_once('%') {
        Some((address, zone)) if address.contains(':') && is_zone(zone) => (address, Some(zone.to_owned())),
        _ => (text, None),
    };
    let written: IpAddr = text.parse().ok()?;
    let address = written.to_canonical();
    let mapped = match written {
        IpAddr::V6(written) if address.is_ipv4() => Some(written),
        _ => None,
    };
    Some(Spelled { address, mapped, zone })
}

/// What may follow `%`: an index or an interface's name. `%25` is a `%` in a link.
fn is_zone(zone: &str) -> bool {
    let zone = zone.strip_prefix("25").filter(|rest| !rest.is_empty()).unwrap_or(zone);
    !zone.is_empty()
        && zone.len() <= 32
        && zone.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// `203.0.113.7:443`, `[2001:db8::2]:443`. An IPv6 address without brackets has no port.
pub(crate) fn split_port(text: &str) -> Option<(&str, &str)> {
    let (host, port) = text.rsplit_once(':')?;
    let is_port = !port.is_empty() && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    let host_has_no_colon = !host.contains(':') || (host.starts_with('[') && host.ends_with(']'));
    (is_port && host_has_no_colon && !host.is_empty()).then_some((host, port))
}

/// `10.0.0.0/8`, `2001:db8::/32`, `10.0.0.0/255.0.0.0`.
pub(crate) fn network(text: &str) -> Option<IpNet> {
    if let Ok(network) = text.parse::<IpNet>() {
        return Some(network);
    }
    let (address, mask) = text.split_once('/')?;
    IpNet::with_netmask(address.parse().ok()?, mask.parse().ok()?).ok()
}

/// `192.168.1.1-192.168.1.9`, also with spaces or a dash between.
pub(crate) fn range(text: &str) -> Option<(IpAddr, IpAddr)> {
    let (first, last) = text.split_once(['-', '\u{2013}', '\u{2014}'])?;
    let (first, last) = (read(first.trim())?, read(last.trim())?);
    (first.address.is_ipv4() == last.address.is_ipv4()).then_some((first.address, last.address))
}

/// Why something made of numbers and dots is no IPv4 address; `None` if it is not made so.
pub(crate) fn why_not(text: &str) -> Option<String> {
    let numbers: Vec<&str> = text.split('.').collect();
    let all_digits =
        numbers.iter().all(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    if numbers.len() < 2 || !all_digits {
        return None;
    }
    if numbers.len() != 4 {
        return Some(format!("it has {} numbers, and an IPv4 address has four", numbers.len()));
    }
    if let Some(number) = numbers.iter().find(|number| number.parse::<u64>().map_or(true, |value| value > 255)) {
        return Some(format!("{number} is above 255, the highest number in an IPv4 address"));
    }
    let padded = numbers.iter().find(|number| number.len() > 1 && number.starts_with('0'))?;
    Some(format!("{padded} begins with a zero, which some programs read as octal; write it without"))
}
