use rstest::rstest;
use serde_json::json;

use super::*;

#[rstest]
#[case("inProgress", "in_progress")]
#[case("InProgress", "in_progress")]
#[case("In progress", "in_progress")]
#[case("Informational, expected activity", "informational_expected_activity")]
#[case("informationalExpectedActivity", "informational_expected_activity")]
#[case("NEW", "new")]
#[case("noThreatsFound", "no_threats_found")]
#[case("T1566", "t1566")]
#[case("--", "")]
fn one_word_is_written_in_many_ways(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(word(text), expected);
}

#[test]
fn members_are_found_in_any_case_and_null_is_absent() {
    let value =
        json!({"Name": "a", "list": [null, "x", 3], "none": null, "text": "[\"a\",\"\"]", "n": "17", "flag": "True"});
    let record = Record(&value);
    assert_eq!(record.str("name"), Some("a"));
    assert_eq!(record.str("none"), None);
    assert_eq!(record.list("list").count(), 2);
    assert_eq!(record.list("none").count(), 0);
    assert_eq!(record.strings("text"), ["a"]);
    assert_eq!(record.u64("n"), Some(17));
    assert_eq!(record.bool("flag"), Some(true));
    assert_eq!(Record(&json!("no object")).str("name"), None);
}

#[rstest]
#[case("2020-03-27T11:57:22.29Z", true)]
#[case("2020-03-27T11:57:22.7211305+02:00", true)]
#[case("2024-02-05T22:47:29.4948816", true)]
#[case("0001-01-01T00:00:00", false)]
#[case("", false)]
#[case("yesterday", false)]
fn a_bad_date_loses_its_field_alone(#[case] text: &str, #[case] there: bool) {
    assert_eq!(Record(&json!({ "at": text })).time("at").is_some(), there);
}

#[rstest]
#[case("198.51.100.7", Some("198.51.100.7"))]
#[case("198.51.100.7:449", Some("198.51.100.7"))]
#[case("[2001:db8::1]:443", Some("2001:db8::1"))]
#[case("2001:0DB8:0000:0000:0000:0000:0000:0001", Some("2001:db8::1"))]
#[case("::ffff:198.51.100.7", Some("198.51.100.7"))]
#[case("0.0.0.0", None)]
#[case("::", None)]
#[case("999.1.1.1", None)]
#[case("-", None)]
#[case("evil.example", None)]
fn addresses_are_read_in_every_spelling(#[case] text: &str, #[case] expected: Option<&str>) {
    assert_eq!(address(text).map(|found| found.value()).as_deref(), expected);
}

#[rstest]
#[case("https://www.example.com:x@bad.example:8443/login", Some("bad.example"))]
#[case("uri=https://example.com/click?redirect=https://other.example/a?v=1", Some("example.com"))]
#[case("down.example.net", Some("down.example.net"))]
#[case("HTTP://Bad.Example/AbC", Some("bad.example"))]
#[case("WWW.Bad.Example.", Some("www.bad.example"))]
#[case("http://203.0.113.9/x", Some("203.0.113.9"))]
#[case("[\"unfamiliarFeatures\"]", None)]
#[case("/relative/path", None)]
#[case("", None)]
fn hosts_are_read_from_what_stands_in_url_fields(#[case] text: &str, #[case] expected: Option<&str>) {
    assert_eq!(host(text).map(|found| found.value()).as_deref(), expected);
}

#[test]
fn a_mail_address_gives_its_domain_and_a_name_field_no_mail_address() {
    assert_eq!(mail_domain("boss@evil.example").map(|found| found.value()).as_deref(), Some("evil.example"));
    assert_eq!(
        mail_domain("\"A. B.\" <boss@evil.example>").map(|found| found.value()).as_deref(),
        Some("evil.example")
    );
    assert_eq!(mail_domain("boss"), None);
    assert_eq!(name("boss@evil.example"), None);
    assert_eq!(name("WORKGROUP"), None);
}
