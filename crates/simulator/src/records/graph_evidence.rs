//! The evidence of Graph's alerts: one object for each type that occurs in a story.

use serde_json::{Value, json};

use super::organisation::display_name;
use super::{AlertRecord, Organisation, Row, instant, row};
use crate::ids;
use crate::scenario::{Evidence, What};

/// One piece of evidence.
pub(crate) fn evidence(organisation: &Organisation, record: &AlertRecord, evidence: &Evidence) -> Value {
    let shell = |kind: &str| base(kind, record, evidence);
    let mut object = shell(kind(&evidence.what));
    let more = match &evidence.what {
        What::Ip { address, country } => {
            json!({"ipAddress": address, "countryLetterCode": country, "location": null, "stream": null})
        }
        What::Url { url } => json!({"url": url}),
        What::Dns { name, answers, client, resolver } => json!({
            "domainName": name,
            "ipAddresses": answers.iter().map(|answer| address(record, evidence, answer)).collect::<Vec<_>>(),
            "hostIpAddress": client.as_deref().map(|client| address(record, evidence, client)),
            "dnsServerIp": resolver.as_deref().map(|resolver| address(record, evidence, resolver)),
        }),
        What::Connection { from, to, port } => json!({
            "sourceAddress": address(record, evidence, from),
            "sourcePort": 49_152 + ids::below(&format!("{} {from}", record.id), 16_000),
            "destinationAddress": address(record, evidence, to),
            "destinationPort": port,
            "protocol": "tcp",
        }),
        What::Device { name } => device(organisation, name),
        What::User { name } => json!({"stream": null, "userAccount": account(organisation, name)}),
        What::File { name, folder, device } => json!({
            "detectionStatus": "detected",
            "mdeDeviceId": device.as_deref().map(|name| organisation.device_id(name)),
            "fileDetails": file(name, folder),
        }),
        What::Process { name, folder, command, user, device, parent } => json!({
            "detectionStatus": "detected",
            "mdeDeviceId": device.as_deref().map(|name| organisation.device_id(name)),
            "processId": process_id(command),
            "parentProcessId": process_id(parent.as_deref().unwrap_or_default()),
            "processCommandLine": command,
            "processCreationDateTime": instant(record.first),
            "parentProcessCreationDateTime": null,
            "imageFile": file(name, folder),
            "parentProcessImageFile": parent.as_deref().map(|parent| file(parent, "C:\\Windows\\System32")),
            "userAccount": account(organisation, user.as_deref().unwrap_or("system")),
        }),
        What::Message { subject, sender, sender_ip, recipient, urls, delivery } => {
            let domain = sender.rsplit('@').next().unwrap_or_default();
            let from = json!({"emailAddress": sender, "displayName": null, "domainName": domain});
            json!({
                "networkMessageId": ids::guid(&format!("message {subject} {recipient}")),
                "internetMessageId": format!("<{}@{domain}>", ids::hex(subject, 12)),
                "subject": subject,
                "language": null,
                "senderIp": sender_ip,
                "recipientEmailAddress": organisation.upn(recipient),
                "antiSpamDirection": "Inbound",
                "deliveryAction": delivery,
                "deliveryLocation": if delivery == "Delivered" { "Inbox" } else { "Quarantine" },
                "urn": null,
                "threats": ["ZapPhish"],
                "threatDetectionMethods": ["URLMaliciousReputation"],
                "urls": urls,
                "urlCount": urls.len(),
                "attachmentsCount": 0,
                "receivedDateTime": instant(record.first),
                "p1Sender": from,
                "p2Sender": from,
            })
        }
        What::Mailbox { user } => json!({
            "primaryAddress": organisation.upn(user),
            "displayName": display_name(user),
            "upn": organisation.upn(user),
            "userAccount": account(organisation, user),
        }),
        What::Newer { address: at, url } => json!({"remoteEndpoint": {"ipAddress": at}, "url": url}),
    };
    object.extend(row(more));
    Value::Object(object)
}

