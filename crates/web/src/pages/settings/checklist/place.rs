//! Where a remedy is carried out, named so that one knows where a link leads before following it.

use crate::markup;

/// A page of ours or of one of Microsoft's portals.
pub struct Place {
    /// Its address.
    pub href: String,
    /// What stands on the link: "Open API permissions".
    pub words: &'static str,
    /// Whether it leads out of Oriel.
    pub outside: bool,
}

/// Parts of the addresses of the portals' pages, and what Microsoft calls these pages.
const PAGES: [(&str, &str); 9] = [
    ("/CallAnAPI/", "Open API permissions"),
    ("/Credentials/", "Open Certificates & secrets"),
    ("/Overview/", "Open the app’s overview"),
    ("ApplicationsListBlade", "Open App registrations"),
    ("Microsoft.OperationalInsights", "Open the workspaces"),
    ("users/roles", "Open Access control"),
    ("ConditionalAccess", "Open Conditional Access"),
    ("SignIns", "Open the sign-in log"),
    ("//security.microsoft", "Open the Defender portal"),
];

impl Place {
    /// The page that a check links to: one of ours, or one of a portal by https. Nothing else becomes a link.
    pub fn of(link: &str, connection: &str) -> Option<Place> {
        if link == "/settings" {
            return Some(Place { href: format!("#connection-{connection}"), words: "Go to the form", outside: false });
        }
        if link.starts_with('/') && !link.starts_with("//") && crate::responses::own_address(link) == link {
            return Some(Place { href: link.to_owned(), words: "Open", outside: false });
        }
        let href = markup::outside(link)?;
        let page = PAGES.iter().find(|(part, _)| href.contains(part));
        Some(Place { words: page.map_or("Open in the portal", |(_, words)| words), href, outside: true })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Place;

    #[rstest]
    #[case(
        "https://portal.azure.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/CallAnAPI/appId/1",
        "Open API permissions"
    )]
    #[case(
        "https://portal.azure.us/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/1",
        "Open Certificates & secrets"
    )]
    #[case(
        "https://portal.azure.com/#view/HubsExtension/BrowseResource/resourceType/Microsoft.OperationalInsights%2Fworkspaces",
        "Open the workspaces"
    )]
    #[case("https://elsewhere.example/", "Open in the portal")]
    #[case("/settings", "Go to the form")]
    #[case("/settings/set-up", "Open")]
    fn a_link_says_where_it_leads(#[case] link: &str, #[case] words: &str) {
        assert_eq!(Place::of(link, "x").map(|place| place.words), Some(words));
    }

    #[rstest]
    #[case("//elsewhere.example/")]
    #[case("javascript:alert(1)")]
    #[case("http://portal.azure.com/")]
    #[case("/\\elsewhere.example")]
    fn nothing_else_becomes_a_link(#[case] link: &str) {
        assert!(Place::of(link, "x").is_none());
    }
}
