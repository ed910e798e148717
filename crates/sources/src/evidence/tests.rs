use serde_json::json;

use super::*;

fn seen(evidence: Value) -> Seen {
    read(evidence.as_array().unwrap())
}

fn of(seen: &Seen, value: &str) -> Vec<(String, Option<String>, Option<String>)> {
    let indicator = indicator::parse(value).unwrap().indicator;
    seen.places_of(&indicator).into_iter().map(|place| (place.place, place.role, place.verdict)).collect()
}

fn place(place: &str, role: Option<&str>, verdict: Option<&str>) -> (String, Option<String>, Option<String>) {
    (place.into(), role.map(Into::into), verdict.map(Into::into))
}

#[test]
fn each_type_gives_its_indicators_with_role_and_verdict() {
    let seen = seen(json!([
        {"@odata.type": "#microsoft.graph.security.ipEvidence", "ipAddress": "203.0.113.9", "verdict": "malicious",
         "roles": ["contextual", "commandAndControl"]},
        {"@odata.type": "#microsoft.graph.security.urlEvidence", "url": "uri=https://Evil.Example/a", "verdict": "suspicious"},
        {"@odata.type": "#microsoft.graph.security.dnsEvidence", "domainName": "c2.example", "roles": [],
         "ipAddresses": [{"ipAddress": "203.0.113.10"}, null], "hostIpAddress": {"ipAddress": "10.0.0.5"},
         "dnsServerIp": {"ipAddress": "10.0.0.53"}},
        {"@odata.type": "#microsoft.graph.security.deviceEvidence", "deviceDnsName": "ws01.corp.example.com",
         "ipInterfaces": ["10.0.0.5"], "lastExternalIpAddress": "198.51.100.1", "roles": ["commandAndControl"]},
        {"@odata.type": "#microsoft.graph.security.analyzedMessageEvidence", "senderIp": "198.51.100.9",
         "p1Sender": {"emailAddress": "a@mail.example", "domainName": "mail.example"},
         "recipientEmailAddress": "bob@example.com", "urls": ["https://login.evil.example/x", 5]},
        {"@odata.type": "#microsoft.graph.security.teamsMessageEvidence", "senderIP": "198.51.100.10",
         "urls": [{"url": "http://teams.evil.example"}]},
        {"@odata.type": "#microsoft.graph.security.userEvidence", "userAccount": {"userPrincipalName": "alice@example.com",
         "domainName": "CORP"}}
    ]));
    assert_eq!(
        of(&seen, "203.0.113.9"),
        [place("ipEvidence.ipAddress", Some("command_and_control"), Some("malicious"))]
    );
    assert_eq!(of(&seen, "evil.example"), [place("urlEvidence.url", None, Some("suspicious"))]);
    assert_eq!(of(&seen, "c2.example"), [place("dnsEvidence.domainName", None, None)]);
    assert_eq!(of(&seen, "203.0.113.10"), [place("dnsEvidence.ipAddresses[].ipAddress", Some("resolved"), None)]);
    assert_eq!(of(&seen, "10.0.0.53"), [place("dnsEvidence.dnsServerIp.ipAddress", Some("resolver"), None)]);
    assert_eq!(of(&seen, "198.51.100.1")[0].1.as_deref(), Some("own_device"), "the place's role beats the evidence's");
    assert_eq!(of(&seen, "198.51.100.9"), [place("analyzedMessageEvidence.senderIp", Some("sender"), None)]);
    assert_eq!(of(&seen, "login.evil.example").len(), 1);
    assert_eq!(of(&seen, "198.51.100.10").len(), 1);
    assert_eq!(of(&seen, "teams.evil.example").len(), 1);
    assert_eq!(of(&seen, "mail.example").len(), 2);
    assert_eq!(seen.devices, ["ws01.corp.example.com"]);
    assert_eq!(seen.accounts, ["bob@example.com", "alice@example.com"]);
    assert_eq!(seen.unread, 0);
}

#[test]
fn an_unknown_type_is_still_searched_and_nothing_fails() {
    let seen = seen(json!([{
        "@odata.type": "#microsoft.graph.security.quantumTunnelEvidence", "verdict": "unknownFutureValue",
        "remoteEndpoint": {"ipAddress": "203.0.113.9"}, "url": "http://new.example/a", "fileName": "install.sh",
        "peers": ["198.51.100.3", "notes.txt"], "note": "see https://other.example/b"
    }]));
    assert_eq!(of(&seen, "203.0.113.9"), [place("quantumTunnelEvidence.ipAddress", None, None)]);
    assert_eq!(of(&seen, "new.example"), [place("quantumTunnelEvidence.url", None, None)]);
    assert_eq!(of(&seen, "198.51.100.3"), [place("text", Some("mentioned"), None)]);
    assert!(!seen.sightings.iter().any(|one| one.indicator.value().contains("install")));
}

