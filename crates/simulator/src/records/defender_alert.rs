//! The alert of Defender for Endpoint's own API (`/api/alerts`), which has the product's own alerts only.

use serde_json::{Value, json};

use super::{AlertRecord, Organisation, Row, capitalised, graph_evidence, instant, row, service};
use crate::ids;
use crate::scenario::{Evidence, What};

/// The alert; its evidence only where `$expand=evidence` asked for it.
pub(crate) fn alert(organisation: &Organisation, record: &AlertRecord, expanded: bool) -> Value {
    let entry = &record.entry;
    let device = entry.evidence.iter().find_map(|evidence| match &evidence.what {
        What::Device { name } => Some(name.as_str()),
        _ => None,
    });
    let person = entry.evidence.iter().find_map(|evidence| match &evidence.what {
        What::User { name } => Some(name.as_str()),
        _ => None,
    });
    let evidence: Vec<_> = if expanded {
        entry.evidence.iter().filter_map(|evidence| piece(organisation, record, evidence)).collect()
    } else {
        Vec::new()
    };
    json!({
        "id": record.id,
        "incidentId": entry.incident.as_deref().and_then(|number| number.parse::<i64>().ok()),
        "investigationId": null,
        "assignedTo": entry.assigned_to.as_deref().map(|person| organisation.upn(person)),
        "severity": capitalised(&entry.severity),
        "status": capitalised(&entry.status),
        "classification": entry.classification.as_deref().map(classification),
        "determination": entry.determination.as_deref().map(capitalised),
        "investigationState": "UnsupportedAlertType",
        "detectionSource": service::endpoint_detection(entry.detection.as_deref().unwrap_or_default()),
        "detectorId": ids::guid(&format!("detector {}", entry.title)),
        "category": entry.category,
        "threatFamilyName": entry.threat,
        "title": entry.title,
        "description": entry.description,
        "alertCreationTime": instant(record.created),
        "firstEventTime": instant(record.first),
        "lastEventTime": instant(record.last),
        "lastUpdateTime": instant(record.updated),
        "resolvedTime": record.is_resolved().then(|| instant(record.updated)),
        "machineId": device.map(|name| organisation.device_id(name)),
        "computerDnsName": device.map(|name| organisation.full_name(name)),
        "rbacGroupName": device.and_then(|name| organisation.device(name)).and_then(|device| device.group.as_deref()),
        "aadTenantId": organisation.tenant.id,
        "threatName": entry.threat,
        "mitreTechniques": entry.techniques,
        // A Windows domain, never a DNS name.
        "relatedUser": person.map(|name| json!({"userName": name, "domainName": organisation.windows_domain()})),
        "comments": [],
        "evidence": evidence,
    })
}

fn classification(graph: &str) -> String {
    match graph {
        "informationalExpectedActivity" => "InformationalExpectedActivity".to_owned(),
        other => capitalised(other),
    }
}

/// Evidence is one flat record with every member there, most of them null. What has no type here is left out.
fn piece(organisation: &Organisation, record: &AlertRecord, evidence: &Evidence) -> Option<Value> {
    let (kind, members) = match &evidence.what {
        What::Ip { address, .. } => ("Ip", json!({"ipAddress": address})),
        What::Connection { to, .. } => ("Ip", json!({"ipAddress": to})),
        What::Url { url } => ("Url", json!({"url": url})),
        What::Dns { name, .. } => ("Url", json!({"url": name})),
        What::User { name } => ("User", Value::Object(account(organisation, name))),
        What::File { name, folder, .. } => ("File", Value::Object(file(name, folder))),
        What::Process { name, folder, command, user, parent, .. } => {
            let mut members = file(name, folder);
            members.extend(account(organisation, user.as_deref().unwrap_or("system")));
            members.extend(row(json!({
                "processId": graph_evidence::process_id(command),
                "processCommandLine": command,
                "processCreationTime": instant(record.first),
                "parentProcessFileName": parent,
            })));
            ("Process", Value::Object(members))
        }
        What::Device { .. } | What::Message { .. } | What::Mailbox { .. } | What::Newer { .. } => return None,
    };
    let mut object = row(json!({
        "entityType": kind, "evidenceCreationTime": instant(record.created), "sha1": null, "sha256": null, "fileName": null,
        "filePath": null, "processId": null, "processCommandLine": null, "processCreationTime": null,
        "parentProcessId": null, "parentProcessCreationTime": null, "parentProcessFileName": null,
        "parentProcessFilePath": null, "ipAddress": null, "url": null, "registryKey": null, "registryHive": null,
        "registryValueType": null, "registryValue": null, "accountName": null, "domainName": null, "userSid": null,
        "aadUserId": null, "userPrincipalName": null, "detectionStatus": "Detected",
    }));
    object.extend(row(members));
    Some(Value::Object(object))
}

fn account(organisation: &Organisation, person: &str) -> Row {
    row(json!({
        "accountName": person, "domainName": organisation.windows_domain(), "userSid": organisation.sid(person),
        "aadUserId": organisation.directory_id(person), "userPrincipalName": organisation.upn(person),
    }))
}

fn file(name: &str, folder: &str) -> Row {
    row(json!({
        "sha1": ids::hex(&format!("file {name}"), 40), "sha256": ids::hex(&format!("file {name}"), 64),
        "fileName": name, "filePath": folder,
    }))
}
