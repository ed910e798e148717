//! The JSON of `SecurityAlert.Entities`, and of hunting's `AdditionalFields`, which holds one entity.
//!
//! As in real rows: ids are text and begin at 2, an entity stands inside another where it was first met, and the array
//! then holds a bare `$ref` to it.

use serde_json::{Map, Value, json};

use super::organisation::display_name;
use super::{AlertRecord, Organisation, Row, graph_evidence, instant, row};
use crate::ids;
use crate::scenario::{Evidence, What};

/// The text of the `Entities` column.
pub(crate) fn entities(organisation: &Organisation, record: &AlertRecord) -> String {
    let mut writer = Writer { organisation, record, next: 2, array: Vec::new(), hosts: Vec::new() };
    for evidence in &record.entry.evidence {
        writer.add(evidence);
    }
    Value::Array(writer.array).to_string()
}

/// One entity alone, with the verdict on it.
pub(crate) fn entity(organisation: &Organisation, record: &AlertRecord, evidence: &Evidence) -> Row {
    let mut writer = Writer { organisation, record, next: 1, array: Vec::new(), hosts: Vec::new() };
    let first = writer.add(evidence);
    let mut object = writer
        .array
        .into_iter()
        .find_map(|entity| match entity {
            Value::Object(members) if members.get("$id").and_then(Value::as_str) == Some(&first) => Some(members),
            _ => None,
        })
        .unwrap_or_default();
    let verdict = evidence.verdict.entity();
    object.extend(row(json!({
        "LastVerdict": verdict,
        "ThreatAnalysisSummary": [{"AnalyzersResult": [], "Verdict": verdict, "AnalysisDate": instant(record.created)}],
        "Role": 1,
        "MergeByKeyHex": ids::hex(&format!("{} {evidence:?}", record.id), 40).to_uppercase(),
    })));
    object
}

struct Writer<'a> {
    organisation: &'a Organisation,
    record: &'a AlertRecord,
    next: u32,
    array: Vec<Value>,
    /// Devices that have been written, with their ids.
    hosts: Vec<(String, String)>,
}

