//! The tabs of the report: everything, or what one product says.

use search::{Product, Report};

/// A tab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tab {
    /// Everything, the first rows of each.
    #[default]
    Summary,
    /// What Sentinel says.
    Sentinel,
    /// What Defender says.
    Defender,
}

impl Tab {
    /// Every tab, in the order of the page.
    pub const ALL: [Tab; 3] = [Tab::Summary, Tab::Sentinel, Tab::Defender];

    /// The tab of a product.
    pub fn of(product: Product) -> Tab {
        match product {
            Product::Sentinel => Tab::Sentinel,
            Product::Defender => Tab::Defender,
        }
    }

    /// The name in the address and in ids.
    pub fn name(self) -> &'static str {
        match self {
            Tab::Summary => "summary",
            Tab::Sentinel => "sentinel",
            Tab::Defender => "defender",
        }
    }

    /// The name on the page.
    pub fn title(self) -> &'static str {
        match self {
            Tab::Summary => "Summary",
            Tab::Sentinel => "Sentinel",
            Tab::Defender => "Defender",
        }
    }

    /// Reads the name in the address. An unknown one is the summary: addresses are pasted and cut.
    pub fn read(name: Option<&str>) -> Tab {
        Tab::ALL.into_iter().find(|tab| Some(tab.name()) == name).unwrap_or_default()
    }

    /// Whether what concerns this product stands here.
    pub fn shows(self, product: Product) -> bool {
        self == Tab::Summary || self == Tab::of(product)
    }

    /// Findings of this tab; the summary shows no number.
    pub fn count(self, report: &Report) -> Option<usize> {
        let count = || report.findings.iter().filter(|finding| self.shows(finding.product)).count();
        (self != Tab::Summary).then(count)
    }

    /// Where the tab is, for browsers without JavaScript: the complete page. `query` is encoded.
    pub fn address(self, query: &str) -> String {
        format!("/search?{query}&tab={}&wait=true", self.name())
    }
}
