//! What holds for every input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which may fail")]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use indicator::{Domain, Indicator, extract, masked, parse};
use proptest::prelude::*;

fn label() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-z0-9_]([a-z0-9_-]{0,20}[a-z0-9])?",
        2 => "[a-zäöüßéа-яα-ω]{1,12}",
        1 => "[A-Z0-9-]{1,20}",
    ]
}

fn domain() -> impl Strategy<Value = Domain> {
    let end = prop_oneof![
        Just("com"),
        Just("example"),
        Just("co.uk"),
        Just("рф"),
        Just("zip"),
        Just("github.io"),
        Just("unknownend")
    ];
    (prop::collection::vec(label(), 1..5), end).prop_filter_map("IDNA refuses some mixtures", |(labels, end)| {
        Domain::read(&format!("{}.{end}", labels.join("."))).ok()
    })
}

fn indicator() -> impl Strategy<Value = Indicator> {
    prop_oneof![
        domain().prop_map(Indicator::from),
        any::<u32>().prop_map(|bits| Indicator::from(IpAddr::from(Ipv4Addr::from(bits)))),
        any::<u128>().prop_map(|bits| Indicator::from(IpAddr::from(Ipv6Addr::from(bits)))),
        // Addresses with zeros in them are those that RFC 5952 has rules for.
        (any::<u128>(), any::<u128>())
            .prop_map(|(bits, mask)| Indicator::from(IpAddr::from(Ipv6Addr::from(bits & mask & (mask << 64))))),
    ]
}

/// Text with many of the characters that mean something to us.
fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z0-9.:/@_-]{1,12}",
        2 => "\\PC{1,4}",
        2 => prop::sample::select(vec![
            "://", "hxxps", "[.]", "(dot)", "[:]", "[at]", "%3A%2F%2F", "%25", "\\", "\\n", "\\u003c", "http://", "@", "::", "1.2.3.4",
            "2001:db8::", "bad.example", ".com", " ", "\n", "\u{3002}", "[", "]", "urldefense.com/v3/__", "__;", "?url=", "*.", "%",
            "safelinks.protection.outlook.com/?url=", "ü", "访问", "/24", "\u{200b}", "\\\\", "\"", "'", "xn--",
        ]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn a_canonical_value_is_read_as_itself(indicator in indicator()) {
        let parsed = parse(&indicator.value()).unwrap();
        prop_assert_eq!(&parsed.indicator, &indicator);
        prop_assert_eq!(parsed.indicator.value(), indicator.value());
    }

    #[test]
    fn a_defanged_value_is_read_as_the_plain_one(indicator in indicator()) {
        prop_assert_eq!(parse(&indicator.defanged()).unwrap().indicator, indicator);
    }

    #[test]
    fn letter_case_quotes_ports_and_paths_do_not_matter(indicator in indicator()) {
        let host = match &indicator {
            Indicator::Ip(IpAddr::V6(address)) => format!("[{address}]"),
            other => other.value(),
        };
        for written in [
            indicator.value().to_uppercase(),
            format!(" \"{}\", ", indicator.value()),
            format!("https://{host}/"),
            format!("hxxps://{host}:8443/a.zip?b=c.example"),
            format!("https://user:pw@{host}/x"),
        ] {
            prop_assert_eq!(&parse(&written).unwrap().indicator, &indicator, "{}", written);
        }
    }

    #[test]
    fn the_form_in_unicode_is_read_as_the_canonical_one(domain in domain()) {
        prop_assert_eq!(parse(&domain.unicode()).unwrap().indicator, Indicator::Domain(domain));
    }

    #[test]
    fn parents_lead_from_a_name_to_its_registrable_domain(domain in domain()) {
        let parents = domain.parents();
        for parent in &parents {
            prop_assert!(domain.is_below(parent));
            prop_assert!(!parent.is_below(&domain));
            prop_assert_eq!(parent.registrable(), domain.registrable());
        }
        if let Some(last) = parents.last() {
            prop_assert_eq!(Some(last.as_str()), domain.registrable());
        }
    }

    #[test]
    fn parsing_never_panics_and_what_it_reads_is_canonical(text in hostile_text()) {
        match parse(&text) {
            Ok(parsed) => prop_assert_eq!(parse(&parsed.indicator.value()).unwrap().indicator, parsed.indicator),
            Err(rejected) => prop_assert!(!rejected.to_string().is_empty()),
        }
    }

    #[test]
    fn a_password_is_never_repeated(user in "[a-z]{1,6}", password in "[A-Z!$&*+=~.-]{8,16}", rest in hostile_text()) {
        for text in [
            format!("https://{user}:{password}@host.example/{rest}"),
            format!("hxxps[:]//{user}:{password}[@]host[.]example/{rest}"),
            format!("https%3A%2F%2F{user}%3A{password}%40host.example%2F{rest}"),
            format!("u{user}:{password}@{rest}"),
        ] {
            prop_assert!(!masked(&text).contains(&password), "{}", masked(&text));
            match parse(&text) {
                Ok(parsed) => {
                    let shown = format!("{parsed:?}");
                    prop_assert!(!shown.contains(&password), "{}", shown);
                }
                Err(rejected) => {
                    prop_assert!(!rejected.to_string().contains(&password), "{}", rejected);
                    let shown = format!("{rejected:?}");
                    prop_assert!(!shown.contains(&password), "{}", shown);
                }
            }
        }
    }

    #[test]
    fn extraction_never_panics_and_stays_between_characters(text in hostile_text()) {
        let mut last = 0;
        for found in extract(&text) {
            prop_assert!(text.get(found.start..found.end).is_some_and(|written| !written.is_empty()));
            prop_assert!(found.start >= last, "out of order");
            last = found.end;
            prop_assert_eq!(parse(&found.indicator.value()).map(|parsed| parsed.indicator).ok(), Some(found.indicator));
        }
    }

    #[test]
    fn an_indicator_between_words_is_found(indicator in indicator()) {
        let host = match &indicator {
            Indicator::Ip(IpAddr::V6(address)) => format!("[{address}]"),
            other => other.value(),
        };
        let text = format!("10:04:07 allowed GET https://{host}:8443/index.php and more");
        let found: Vec<Indicator> = extract(&text).into_iter().map(|found| found.indicator).collect();
        prop_assert_eq!(found, vec![indicator]);
    }
}
