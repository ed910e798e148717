//! Which product a record came from, by the service that raised it and not by the way it was fetched.

use search::{Identity, Product, Scheme};

/// Letters and digits in lower case: "Microsoft Defender for Endpoint" is also written without spaces.
fn squash(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// By Graph's `serviceSource` or hunting's `ServiceSource`: Sentinel is Sentinel, the rest is Defender.
pub(crate) fn product(service: &str) -> Product {
    if squash(service).contains("sentinel") { Product::Sentinel } else { Product::Defender }
}

/// Whether Defender for Endpoint raised it: its ids alone carry a prefix that the product itself does not use.
pub(crate) fn is_endpoint(service: &str) -> bool {
    matches!(
        squash(service).as_str(),
        "microsoftdefenderforendpoint" | "mdatp" | "microsoftdefenderadvancedthreatprotection"
    )
}

/// The name of Graph's `serviceSource` on a page.
pub(crate) fn title(service: &str) -> String {
    let title = match squash(service).as_str() {
        "microsoftdefenderforendpoint" | "mdatp" | "microsoftdefenderadvancedthreatprotection" => {
            "Microsoft Defender for Endpoint"
        }
        "microsoftdefenderforidentity" | "azureadvancedthreatprotection" => "Microsoft Defender for Identity",
        "microsoftdefenderforcloudapps" | "mcas" | "microsoftcloudappsecurity" => "Microsoft Defender for Cloud Apps",
        "microsoftdefenderforoffice365" | "oatp" | "office365advancedthreatprotection" => {
            "Microsoft Defender for Office 365"
        }
        "microsoft365defender" | "microsoftdefenderxdr" | "mtp" | "microsoftthreatprotection" => {
            "Microsoft Defender XDR"
        }
        "azureadidentityprotection"
        | "microsoftentraidprotection"
        | "ipc"
        | "azureactivedirectoryidentityprotection" => "Microsoft Entra ID Protection",
        "microsoftdefenderforcloud" | "azuresecuritycenter" | "asc" => "Microsoft Defender for Cloud",
        "microsoftsentinel" | "azuresentinel" => "Microsoft Sentinel",
        "microsoftappgovernance" => "Microsoft App Governance",
        "datalossprevention" | "microsoftdatalossprevention" => "Microsoft Data Loss Prevention",
        "microsoftinsiderriskmanagement" => "Microsoft Insider Risk Management",
        "microsoftthreatintelligence" => "Microsoft Threat Intelligence",
        _ => service.trim(),
    };
    title.to_owned()
}

/// Of a workspace's alert, by `ProviderName` and `ProductName`. Microsoft's Defender products forward their alerts there;
/// what none of them raised, a rule of the workspace or a third product connected to it raised.
pub(crate) fn of_workspace(provider: &str, product: &str) -> (Product, String) {
    let provider = provider.trim();
    let rules = provider.to_ascii_uppercase().starts_with("ASI ") || squash(provider).contains("sentinel");
    let forwarded = matches!(
        squash(provider).as_str(),
        "mdatp"
            | "oatp"
            | "mcas"
            | "ipc"
            | "mtp"
            | "asc"
            | "azuresecuritycenter"
            | "azureadvancedthreatprotection"
            | "microsoftthreatprotection"
            | "microsoftdefenderxdr"
            | "microsoft365defender"
    ) || squash(provider).starts_with("microsoftdefender");
    if rules {
        return (Product::Sentinel, "Microsoft Sentinel".into());
    }
    if forwarded {
        return (Product::Defender, title(provider));
    }
    let named = if product.trim().is_empty() { provider } else { product };
    (Product::Sentinel, title(named))
}

/// An id in Graph's numbering, and what it is in the product's where that can be told from it.
pub(crate) fn graph_ids(id: &str, service: &str) -> Vec<Identity> {
    let mut ids = vec![Identity { scheme: Scheme::Graph, id: id.trim().to_owned() }];
    if is_endpoint(service) {
        ids.push(endpoint_id(id));
    }
    ids
}

/// The product's own id of an alert of Defender for Endpoint: Graph, hunting and the portal put `da` before it.
pub(crate) fn endpoint_id(id: &str) -> Identity {
    let id = id.trim();
    Identity { scheme: Scheme::Provider, id: id.strip_prefix("da").unwrap_or(id).to_ascii_lowercase() }
}

/// The product's own id as it stands in `providerAlertId` or `VendorOriginalId`.
pub(crate) fn provider_id(id: &str, service: &str) -> Identity {
    if is_endpoint(service) {
        return endpoint_id(id);
    }
    Identity { scheme: Scheme::Provider, id: id.trim().to_ascii_lowercase() }
}

/// Sentinel's own id.
pub(crate) fn sentinel_id(id: &str) -> Identity {
    Identity { scheme: Scheme::Sentinel, id: id.trim().to_ascii_lowercase() }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("microsoftSentinel", Product::Sentinel, "Microsoft Sentinel")]
    #[case("Microsoft Sentinel", Product::Sentinel, "Microsoft Sentinel")]
    #[case("MicrosoftDefenderforOffice365", Product::Defender, "Microsoft Defender for Office 365")]
    #[case("someNewService", Product::Defender, "someNewService")]
    fn the_service_decides_the_product(#[case] service: &str, #[case] expected: Product, #[case] name: &str) {
        assert_eq!((product(service), title(service).as_str()), (expected, name));
    }

    #[rstest]
    #[case("ASI Scheduled Alerts", "Azure Sentinel", Product::Sentinel, "Microsoft Sentinel")]
    #[case(
        "MDATP",
        "Microsoft Defender Advanced Threat Protection",
        Product::Defender,
        "Microsoft Defender for Endpoint"
    )]
    #[case("Contoso IDS", "Contoso IDS 9", Product::Sentinel, "Contoso IDS 9")]
    fn a_workspace_says_it_in_its_own_words(
        #[case] provider: &str,
        #[case] name: &str,
        #[case] product: Product,
        #[case] service: &str,
    ) {
        assert_eq!(of_workspace(provider, name), (product, service.to_owned()));
    }

    #[test]
    fn the_prefix_is_taken_from_endpoint_alerts_only() {
        let ids = graph_ids("da3cb12a2f_1", "microsoftDefenderForEndpoint");
        assert_eq!(ids[0].id, "da3cb12a2f_1");
        assert_eq!(ids[1].id, "3cb12a2f_1");
        assert_eq!(graph_ids("da3cb12a2f_1", "microsoftDefenderForOffice365").len(), 1);
        assert_eq!(provider_id("da3cb12a2f", "OATP").id, "da3cb12a2f");
        assert_eq!(provider_id("da637_-96", "MDATP"), provider_id("637_-96", "microsoftDefenderForEndpoint"));
    }
}
