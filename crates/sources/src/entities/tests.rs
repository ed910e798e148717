use serde_json::json;

use super::*;

/// (value, place, role) of every sighting.
fn sightings(entities: Value) -> Vec<(String, String, Option<String>)> {
    let seen = read(&entities);
    seen.sightings.into_iter().map(|one| (one.indicator.value(), one.place, one.role)).collect()
}

fn role_of_value<'a>(all: &'a [(String, String, Option<String>)], value: &str) -> Vec<Option<&'a str>> {
    all.iter().filter(|(found, ..)| found == value).map(|(.., role)| role.as_deref()).collect()
}

#[test]
fn inline_referenced_cyclic_and_dangling_entities_are_each_read_once() {
    let all = sightings(json!([
        {"$id": "3", "Address": "10.0.0.5", "AddressScope": "corp", "Type": "ip"},
        {"$id": "4", "Address": "203.0.113.7", "Type": "ip"},
        {"$id": "5", "DomainName": "Evil.Example.", "IpAddress": [{"$ref": "4"}, {"$id": "6", "Address": "2001:0db8:0::7", "Type": "ip"}],
         "HostIpAddress": {"$ref": "3"}, "DnsServerIp": {"$id": "7", "Address": "10.0.0.53", "Type": "ip"}, "Type": "dns"},
        {"$ref": "6"}, {"$ref": "7"}, {"$ref": "99"}, null,
        {"$id": "8", "Url": "https://cdn.evil.example/a?b=1", "Type": "url"},
        {"$id": "12", "ParentProcess": {"$ref": "13"}, "Type": "process"},
        {"$id": "13", "ParentProcess": {"$ref": "12"}, "Type": "process"},
        {"$id": "14", "Type": "some-future-type", "Foo": 1}
    ]));
    assert_eq!(role_of_value(&all, "evil.example"), [None]);
    assert_eq!(role_of_value(&all, "203.0.113.7"), [None], "an entity of its own, though a name also resolved to it");
    assert_eq!(role_of_value(&all, "2001:db8::7"), [Some("resolved")]);
    assert_eq!(role_of_value(&all, "10.0.0.5"), [Some("client")]);
    assert_eq!(role_of_value(&all, "10.0.0.53"), [Some("resolver")]);
    assert_eq!(role_of_value(&all, "cdn.evil.example"), [None]);
    assert_eq!(all.len(), 6);
}

#[test]
fn hosts_accounts_and_recipients_are_the_organisations_own() {
    let seen = read(&json!([
        {"$id": "2", "HostName": "ws01", "DnsDomain": "corp.example.com", "LastExternalIpAddress": "198.51.100.1",
         "IpInterfaces": [{"$id": "3", "Address": "10.0.0.9", "Type": "ip"}], "Type": "host"},
        {"Name": "alice", "UPNSuffix": "example.com", "Type": "account"},
        {"Sender": "boss@evil.example", "SenderIP": "198.51.100.9", "Recipient": "bob@example.com",
         "Urls": ["https://login.evil.example/"], "Type": "mail-message"},
        {"MailboxPrimaryAddress": "carol@example.com", "Type": "mailbox"}
    ]));
    let of = |value: &str| -> Vec<Option<String>> {
        let indicator = indicator::parse(value).unwrap().indicator;
        seen.places_of(&indicator).into_iter().map(|place| place.role).collect()
    };
    let role = |role: &str| vec![Some(role.to_owned())];
    assert_eq!(of("ws01.corp.example.com"), role("own_device"));
    assert_eq!(of("10.0.0.9"), role("own_device"));
    assert_eq!(of("198.51.100.1"), role("own_device"));
    assert_eq!(of("198.51.100.9"), role("sender"));
    assert_eq!(of("evil.example"), role("sender"));
    assert_eq!(of("login.evil.example"), role("link_in_message"));
    assert_eq!(
        of("example.com"),
        [Some("own_account".to_owned()), Some("recipient".to_owned()), Some("own_account".to_owned())]
    );
    assert_eq!(seen.devices, ["ws01"]);
    assert_eq!(seen.accounts, ["alice@example.com", "bob@example.com", "carol@example.com"]);
    let indicator = indicator::parse("evil.example").unwrap().indicator;
    assert_eq!(seen.pivots(&indicator), ["198.51.100.9", "login.evil.example"]);
}