#[test]
fn null_missing_and_empty_are_the_same_and_a_bad_item_loses_only_itself() {
    let seen = seen(json!([
        null,
        "text",
        {"@odata.type": "#microsoft.graph.security.ipEvidence", "ipAddress": null},
        {"@odata.type": "#microsoft.graph.security.ipEvidence", "ipAddress": ""},
        {"@odata.type": "#microsoft.graph.security.ipEvidence", "ipAddress": {"unexpected": 1}},
        {"@odata.type": "#microsoft.graph.security.dnsEvidence", "domainName": "c2.example", "ipAddresses": null},
        {"@odata.type": "#microsoft.graph.security.ipEvidence", "ipAddress": "198.51.100.7"}
    ]));
    assert_eq!(of(&seen, "198.51.100.7").len(), 1);
    assert_eq!(of(&seen, "c2.example").len(), 1);
    assert_eq!(seen.sightings.len(), 2);
    assert_eq!(seen.unread, 1);
}

#[test]
fn command_lines_mention_and_file_names_do_not() {
    let seen = seen(json!([
        {"@odata.type": "#microsoft.graph.security.processEvidence", "processCommandLine": "cmd.exe /c ping 203.0.113.8"},
        {"@odata.type": "#microsoft.graph.security.fileEvidence", "fileDetails": {"fileName": "install.sh"}}
    ]));
    assert_eq!(of(&seen, "203.0.113.8"), [place("text", Some("mentioned"), None)]);
    assert_eq!(seen.sightings.len(), 1);
}

#[test]
fn who_opened_a_malicious_connection_is_a_client_and_no_pivot() {
    let seen = seen(json!([
        {"@odata.type": "#microsoft.graph.security.networkConnectionEvidence", "verdict": "malicious",
         "roles": ["attacker"], "sourceAddress": {"ipAddress": "198.51.100.1"},
         "destinationAddress": {"ipAddress": "203.0.113.9"}},
        {"@odata.type": "#microsoft.graph.security.ipEvidence", "ipAddress": "198.51.100.1", "verdict": "suspicious"},
        {"@odata.type": "#microsoft.graph.security.urlEvidence", "url": "http://evil.example/a"}
    ]));
    let source = "networkConnectionEvidence.sourceAddress.ipAddress";
    assert_eq!(of(&seen, "198.51.100.1")[0], place(source, Some("client"), None));
    let destination = "networkConnectionEvidence.destinationAddress.ipAddress";
    assert_eq!(of(&seen, "203.0.113.9"), [place(destination, Some("attacker"), Some("malicious"))]);
    let url = indicator::parse("evil.example").unwrap().indicator;
    assert_eq!(seen.pivots(&url), ["203.0.113.9"], "one of the organisation's own in one place is none in another");
}

#[test]
fn the_verdict_on_a_mail_is_none_on_its_links() {
    let seen = seen(json!([
        {"@odata.type": "#microsoft.graph.security.analyzedMessageEvidence", "verdict": "malicious", "roles": ["attacker"],
         "senderIp": "198.51.100.9", "urls": ["https://www.example.com/unsubscribe", "https://evil.example/x"]},
        {"@odata.type": "#microsoft.graph.security.teamsMessageEvidence", "verdict": "malicious",
         "urls": [{"url": "https://www.example.net/privacy"}]},
        {"@odata.type": "#microsoft.graph.security.urlEvidence", "url": "https://evil.example/x", "verdict": "malicious"}
    ]));
    let link = |field: &str| place(field, Some("link_in_message"), None);
    assert_eq!(of(&seen, "www.example.com"), [link("analyzedMessageEvidence.urls[]")]);
    assert_eq!(of(&seen, "www.example.net"), [link("teamsMessageEvidence.urls[].url")]);
    assert_eq!(
        of(&seen, "evil.example"),
        [link("analyzedMessageEvidence.urls[]"), place("urlEvidence.url", None, Some("malicious"))],
        "a bad link is evidence of its own"
    );
    assert_eq!(of(&seen, "198.51.100.9")[0].2.as_deref(), Some("malicious"), "its sender is what it is judged for");
}

#[test]
fn the_table_names_each_type_once() {
    let mut names: Vec<&str> =
        table::TABLE.iter().map(|(kind, _)| *kind).chain(table::WITHOUT.iter().copied()).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}
