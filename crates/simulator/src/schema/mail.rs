//! Mail and what people clicked in it, as Defender for Office 365 records them.

use super::TableSchema;
use crate::kql::Type::{Bool, DateTime, Int, Long, String};

/// defender-xdr/advanced-hunting-emailevents-table: a row a message and recipient.
pub(super) const EMAIL_EVENTS: TableSchema = TableSchema {
    name: "EmailEvents",
    columns: &[
        ("Timestamp", DateTime),
        ("NetworkMessageId", String),
        ("InternetMessageId", String),
        ("SenderMailFromAddress", String),
        ("SenderFromAddress", String),
        ("SenderDisplayName", String),
        ("SenderObjectId", String),
        ("SenderMailFromDomain", String),
        ("SenderFromDomain", String),
        ("SenderIPv4", String),
        ("SenderIPv6", String),
        ("RecipientEmailAddress", String),
        ("RecipientObjectId", String),
        ("Subject", String),
        ("EmailClusterId", Long),
        ("EmailDirection", String),
        ("DeliveryAction", String),
        ("DeliveryLocation", String),
        ("ThreatTypes", String),
        ("ThreatNames", String),
        ("DetectionMethods", String),
        ("ConfidenceLevel", String),
        ("BulkComplaintLevel", Int),
        ("EmailAction", String),
        ("EmailActionPolicy", String),
        ("EmailActionPolicyGuid", String),
        ("AuthenticationDetails", String),
        ("AttachmentCount", Int),
        ("UrlCount", Int),
        ("EmailLanguage", String),
        ("Connectors", String),
        ("OrgLevelAction", String),
        ("OrgLevelPolicy", String),
        ("UserLevelAction", String),
        ("UserLevelPolicy", String),
        ("ReportId", String),
        ("AdditionalFields", String),
        ("LatestDeliveryLocation", String),
        ("LatestDeliveryAction", String),
        ("DistributionList", String),
    ],
};

/// defender-xdr/advanced-hunting-emailurlinfo-table: a row a message and link.
pub(super) const EMAIL_URL_INFO: TableSchema = TableSchema {
    name: "EmailUrlInfo",
    columns: &[
        ("Timestamp", DateTime),
        ("NetworkMessageId", String),
        ("Url", String),
        ("UrlDomain", String),
        ("UrlLocation", String),
        ("ReportId", String),
    ],
};

/// defender-xdr/advanced-hunting-emailpostdeliveryevents-table: what happened to a message that had been delivered.
pub(super) const EMAIL_POST_DELIVERY_EVENTS: TableSchema = TableSchema {
    name: "EmailPostDeliveryEvents",
    columns: &[
        ("Timestamp", DateTime),
        ("NetworkMessageId", String),
        ("InternetMessageId", String),
        ("Action", String),
        ("ActionType", String),
        ("ActionTrigger", String),
        ("ActionResult", String),
        ("RecipientEmailAddress", String),
        ("DeliveryLocation", String),
        ("SourceLocation", String),
        ("ThreatTypes", String),
        ("DetectionMethods", String),
        ("ReportId", String),
    ],
};

/// defender-xdr/advanced-hunting-urlclickevents-table: a row a click on a link that Safe Links had rewritten or watches.
pub(super) const URL_CLICK_EVENTS: TableSchema = TableSchema {
    name: "UrlClickEvents",
    columns: &[
        ("Timestamp", DateTime),
        ("Url", String),
        ("ActionType", String),
        ("AccountUpn", String),
        ("Workload", String),
        ("NetworkMessageId", String),
        ("ThreatTypes", String),
        ("DetectionMethods", String),
        ("IPAddress", String),
        ("IsClickedThrough", Bool),
        ("UrlChain", String),
        ("ReportId", String),
        ("AppName", String),
        ("AppVersion", String),
        ("SourceId", String),
        ("TenantId", String),
        ("Type", String),
        ("SourceSystem", String),
        ("TimeGenerated", DateTime),
    ],
};
