//! Which addresses may be asked. The discovery document is the provider's, so an address in it may lead anywhere: into the
//! network that Oriel stands in, to a cloud's metadata service, to Oriel itself.

use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

use crate::Error;

/// Which addresses may be asked, by the issuer that an administrator has named.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    issuer: Url,
}

impl Guard {
    /// Checks the issuer: https, or plain http on this machine; nothing that could be read in two ways.
    pub(crate) fn new(issuer: &str) -> Result<Guard, Error> {
        let setting = |message: &str| Error::Setting { setting: "oidc.issuer", message: message.to_owned() };
        let url = Url::parse(issuer).map_err(|_| setting("it is not an address; it begins with https://."))?;
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
            return Err(setting("it must be https; plain http is for this machine only."));
        }
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err(setting("it has a query, a fragment, a user or a password, and an issuer has none."));
        }
        Ok(Guard { issuer: url })
    }

    /// The issuer's host, as URLs write it.
    pub(crate) fn host(&self) -> &str {
        self.issuer.host_str().unwrap_or_default()
    }

    /// Whether this address may be asked, as far as its text tells. What a name leads to is looked at when it is resolved.
    pub(crate) fn check(&self, url: &Url) -> Result<(), Error> {
        let refuse = |reason| {
            let mut address = url.clone();
            address.set_query(None);
            let _ = address.set_password(None);
            Err(Error::Address { address: crate::error::words(address.as_str()), reason })
        };
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(url) && is_loopback(&self.issuer)) {
            return refuse("it is not https");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("it holds a user or a password");
        }
        let inside = |url: &Url| match url.host() {
            Some(Host::Ipv4(ip)) => is_inside(ip.into()),
            Some(Host::Ipv6(ip)) => is_inside(ip.into()),
            Some(Host::Domain(_)) => is_loopback(url),
            None => true,
        };
        if inside(url) && !inside(&self.issuer) {
            return refuse("it is an address inside this network, and the issuer is outside");
        }
        Ok(())
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        None => false,
    }
}

/// Networks that are nobody's on the internet: loopback, private, link-local (with the clouds' metadata services), shared,
/// unique local, and those for no host at all.
const INSIDE: [&str; 15] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/3",
    "::/127",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
];

/// Whether an address is inside a network rather than on the internet, also when it is written as IPv6.
pub(crate) fn is_inside(ip: IpAddr) -> bool {
    let ip = match ip.to_canonical() {
        // 64:ff9b::/96 leads to the IPv4 address in its last four bytes.
        IpAddr::V6(v6) if v6.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0] => {
            let [.., a, b, c, d] = v6.octets();
            IpAddr::from([a, b, c, d])
        }
        ip => ip,
    };
    INSIDE.iter().filter_map(|network| network.parse::<IpNet>().ok()).any(|network| network.contains(&ip))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(issuer: &str, url: &str) -> bool {
        Guard::new(issuer).unwrap().check(&Url::parse(url).unwrap()).is_ok()
    }

    #[test]
    fn an_issuer_is_https_or_on_this_machine() {
        for good in
            ["https://login.example.com/tenant/v2.0", "http://127.0.0.1:9000", "http://localhost/x", "http://[::1]:1"]
        {
            assert!(Guard::new(good).is_ok(), "{good}");
        }
        for bad in [
            "http://login.example.com",
            "http://10.0.0.1",
            "login.example.com",
            "ftp://localhost",
            "https://u:p@login.example.com",
            "https://login.example.com/?x=1",
            "https://login.example.com/#x",
        ] {
            assert!(Guard::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_provider_outside_leads_to_nothing_inside() {
        let outside = "https://login.example.com";
        for good in ["https://login.example.com/keys", "https://graph.example.net/", "https://203.0.113.7/"] {
            assert!(check(outside, good), "{good}");
        }
        for bad in [
            "http://login.example.com/keys",
            "http://127.0.0.1/",
            "https://127.0.0.1/",
            "https://localhost/",
            "https://oriel.localhost./",
            "https://169.254.169.254/latest",
            "https://10.1.2.3/",
            "https://192.168.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://u:p@login.example.com/",
            "file:///etc/passwd",
        ] {
            assert!(!check(outside, bad), "{bad}");
        }
    }

    #[test]
    fn a_provider_inside_may_lead_inside_and_one_on_this_machine_may_be_plain() {
        assert!(check("https://10.0.0.1/", "https://10.0.0.2/keys"));
        assert!(!check("https://10.0.0.1/", "http://10.0.0.1/keys"));
        assert!(check("http://127.0.0.1:9000", "http://127.0.0.1:9000/keys"));
        assert!(!check("http://127.0.0.1:9000", "http://login.example.com/keys"));
    }
}
