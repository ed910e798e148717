//! Tenants, and the apps and workspaces in them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    Alert, AppCertificate, Click, Device, Federated, Identity, Incident, ListedIndicator, Mail, Secret, SignIns,
    ThreatIndicator, Traffic, User,
};

/// A directory.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// Its GUID.
    pub id: String,
    /// What it is called: "Northwind Example".
    pub name: String,
    /// Its verified domains; the first is the one that devices and people are named under.
    pub domains: Vec<String>,
    /// `tenant_region_scope`: `EU`, `NA`.
    #[serde(default = "europe")]
    pub region: String,
    /// `tenant_region_sub_scope`, which governments have: `GCC`, `DODCON`, `DOD`.
    #[serde(default)]
    pub sub_region: Option<String>,
    /// `msgraph_host`: another one than the global cloud's means that the tenant lives elsewhere.
    #[serde(default)]
    pub graph_host: Option<String>,
    /// Whether Defender for Endpoint has a service principal here at all. Without, its token is refused with
    /// AADSTS500011.
    #[serde(default)]
    pub endpoint_licence: Licence,
    /// Defender XDR, which Graph's alerts, incidents and hunting belong to.
    #[serde(default)]
    pub xdr_licence: Licence,
    /// What the legacy `/security/alerts` does.
    #[serde(default)]
    pub legacy_alerts: Retired,
    /// What the beta `/security/tiIndicators` does.
    #[serde(default)]
    pub ti_indicators: Retired,
    /// Whether `Ti.Read.All` suffices to list Defender's indicators. Microsoft's page names write permissions only.
    #[serde(default)]
    pub ti_read_lists_indicators: bool,
    /// What filters on what stands in an alert's evidence do. Microsoft's guide to the new alerts shows them, and the list's
    /// own page does not name them.
    #[serde(default)]
    pub evidence_filters: EvidenceFilters,
    /// How much may be asked.
    #[serde(default)]
    pub limits: Limits,
    /// Its app registrations.
    #[serde(default)]
    pub apps: Vec<App>,
    /// People who sign in to apps.
    #[serde(default)]
    pub users: Vec<User>,
    /// Managed identities of the machine on which the client runs.
    #[serde(default)]
    pub identities: Vec<Identity>,
    /// Its Log Analytics workspaces.
    #[serde(default)]
    pub workspaces: Vec<Workspace>,
    /// Its devices.
    #[serde(default)]
    pub devices: Vec<Device>,
    /// Its alerts.
    #[serde(default)]
    pub alerts: Vec<Alert>,
    /// Its incidents.
    #[serde(default)]
    pub incidents: Vec<Incident>,
    /// Sentinel's threat indicators.
    #[serde(default)]
    pub threat_indicators: Vec<ThreatIndicator>,
    /// Defender's own indicators.
    #[serde(default)]
    pub indicators: Vec<ListedIndicator>,
    /// What its devices connected to.
    #[serde(default)]
    pub traffic: Vec<Traffic>,
    /// Messages to and from its people.
    #[serde(default)]
    pub mail: Vec<Mail>,
    /// What its people clicked.
    #[serde(default)]
    pub clicks: Vec<Click>,
    /// Sign-ins of its people.
    #[serde(default)]
    pub sign_ins: Vec<SignIns>,
}

impl Tenant {
    /// Whether this is its GUID or one of its domains, in any case.
    pub fn is_named(&self, name: &str) -> bool {
        self.id.eq_ignore_ascii_case(name) || self.domains.iter().any(|domain| domain.eq_ignore_ascii_case(name))
    }

    /// The domain that devices and people are named under.
    pub fn domain(&self) -> &str {
        self.domains.first().map_or("example.org", String::as_str)
    }

    /// The app with this client id.
    pub fn app(&self, client: &str) -> Option<&App> {
        self.apps.iter().find(|app| app.client.eq_ignore_ascii_case(client))
    }

    /// The workspace that is connected to the Defender portal, if one is.
    pub fn onboarded(&self) -> Option<&Workspace> {
        self.workspaces.iter().find(|workspace| workspace.onboarded)
    }

    /// The workspace that the story calls by this name.
    pub fn workspace(&self, name: &str) -> Option<&Workspace> {
        self.workspaces.iter().find(|workspace| workspace.name == name || workspace.id.eq_ignore_ascii_case(name))
    }
}

fn europe() -> String {
    "EU".to_owned()
}

/// Whether a tenant has a product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Licence {
    /// It has.
    #[default]
    Active,
    /// It once had: calls are refused with a reason.
    Inactive,
    /// It never had: there is not even a service principal.
    Absent,
}

