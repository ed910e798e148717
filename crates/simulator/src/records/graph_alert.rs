//! `microsoft.graph.security.alert`, as in `/v1.0/security/alerts_v2`.

use serde_json::{Value, json};

use super::{AlertRecord, Organisation, graph_evidence, instant, service};
use crate::ids;

/// The alert, with every property that Graph's schema has.
pub(crate) fn alert(organisation: &Organisation, record: &AlertRecord) -> Value {
    let entry = &record.entry;
    let names = service::names(entry.service);
    let tenant = &organisation.tenant.id;
    let resolved = record.is_resolved().then(|| instant(record.updated));
    json!({
        "id": record.id,
        "providerAlertId": record.provider_id,
        "incidentId": entry.incident,
        "status": entry.status,
        "severity": entry.severity,
        "classification": entry.classification,
        "determination": entry.determination,
        "serviceSource": names.graph,
        "detectionSource": entry.detection.as_deref().unwrap_or(names.detection),
        "productName": names.product,
        "detectorId": ids::guid(&format!("detector {}", entry.title)),
        "tenantId": tenant,
        "title": entry.title,
        "description": entry.description,
        "recommendedActions": entry.actions,
        "category": entry.category,
        "categories": [entry.category],
        "assignedTo": entry.assigned_to.as_deref().map(|person| organisation.upn(person)),
        "alertWebUrl": format!("https://security.microsoft.com/alerts/{}?tid={tenant}", record.id),
        "incidentWebUrl": entry.incident.as_ref().map(|number| incident_link(number, tenant)),
        "actorDisplayName": null,
        "threatDisplayName": entry.threat,
        "threatFamilyName": entry.threat,
        "mitreTechniques": entry.techniques,
        "createdDateTime": instant(record.created),
        "lastUpdateDateTime": instant(record.updated),
        "resolvedDateTime": resolved,
        "firstActivityDateTime": instant(record.first),
        "lastActivityDateTime": instant(record.last),
        "systemTags": [],
        "alertPolicyId": null,
        "investigationState": "unsupportedAlertType",
        "comments": [],
        "customDetails": {},
        "additionalData": null,
        "evidence": entry.evidence.iter().map(|evidence| graph_evidence::evidence(organisation, record, evidence)).collect::<Vec<_>>(),
    })
}

/// The incident's page in the Defender portal.
pub(crate) fn incident_link(number: &str, tenant: &str) -> String {
    format!("https://security.microsoft.com/incident2/{number}/overview?tid={tenant}")
}
