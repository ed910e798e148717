//! Under which ids a record is known, so that one alert that came by three routes is one, and two are never taken for one.

use search::{Identity, Product, Scheme};

use crate::service;

/// What an id in Graph's numbering says: itself, and the id in the product or in the workspace where that can be told.
///
/// Graph, hunting and the portal put two letters for the product before its own id. They are taken off where it is
/// certain what then stands there: `da` of Defender for Endpoint, `sn` of Sentinel, which is no beginning of a GUID.
pub(crate) fn of_graph(id: &str, service: &str) -> Vec<Identity> {
    let id = id.trim();
    let mut ids = vec![Identity { scheme: Scheme::Graph, id: id.to_owned() }];
    if service::is_endpoint(service) {
        ids.push(provider(id.strip_prefix("da").unwrap_or(id)));
    } else if let Some(own) = id.strip_prefix("sn")
        && service::product(service) == Product::Sentinel
        && is_unique(own)
    {
        ids.push(of_sentinel(own));
    }
    ids
}

/// The product's own id as it stands in `providerAlertId` or `VendorOriginalId`.
///
/// Of Defender for Endpoint it is written with its prefix or without, and a GUID may begin with `da` itself: so both
/// forms hold. Two products of third parties may both number an alert 1001: theirs carry the product's name.
pub(crate) fn of_product(id: &str, service: &str) -> Vec<Identity> {
    let id = &id.trim().to_ascii_lowercase();
    if service::is_endpoint(service) {
        return std::iter::once(id.as_str()).chain(id.strip_prefix("da")).map(provider).collect();
    }
    match service::known(service) {
        // Sentinel passes on the numbers of any product that is connected to it.
        Some(_) if service::product(service) == Product::Sentinel && !is_unique(id) => Vec::new(),
        Some(_) => vec![provider(id)],
        None => vec![provider(&format!("{}:{id}", service::squash(service)))],
    }
}

/// Sentinel's own id.
pub(crate) fn of_sentinel(id: &str) -> Identity {
    Identity { scheme: Scheme::Sentinel, id: id.trim().to_ascii_lowercase() }
}

/// The id that stands in a link to an alert's page in the Defender portal, `https://security.microsoft.com/alerts/da1_1?tid=…`.
/// That the link leads to a portal has been checked before.
pub(crate) fn in_link(link: &str) -> Option<String> {
    let url = url::Url::parse(link).ok()?;
    let mut steps = url.path_segments()?;
    let (folder, id) = (steps.next()?, steps.next()?);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    // A page of all alerts has no id, and a short word is the name of another page.
    (folder.eq_ignore_ascii_case("alerts") && id.len() >= SHORTEST && id.bytes().all(plain)).then(|| id.to_owned())
}

/// The union of several, each once, in their order.
pub(crate) fn once(ids: impl IntoIterator<Item = Identity>) -> Vec<Identity> {
    let mut all: Vec<Identity> = Vec::new();
    for id in ids {
        if !all.contains(&id) {
            all.push(id);
        }
    }
    all
}

fn provider(id: &str) -> Identity {
    Identity { scheme: Scheme::Provider, id: id.to_ascii_lowercase() }
}

/// Ids of this length are GUIDs or begin with a tick count; shorter ones are numbers that a product counts up.
const SHORTEST: usize = 16;

pub(crate) fn is_unique(id: &str) -> bool {
    id.trim().len() >= SHORTEST
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDPOINT: &str = "microsoftDefenderForEndpoint";
    const GUID: &str = "da12ab34-0001-4000-8000-000000000001_1";

    fn meet(one: &[Identity], two: &[Identity]) -> bool {
        one.iter().any(|id| two.contains(id))
    }

    #[test]
    fn the_prefix_is_taken_from_endpoint_alerts_only() {
        let ids = of_graph("da3cb12a2f_1", ENDPOINT);
        assert_eq!((ids[0].id.as_str(), ids[1].id.as_str()), ("da3cb12a2f_1", "3cb12a2f_1"));
        assert_eq!(of_graph("da3cb12a2f_1", "microsoftDefenderForOffice365").len(), 1);
        assert_eq!(of_product("da3cb12a2f", "OATP"), [provider("da3cb12a2f")]);
    }

    #[test]
    fn a_products_id_that_itself_begins_like_the_prefix_is_found_again() {
        let graph = of_graph(&format!("da{GUID}"), ENDPOINT);
        assert!(meet(&graph, &of_product(GUID, "MDATP")), "{graph:?}");
        assert!(meet(&graph, &of_product(&format!("da{GUID}"), ENDPOINT)));
        let ticks = of_graph("da637551227677560813_-961444813", ENDPOINT);
        assert!(meet(&ticks, &of_product("da637551227677560813_-961444813", ENDPOINT)));
        assert!(meet(&ticks, &of_product("637551227677560813_-961444813", "MDATP")));
    }

    #[test]
    fn an_alert_of_sentinel_is_known_by_the_workspaces_id() {
        let guid = "0F0F0F0F-0001-4000-8000-000000000001";
        assert!(of_graph(&format!("sn{guid}"), "Microsoft Sentinel").contains(&of_sentinel(guid)));
        assert_eq!(of_graph(&format!("sn{guid}"), "Microsoft Defender XDR").len(), 1);
    }

    #[test]
    fn numbers_of_two_third_products_are_never_one() {
        assert!(!meet(&of_product("1001", "Contoso IDS"), &of_product("1001", "Fabrikam Firewall")));
        assert!(meet(&of_product("1001", "Contoso IDS"), &of_product("1001", "ContosoIDS")));
        assert!(of_product("1001", "microsoftSentinel").is_empty(), "it may be anybody's number");
    }

    #[test]
    fn only_the_page_of_one_alert_tells_its_id() {
        let of = |link: &str| in_link(link);
        let link = "https://security.microsoft.com/alerts/fa0f1e2d3c-4b5a-4678-8a9b-acbdcedfe0f1?tid=x";
        assert_eq!(of(link).as_deref(), Some("fa0f1e2d3c-4b5a-4678-8a9b-acbdcedfe0f1"));
        for other in [
            "https://security.microsoft.com/alerts",
            "https://security.microsoft.com/alerts/overview",
            "https://security.microsoft.com/incidents/1234567890123456789",
            "https://security.microsoft.com/alerts/%3Cscript%3Ealert(1)%3C",
            "https://portal.azure.com/#alerts/da0f1e2d3c-4b5a-4678-8a9b-acbdcedfe0f1",
            "no link",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
