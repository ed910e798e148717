//! What the interfaces call the products that raise alerts.

use crate::ids;
use crate::scenario::Service;

/// The names of one product.
pub(crate) struct Names {
    /// Graph's `serviceSource`.
    pub(crate) graph: &'static str,
    /// Its own `detectionSource` in Graph.
    pub(crate) detection: &'static str,
    /// `productName` in Graph and `ServiceSource` in hunting.
    pub(crate) product: &'static str,
    /// `ProviderName` in a workspace.
    pub(crate) provider: &'static str,
    /// What Graph puts before the product's id.
    prefix: &'static str,
}

pub(crate) fn names(service: Service) -> Names {
    let (graph, detection, product, provider, prefix) = match service {
        Service::Endpoint => (
            "microsoftDefenderForEndpoint",
            "microsoftDefenderForEndpoint",
            "Microsoft Defender for Endpoint",
            "MDATP",
            "da",
        ),
        Service::Identity => (
            "microsoftDefenderForIdentity",
            "microsoftDefenderForIdentity",
            "Microsoft Defender for Identity",
            "Azure Advanced Threat Protection",
            "aa",
        ),
        Service::CloudApps => {
            ("microsoftDefenderForCloudApps", "cloudAppSecurity", "Microsoft Defender for Cloud Apps", "MCAS", "ca")
        }
        Service::Office => (
            "microsoftDefenderForOffice365",
            "microsoftDefenderForOffice365",
            "Microsoft Defender for Office 365",
            "OATP",
            "fa",
        ),
        Service::Xdr => {
            ("microsoft365Defender", "microsoft365Defender", "Microsoft Defender XDR", "Microsoft 365 Defender", "ra")
        }
        Service::Entra => {
            ("azureAdIdentityProtection", "azureAdIdentityProtection", "Microsoft Entra ID Protection", "IPC", "ad")
        }
        Service::Cloud => (
            "microsoftDefenderForCloud",
            "microsoftDefenderForServers",
            "Microsoft Defender for Cloud",
            "Azure Security Center",
            "dc",
        ),
        Service::Sentinel => {
            ("microsoftSentinel", "scheduledAlerts", "Microsoft Sentinel", "ASI Scheduled Alerts", "sn")
        }
    };
    Names { graph, detection, product, provider, prefix }
}

/// An alert's ids: Graph's, the product's own, and the workspace's.
pub(crate) fn alert_ids(service: Service, seed: &str) -> (String, String, String) {
    let own = ids::guid(seed).to_string();
    let prefix = names(service).prefix;
    match service {
        // Defender for Endpoint's id ends in a counter, and the workspace has a GUID of its own beside it.
        Service::Endpoint => {
            (format!("{prefix}{own}_1"), format!("{own}_1"), ids::guid(&format!("{seed} workspace")).to_string())
        }
        Service::Sentinel => (format!("{prefix}{own}"), own.clone(), own),
        _ => (format!("{prefix}{own}"), own, ids::guid(&format!("{seed} workspace")).to_string()),
    }
}

/// Hunting's `DetectionSource` for Graph's.
pub(crate) fn hunting_detection(graph: &str) -> &str {
    match graph {
        "microsoftDefenderForEndpoint" => "EDR",
        "antivirus" => "Antivirus",
        "smartScreen" => "SmartScreen",
        "customTi" => "Custom TI",
        "customDetection" => "Custom detection",
        "automatedInvestigation" => "Automated investigation",
        "microsoftDefenderForOffice365" => "Microsoft Defender for Office 365",
        "microsoftDefenderForIdentity" => "Microsoft Defender for Identity",
        "cloudAppSecurity" => "Microsoft Defender for Cloud Apps",
        "microsoft365Defender" => "Microsoft 365 Defender",
        "azureAdIdentityProtection" => "Microsoft Entra ID Protection",
        "scheduledAlerts" => "Scheduled alerts",
        "nrtAlerts" => "NRT alerts",
        "microsoftDefenderForServers" => "Microsoft Defender for Servers",
        other => other,
    }
}

/// Defender for Endpoint's `detectionSource` for Graph's.
pub(crate) fn endpoint_detection(graph: &str) -> &'static str {
    match graph {
        "antivirus" => "WindowsDefenderAv",
        "smartScreen" => "WindowsDefenderSmartScreen",
        "customTi" => "CustomerTI",
        "customDetection" => "CustomDetection",
        "automatedInvestigation" => "AutomatedInvestigation",
        _ => "WindowsDefenderAtp",
    }
}