/// What a route does that Microsoft has announced the end of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retired {
    /// 410.
    #[default]
    Gone,
    /// 404.
    NotFound,
    /// 200 and an empty list, whatever is asked.
    Empty,
    /// It answers as it did in 2020.
    Answers,
}

/// What `alerts_v2?$filter=evidence/any(e: e/microsoft.graph.security.ipEvidence/ipAddress eq '…')` does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceFilters {
    /// 400, as of any property that is not to be filtered by.
    #[default]
    Refused,
    /// They find what they name.
    Find,
    /// They are accepted and find nothing, ever.
    Miss,
}

/// Calls that a tenant may make. 0 is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Graph's `/security`, per app and minute.
    pub graph_a_minute: u32,
    /// Hunting queries, per tenant and minute.
    pub hunting_a_minute: u32,
    /// Defender for Endpoint, per app and minute.
    pub defender_a_minute: u32,
    /// Defender for Endpoint, per app and hour.
    pub defender_an_hour: u32,
    /// Log Analytics, per app and half minute.
    pub log_analytics_a_half_minute: u32,
}

impl Limits {
    /// No limits.
    pub fn none() -> Limits {
        Limits {
            graph_a_minute: 0,
            hunting_a_minute: 0,
            defender_a_minute: 0,
            defender_an_hour: 0,
            log_analytics_a_half_minute: 0,
        }
    }
}

impl Default for Limits {
    /// As documented.
    fn default() -> Self {
        Limits {
            graph_a_minute: 150,
            hunting_a_minute: 45,
            defender_a_minute: 100,
            defender_an_hour: 1_500,
            log_analytics_a_half_minute: 200,
        }
    }
}

/// An app registration with its service principal.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// The application (client) id.
    pub client: String,
    /// What it is called.
    pub name: String,
    /// Its client secrets.
    #[serde(default)]
    pub secrets: Vec<Secret>,
    /// Its certificates.
    #[serde(default)]
    pub certificates: Vec<AppCertificate>,
    /// Its federated credentials.
    #[serde(default)]
    pub federated: Vec<Federated>,
    /// Redirect addresses of the platform Web. On loopback the port does not count.
    #[serde(default)]
    pub redirects: Vec<String>,
    /// Delegated permissions on Microsoft Graph that were consented to for everybody, beside those of OpenID Connect.
    #[serde(default)]
    pub delegated: Vec<String>,
    /// Whether its tokens hold the person's groups.
    #[serde(default)]
    pub groups_claim: bool,
    /// Whether it may sign in.
    #[serde(default)]
    pub state: AppState,
    /// Application permissions on Microsoft Graph that were consented to.
    #[serde(default)]
    pub graph: Vec<String>,
    /// Application permissions on WindowsDefenderATP that were consented to.
    #[serde(default)]
    pub defender: Vec<String>,
    /// The workspaces, by id, on which it has a role that reads.
    #[serde(default)]
    pub workspaces: Vec<String>,
    /// Whether its role there shows every table, as Log Analytics Reader does; else a condition names Sentinel's.
    #[serde(default)]
    pub reads_every_table: bool,
}

/// Whether an app may sign in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppState {
    /// It may.
    #[default]
    Enabled,
    /// The service principal is switched off: AADSTS7000112.
    Disabled,
    /// A Conditional Access policy for workload identities keeps it out: AADSTS53003.
    ConditionalAccess,
    /// An app management policy allows no secrets: sign-ins by one are refused, others are not.
    SecretsForbidden,
    /// The tenant allows no federated credentials: AADSTS700238 for sign-ins by one.
    FederationForbidden,
}

/// A Log Analytics workspace with Sentinel.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workspace {
    /// The workspace id that the query API wants.
    pub id: String,
    /// What the story calls it.
    pub name: String,
    /// Whether it is connected to the Defender portal: then its alerts are Graph's too, and its tables hunting's.
    #[serde(default)]
    pub onboarded: bool,
    /// Whether it has no data at all: a query is answered 204.
    #[serde(default)]
    pub empty: bool,
    /// Tables that it lacks.
    #[serde(default)]
    pub missing_tables: Vec<String>,
    /// Tables that show no row to an app: protected ones, or those that a role's condition leaves out.
    #[serde(default)]
    pub hidden_tables: Vec<String>,
    /// Tables whose connector fell silent, and how many hours before the beginning.
    #[serde(default)]
    pub silent_tables: BTreeMap<String, i64>,
}
