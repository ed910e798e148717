//! What Microsoft sells and Oriel asks.

use serde::{Deserialize, Serialize};

/// A Microsoft product that a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Product {
    /// Microsoft Sentinel.
    Sentinel,
    /// Microsoft Defender XDR and Defender for Endpoint, "Advanced Threat Protection" in the guide of 2020.
    Defender,
}

impl Product {
    /// Every product, in the order of the pages.
    pub const ALL: [Product; 2] = [Product::Sentinel, Product::Defender];

    /// The name in the API, on the command line and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Product::Sentinel => "sentinel",
            Product::Defender => "defender",
        }
    }

    /// The name on a page.
    pub fn title(self) -> &'static str {
        match self {
            Product::Sentinel => "Sentinel",
            Product::Defender => "Defender",
        }
    }
}

impl std::fmt::Display for Product {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Product {
    type Err = UnknownProduct;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Product::ALL
            .into_iter()
            .find(|product| product.as_str().eq_ignore_ascii_case(text.trim()))
            .ok_or_else(|| UnknownProduct(text.to_owned()))
    }
}

/// The text names no product.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a product; it is one of: sentinel, defender")]
pub struct UnknownProduct(pub String);
