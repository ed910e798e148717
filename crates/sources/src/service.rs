//! Which product a record came from, by the service that raised it and not by the way it was fetched.

use search::Product;

/// Letters and digits in lower case: "Microsoft Defender for Endpoint" is also written without spaces.
pub(crate) fn squash(text: &str) -> String {
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
        "microsoftdefenderforendpoint" | "mdatp" | "microsoftdefenderatp" | "microsoftdefenderadvancedthreatprotection"
    )
}

/// The name of Graph's `serviceSource` on a page.
pub(crate) fn title(service: &str) -> String {
    known(service).unwrap_or(service.trim()).to_owned()
}

/// The name of a service of Microsoft's, whichever of its names is given.
pub(crate) fn known(service: &str) -> Option<&'static str> {
    if is_endpoint(service) {
        return Some("Microsoft Defender for Endpoint");
    }
    Some(match squash(service).as_str() {
        "microsoftdefenderforidentity" | "azureadvancedthreatprotection" => "Microsoft Defender for Identity",
        "microsoftdefenderforcloudapps" | "mcas" | "microsoftcloudappsecurity" => "Microsoft Defender for Cloud Apps",
        "microsoftdefenderforoffice365" | "oatp" | "officeatp" | "office365advancedthreatprotection" => {
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
        _ => return None,
    })
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
}
