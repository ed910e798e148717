//! Defender's own alert tables in advanced hunting.

use super::TableSchema;
use crate::kql::Type::{DateTime, Int, Long, String};

/// defender-xdr/advanced-hunting-alertinfo-table.
pub(super) const ALERT_INFO: TableSchema = TableSchema {
    name: "AlertInfo",
    columns: &[
        ("Timestamp", DateTime),
        ("AlertId", String),
        ("Title", String),
        ("Category", String),
        ("Severity", String),
        ("ServiceSource", String),
        ("DetectionSource", String),
        ("AttackTechniques", String),
    ],
};

/// defender-xdr/advanced-hunting-alertevidence-table; `AdditionalFields` is text that holds JSON.
pub(super) const ALERT_EVIDENCE: TableSchema = TableSchema {
    name: "AlertEvidence",
    columns: &[
        ("Timestamp", DateTime),
        ("AlertId", String),
        ("Title", String),
        ("Categories", String),
        ("AttackTechniques", String),
        ("ServiceSource", String),
        ("DetectionSource", String),
        ("EntityType", String),
        ("EvidenceRole", String),
        ("EvidenceDirection", String),
        ("FileName", String),
        ("FolderPath", String),
        ("SHA1", String),
        ("SHA256", String),
        ("FileSize", Long),
        ("ThreatFamily", String),
        ("RemoteIP", String),
        ("RemoteUrl", String),
        ("AccountName", String),
        ("AccountDomain", String),
        ("AccountSid", String),
        ("AccountObjectId", String),
        ("AccountUpn", String),
        ("DeviceId", String),
        ("DeviceName", String),
        ("LocalIP", String),
        ("NetworkMessageId", String),
        ("EmailSubject", String),
        ("Application", String),
        ("ApplicationId", Int),
        ("OAuthApplicationId", String),
        ("ProcessCommandLine", String),
        ("RegistryKey", String),
        ("RegistryValueName", String),
        ("RegistryValueData", String),
        ("AdditionalFields", String),
        ("Severity", String),
        ("CloudResource", String),
        ("CloudPlatform", String),
        ("ResourceType", String),
        ("ResourceID", String),
        ("SubscriptionId", String),
    ],
};
