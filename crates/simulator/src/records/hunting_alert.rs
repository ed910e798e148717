//! Rows of hunting's `AlertInfo` and `AlertEvidence`.

use serde_json::{Value, json};

use super::{AlertRecord, Organisation, Row, capitalised, entities, instant, row, service};
use crate::ids;
use crate::scenario::{Evidence, What};

/// The one row of `AlertInfo`.
pub(crate) fn info(record: &AlertRecord) -> Row {
    let mut row = shell(record);
    row.insert("Category".into(), record.entry.category.clone().into());
    row
}

/// What both tables have.
fn shell(record: &AlertRecord) -> Row {
    let entry = &record.entry;
    let names = service::names(entry.service);
    row(json!({
        "Timestamp": instant(record.created),
        "AlertId": record.id,
        "Title": entry.title,
        "Severity": capitalised(&entry.severity),
        "ServiceSource": names.product,
        "DetectionSource": service::hunting_detection(entry.detection.as_deref().unwrap_or(names.detection)),
        "AttackTechniques": list(entry.techniques.iter().map(String::as_str)),
    }))
}

/// A list as the tables hold it: JSON in text, or nothing.
fn list<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let values: Vec<_> = values.collect();
    if values.is_empty() { String::new() } else { json!(values).to_string() }
}

/// The rows of `AlertEvidence`: one for most pieces of evidence, several for a look-up or a connection.
pub(crate) fn evidence(organisation: &Organisation, record: &AlertRecord) -> Vec<Row> {
    record.entry.evidence.iter().flat_map(|evidence| one(organisation, record, evidence)).collect()
}

fn one(organisation: &Organisation, record: &AlertRecord, evidence: &Evidence) -> Vec<Row> {
    let additional = Value::Object(entities::entity(organisation, record, evidence)).to_string();
    let base = |kind: &str, members: Value| {
        let mut built = shell(record);
        built.extend(row(json!({
            "Categories": list([record.entry.category.as_str()].into_iter()),
            "EntityType": kind,
            "EvidenceRole": "Related",
            "AdditionalFields": additional,
        })));
        built.extend(row(members));
        built
    };
    match &evidence.what {
        What::Ip { address, .. } => {
            vec![base("Ip", json!({"RemoteIP": address, "EvidenceDirection": direction(evidence)}))]
        }
        What::Url { url } => vec![base("Url", json!({"RemoteUrl": url}))],
        What::Dns { name, answers, client, .. } => {
            let mut rows = vec![base(
                "DnsResolution",
                json!({"RemoteUrl": name, "LocalIP": client.as_deref().unwrap_or_default()}),
            )];
            rows.extend(answers.iter().map(|answer| base("Ip", json!({"RemoteIP": answer}))));
            rows
        }
        What::Connection { from, to, .. } => vec![
            base("Ip", json!({"LocalIP": from, "EvidenceDirection": "Source"})),
            base("Ip", json!({"RemoteIP": to, "EvidenceDirection": "Destination"})),
        ],
        What::Device { name } => {
            let mut members = at_device(organisation, name);
            members.insert("EvidenceRole".into(), "Impacted".into());
            members.insert(
                "LocalIP".into(),
                organisation.device(name).map(|device| device.address.clone()).unwrap_or_default().into(),
            );
            vec![base("Machine", Value::Object(members))]
        }
        What::User { name } => {
            let mut members = of_account(organisation, name);
            members.insert("EvidenceRole".into(), "Impacted".into());
            vec![base("User", Value::Object(members))]
        }
        What::File { name, folder, device } => {
            let mut members = of_file(name, folder);
            members.extend(device.as_deref().map(|device| at_device(organisation, device)).unwrap_or_default());
            vec![base("File", Value::Object(members))]
        }
        What::Process { name, folder, command, user, device, .. } => {
            let mut members = of_file(name, folder);
            members.insert("ProcessCommandLine".into(), command.clone().into());
            members.extend(of_account(organisation, user.as_deref().unwrap_or("system")));
            members.extend(device.as_deref().map(|device| at_device(organisation, device)).unwrap_or_default());
            vec![base("Process", Value::Object(members))]
        }
        What::Message { subject, recipient, .. } => {
            let id = ids::guid(&format!("message {subject} {recipient}"));
            vec![base("MailMessage", json!({"EmailSubject": subject, "NetworkMessageId": id}))]
        }
        What::Mailbox { user } => {
            let mut members = of_account(organisation, user);
            members.insert("EvidenceRole".into(), "Impacted".into());
            vec![base("Mailbox", Value::Object(members))]
        }
        What::Newer { .. } => vec![base("QuantumTunnel", json!({}))],
    }
}

fn direction(evidence: &Evidence) -> &'static str {
    if evidence.roles.iter().any(|role| role == "source" || role == "attacker") { "Source" } else { "Destination" }
}

fn at_device(organisation: &Organisation, name: &str) -> Row {
    row(json!({"DeviceId": organisation.device_id(name), "DeviceName": organisation.full_name(name)}))
}

fn of_account(organisation: &Organisation, person: &str) -> Row {
    if person == "system" {
        return row(json!({"AccountName": "system", "AccountDomain": "nt authority", "AccountSid": "S-1-5-18"}));
    }
    row(json!({
        "AccountName": person,
        "AccountDomain": organisation.windows_domain().to_lowercase(),
        "AccountSid": organisation.sid(person),
        "AccountObjectId": organisation.directory_id(person),
        "AccountUpn": organisation.upn(person),
    }))
}

fn of_file(name: &str, folder: &str) -> Row {
    row(json!({
        "FileName": name,
        "FolderPath": folder,
        "SHA1": ids::hex(&format!("file {name}"), 40),
        "SHA256": ids::hex(&format!("file {name}"), 64),
        "FileSize": 4_096 + ids::below(name, 900_000),
    }))
}