impl Writer<'_> {
    fn id(&mut self) -> String {
        let id = self.next.to_string();
        self.next += 1;
        id
    }

    /// Writes one piece of evidence and gives the id of its entity.
    fn add(&mut self, evidence: &Evidence) -> String {
        let id = self.id();
        // What stands inside this entity is referred to after it, so that its place in the array comes first.
        let place = self.array.len();
        let organisation = self.organisation;
        let (kind, more) = match &evidence.what {
            What::Ip { address, country } => (
                "ip",
                match country {
                    Some(code) => json!({"Address": address, "Location": {"CountryCode": code}}),
                    None => json!({"Address": address}),
                },
            ),
            What::Url { url } => ("url", json!({"Url": url})),
            What::Dns { name, answers, client, resolver } => {
                let answers: Vec<_> =
                    answers.iter().map(|answer| self.inner("ip", json!({"Address": answer}))).collect();
                let mut object = row(json!({"DomainName": name, "IpAddress": answers}));
                if let Some(client) = client {
                    object.insert(
                        "HostIpAddress".into(),
                        self.inner("ip", json!({"Address": client, "AddressScope": "corporate"})),
                    );
                }
                if let Some(resolver) = resolver {
                    object.insert(
                        "DnsServerIp".into(),
                        self.inner("ip", json!({"Address": resolver, "AddressScope": "corporate"})),
                    );
                }
                ("dns", Value::Object(object))
            }
            What::Connection { from, to, port } => {
                let source = self.inner("ip", json!({"Address": from}));
                let destination = self.inner("ip", json!({"Address": to}));
                (
                    "network-connection",
                    json!({"SourceAddress": source, "DestinationAddress": destination, "DestinationPort": port, "Protocol": "Tcp"}),
                )
            }
            What::Device { name } => {
                if let Some((_, written)) = self.hosts.iter().find(|(held, _)| held == name) {
                    let written = written.clone();
                    self.array.push(json!({"$ref": written}));
                    return written;
                }
                self.hosts.push((name.clone(), id.clone()));
                ("host", self.host(name))
            }
            What::User { name } => (
                "account",
                json!({
                    "Name": name, "NTDomain": organisation.windows_domain(), "UPNSuffix": organisation.tenant.domain(),
                    "Sid": organisation.sid(name), "AadUserId": organisation.directory_id(name),
                    "DisplayName": display_name(name), "IsDomainJoined": true,
                }),
            ),
            What::File { name, folder, device } => {
                let host = device.as_deref().map(|device| self.host_reference(device));
                let mut object = self.file(name, folder);
                object.extend(host.map(|host| ("Host".to_owned(), host)));
                ("file", Value::Object(object))
            }
            What::Process { name, folder, command, parent, device, .. } => {
                let host = device.as_deref().map(|device| self.host_reference(device));
                let image = self.file(name, folder);
                let image = self.inner("file", Value::Object(image));
                let mut object = row(json!({
                    "ProcessId": graph_evidence::process_id(command).to_string(),
                    "CommandLine": command,
                    "ElevationToken": "Default",
                    "CreationTimeUtc": instant(self.record.first),
                    "ImageFile": image,
                }));
                if let Some(parent) = parent {
                    let parent =
                        self.inner("process", json!({"ProcessId": graph_evidence::process_id(parent).to_string()}));
                    object.insert("ParentProcess".into(), parent);
                }
                object.extend(host.map(|host| ("Host".to_owned(), host)));
                ("process", Value::Object(object))
            }
            What::Message { subject, sender, sender_ip, recipient, urls, delivery } => (
                "mail-message",
                json!({
                    "Recipient": organisation.upn(recipient), "Sender": sender, "P1Sender": sender, "P2Sender": sender,
                    "P2SenderDomain": sender.rsplit('@').next(), "SenderIP": sender_ip, "Urls": urls, "Subject": subject,
                    "NetworkMessageId": ids::guid(&format!("message {subject} {recipient}")),
                    "DeliveryAction": delivery, "ReceivedDate": instant(self.record.first),
                }),
            ),
            What::Mailbox { user } => (
                "mailbox",
                json!({"MailboxPrimaryAddress": organisation.upn(user), "Upn": organisation.upn(user), "DisplayName": display_name(user)}),
            ),
            What::Newer { address, url } => {
                ("quantum-tunnel", json!({"RemoteEndpoint": {"Address": address}, "Url": url}))
            }
        };
        self.array.insert(place, Value::Object(finished(&id, kind, row(more))));
        id
    }

    /// An entity inside another, and a bare reference to it in the array.
    fn inner(&mut self, kind: &str, members: Value) -> Value {
        let id = self.id();
        self.array.push(json!({"$ref": id}));
        Value::Object(finished(&id, kind, row(members)))
    }

    fn file(&mut self, name: &str, folder: &str) -> Row {
        let hash =
            self.inner("filehash", json!({"Algorithm": "SHA256", "Value": ids::hex(&format!("file {name}"), 64)}));
        row(json!({"Directory": folder, "Name": name, "FileHashes": [hash]}))
    }

    fn host_reference(&mut self, name: &str) -> Value {
        if let Some((_, id)) = self.hosts.iter().find(|(held, _)| held == name) {
            return json!({"$ref": id});
        }
        let members = self.host(name);
        let entity = self.inner("host", members);
        if let Some(id) = entity.get("$id").and_then(Value::as_str) {
            self.hosts.push((name.to_owned(), id.to_owned()));
        }
        entity
    }

    fn host(&self, name: &str) -> Value {
        let device = self.organisation.device(name);
        json!({
            "HostName": name,
            "DnsDomain": self.organisation.tenant.domain(),
            "NTDomain": self.organisation.windows_domain(),
            "NetBiosName": name,
            "OSFamily": device.map_or("Unknown", |device| if device.os.starts_with("Windows") { "Windows" } else { device.os.as_str() }),
            "IsDomainJoined": true,
            "MdatpDeviceId": self.organisation.device_id(name),
            "FQDN": self.organisation.full_name(name),
            "LastIpAddress": device.map(|device| device.address.as_str()),
            "LastExternalIpAddress": device.map(|device| device.external.as_str()),
            "OnboardingStatus": "Onboarded",
            "Asset": true,
        })
    }
}

/// The entity with its id and type.
fn finished(id: &str, kind: &str, members: Row) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("$id".into(), id.into());
    object.extend(members);
    object.insert("Type".into(), kind.into());
    object
}