fn kind(what: &What) -> &'static str {
    match what {
        What::Ip { .. } => "ipEvidence",
        What::Url { .. } => "urlEvidence",
        What::Dns { .. } => "dnsEvidence",
        What::Connection { .. } => "networkConnectionEvidence",
        What::Device { .. } => "deviceEvidence",
        What::User { .. } => "userEvidence",
        What::File { .. } => "fileEvidence",
        What::Process { .. } => "processEvidence",
        What::Message { .. } => "analyzedMessageEvidence",
        What::Mailbox { .. } => "mailboxEvidence",
        // No type of this name exists: it stands for whatever Microsoft adds next.
        What::Newer { .. } => "quantumTunnelEvidence",
    }
}

fn base(kind: &str, record: &AlertRecord, evidence: &Evidence) -> Row {
    row(json!({
        "@odata.type": format!("#microsoft.graph.security.{kind}"),
        "createdDateTime": instant(record.created),
        "verdict": evidence.verdict.graph(),
        "remediationStatus": evidence.remediation,
        "remediationStatusDetails": null,
        "roles": evidence.roles,
        "detailedRoles": if kind == "deviceEvidence" { vec!["PrimaryDevice"] } else { Vec::new() },
        "tags": [],
    }))
}

/// An address inside another piece of evidence: an `ipEvidence` of its own.
fn address(record: &AlertRecord, evidence: &Evidence, address: &str) -> Value {
    let mut object = base("ipEvidence", record, evidence);
    // The role is that of what it stands in, which is not the role of each address in it.
    object.insert("roles".into(), json!([]));
    object.extend(row(json!({"ipAddress": address, "countryLetterCode": null, "location": null, "stream": null})));
    Value::Object(object)
}

fn device(organisation: &Organisation, name: &str) -> Value {
    let device = organisation.device(name);
    let at = |moment: crate::scenario::Moment| instant(moment.at(organisation.beginning));
    let addresses: Vec<&str> = device
        .iter()
        .flat_map(|device| [Some(device.address.as_str()), device.address_v6.as_deref()])
        .flatten()
        .collect();
    json!({
        "firstSeenDateTime": device.map(|device| at(device.first_seen)),
        "mdeDeviceId": organisation.device_id(name),
        "azureAdDeviceId": ids::guid(&format!("device {name}")),
        "hostName": name,
        "deviceDnsName": organisation.full_name(name),
        "dnsDomain": organisation.tenant.domain(),
        "ntDomain": organisation.windows_domain(),
        "osPlatform": device.map(|device| device.os.as_str()),
        "osBuild": 22_631,
        "version": "23H2",
        "healthStatus": "active",
        "riskScore": device.map_or("none".to_owned(), |device| device.risk.to_lowercase()),
        "rbacGroupId": 0,
        "rbacGroupName": device.and_then(|device| device.group.as_deref()),
        "onboardingStatus": "onboarded",
        "defenderAvStatus": "updated",
        "lastIpAddress": device.map(|device| device.address.as_str()),
        "lastExternalIpAddress": device.map(|device| device.external.as_str()),
        "ipInterfaces": addresses,
        "vmMetadata": null,
        "loggedOnUsers": device.map(|device| device.users.iter().map(|user| json!({
            "accountName": user,
            "domainName": organisation.windows_domain(),
        })).collect::<Vec<_>>()).unwrap_or_default(),
        "resourceAccessEvents": [],
    })
}

fn account(organisation: &Organisation, person: &str) -> Value {
    if person == "system" {
        return json!({
            "accountName": "SYSTEM", "domainName": "NT AUTHORITY", "userSid": "S-1-5-18", "azureAdUserId": null,
            "userPrincipalName": null, "displayName": "System",
        });
    }
    json!({
        "accountName": person,
        "domainName": organisation.windows_domain(),
        "userSid": organisation.sid(person),
        "azureAdUserId": organisation.directory_id(person),
        "userPrincipalName": organisation.upn(person),
        "displayName": display_name(person),
    })
}

fn file(name: &str, folder: &str) -> Value {
    json!({
        "sha1": ids::hex(&format!("file {name}"), 40),
        "sha256": ids::hex(&format!("file {name}"), 64),
        "fileName": name,
        "filePath": folder,
        "fileSize": 4_096 + ids::below(name, 900_000),
        "filePublisher": null,
        "signer": null,
        "issuer": null,
    })
}

/// A process id for this command line.
pub(crate) fn process_id(command: &str) -> u64 {
    1_000 + ids::below(command, 20_000) * 4
}
