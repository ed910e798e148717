use proptest::prelude::*;

use super::*;
use crate::document::Document;
use crate::finding::IncidentReference;
use crate::made::{alert, answer, device, listing, report_on};
use crate::{Answer, Details, Link, Outcome, csv};

mod everywhere;

/// Not a digest, and as good as one here: what matters is that it is the same for the same text.
fn masker() -> Masker {
    Masker::new(|text| {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in text.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        format!("{hash:016x}")
    })
}

/// A report in which an account is known, and a text that may name it.
fn masked(account: &str, text: &str) -> String {
    let mut finding = alert("a");
    finding.title = text.into();
    if let Details::Alert { accounts, .. } = &mut finding.details {
        accounts.push(account.into());
    }
    let report = report_on("evil.example", vec![answer("defender.alerts", Outcome::Found, vec![finding])]);
    masker().report(&report, &[]).findings[0].title.clone()
}

#[test]
fn a_name_is_replaced_in_each_way_of_writing_it() {
    let person = masker().person("anna.berg");
    for (text, expected) in [
        ("anna.berg clicked", "{} clicked"),
        ("ANNA.BERG@NORTHWIND.EXAMPLE clicked", "{} clicked"),
        ("by NORTHWIND\\Anna.Berg.", "by {}."),
        ("Anna Berg, annaberg and Berg, Anna", "{}, {} and {}"),
        ("C:\\Users\\anna.berg\\a.exe", "C:\\Users\\{}\\a.exe"),
        ("xanna.bergx", "x{}x"),
    ] {
        assert_eq!(masked("anna.berg@northwind.example", text), expected.replace("{}", &person), "{text}");
    }
}

#[test]
fn somebody_who_is_in_no_field_is_known_by_the_way_of_writing() {
    let person = masker().person("otto.wald");
    for (text, expected) in [
        ("Mail from otto.wald@fabrikam.example was delivered", "Mail from {} was delivered"),
        ("FABRIKAM\\otto.wald signed in", "{} signed in"),
        ("in C:\\Users\\otto.wald\\Downloads", "in C:\\Users\\{}\\Downloads"),
        ("in /home/otto.wald/.ssh", "in /home/{}/.ssh"),
        ("C:\\Windows\\System32\\cmd.exe ran", "C:\\Windows\\System32\\cmd.exe ran"),
        ("System32\\cmd.exe by NT AUTHORITY\\SYSTEM", "System32\\cmd.exe by NT AUTHORITY\\SYSTEM"),
        ("HKLM\\Software, \\\\server\\share", "HKLM\\Software, \\\\server\\share"),
        ("https://evil.example/home/login @here", "https://evil.example/home/login @here"),
    ] {
        assert_eq!(masked("anna.berg", text), expected.replace("{}", &person), "{text}");
    }
}

#[test]
fn what_was_searched_stays_and_so_does_the_domain_of_its_mailboxes() {
    let person = masker().person("anna");
    assert_eq!(
        masked("evil", "Traffic to evil.example and evil"),
        format!("Traffic to evil.example and {}", masker().person("evil"))
    );
    assert_eq!(masked("x", "from anna@evil.example"), format!("from {person}@evil.example"));
    assert_eq!(masked("x", "from anna@mail.evil[.]example."), format!("from {person}@mail.evil[.]example."));
    assert_eq!(masked("x", "from anna@notevil.example"), format!("from {person}"));
}

#[test]
fn a_short_name_is_a_word_and_an_ordinary_word_is_not_a_name() {
    let person = masker().person("al");
    assert_eq!(masked("al", "al saw an alert for AL"), format!("{person} saw an alert for {person}"));
    assert_eq!(
        masked("admin", "An admin signed in as CORP\\admin"),
        format!("An admin signed in as {}", masker().person("admin"))
    );
    assert_eq!(masked("NT AUTHORITY\\SYSTEM", "The system"), "The system");
}

#[test]
fn a_device_that_carries_a_name_has_a_stand_in_and_another_keeps_its_own() {
    let mut named = device("ANNA-LAPTOP.northwind.example", "defender.devices", crate::made::TENANT, 1, 0);
    named.title = "ANNA-LAPTOP.northwind.example".into();
    if let Details::Device { accounts, .. } = &mut named.details {
        accounts.push("anna.berg@northwind.example".into());
    }
    let mut other = device("fin-014.northwind.example", "defender.devices", crate::made::TENANT, 1, 0);
    other.title = "fin-014.northwind.example".into();
    let answers = vec![answer("defender.devices", Outcome::Found, vec![named, other])];
    let masked = masker().report(&report_on("evil.example", answers), &[]);
    let titles: Vec<_> = masked.findings.iter().map(|finding| finding.title.as_str()).collect();
    let stand_in = format!("{}.northwind.example", masker().device("anna-laptop"));
    assert!(titles.contains(&stand_in.as_str()) && titles.contains(&"fin-014.northwind.example"), "{titles:?}");
}

#[test]
fn the_forms_of_one_person_are_one_stand_in_and_a_masked_report_says_so() {
    let mut finding = alert("a");
    if let Details::Alert { accounts, .. } = &mut finding.details {
        accounts.extend(["anna.berg@one.example", "ONE\\Anna.Berg", "SYSTEM"].map(str::to_owned));
    }
    let report = report_on("evil.example", vec![answer("defender.alerts", Outcome::Found, vec![finding])]);
    let masked = masker().report(&report, &[]);
    let Details::Alert { accounts, .. } = &masked.findings[0].details else { panic!("an alert") };
    assert_eq!(accounts, &[masker().person("anna.berg"), "SYSTEM".to_owned()]);
    assert!(masked.masked && !report.masked);
}

#[test]
fn what_an_answer_brought_is_found_again_after_masking() {
    let mut named = device("anna-pc", "defender.devices", crate::made::TENANT, 1, 0);
    if let Details::Device { accounts, .. } = &mut named.details {
        accounts.push("anna".into());
    }
    let masked =
        masker().report(&report_on("evil.example", vec![answer("defender.devices", Outcome::Found, vec![named])]), &[]);
    assert_eq!(masked.merged_of(&masked.answers[0]).len(), 1);
}

#[test]
fn a_name_that_only_an_answer_beside_the_report_tells_is_replaced() {
    let mut told = alert("a");
    told.title = "Anna Berg opened a link".into();
    let report = report_on("evil.example", vec![answer("defender.alerts", Outcome::Found, vec![told])]);
    assert_eq!(
        masker().report(&report, &[]).findings[0].title,
        "Anna Berg opened a link",
        "nobody knows that it is a name"
    );
    let mut named = device("PC-1", "defender.devices", crate::made::TENANT, 1, 0);
    if let Details::Device { accounts, .. } = &mut named.details {
        accounts.push("anna.berg@northwind.example".into());
    }
    let beside = [answer("defender.devices", Outcome::Found, vec![named])];
    let masked = masker().report(&report, &beside);
    assert_eq!(masked.findings[0].title, format!("{} opened a link", masker().person("anna.berg")));
    assert_eq!((masked.findings.len(), masked.answers.len()), (1, 1), "what is beside stays there");
}
