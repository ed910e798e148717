//! Why an input is neither a domain nor an address, in a sentence that says what was read.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::{Domain, Indicator, NotAName};

/// Why an input cannot be searched. `Display` is the sentence for the person: what was read, why it is neither a domain
/// nor an address, what to do. Passwords in it are masked, long texts cut.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// Nothing was typed.
    #[error(
        "There is nothing to search yet. Type a domain, such as login.example.com, or an IP address, such as 203.0.113.7."
    )]
    Empty,
    /// More than any link has.
    #[error(
        "This is a text of {length} characters. Oriel searches one domain or IP address at a time; copy the one you mean."
    )]
    TooLong {
        /// In characters.
        length: usize,
    },
    /// A file's hash.
    #[error(
        "“{text}” is {what}. Oriel searches domains and IP addresses, not files; search for a host that the file was loaded from or speaks to."
    )]
    Hash {
        /// What was typed.
        text: String,
        /// "a SHA-256 hash".
        what: &'static str,
    },
    /// A GUID, a hardware address, a vulnerability …
    #[error("“{text}” is {what}. Oriel searches domains and IP addresses.")]
    Identifier {
        /// What was typed.
        text: String,
        /// "an identifier (GUID)".
        what: &'static str,
    },
    /// A mail address.
    #[error("“{text}” is a mail address. Oriel searches domains and IP addresses, not people{}.", offer(.domain.as_ref()))]
    Email {
        /// The address.
        text: String,
        /// Its domain, to be offered.
        domain: Option<Domain>,
    },
    /// `DOMAIN\user`.
    #[error("“{text}” has the form of an account. Oriel searches domains and IP addresses, not people.")]
    Account {
        /// What was typed.
        text: String,
    },
    /// A network.
    #[error("{network} is a network{}. Oriel searches one address at a time; searching networks is not there yet.", size(.network))]
    Network {
        /// The network.
        network: IpNet,
    },
    /// A range of addresses.
    #[error(
        "“{first} to {last}” is a range of addresses. Oriel searches one address at a time; searching ranges is not there yet."
    )]
    Range {
        /// The first address.
        first: IpAddr,
        /// The last address.
        last: IpAddr,
    },
    /// A name with a star in it.
    #[error("“{text}” stands for many names. Oriel searches one domain at a time{}.", offer(.domain.as_ref()))]
    Wildcard {
        /// What was typed.
        text: String,
        /// The domain below which it looks, to be offered.
        domain: Option<Domain>,
    },
    /// A name without a dot, as devices have.
    #[error(
        "“{text}” is a single name without a dot, such as a device has. Oriel searches domains and IP addresses; for a device, type its full name, such as {text}.example.com, or its address."
    )]
    DeviceName {
        /// The name.
        text: String,
    },
    /// A file's name or path.
    #[error("“{text}” reads like a file. Oriel searches domains and IP addresses, not files.")]
    File {
        /// What was typed.
        text: String,
    },
    /// Numbers and dots that are no address.
    #[error("“{text}” looks like an IPv4 address and is none: {why}.")]
    NotAnAddress {
        /// What was typed.
        text: String,
        /// "999 is above 255 …".
        why: String,
    },
    /// Something like a domain that is none.
    #[error("“{text}” looks like a domain and is none: {why}.")]
    NotADomain {
        /// What was typed, or the host of the link.
        text: String,
        /// What is wrong with it.
        why: NotAName,
    },
    /// Several indicators.
    #[error("The text holds {count} domains and addresses. Oriel searches one at a time; the first is {first}.")]
    Several {
        /// How many different ones.
        count: usize,
        /// The first, to be offered.
        first: Indicator,
    },
    /// Words, code, a link without a host.
    #[error(
        "“{text}” holds neither a domain nor an IP address. Type a domain, such as login.example.com, or an address, such as 203.0.113.7."
    )]
    NotOne {
        /// What was typed.
        text: String,
    },
}

impl Rejected {
    /// A stable word for the reason, for the API.
    pub fn as_str(&self) -> &'static str {
        match self {
            Rejected::Empty => "empty",
            Rejected::TooLong { .. } => "too_long",
            Rejected::Hash { .. } => "hash",
            Rejected::Identifier { .. } => "identifier",
            Rejected::Email { .. } => "email",
            Rejected::Account { .. } => "account",
            Rejected::Network { .. } => "network",
            Rejected::Range { .. } => "range",
            Rejected::Wildcard { .. } => "wildcard",
            Rejected::DeviceName { .. } => "device_name",
            Rejected::File { .. } => "file",
            Rejected::NotAnAddress { .. } => "not_an_address",
            Rejected::NotADomain { .. } => "not_a_domain",
            Rejected::Several { .. } => "several",
            Rejected::NotOne { .. } => "not_one",
        }
    }

    /// What may be searched instead: the domain of a mail address or a wildcard, the first of several.
    pub fn offer(&self) -> Option<Indicator> {
        match self {
            Rejected::Email { domain, .. } | Rejected::Wildcard { domain, .. } => domain.clone().map(Indicator::Domain),
            Rejected::Several { first, .. } => Some(first.clone()),
            _ => None,
        }
    }
}

fn offer(domain: Option<&Domain>) -> String {
    domain.map(|domain| format!("; search {domain} instead")).unwrap_or_default()
}

/// ` of 256 addresses`, where the number can still be read.
fn size(network: &IpNet) -> String {
    let host_bits = network.max_prefix_len() - network.prefix_len();
    if host_bits <= 32 { format!(" of {} addresses", 1u64 << host_bits) } else { String::new() }
}