#[test]
fn who_opened_a_connection_is_a_client_inline_and_by_reference() {
    let seen = read(&json!([
        {"$id": "2", "Address": "198.51.100.1", "Type": "ip", "LastVerdict": "Malicious"},
        {"$id": "3", "SourceAddress": {"$ref": "2"}, "Type": "network-connection", "LastVerdict": "Malicious",
         "DestinationAddress": {"$id": "4", "Address": "203.0.113.9", "Type": "ip", "LastVerdict": "Malicious"}},
        {"$id": "5", "SourceAddress": {"$id": "6", "Address": "198.51.100.2", "Type": "ip", "LastVerdict": "Malicious"},
         "Type": "network-connection"}
    ]));
    let role_and_verdict = |value: &str| {
        let sighting = seen.sightings.iter().find(|one| one.indicator.value() == value).unwrap();
        (sighting.role.as_deref(), sighting.verdict.as_deref())
    };
    assert_eq!(role_and_verdict("198.51.100.1"), (Some("client"), None));
    assert_eq!(role_and_verdict("198.51.100.2"), (Some("client"), None));
    assert_eq!(role_and_verdict("203.0.113.9"), (None, Some("malicious")));
}

#[test]
fn the_verdict_on_a_mail_is_none_on_its_links() {
    let seen = read(&json!({"Sender": "a@evil.example", "Urls": ["https://www.example.com/unsubscribe"],
        "LastVerdict": "Malicious", "Type": "mail-message"}));
    let of = |value: &str| seen.places_of(&indicator::parse(value).unwrap().indicator).remove(0);
    assert_eq!((of("www.example.com").role.as_deref(), of("www.example.com").verdict), (Some("link_in_message"), None));
    assert_eq!(of("evil.example").verdict.as_deref(), Some("malicious"));
}

#[test]
fn a_single_entity_in_a_text_carries_its_verdict() {
    let seen = read(&json!(
        r#"{"$id":"1","Address":"203.0.113.9","Type":"ip","LastVerdict":"Malicious","DetailedRoles":["CommandAndControl"]}"#
    ));
    assert_eq!(seen.sightings.len(), 1);
    assert_eq!(seen.sightings[0].verdict.as_deref(), Some("malicious"));
    assert_eq!(seen.sightings[0].role.as_deref(), Some("command_and_control"));
}

#[test]
fn what_is_no_json_is_set_aside_and_its_indicators_are_mentioned() {
    let seen = read(&json!(r#"{"$id":"1","Url":"https://evil.example/pa"#));
    assert_eq!(seen.unread, 1);
    assert_eq!(seen.sightings[0].role.as_deref(), Some("mentioned"));
    assert_eq!(read(&json!("")), Seen::default());
    assert_eq!(read(&Value::Null), Seen::default());
    assert_eq!(read(&json!(["a", 1, true])), Seen::default());
}

#[test]
fn file_names_accounts_and_versions_are_no_domains() {
    let all = sightings(json!([
        {"Name": "install.sh", "Directory": "C:\\Windows\\System32", "Type": "file"},
        {"Name": "john.doe", "Type": "account"},
        {"Url": "[\"unfamiliarFeatures\"]", "Type": "url"},
        {"Name": "a", "Directory": "https://store.example/blob/", "Type": "file"}
    ]));
    assert_eq!(all, [("store.example".to_owned(), "Entities.file.Directory".to_owned(), None)]);
}

#[test]
fn a_command_line_only_mentions() {
    let all = sightings(json!([{"CommandLine": "curl http://evil.example/a", "Type": "process"}]));
    assert_eq!(role_of_value(&all, "evil.example"), [Some("mentioned")]);
}

#[test]
fn nesting_without_end_is_cut_and_counted() {
    let mut deep = json!({"Address": "203.0.113.9", "Type": "ip"});
    for _ in 0..200 {
        deep = json!({"Inner": deep, "Type": "file"});
    }
    let seen = read(&deep);
    assert_eq!(seen.unread, 1);
    assert!(seen.sightings.is_empty());
}
