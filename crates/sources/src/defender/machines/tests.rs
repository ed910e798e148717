use serde_json::json;

use super::*;
use crate::made::asking;

#[test]
fn a_machine_brings_system_and_risk_and_no_dates_of_the_domain() {
    let machine = json!({"id": "0A1B2C3D4E5F60718293A4B5C6D7E8F900112233", "computerDnsName": "ws01.corp.example.com",
        "firstSeen": "2020-01-01T00:00:00Z", "lastSeen": "2026-11-25T00:00:00Z", "osPlatform": "Windows11", "version": "23H2",
        "riskScore": "High", "rbacGroupId": 7, "ipAddresses": null});
    let finding = read(&asking("defender.machines"), &machine).unwrap();
    assert_eq!(finding.identities[0].id, "0a1b2c3d4e5f60718293a4b5c6d7e8f900112233");
    assert_eq!((finding.first_seen, finding.last_seen), (None, None));
    let Details::Device { os, risk, connected, .. } = &finding.details else { panic!("a device") };
    assert_eq!((os.as_deref(), risk.as_deref(), *connected), (Some("Windows11 23H2"), Some("high"), None));
    assert!(search::rank::connected(&finding), "the list has only devices that connected");
    assert_eq!(read(&asking("defender.machines"), &json!({"computerDnsName": "x"})), None);
}
