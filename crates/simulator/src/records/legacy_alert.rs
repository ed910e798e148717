//! `microsoft.graph.alert`, of the legacy `/security/alerts`: for a story in which it still answers.

use serde_json::{Value, json};

use super::traffic::host;
use super::{AlertRecord, Organisation, instant};
use crate::scenario::{Service, What};

/// The alert. Its `networkConnections` are what the 2020 filters looked into.
pub(crate) fn alert(organisation: &Organisation, record: &AlertRecord) -> Value {
    let entry = &record.entry;
    let connection = |address: Option<&str>, domain: Option<&str>, url: Option<&str>| {
        json!({
            "applicationName": null, "destinationAddress": address, "destinationDomain": domain,
            "destinationLocation": null, "destinationPort": null, "destinationUrl": url, "direction": "outbound",
            "domainRegisteredDateTime": null, "localDnsName": null, "natDestinationAddress": null,
            "natDestinationPort": null, "natSourceAddress": null, "natSourcePort": null, "protocol": "tcp",
            "riskScore": null, "sourceAddress": null, "sourceLocation": null, "sourcePort": null, "status": "unknown",
            "urlParameters": null,
        })
    };
    let connections: Vec<_> = entry
        .evidence
        .iter()
        .filter_map(|evidence| match &evidence.what {
            What::Ip { address, .. } | What::Connection { to: address, .. } => {
                Some(connection(Some(address), None, None))
            }
            What::Url { url } => Some(connection(None, Some(&host(url)), Some(url))),
            What::Dns { name, answers, .. } => Some(connection(answers.first().map(String::as_str), Some(name), None)),
            _ => None,
        })
        .collect();
    let hosts: Vec<_> = entry
        .evidence
        .iter()
        .filter_map(|evidence| match &evidence.what {
            What::Device { name } => Some(json!({
                "fqdn": organisation.full_name(name), "isAzureAdJoined": true, "isAzureAdRegistered": false,
                "isHybridAzureDomainJoined": false, "netBiosName": name.to_uppercase(), "os": null,
                "privateIpAddress": organisation.device(name).map(|device| device.address.as_str()),
                "publicIpAddress": organisation.device(name).map(|device| device.external.as_str()), "riskScore": null,
            })),
            _ => None,
        })
        .collect();
    json!({
        "id": record.system_id, "azureTenantId": organisation.tenant.id, "azureSubscriptionId": null, "riskScore": null,
        "tags": [], "activityGroupName": null, "assignedTo": entry.assigned_to, "category": entry.category,
        "closedDateTime": record.is_resolved().then(|| instant(record.updated)), "comments": [], "confidence": null,
        "createdDateTime": instant(record.created), "description": entry.description, "detectionIds": [],
        "eventDateTime": instant(record.first), "feedback": null, "incidentIds": [], "lastEventDateTime": null,
        "lastModifiedDateTime": instant(record.updated), "recommendedActions": [], "severity": entry.severity,
        "sourceMaterials": [], "status": if entry.status == "new" { "newAlert" } else { entry.status.as_str() },
        "title": entry.title,
        "vendorInformation": {"provider": provider(entry.service), "providerVersion": null, "subProvider": null, "vendor": "Microsoft"},
        "alertDetections": [], "cloudAppStates": [], "fileStates": [], "historyStates": [], "hostStates": hosts,
        "investigationSecurityStates": [], "malwareStates": [], "messageSecurityStates": [],
        "networkConnections": connections, "processes": [], "registryKeyStates": [], "securityResources": [],
        "triggers": [], "uriClickSecurityStates": [], "userStates": [], "vulnerabilityStates": [],
    })
}

fn provider(service: Service) -> &'static str {
    match service {
        Service::Endpoint | Service::Xdr => "Microsoft Defender ATP",
        Service::Identity => "Azure Advanced Threat Protection",
        Service::CloudApps => "MCAS",
        Service::Office => "Office 365 Security and Compliance",
        Service::Entra => "IPC",
        Service::Cloud => "ASC",
        Service::Sentinel => "Azure Sentinel",
    }
}
