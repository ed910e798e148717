use serde_json::json;

use super::*;
use crate::made::{asking, indicator};

#[test]
fn devices_are_connected_blocked_or_merely_tried_and_the_host_is_confirmed() {
    let row = |id: &str, remote: &str, connected: u64, blocked: u64| {
        json!({"DeviceId": id, "DeviceName": format!("{id}.corp.example.com"), "Remote": remote, "Connected": connected,
            "Blocked": blocked.to_string(), "Attempts": 9, "FirstSeen": "2026-11-20T00:00:00Z", "LastSeen": "2026-11-21T00:00:00Z",
            "Processes": "[\"a.exe\"]", "Accounts": ["alice@example.com", ""]})
    };
    let rows = [
        row("d1", "evil.example", 3, 1),
        row("d2", "evil.example.", 0, 2),
        row("d3", "evil.example", 0, 0),
        row("d4", "www.evil.example", 5, 0),
        json!({"Remote": "evil.example", "DeviceId": ""}),
    ];
    let (found, set_aside) = read(&asking("defender.devices"), &indicator("evil.example"), &rows);
    let states: Vec<(&str, Option<&str>)> = found.iter().map(|one| (one.id.as_str(), one.status.as_deref())).collect();
    assert_eq!(states, [("d1", Some("connected")), ("d2", Some("blocked")), ("d3", Some("attempted"))]);
    assert_eq!(set_aside, 1);
    let Details::Device { connected, blocked, processes, accounts, .. } = &found[0].details else { panic!("a device") };
    assert_eq!((*connected, *blocked), (Some(3), Some(1)));
    assert_eq!((processes, accounts), (&vec!["a.exe".to_owned()], &vec!["alice@example.com".to_owned()]));
    let seen = search::report::Devices::of(&found);
    assert_eq!((seen.connected, seen.blocked), (1, 1), "an attempt that failed is neither");
}

#[test]
fn a_device_has_a_link_only_with_an_id_of_defenders() {
    let asking = asking("defender.devices");
    let link = device_link(&asking, "0a1b2c3d4e5f60718293a4b5c6d7e8f900112233").unwrap();
    assert!(link.url.starts_with("https://security.microsoft.com/machines/0a1b"));
    assert_eq!(device_link(&asking, "../../evil"), None);
}
