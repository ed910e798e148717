//! The tables whose newest row is asked for, and what their rows are called.

/// A table, or the part of one that a source reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    /// How it is told from the others in an answer.
    pub label: &'static str,
    /// Its name in a query.
    pub name: &'static str,
    /// The column with the time at which a row came.
    pub time: &'static str,
    /// The condition on a row, where a source reads only a part.
    pub only: Option<&'static str>,
    /// One of its rows, of whatever indicator: "alert of any kind".
    pub row: &'static str,
    /// Where a person sees its rows: "the workspace".
    pub home: &'static str,
    /// The capabilities that read it.
    pub read_by: &'static [&'static str],
}

const PORTAL: &str = "the Defender portal";
const WORKSPACES: &str = "the workspace";

/// Alerts of all products in the Defender portal.
pub(crate) const ALERTS: Table = Table {
    label: "AlertInfo",
    name: "AlertInfo",
    time: "Timestamp",
    only: None,
    row: "alert of any kind",
    home: PORTAL,
    read_by: &["defender.alerts", "sentinel.alerts"],
};

/// Sentinel's part of them: empty as long as no workspace is connected to the Defender portal.
pub(crate) const SENTINELS_ALERTS: Table = Table {
    label: "AlertInfo.Sentinel",
    only: Some("ServiceSource == \"Microsoft Sentinel\""),
    row: "alert of Sentinel",
    read_by: &["sentinel.alerts"],
    ..ALERTS
};

/// Connections of onboarded devices.
pub(crate) const CONNECTIONS: Table = Table {
    label: "DeviceNetworkEvents",
    name: "DeviceNetworkEvents",
    time: "Timestamp",
    only: None,
    row: "connection of any onboarded device",
    home: PORTAL,
    read_by: &["defender.devices", "defender.prevalence", "defender.machines", "defender.endpoint_alerts"],
};

/// Sentinel's threat indicators, as hunting sees them.
pub(crate) const THREAT_INDICATORS: Table = Table {
    label: "ThreatIntelIndicators",
    name: "ThreatIntelIndicators",
    time: "TimeGenerated",
    only: None,
    row: "threat indicator of any kind",
    home: PORTAL,
    read_by: &["sentinel.threat_indicators"],
};

/// Messages.
pub(crate) const MAIL: Table = Table {
    label: "EmailEvents",
    name: "EmailEvents",
    row: "message of anybody",
    read_by: &["defender.mail"],
    ..CONNECTIONS
};

/// Clicks on links.
pub(crate) const CLICKS: Table = Table {
    label: "UrlClickEvents",
    name: "UrlClickEvents",
    row: "click of anybody",
    read_by: &["defender.clicks"],
    ..CONNECTIONS
};

/// Sign-ins to Entra ID.
pub(crate) const SIGN_INS: Table = Table {
    label: "EntraIdSignInEvents",
    name: "EntraIdSignInEvents",
    row: "sign-in of anybody",
    read_by: &["defender.sign_ins"],
    ..CONNECTIONS
};

/// Alerts of a workspace.
pub(crate) const WORKSPACE_ALERTS: Table = Table {
    label: "SecurityAlert",
    name: "SecurityAlert",
    time: "TimeGenerated",
    only: None,
    row: "alert of any kind",
    home: WORKSPACES,
    read_by: &["sentinel.workspace_alerts"],
};

/// Incidents of a workspace.
pub(crate) const WORKSPACE_INCIDENTS: Table = Table {
    label: "SecurityIncident",
    name: "SecurityIncident",
    row: "incident of any kind",
    read_by: &["sentinel.workspace_incidents"],
    ..WORKSPACE_ALERTS
};

/// Threat indicators of a workspace.
pub(crate) const WORKSPACE_THREAT_INDICATORS: Table =
    Table { home: WORKSPACES, read_by: &["sentinel.workspace_threat_indicators"], ..THREAT_INDICATORS };

/// The tables that hunting is asked about.
pub(crate) const HUNTING: [Table; 7] =
    [ALERTS, SENTINELS_ALERTS, CONNECTIONS, THREAT_INDICATORS, MAIL, CLICKS, SIGN_INS];

/// The tables that a workspace is asked about.
pub(crate) const WORKSPACE: [Table; 3] = [WORKSPACE_ALERTS, WORKSPACE_INCIDENTS, WORKSPACE_THREAT_INDICATORS];

/// The table whose newest row tells whether a capability could have known.
pub(crate) fn read_by(capability: &str) -> Option<Table> {
    HUNTING.into_iter().chain(WORKSPACE).find(|table| table.read_by.contains(&capability))
}
