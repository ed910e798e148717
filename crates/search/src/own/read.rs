//! What an owner types as a domain or a network of the organisation.

use std::net::IpAddr;

use indicator::{Indicator, Rejected};
use ipnet::IpNet;

use super::{Asset, network_of};

/// The widest networks that anybody has: 10.0.0.0/8, and what a registry gives to a large operator.
const WIDEST_V4: u8 = 8;
const WIDEST_V6: u8 = 19;

/// Why a text is no domain and no network that can be an organisation's own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAsset {
    /// It is neither a domain nor an address nor a network.
    #[error("{0}")]
    Unreadable(String),
    /// Anybody may register below it.
    #[error("“{0}” is a name below which anyone may register. Name the domain below it that is the organisation's.")]
    PublicSuffix(String),
    /// It is wider than any organisation's network.
    #[error("“{0}” is a larger part of the internet than any organisation has. Name the network with a longer prefix.")]
    TooWide(String),
    /// The length of the prefix is none.
    #[error("“{text}” is no network: its prefix length goes to {most} at most.")]
    NoPrefix {
        /// What was typed.
        text: String,
        /// The longest prefix of this family.
        most: u8,
    },
}

/// Reads a domain (`example.com`, `*.example.com`), an address or a network (`203.0.113.0/24`), in any spelling that is
/// taken for an indicator. An address is the network of itself; what of an address stands behind the prefix is dropped.
pub fn read(text: &str) -> Result<Asset, NotAnAsset> {
    let text = text.trim();
    if let Some((head, length)) = text.rsplit_once('/')
        && let Ok(length) = length.trim().parse::<u8>()
        && let Ok(parsed) = indicator::parse(head)
        && let Indicator::Ip(address) = parsed.indicator
    {
        return network(text, address, length);
    }
    if text.contains(char::is_whitespace) {
        // A name in a sentence would be found, and what else the sentence says would be lost without a word.
        return Err(NotAnAsset::Unreadable(
            "Several words stand here. Write one domain, address or network alone.".into(),
        ));
    }
    let name = text.strip_prefix("*.").or_else(|| text.strip_prefix("@")).unwrap_or(text);
    match indicator::parse(name) {
        Ok(parsed) => match parsed.indicator {
            Indicator::Domain(domain) if domain.is_public_suffix() => {
                Err(NotAnAsset::PublicSuffix(domain.as_str().to_owned()))
            }
            Indicator::Domain(domain) => Ok(Asset::Domain(domain)),
            Indicator::Ip(address) => Ok(Asset::Network(network_of(address))),
        },
        Err(rejected) => Err(NotAnAsset::Unreadable(sentence(&rejected))),
    }
}

fn sentence(rejected: &Rejected) -> String {
    match rejected {
        Rejected::Empty => "Nothing stands here. Write a domain, an address or a network.".to_owned(),
        other => other.to_string(),
    }
}

fn network(text: &str, address: IpAddr, length: u8) -> Result<Asset, NotAnAsset> {
    let (most, widest) = if address.is_ipv4() { (32, WIDEST_V4) } else { (128, WIDEST_V6) };
    let Ok(network) = IpNet::new(address, length) else {
        return Err(NotAnAsset::NoPrefix { text: text.to_owned(), most });
    };
    if length < widest {
        return Err(NotAnAsset::TooWide(text.to_owned()));
    }
    Ok(Asset::Network(network.trunc()))
}
