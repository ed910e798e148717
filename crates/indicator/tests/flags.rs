//! What the spelling of an indicator tells.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which may fail")]

use indicator::{Domain, Flag, Indicator, Kind, parse};
use rstest::rstest;

fn flags(text: &str) -> Vec<Flag> {
    parse(text).unwrap().indicator.flags()
}

#[rstest]
#[case("10.1.2.3", Flag::Private)]
#[case("172.31.255.255", Flag::Private)]
#[case("192.168.0.1", Flag::Private)]
#[case("fc00::1", Flag::Private)]
#[case("fec0::1", Flag::Private)]
#[case("100.64.0.1", Flag::SharedAddressSpace)]
#[case("127.0.0.1", Flag::Loopback)]
#[case("::1", Flag::Loopback)]
#[case("169.254.1.1", Flag::LinkLocal)]
#[case("fe80::1", Flag::LinkLocal)]
#[case("192.0.2.1", Flag::Documentation)]
#[case("198.51.100.7", Flag::Documentation)]
#[case("203.0.113.255", Flag::Documentation)]
#[case("2001:db8::1", Flag::Documentation)]
#[case("3fff::1", Flag::Documentation)]
#[case("224.0.0.251", Flag::Multicast)]
#[case("ff02::fb", Flag::Multicast)]
#[case("0.0.0.0", Flag::Unspecified)]
#[case("::", Flag::Unspecified)]
#[case("0.1.2.3", Flag::Reserved)]
#[case("198.19.255.255", Flag::Reserved)]
#[case("255.255.255.255", Flag::Reserved)]
#[case("100::1", Flag::Reserved)]
#[case("::ffff:10.0.0.1", Flag::Private)]
#[case("github.io", Flag::PublicSuffix)]
#[case("dc01.contoso.local", Flag::SpecialUse)]
#[case("login.example.com", Flag::SpecialUse)]
#[case("hiddenservice.onion", Flag::SpecialUse)]
#[case("router.home.arpa", Flag::SpecialUse)]
#[case("b\u{fc}cher.com", Flag::Idn)]
fn what_is_special_is_known_by_one_flag(#[case] text: &str, #[case] flag: Flag) {
    assert_eq!(flags(text), [flag]);
}

#[rstest]
#[case("8.8.8.8")]
#[case("172.32.0.1")]
#[case("100.128.0.1")]
#[case("192.0.1.1")]
#[case("2606:4700::1111")]
#[case("a.github.io")]
#[case("notexample.com")]
#[case("contoso.com")]
fn the_ordinary_has_no_flag(#[case] text: &str) {
    assert_eq!(flags(text), []);
}

#[rstest]
#[case("p\u{430}ypal.com", true)] // a Cyrillic letter in a Latin word
#[case("g\u{3bf}\u{3bf}gle.com", true)] // Greek letters in a Latin word
#[case("\u{43f}\u{440}\u{438}\u{43c}\u{435}\u{440}.com", false)] // Cyrillic alone, below a Latin end
#[case("\u{6771}\u{4eac}\u{30bf}\u{30ef}\u{30fc}tower.com", false)] // Han, Kana and Latin, as Japanese is written
#[case("stra\u{df}e-24.com", false)]
fn scripts_that_no_language_mixes_are_told(#[case] text: &str, #[case] is_mixed: bool) {
    assert_eq!(flags(text).contains(&Flag::MixedScript), is_mixed);
    assert!(flags(text).contains(&Flag::Idn));
}

#[test]
fn every_flag_has_a_name_of_its_own() {
    let all = [
        Flag::Private,
        Flag::Loopback,
        Flag::LinkLocal,
        Flag::Documentation,
        Flag::Multicast,
        Flag::SharedAddressSpace,
        Flag::Unspecified,
        Flag::Reserved,
        Flag::Idn,
        Flag::MixedScript,
        Flag::PublicSuffix,
        Flag::SpecialUse,
    ];
    let mut names: Vec<&str> = all.iter().map(|flag| flag.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all.len());
}

#[test]
fn a_domain_knows_its_parents_and_its_registrable_name() {
    let check = |name: &str, registrable: Option<&str>, parents: &[&str]| {
        let domain = Domain::read(name).unwrap();
        assert_eq!(domain.registrable(), registrable, "{name}");
        let found: Vec<String> = domain.parents().iter().map(ToString::to_string).collect();
        assert_eq!(found, parents, "{name}");
    };
    check("a.b.example.co.uk", Some("example.co.uk"), &["b.example.co.uk", "example.co.uk"]);
    check("example.co.uk", Some("example.co.uk"), &[]);
    check("co.uk", None, &[]);
    check("a.team.github.io", Some("team.github.io"), &["team.github.io"]);
    check("\u{43f}\u{440}\u{438}\u{43c}\u{435}\u{440}.\u{440}\u{444}", Some("xn--e1afmkfd.xn--p1ai"), &[]);
    check("_dmarc.example.org", Some("example.org"), &["example.org"]);
    check("c2.bad.example", Some("bad.example"), &["bad.example"]);
}

#[test]
fn a_name_is_below_its_parents_only() {
    let is_below = |name: &str, other: &str| Domain::read(name).unwrap().is_below(&Domain::read(other).unwrap());
    assert!(is_below("a.b.bad.example", "bad.example"));
    assert!(!is_below("bad.example", "bad.example"));
    assert!(!is_below("notbad.example", "bad.example"));
    assert!(!is_below("bad.example", "a.bad.example"));
}

#[test]
fn both_forms_of_an_international_name_are_at_hand() {
    let parsed = parse("B\u{dc}CHER.example").unwrap();
    let Indicator::Domain(domain) = &parsed.indicator else { panic!("a domain") };
    assert_eq!((domain.as_str(), domain.unicode().as_str()), ("xn--bcher-kva.example", "b\u{fc}cher.example"));
    assert_eq!((parsed.indicator.kind(), parsed.indicator.kind().as_str()), (Kind::Domain, "domain"));
    assert_eq!(parsed.indicator.defanged(), "xn--bcher-kva[.]example");
    let broken = Domain::read("xn--zzzzzzzz9.example").unwrap();
    assert_eq!(broken.unicode(), "xn--zzzzzzzz9.example");
}

#[test]
fn a_mapped_address_is_its_ipv4_address_however_it_is_made() {
    let mapped: std::net::IpAddr = "::ffff:198.51.100.7".parse().unwrap();
    assert_eq!(Indicator::from(mapped), parse("198.51.100.7").unwrap().indicator);
    assert_eq!(parse("2001:db8::1").unwrap().indicator.defanged(), "2001[:]db8[:][:]1");
    assert_eq!(parse("198.51.100.7").unwrap().indicator.defanged(), "198[.]51[.]100[.]7");
}

#[test]
fn names_have_their_limits() {
    let label = "a".repeat(63);
    let longest = format!("{label}.{label}.{label}.{}.example", "a".repeat(53));
    assert_eq!(longest.len(), 253);
    assert!(Domain::read(&longest).is_ok());
    assert_eq!(parse(&format!("a{longest}")).unwrap_err().as_str(), "not_a_domain");
    assert_eq!(parse(&format!("a{label}.example")).unwrap_err().as_str(), "not_a_domain");
    assert_eq!(parse(&"a ".repeat(20_000)).unwrap_err().as_str(), "too_long");
}
