use serde_json::json;

use super::*;
use crate::made::{asking, indicator};

fn message(id: &str) -> Value {
    json!({"NetworkMessageId": id, "Received": "2026-11-20T08:00:00Z", "Subject": "Invoice", "Sender": "billing@evil.example",
        "SenderDomains": ["Evil.example"], "MailFromDomains": "[\"mailer.example\"]", "SenderAddresses": ["198.51.100.80"],
        "Links": ["", "https://www.evil.example/pay"], "Recipients": ["anna@example.com", "otto@example.com"],
        "Direction": "Intra-org", "Threats": ["Phish, Malware", "Phish"], "Locations": ["Quarantine"]})
}

fn read_on(value: &str, record: Value) -> Vec<Finding> {
    read(&asking("defender.mail"), &indicator(value), &[record]).0
}

#[test]
fn a_message_says_where_the_indicator_stands_in_it_and_only_the_indicator_itself_counts() {
    let places = |value: &str| {
        let found = read_on(value, message("m"));
        let of = |place: &Place| (place.place.clone(), place.role.clone().unwrap_or_default());
        found.iter().flat_map(|one| &one.places).map(of).collect::<Vec<_>>()
    };
    let one = |place: &str, role: &str| vec![(place.to_owned(), role.to_owned())];
    assert_eq!(places("evil.example"), one("SenderFromDomain", "sender"));
    assert_eq!(places("mailer.example"), one("SenderMailFromDomain", "sender"));
    assert_eq!(places("198.51.100.80"), one("SenderIPv4", "sender"));
    assert_eq!(places("www.evil.example"), one("Url", "link_in_message"));
    // Neither a name below nor one above, nor the recipients' own.
    assert_eq!(places("pay.evil.example"), []);
    assert_eq!(places("example.com"), []);
}

#[test]
fn what_is_known_of_a_message_is_kept() {
    let found = read_on("evil.example", message("M-1")).remove(0);
    assert_eq!((found.title.as_str(), found.id.as_str(), found.identities[0].id.as_str()), ("Invoice", "M-1", "m-1"));
    let Details::Mail { sender, recipients, direction, location, threats } = &found.details else { panic!("mail") };
    assert_eq!(sender.as_deref(), Some("billing@evil.example"));
    assert_eq!((recipients.len(), direction.as_deref()), (2, Some("intra_org")));
    assert_eq!((location.as_deref(), threats.join(" ")), (Some("Quarantine"), "Phish Malware".to_owned()));
}

#[test]
fn a_message_that_can_still_be_opened_anywhere_is_in_a_mailbox() {
    for (locations, expected) in [
        (json!(["Quarantine", "Inbox/folder"]), Some("in_mailbox")),
        (json!(["Junk folder"]), Some("in_mailbox")),
        (json!(["Deleted items", "Quarantine"]), Some("in_mailbox")),
        (json!(["On-premises/External"]), Some("delivered_elsewhere")),
        (json!(["Quarantine", "Dropped"]), Some("quarantined")),
        (json!(["Failed"]), Some("blocked")),
        (json!(["Soft delete"]), Some("removed")),
        (json!(["Somewhere new"]), None),
        (json!([]), None),
    ] {
        let mut record = message("m");
        record["Locations"] = locations.clone();
        assert_eq!(read_on("evil.example", record)[0].status.as_deref(), expected, "{locations}");
    }
}

#[test]
fn a_message_without_an_id_is_counted_and_not_shown() {
    let mut record = message("m");
    record["NetworkMessageId"] = json!("");
    let (found, set_aside) = read(&asking("defender.mail"), &indicator("evil.example"), &[record]);
    assert_eq!((found.len(), set_aside), (0, 1));
}
