//! The sets of Microsoft hosts. A tenant lives in one of them, and a token of one is worth nothing in another.

use url::Url;

use crate::Resource;

/// Hosts, token audiences and portals that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cloud {
    /// `global`, `gcc`, `gcc-high`, `dod`, `china`, or the name in the configuration.
    pub name: String,
    /// Entra's base URL: discovery and tokens.
    pub login: Url,
    /// Microsoft Graph's base URL, without a version.
    pub graph: Url,
    /// The Defender for Endpoint API's base URL, without `/api`. Absent where the cloud has none.
    pub defender: Option<Url>,
    /// The Log Analytics query API's base URL, without a version.
    pub log_analytics: Url,
    /// The Defender portal's base URL. Absent where the cloud has none.
    pub portal: Option<Url>,
    /// The audience of a Graph token: its scope is this and `/.default`.
    pub graph_resource: String,
    /// The audience of a Defender for Endpoint token.
    pub defender_resource: Option<String>,
    /// The audience of a Log Analytics token.
    pub log_analytics_resource: String,
    /// Hosts that a link from Microsoft may lead to; any other link is dropped. Beside these, the portal's own.
    pub portal_hosts: Vec<String>,
    /// The Azure portal, where app registrations and roles are managed.
    pub admin: Option<Url>,
}

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
const BUILT_IN: [Row; 5] = [
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

impl Cloud {
    /// Names of the built-in clouds, most used first. They cannot be redefined.
    pub const BUILT_IN: [&str; 5] = ["global", "gcc", "gcc-high", "dod", "china"];

    /// The built-in cloud with this name.
    pub fn built_in(name: &str) -> Option<Cloud> {
        let row = BUILT_IN.into_iter().find(|row| row.0 == name)?;
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
            portal_hosts: PORTALS.map(str::to_owned).to_vec(),
            admin: url(admin),
        })
    }

    /// All built-in clouds.
    pub fn all_built_in() -> Vec<Cloud> {
        Cloud::BUILT_IN.iter().filter_map(|name| Cloud::built_in(name)).collect()
    }

    /// A further cloud, as the configuration names it. Each audience is the base URL until it is set to something else.
    pub fn named(
        name: &str,
        login: Url,
        graph: Url,
        defender: Option<Url>,
        log_analytics: Url,
        portal: Option<Url>,
    ) -> Cloud {
        Cloud {
            name: name.to_owned(),
            graph_resource: audience(&graph),
            defender_resource: defender.as_ref().map(audience),
            log_analytics_resource: audience(&log_analytics),
            portal_hosts: Vec::new(),
            admin: portal.clone(),
            login,
            graph,
            defender,
            log_analytics,
            portal,
        }
    }

    /// The name on a page.
    pub fn title(&self) -> &str {
        match self.name.as_str() {
            "global" => "Global",
            "gcc" => "US Government (GCC)",
            "gcc-high" => "US Government (GCC High)",
            "dod" => "US Government (DoD)",
            "china" => "China (21Vianet)",
            other => other,
        }
    }

    /// The base URL of an interface, if the cloud has it.
    pub fn base(&self, resource: Resource) -> Option<&Url> {
        match resource {
            Resource::Graph => Some(&self.graph),
            Resource::Defender => self.defender.as_ref(),
            Resource::LogAnalytics => Some(&self.log_analytics),
        }
    }

    /// The scope of a token for an interface: its audience and `/.default`.
    pub fn scope(&self, resource: Resource) -> Option<String> {
        let audience = match resource {
            Resource::Graph => Some(self.graph_resource.as_str()),
            Resource::Defender => self.defender_resource.as_deref(),
            Resource::LogAnalytics => Some(self.log_analytics_resource.as_str()),
        };
        audience.map(|audience| format!("{}/.default", audience.trim_end_matches('/')))
    }

    /// Whether Graph has alerts, incidents and hunting here. Microsoft's schema for China has none of them.
    pub fn offers_graph_security(&self) -> bool {
        self.name != "china"
    }

    /// Whether Graph ever had the classic list of threat indicators here: the global cloud alone.
    pub fn offers_ti_indicators(&self) -> bool {
        !matches!(self.name.as_str(), "gcc-high" | "dod" | "china")
    }

    /// A link from Microsoft's answers, if it leads to a portal over https; otherwise it is not to be shown. Titles and
    /// links in alerts can be written by an attacker.
    pub fn portal_link(&self, link: &str) -> Option<Url> {
        let url = Url::parse(link.trim()).ok()?;
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        if self.portal.as_ref().is_some_and(|portal| portal.origin() == url.origin()) {
            return Some(url);
        }
        let host = url.host_str()?;
        (url.scheme() == "https" && url.port().is_none() && self.portal_hosts.iter().any(|portal| portal == host))
            .then_some(url)
    }

    /// Where the API permissions of an app registration are granted.
    pub fn permissions_page(&self, client: &str) -> Option<Url> {
        self.registration_page("CallAnAPI", client)
    }

    /// Where the secrets of an app registration are made.
    pub fn secrets_page(&self, client: &str) -> Option<Url> {
        self.registration_page("Credentials", client)
    }

    fn registration_page(&self, blade: &str, client: &str) -> Option<Url> {
        let client = client.trim();
        if client.is_empty() || !client.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return None;
        }
        let mut url = self.admin.clone()?;
        url.set_fragment(Some(&format!(
            "view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/{blade}/appId/{client}"
        )));
        Some(url)
    }
}

