//! The clouds that Microsoft runs, each with its hosts.

use url::Url;

use super::Cloud;

/// One built-in cloud: name, login, graph, defender, defender's audience, log analytics, its audience, portal, admin.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    Option<(&'static str, &'static str)>,
    (&'static str, &'static str),
    Option<&'static str>,
    &'static str,
);

/// Hosts of the national clouds: Microsoft Graph "National cloud deployments", Defender for Endpoint "for US Government
/// customers" and Azure Monitor "Access the API". The audience of Log Analytics stays `api.loganalytics.io` in the global
/// cloud although the host moved. GCC signs in and asks Graph as the global cloud does; only Defender for Endpoint has its
/// own host there.
const CLOUDS: [Row; 5] = [
    (
        "global",
        "https://login.microsoftonline.com",
        "https://graph.microsoft.com",
        Some(("https://api.securitycenter.microsoft.com", "https://api.securitycenter.microsoft.com")),
        ("https://api.loganalytics.azure.com", "https://api.loganalytics.io"),
        Some("https://security.microsoft.com"),
        "https://portal.azure.com",
    ),
    (
        "gcc",
        "https://login.microsoftonline.com",
        "https://graph.microsoft.com",
        Some(("https://api-gcc.securitycenter.microsoft.us", "https://api-gcc.securitycenter.microsoft.us")),
        ("https://api.loganalytics.azure.com", "https://api.loganalytics.io"),
        Some("https://security.microsoft.com"),
        "https://portal.azure.com",
    ),
    (
        "gcc-high",
        "https://login.microsoftonline.us",
        "https://graph.microsoft.us",
        Some(("https://api-gov.securitycenter.microsoft.us", "https://api-gov.securitycenter.microsoft.us")),
        ("https://api.loganalytics.us", "https://api.loganalytics.us"),
        Some("https://security.microsoft.us"),
        "https://portal.azure.us",
    ),
    (
        "dod",
        "https://login.microsoftonline.us",
        "https://dod-graph.microsoft.us",
        Some(("https://api-gov.securitycenter.microsoft.us", "https://api-gov.securitycenter.microsoft.us")),
        ("https://api.loganalytics.us", "https://api.loganalytics.us"),
        Some("https://security.apps.mil"),
        "https://portal.azure.us",
    ),
    (
        "china",
        "https://login.partner.microsoftonline.cn",
        "https://microsoftgraph.chinacloudapi.cn",
        None,
        ("https://api.loganalytics.azure.cn", "https://api.loganalytics.azure.cn"),
        None,
        "https://portal.azure.cn",
    ),
];

/// Portal hosts that alerts and incidents of any cloud have been seen to link to.
const PORTALS: [&str; 9] = [
    "security.microsoft.com",
    "securitycenter.microsoft.com",
    "securitycenter.windows.com",
    "security.microsoft.us",
    "security.apps.mil",
    "portal.azure.com",
    "portal.azure.us",
    "portal.azure.cn",
    "entra.microsoft.com",
];

/// The built-in cloud with this name.
pub(super) fn find(name: &str) -> Option<Cloud> {
    let row = CLOUDS.into_iter().find(|row| row.0 == name)?;
    let (name, login, graph, defender, (log_analytics, log_analytics_resource), portal, admin) = row;
    let url = |text: &str| Url::parse(text).ok();
    Some(Cloud {
        name: name.to_owned(),
        login: url(login)?,
        graph: url(graph)?,
        defender: defender.and_then(|(base, _)| url(base)),
        log_analytics: url(log_analytics)?,
        portal: portal.and_then(url),
        graph_resource: graph.to_owned(),
        defender_resource: defender.map(|(_, resource)| resource.to_owned()),
        log_analytics_resource: log_analytics_resource.to_owned(),
        token_exchange: token_exchange(name).to_owned(),
        portal_hosts: PORTALS.map(str::to_owned).to_vec(),
        admin: url(admin),
    })
}

/// "Configure an application to trust a managed identity": Fairfax and Mooncake have audiences of their own; GCC signs in as
/// the global cloud does.
fn token_exchange(name: &str) -> &'static str {
    match name {
        "gcc-high" | "dod" => "api://AzureADTokenExchangeUSGov",
        "china" => "api://AzureADTokenExchangeChina",
        _ => Cloud::TOKEN_EXCHANGE,
    }
}
