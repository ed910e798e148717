//! What belongs to the organisation: domains, each with everything below, and networks. Reports flag it and do not assess it.

use std::net::IpAddr;

use futures_util::future::BoxFuture;
use indicator::{Domain, Indicator};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

mod read;

pub use read::{NotAnAsset, read};

/// What an own asset is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssetKind {
    /// A domain and everything below it.
    Domain,
    /// A network, be it of one address.
    Network,
}

impl AssetKind {
    /// Its name in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            AssetKind::Domain => "domain",
            AssetKind::Network => "network",
        }
    }
}

impl std::str::FromStr for AssetKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<AssetKind, UnknownKind> {
        [AssetKind::Domain, AssetKind::Network].into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownKind)
    }
}

/// The text names no kind of asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no kind of asset; it is domain or network")]
pub struct UnknownKind;

/// A domain or a network of the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Asset {
    /// The domain and everything below it.
    Domain(Domain),
    /// The network.
    Network(IpNet),
}

impl Asset {
    /// What it is.
    pub fn kind(&self) -> AssetKind {
        match self {
            Asset::Domain(_) => AssetKind::Domain,
            Asset::Network(_) => AssetKind::Network,
        }
    }

    /// Its canonical form: `example.com`, `203.0.113.0/24`.
    pub fn value(&self) -> String {
        match self {
            Asset::Domain(domain) => domain.as_str().to_owned(),
            Asset::Network(network) => network.to_string(),
        }
    }

    /// Whether the indicator is the asset, or in it.
    pub fn holds(&self, indicator: &Indicator) -> bool {
        match (self, indicator) {
            (Asset::Domain(own), Indicator::Domain(domain)) => domain == own || domain.is_below(own),
            (Asset::Network(own), Indicator::Ip(address)) => own.contains(&address.to_canonical()),
            _ => false,
        }
    }

    /// How close it fits: the longest name, the longest prefix.
    fn length(&self) -> usize {
        match self {
            Asset::Domain(domain) => domain.as_str().len(),
            Asset::Network(network) => usize::from(network.prefix_len()),
        }
    }

    /// Why many others share it, where they do: to be looked at before it is taken for one's own.
    pub fn why_shared(&self) -> Option<&'static str> {
        match self {
            Asset::Domain(domain) => crate::assessment::why_shared(&Indicator::Domain(domain.clone())),
            Asset::Network(network) => crate::assessment::why_network_is_shared(network),
        }
    }
}

/// The network of one address.
pub fn network_of(address: IpAddr) -> IpNet {
    match address.to_canonical() {
        IpAddr::V4(address) => IpNet::V4(Ipv4Net::from(address)),
        IpAddr::V6(address) => IpNet::V6(Ipv6Net::from(address)),
    }
}

/// An own asset, as a report tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAsset {
    /// The domain or network.
    pub asset: Asset,
    /// What it is, in its owner's words; empty where nothing was written.
    pub note: String,
}

/// Of the assets that hold the indicator the closest: the longest name, the longest prefix.
pub fn closest<'a>(assets: impl IntoIterator<Item = &'a OwnAsset>, indicator: &Indicator) -> Option<&'a OwnAsset> {
    assets.into_iter().filter(|own| own.asset.holds(indicator)).max_by_key(|own| own.asset.length())
}

/// A domain or a network that the organisation seems to use. Offered, and never taken by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The domain or network.
    pub asset: Asset,
    /// Where it was seen: "Public address of devices".
    pub seen: &'static str,
    /// How many devices or accounts have it, at least.
    pub count: u64,
}

/// Why nothing could be offered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct NoOffers {
    /// What happened, in a sentence.
    pub reason: String,
    /// What to do, in a sentence.
    pub remedy: Option<String>,
}

/// Finds what the organisation seems to use, from what its devices do: one reading question to Microsoft.
pub trait Offers: Send + Sync {
    /// What a tenant (by its id in the store) seems to use, the most used first.
    fn offers<'a>(&'a self, tenant: &'a str) -> BoxFuture<'a, Result<Vec<Offer>, NoOffers>>;
}

#[cfg(test)]
mod tests;
