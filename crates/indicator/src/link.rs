//! The host of a link. The `url` crate decides, as a browser would; what it refuses is cut by hand, so that a name which
//! no browser opens (a broken `xn--` label, a zone in brackets) is found all the same.

use std::net::{IpAddr, Ipv4Addr};

use url::{Host, Url};

use crate::address::{self, Spelled};
use crate::{Domain, NotAName};

/// What a link points to, and what of it is left aside.
#[derive(Debug)]
pub(crate) struct Link {
    pub target: Target,
    /// The port, where one is written that is not the scheme's own.
    pub port: Option<String>,
    /// Whether a path, query or fragment follows.
    pub has_rest: bool,
    /// From the first slash on, as written: what a mail filter's wrapping is read from.
    pub rest: String,
    /// Whether a user's name stands before the host, with or without a password.
    pub has_userinfo: bool,
    /// Where a backslash hides what other programs take for the host: `http://bad.example\@good.example`.
    pub has_decoy: bool,
}

#[derive(Debug)]
pub(crate) enum Target {
    Address(Spelled),
    /// An address in a spelling that only browsers read: `0x7f000001`, `3221225985`.
    Disguised(Ipv4Addr, String),
    Domain(Domain),
    /// The host, and why it is no domain.
    Neither(String, NotAName),
    /// There is no host.
    Nothing,
}

/// Schemes in which `url` reads a host as browsers do.
const SPECIAL: [&str; 5] = ["http", "https", "ftp", "ws", "wss"];

/// Whether the text is written as a link is: with a scheme, a slash, a query or a user before the host.
pub(crate) fn looks_like_one(text: &str) -> bool {
    text.contains(['/', '?', '#', '\\']) || scheme_and_rest(text).0.is_some() || text.contains('@')
}

/// Reads a link, with or without its scheme. The text is plain (not defanged) and without blanks.
pub(crate) fn read(text: &str) -> Link {
    let text = without_label(text);
    let (scheme, rest) = scheme_and_rest(text);
    let rest = rest.trim_start_matches(['/', '\\']);
    // Another scheme's host is opaque to `url`; read as FTP, it is treated as a host, and hardly any port is dropped.
    let read_as = scheme
        .map_or("http", |scheme| SPECIAL.into_iter().find(|known| scheme.eq_ignore_ascii_case(known)).unwrap_or("ftp"));
    let authority = &rest[..rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len())];
    let after_authority = &rest[authority.len()..];
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (written, port) =
        address::split_port(host_and_port).map_or((host_and_port, None), |(host, port)| (host, Some(port)));

    let url = Url::parse(&format!("{read_as}://{rest}")).ok();
    let target = match url.as_ref().and_then(Url::host) {
        Some(Host::Ipv4(found)) => match address::read(written.trim_end_matches('.')) {
            Some(spelled) if spelled.address == IpAddr::V4(found) => Target::Address(spelled),
            // Without a scheme, `1.2.3/4` is no link that a browser would be given.
            _ if scheme.is_some() => Target::Disguised(found, written.to_owned()),
            _ => by_hand(written),
        },
        Some(Host::Ipv6(found)) => Target::Address(address::read(written).unwrap_or_else(|| plain(IpAddr::V6(found)))),
        Some(Host::Domain(name)) => domain(name),
        None => by_hand(written),
    };
    Link {
        target,
        port: if url.is_some() {
            url.as_ref().and_then(Url::port).map(|port| port.to_string())
        } else {
            port.map(str::to_owned)
        },
        has_rest: after_authority.len() > 1,
        rest: after_authority.to_owned(),
        has_userinfo: authority.contains('@'),
        has_decoy: after_authority.starts_with("\\@"),
    }
}

fn plain(address: IpAddr) -> Spelled {
    Spelled { address: address.to_canonical(), mapped: None, zone: None }
}

fn by_hand(host: &str) -> Target {
    match address::read(host) {
        Some(spelled) => Target::Address(spelled),
        None => domain(host),
    }
}

fn domain(name: &str) -> Target {
    match Domain::read(name) {
        Ok(domain) => Target::Domain(domain),
        Err(NotAName::Empty) => Target::Nothing,
        Err(why) => Target::Neither(name.to_owned(), why),
    }
}

/// Cuts what logs and browsers put before a link: `uri=https://…`, `URL:https://…`, `view-source:https://…`.
fn without_label(text: &str) -> &str {
    let Some(colon) = text.find("://") else { return text };
    let scheme = text[..colon]
        .bytes()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-'))
        .count();
    let (label, link) = text.split_at(colon - scheme);
    let is_label = label.ends_with([':', '=', '(', '[', '"', '\'', '|', '>']) && !label.contains(['.', '/', '?']);
    if is_label { link } else { text }
}

/// The scheme, and what follows its colon. `http:example.com` has one, `example.com:80` has none.
pub(crate) fn scheme_and_rest(text: &str) -> (Option<&str>, &str) {
    let Some((scheme, rest)) = text.split_once(':') else { return (None, text) };
    let has_form = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    let has_slashes = rest.starts_with(['/', '\\']);
    let is_special = SPECIAL.iter().any(|known| scheme.eq_ignore_ascii_case(known));
    if has_form && (has_slashes && !scheme.contains('.') || is_special) { (Some(scheme), rest) } else { (None, text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> String {
        match read(text).target {
            Target::Address(spelled) => spelled.address.to_string(),
            Target::Disguised(address, _) => format!("{address} (disguised)"),
            Target::Domain(domain) => domain.to_string(),
            Target::Neither(host, why) => format!("{host}: {why:?}"),
            Target::Nothing => String::new(),
        }
    }

    #[test]
    fn the_host_is_the_one_that_a_browser_opens() {
        let check = |text: &str, wanted: &str| assert_eq!(host(text), wanted, "{text}");
        check("https://www.microsoft.com:x@bad.example:8443/login", "bad.example");
        check("http://bad.example\\@good.example/", "bad.example");
        check("//bad.example/x", "bad.example");
        check("http:bad.example/x", "bad.example");
        check("https:/bad.example/x", "bad.example");
        check("https://bad.example?x=@good.example", "bad.example");
        check("https://bad.example#@good.example", "bad.example");
        check("rdp://bad.example:3389", "bad.example");
        check("uri=https://bad.example/a", "bad.example");
        check("view-source:https://bad.example/a", "bad.example");
        check("bad.example/?u=https://good.example", "bad.example");
        check("https://bad%2eexample/x", "bad.example");
        check("http://0x7f000001/", "127.0.0.1 (disguised)");
        check("http://3221225985/", "192.0.2.1 (disguised)");
        check("http://[fe80::1%25eth0]/", "fe80::1");
        check("http://xn--a.example/", "xn--a.example");
        check("http://localhost/", "localhost: SingleLabel");
        check("https:///", "");
    }

    #[test]
    fn what_is_left_aside_is_told() {
        let link = read("https://user:pw@bad.example:8443/login");
        assert_eq!((link.port.as_deref(), link.has_userinfo, link.has_rest), (Some("8443"), true, true));
        assert!(read("http://bad.example\\@good.example/").has_decoy);
        assert!(!read("http://bad.example/").has_rest);
    }
}
