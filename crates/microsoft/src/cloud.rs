//! The sets of Microsoft hosts. A tenant lives in one of them, and a token of one is worth nothing in another.

use url::Url;

use crate::Resource;

mod built_in;
mod in_tenant;

pub use in_tenant::in_tenant;

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
    /// The audience of a token by which someone else's identity, also a managed one, vouches for an app
    /// ("Configure an application to trust a managed identity").
    pub token_exchange: String,
    /// Hosts that a link from Microsoft may lead to; any other link is dropped. Beside these, the portal's own.
    pub portal_hosts: Vec<String>,
    /// The Azure portal, where app registrations and roles are managed.
    pub admin: Option<Url>,
}

impl Cloud {
    /// Names of the built-in clouds, most used first. They cannot be redefined.
    pub const BUILT_IN: [&str; 5] = ["global", "gcc", "gcc-high", "dod", "china"];

    /// The audience of tokens that vouch for an app, in the global cloud.
    pub const TOKEN_EXCHANGE: &'static str = "api://AzureADTokenExchange";

    /// The built-in cloud with this name.
    pub fn built_in(name: &str) -> Option<Cloud> {
        built_in::find(name)
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
            token_exchange: Cloud::TOKEN_EXCHANGE.to_owned(),
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

    /// Where an app registration shows its IDs.
    pub fn overview_page(&self, client: &str) -> Option<Url> {
        self.registration_page("Overview", client)
    }

    /// A page of the portal where Entra is managed: its list of enterprise applications, its sign-in log.
    pub fn entra_page(&self, page: EntraPage) -> Option<Url> {
        let mut url = self.admin.clone()?;
        url.set_fragment(Some(match page {
            EntraPage::Registrations => "view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade",
            EntraPage::EnterpriseApplications => {
                "view/Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AppAppsPreview"
            }
            EntraPage::SignInLog => "view/Microsoft_AAD_IAM/ActiveDirectoryMenuBlade/~/SignIns",
        }));
        Some(url)
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

/// A page of the portal that is no single app registration's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntraPage {
    /// The app registrations.
    Registrations,
    /// The enterprise applications, each an app as it stands in the tenant.
    EnterpriseApplications,
    /// The sign-in log.
    SignInLog,
}

fn audience(base: &Url) -> String {
    base.as_str().trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests;
