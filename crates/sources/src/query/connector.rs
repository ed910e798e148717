//! What fills each table: where to look when no rows arrive.

use super::table::{SENTINELS_ALERTS, Table};

/// What fills a table as a rule, as it goes on after "check": the place where a person looks.
pub(crate) fn connector(table: &Table) -> &'static str {
    if table.label == SENTINELS_ALERTS.label {
        return "that the workspace is connected to the Defender portal, and its analytics rules";
    }
    match table.name {
        "AlertInfo" => "the Defender products of the tenant, which raise these alerts",
        "DeviceNetworkEvents" => "the onboarding of devices to Defender for Endpoint",
        "EmailEvents" | "UrlClickEvents" => {
            "that the tenant has Defender for Office 365, which records mail and clicks"
        }
        "EntraIdSignInEvents" => "that the tenant has Entra ID P2, without which sign-ins are not recorded here",
        "ThreatIntelIndicators" => {
            "the workspace's Threat Intelligence connectors (TAXII, upload API, Microsoft's feed)"
        }
        "SecurityAlert" => "the workspace's analytics rules and the connectors of the Defender products",
        "SecurityIncident" => "the workspace's analytics rules and its Microsoft Defender XDR connector",
        _ => "the data connector that fills it",
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{HUNTING, WORKSPACE};
    use super::*;

    #[test]
    fn every_table_that_is_read_has_a_connector_of_its_own() {
        for table in HUNTING.iter().chain(&WORKSPACE) {
            assert!(!connector(table).contains("data connector"), "{}", table.label);
        }
    }
}
