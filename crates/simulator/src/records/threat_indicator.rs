//! Sentinel's threat indicators: rows of `ThreatIntelIndicators`, and the beta `tiIndicators` of old.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Organisation, Row, instant, row};
use crate::ids;
use crate::scenario::ThreatIndicator;

/// The rows of one indicator: when it was listed, each time it was published again, and when it was deleted.
pub(crate) fn rows(organisation: &Organisation, indicator: &ThreatIndicator) -> Vec<Row> {
    let beginning = organisation.beginning;
    let listed = indicator.from.at(beginning);
    let mut rows = vec![version(organisation, indicator, listed, &indicator.source, false)];
    for moment in &indicator.republished {
        rows.push(version(organisation, indicator, moment.at(beginning), "LogARepublisher", false));
    }
    if let Some(deleted) = indicator.deleted {
        rows.push(version(organisation, indicator, deleted.at(beginning), &indicator.source, true));
    }
    rows
}

fn stix_id(organisation: &Organisation, indicator: &ThreatIndicator) -> String {
    let seed = format!("indicator {} {} {}", organisation.tenant.id, indicator.pattern, indicator.source);
    format!("indicator--{}", ids::guid(&seed))
}

fn version(organisation: &Organisation, indicator: &ThreatIndicator, at: Timestamp, by: &str, deleted: bool) -> Row {
    let beginning = organisation.beginning;
    let stix = stix_id(organisation, indicator);
    let from = instant(indicator.from.at(beginning));
    let until = indicator.until.map(|moment| moment.at(beginning));
    let active = !deleted && !indicator.revoked && until.is_none_or(|until| until > at);
    let workspace = organisation.workspace_name(indicator.workspace.as_deref());
    row(json!({
        "TenantId": workspace,
        "WorkspaceId": workspace,
        "AzureTenantId": organisation.tenant.id,
        "TimeGenerated": instant(at),
        // The feed's name is readable in the id: Microsoft's own way to tell it.
        "Id": format!("{}---{stix}", STANDARD.encode(&indicator.source)),
        "SourceSystem": by,
        "LastUpdateMethod": if by == "LogARepublisher" { "LogARepublisher" } else { "UploadAPI" },
        "IsDeleted": deleted,
        "AdditionalFields": json!({"TLPLevel": "Amber"}),
        "Data": json!({
            "type": "indicator",
            "spec_version": "2.1",
            "id": stix,
            "name": indicator.name,
            "description": indicator.description,
            "pattern": indicator.pattern,
            "pattern_type": "stix",
            "indicator_types": [indicator.kind],
            "labels": indicator.labels,
            "confidence": indicator.confidence,
            "revoked": indicator.revoked,
            "created": from,
            "modified": from,
            "valid_from": from,
            "valid_until": until.map(instant),
        }),
        "IsActive": active,
        "Revoked": indicator.revoked,
        "ValidFrom": from,
        "ValidUntil": until.map(instant),
        "Created": from,
        "Modified": instant(at),
        "Tags": indicator.labels.join(","),
        "Confidence": indicator.confidence,
        "Pattern": indicator.pattern,
        "ObservableKey": indicator.key,
        "ObservableValue": indicator.value,
        "Type": "ThreatIntelIndicators",
    }))
}

/// `microsoft.graph.tiIndicator`, for a story in which the beta interface still answers.
pub(crate) fn ti_indicator(organisation: &Organisation, indicator: &ThreatIndicator) -> Value {
    let beginning = organisation.beginning;
    let value = |key: &str| indicator.value.as_deref().filter(|_| indicator.key.as_deref() == Some(key));
    let until = indicator.until.map(|moment| moment.at(beginning));
    json!({
        "id": ids::guid(&format!("ti {}", stix_id(organisation, indicator))),
        "azureTenantId": organisation.tenant.id,
        "action": "alert",
        "additionalInformation": null,
        "activityGroupNames": [],
        "confidence": indicator.confidence,
        "description": indicator.description,
        "diamondModel": null,
        "expirationDateTime": until.map(instant),
        "externalId": stix_id(organisation, indicator),
        "ingestedDateTime": instant(indicator.from.at(beginning)),
        "isActive": !indicator.revoked,
        "killChain": [],
        "knownFalsePositives": null,
        "lastReportedDateTime": null,
        "malwareFamilyNames": [],
        "passiveOnly": false,
        "severity": 3,
        "tags": indicator.labels,
        "targetProduct": "Azure Sentinel",
        "threatType": "C2",
        "tlpLevel": "amber",
        "domainName": value("domain-name:value"),
        "url": value("url:value"),
        "networkIPv4": value("ipv4-addr:value"),
        "networkIPv6": value("ipv6-addr:value"),
        "networkDestinationIPv4": value("network-traffic:dst_ref.value"),
        "networkDestinationIPv6": null,
        "networkSourceIPv4": value("network-traffic:src_ref.value"),
        "networkSourceIPv6": null,
        "networkCidrBlock": null,
        "fileHashType": null,
        "fileHashValue": null,
        "emailSenderAddress": null,
        "emailSourceDomain": null,
        "emailSourceIpAddress": null,
    })
}
