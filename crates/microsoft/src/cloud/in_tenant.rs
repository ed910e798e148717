//! Links into a portal that open in one tenant, whichever the reader is signed in to.

use url::Url;

/// What the fragment of a page of the Azure portal or of Entra's begins with.
const PAGES: [&str; 4] = ["view/", "blade/", "asset/", "resource/"];

/// The same page of a portal, in this tenant. Somebody who looks after several tenants would otherwise see it in the one that
/// the portal showed last, where the record is not known.
///
/// The Azure portal and Entra's take the tenant at the beginning of the fragment (`#@TENANT/view/…`), the Defender portal as
/// `?tid=TENANT`. A link that names a tenant already keeps it, and one that asks for something else keeps that.
pub fn in_tenant(mut link: Url, tenant: &str) -> Url {
    let tenant = tenant.trim();
    let plain = !tenant.is_empty() && tenant.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    if !plain {
        return link;
    }
    let fragment = link.fragment().unwrap_or_default().trim_start_matches('/').to_owned();
    if PAGES.iter().any(|page| fragment.starts_with(page)) {
        link.set_fragment(Some(&format!("@{tenant}/{fragment}")));
        return link;
    }
    let named = fragment.starts_with('@') || link.query_pairs().any(|(name, _)| name.eq_ignore_ascii_case("tid"));
    if !named {
        link.query_pairs_mut().append_pair("tid", tenant);
    }
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "11111111-2222-3333-4444-555555555555";

    #[test]
    fn each_portal_takes_the_tenant_in_its_own_way_and_once() {
        let same = "https://security.microsoft.com/alerts/da1?tid=99999999-2222-3333-4444-555555555555";
        let cases = [
            (
                "https://security.microsoft.com/alerts/da1",
                format!("https://security.microsoft.com/alerts/da1?tid={TENANT}"),
            ),
            (
                "https://security.microsoft.us/incidents/7/overview?view=2",
                format!("https://security.microsoft.us/incidents/7/overview?view=2&tid={TENANT}"),
            ),
            (same, same.to_owned()),
            (
                "https://portal.azure.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade",
                format!("https://portal.azure.com/#@{TENANT}/view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade"),
            ),
            (
                "https://portal.azure.cn/#asset/Microsoft_Azure_Security_Insights/Incident/subscriptions/s",
                format!(
                    "https://portal.azure.cn/#@{TENANT}/asset/Microsoft_Azure_Security_Insights/Incident/subscriptions/s"
                ),
            ),
            (
                "https://entra.microsoft.com/#@other.example/view/Microsoft_AAD_IAM/X",
                "https://entra.microsoft.com/#@other.example/view/Microsoft_AAD_IAM/X".to_owned(),
            ),
        ];
        for (link, expected) in cases {
            let once = in_tenant(Url::parse(link).unwrap(), TENANT);
            assert_eq!(once.as_str(), expected, "{link}");
            assert_eq!(in_tenant(once, TENANT).as_str(), expected, "a second time changes nothing");
        }
    }

    #[test]
    fn what_is_no_tenant_changes_no_link() {
        let link = Url::parse("https://security.microsoft.com/alerts/da1").unwrap();
        for tenant in ["", " ", "a/b", "a&b=c", "#"] {
            assert_eq!(in_tenant(link.clone(), tenant), link, "{tenant}");
        }
    }
}
