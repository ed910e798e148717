//! What a client sees that does not send `Prefer: include-unknown-enum-members`: every member of an enumeration that came
//! after `unknownFutureValue` in the schema reads `unknownFutureValue`.

use serde_json::Value;

const SERVICE_SOURCES: [&str; 5] = [
    "microsoftDefenderForCloud",
    "microsoftSentinel",
    "microsoftInsiderRiskManagement",
    "microsoftThreatIntelligence",
    "microsoftSecurityForAI",
];
/// Those before the mark; all others came later.
const DETECTION_SOURCES: [&str; 17] = [
    "unknown",
    "microsoftDefenderForEndpoint",
    "antivirus",
    "smartScreen",
    "customTi",
    "microsoftDefenderForOffice365",
    "automatedInvestigation",
    "microsoftThreatExperts",
    "customDetection",
    "microsoftDefenderForIdentity",
    "cloudAppSecurity",
    "microsoft365Defender",
    "azureAdIdentityProtection",
    "manual",
    "microsoftDataLossPrevention",
    "appGovernancePolicy",
    "appGovernanceDetection",
];
const REMEDIATION_STATUSES: [&str; 5] = ["none", "remediated", "prevented", "blocked", "notFound"];

/// Masks an alert.
pub(super) fn alert(alert: &mut Value) {
    mask(alert, "serviceSource", |held| SERVICE_SOURCES.contains(&held));
    mask(alert, "detectionSource", |held| !DETECTION_SOURCES.contains(&held));
    for evidence in alert["evidence"].as_array_mut().into_iter().flatten() {
        mask(evidence, "remediationStatus", |held| !REMEDIATION_STATUSES.contains(&held));
    }
}

/// Masks an incident.
pub(super) fn incident(incident: &mut Value) {
    mask(incident, "status", |held| held == "awaitingAction");
}

fn mask(object: &mut Value, name: &str, is_later: impl Fn(&str) -> bool) {
    if let Some(value) = object.get_mut(name)
        && value.as_str().is_some_and(is_later)
    {
        *value = "unknownFutureValue".into();
    }
}