fn audience(base: &Url) -> String {
    base.as_str().trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_built_in_cloud_has_the_hosts_and_scopes_that_belong_together() {
        let check = |name: &str, login: &str, graph: &str, defender: Option<&str>, logs: &str, portal: Option<&str>| {
            let cloud = Cloud::built_in(name).unwrap();
            let host = |url: &Url| url.host_str().unwrap().to_owned();
            assert_eq!((host(&cloud.login).as_str(), host(&cloud.graph).as_str()), (login, graph), "{name}");
            assert_eq!(cloud.defender.as_ref().map(host).as_deref(), defender, "{name}");
            assert_eq!(host(&cloud.log_analytics), logs, "{name}");
            assert_eq!(cloud.portal.as_ref().map(host).as_deref(), portal, "{name}");
            assert_eq!(cloud.scope(Resource::Graph).unwrap(), format!("https://{graph}/.default"));
            assert_eq!(cloud.scope(Resource::Defender), defender.map(|host| format!("https://{host}/.default")));
        };
        let commercial = "login.microsoftonline.com";
        let (portal, logs) = (Some("security.microsoft.com"), "api.loganalytics.azure.com");
        check("global", commercial, "graph.microsoft.com", Some("api.securitycenter.microsoft.com"), logs, portal);
        check("gcc", commercial, "graph.microsoft.com", Some("api-gcc.securitycenter.microsoft.us"), logs, portal);
        let (government, gov) = ("login.microsoftonline.us", Some("api-gov.securitycenter.microsoft.us"));
        check("gcc-high", government, "graph.microsoft.us", gov, "api.loganalytics.us", Some("security.microsoft.us"));
        check("dod", government, "dod-graph.microsoft.us", gov, "api.loganalytics.us", Some("security.apps.mil"));
        let china = "microsoftgraph.chinacloudapi.cn";
        check("china", "login.partner.microsoftonline.cn", china, None, "api.loganalytics.azure.cn", None);
        assert_eq!(Cloud::all_built_in().len(), Cloud::BUILT_IN.len());
        assert_eq!(Cloud::built_in("mars"), None);
        let scope = Cloud::built_in("global").unwrap().scope(Resource::LogAnalytics);
        assert_eq!(scope.as_deref(), Some("https://api.loganalytics.io/.default"));
    }

    #[test]
    fn a_named_clouds_audiences_are_its_base_urls() {
        let url = |path: &str| Url::parse(&format!("http://127.0.0.1:9/{path}")).unwrap();
        let cloud = Cloud::named("demo", url("login"), url("graph/"), None, url("log_analytics"), Some(url("portal")));
        assert_eq!(cloud.scope(Resource::Graph).as_deref(), Some("http://127.0.0.1:9/graph/.default"));
        assert_eq!(cloud.scope(Resource::Defender), None);
        assert!(cloud.portal_link("http://127.0.0.1:9/portal/alerts/1").is_some());
        assert!(cloud.portal_link("http://127.0.0.1:8/portal").is_none());
    }

    #[test]
    fn only_links_to_a_portal_are_links() {
        let cloud = Cloud::built_in("global").unwrap();
        for link in ["https://security.microsoft.com/alerts/da1_-2?tid=t", " https://portal.azure.com/#asset/x "] {
            assert!(cloud.portal_link(link).is_some(), "{link}");
        }
        for link in [
            "javascript:alert(1)",
            "http://security.microsoft.com/",
            "https://security.microsoft.com.evil.example/",
            "https://security.microsoft.com@evil.example/",
            "https://x@security.microsoft.com/",
            "https://security.microsoft.com:8443/",
            "https://evil.example/?security.microsoft.com",
            "data:text/html,x",
            "",
            "/alerts/1",
        ] {
            assert_eq!(cloud.portal_link(link), None, "{link}");
        }
    }

    #[test]
    fn pages_of_a_registration_carry_the_client_id_and_nothing_else() {
        let cloud = Cloud::built_in("gcc-high").unwrap();
        let page = cloud.permissions_page("11111111-2222-3333-4444-555555555555").unwrap().to_string();
        assert!(
            page.starts_with("https://portal.azure.us/#view/")
                && page.ends_with("/appId/11111111-2222-3333-4444-555555555555")
        );
        assert_eq!(cloud.secrets_page("x/../y"), None);
        assert_eq!(cloud.secrets_page(""), None);
    }
}
