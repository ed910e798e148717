//! Devices: hunting's `DeviceInfo`, and the machine of Defender for Endpoint's own API.

use serde_json::{Value, json};

use super::{Organisation, Row, instant, row};
use crate::ids;
use crate::scenario::Device;

/// The latest row of `DeviceInfo`.
pub(crate) fn info(organisation: &Organisation, device: &Device) -> Row {
    let users: Vec<_> = device
        .users
        .iter()
        .map(|user| json!({"UserName": user, "DomainName": organisation.windows_domain(), "Sid": organisation.sid(user)}))
        .collect();
    row(json!({
        "Timestamp": instant(device.last_seen.at(organisation.beginning)),
        "DeviceId": organisation.device_id(&device.name),
        "DeviceName": organisation.full_name(&device.name),
        "ClientVersion": "10.8760.22621.4169",
        "PublicIP": device.external,
        "OSArchitecture": "64-bit",
        "OSPlatform": device.os,
        "IsAzureADJoined": true,
        "AadDeviceId": ids::guid(&format!("device {}", device.name)),
        "LoggedOnUsers": Value::Array(users).to_string(),
        "MachineGroup": device.group.as_deref().unwrap_or_default(),
        "ReportId": ids::below(&device.name, 900_000),
        "OnboardingStatus": "Onboarded",
        "DeviceCategory": "Endpoint",
        "DeviceType": if device.name.starts_with("srv") { "Server" } else { "Workstation" },
        "SensorHealthState": "Active",
        "ExposureLevel": device.exposure,
        "AssetValue": "Normal",
        "DeviceManualTags": if device.tags.is_empty() { String::new() } else { json!(device.tags).to_string() },
    }))
}

/// The machine, as `/api/domains/{domain}/machines` lists it.
pub(crate) fn machine(organisation: &Organisation, device: &Device) -> Value {
    let beginning = organisation.beginning;
    let interface = |address: &str| {
        let mac = ids::hex(&format!("interface {}", device.name), 12).to_uppercase();
        json!({"ipAddress": address, "macAddress": mac, "type": "Ethernet", "operationalStatus": "Up"})
    };
    let addresses: Vec<_> =
        [Some(device.address.as_str()), device.address_v6.as_deref()].into_iter().flatten().map(interface).collect();
    json!({
        "id": organisation.device_id(&device.name),
        "computerDnsName": organisation.full_name(&device.name),
        "firstSeen": instant(device.first_seen.at(beginning)),
        "lastSeen": instant(device.last_seen.at(beginning)),
        "osPlatform": device.os,
        "osProcessor": "x64",
        "version": "23H2",
        "osBuild": 22_631,
        "lastIpAddress": device.address,
        "lastExternalIpAddress": device.external,
        "healthStatus": "Active",
        "onboardingStatus": "Onboarded",
        "deviceValue": "Normal",
        "riskScore": device.risk,
        "exposureLevel": device.exposure,
        "rbacGroupId": 0,
        "rbacGroupName": device.group,
        "aadDeviceId": ids::guid(&format!("device {}", device.name)),
        "machineTags": device.tags,
        "ipAddresses": addresses,
    })
}
