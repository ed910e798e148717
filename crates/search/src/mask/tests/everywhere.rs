//! No name is left anywhere, in whatever form it stood.

use super::*;

/// A name of two words, long enough that no other text of a report has it by chance.
fn name() -> impl Strategy<Value = (String, String)> {
    ("[a-zäöé]{3,9}", "[b-z]{5,9}").prop_filter("not a word of the report", |(first, last)| {
        // What the fixtures themselves say must not be somebody's name.
        let words = "defender northwind example threat indicator alerts anna findings sources malicious";
        !words.contains(first.as_str()) && !words.contains(last.as_str())
    })
}

/// The ways in which Microsoft's records write somebody.
fn forms(first: &str, last: &str) -> Vec<String> {
    let short = format!("{first}.{last}");
    let title = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    vec![
        short.clone(),
        short.to_uppercase(),
        format!("{short}@northwind.example"),
        format!("{}@NORTHWIND.EXAMPLE", short.to_uppercase()),
        format!("NORTHWIND\\{short}"),
        format!("northwind\\{}", title(&short)),
        format!("{} {}", title(first), title(last)),
        format!("{first}{last}"),
        format!("{}, {}", title(last), title(first)),
        format!("{short}_northwind.example#EXT#@fabrikam.example"),
    ]
}

/// A report that names somebody by `known` in a field, and by every form everywhere else.
fn full(known: &str, forms: &[String], label: &str) -> Report {
    let all = forms.join(" or ");
    let mut first = alert("a");
    first.title = format!("Sign-in of {all}");
    first.links = forms
        .iter()
        .map(|form| Link { label: form.clone(), url: format!("https://portal.example.com/u/{}", encoded(form)) })
        .collect();
    if let Details::Alert { description, incident, devices, accounts, pivots, .. } = &mut first.details {
        *description = Some(format!("It was {all}, on {label}."));
        *incident = Some(IncidentReference {
            id: "7".into(),
            title: Some(all.clone()),
            url: Some(format!("https://portal.example.com/?u={}", encoded(known))),
        });
        devices.push(format!("{label}.northwind.example"));
        accounts.push(known.into());
        pivots.push("198.51.100.9".into());
    }
    let mut case = alert("i");
    case.kind = crate::FindingKind::Incident;
    case.details = Details::Incident {
        classification: None,
        assigned_to: Some(known.into()),
        alerts: Some(1),
        labels: forms.to_vec(),
    };
    let mut listed = listing("l", Some("block"), "active", "exact", None);
    if let Details::ThreatIndicator { listed_by, description, tags, .. } = &mut listed.details {
        *listed_by = Some(known.into());
        *description = Some(all.clone());
        tags.extend(forms.iter().cloned());
    }
    let mut spoke = device(label, "defender.devices", crate::made::TENANT, 1, 0);
    spoke.title = format!("{label}.northwind.example");
    if let Details::Device { processes, accounts, .. } = &mut spoke.details {
        processes.extend(forms.iter().map(|form| format!("{form}.exe")));
        accounts.extend(forms.iter().cloned());
    }
    let mut message = crate::made::mail("m", "in_mailbox");
    if let Details::Mail { sender, recipients, .. } = &mut message.details {
        *sender = Some(known.into());
        recipients.extend(forms.iter().cloned());
    }
    message.title = format!("For {all}");
    let mut clicked = crate::made::click("c", "allowed");
    if let Details::Click { url, account, .. } = &mut clicked.details {
        *url = Some(format!("https://evil.example/?for={}", forms[0]));
        *account = Some(known.into());
    }
    let mut signed_in = crate::made::sign_ins(known, 1);
    if let Details::SignIn { applications, .. } = &mut signed_in.details {
        applications.extend(forms.iter().cloned());
    }
    let mut logged = crate::made::sighting("SigninLogs");
    if let Details::Sighting { what, devices, accounts, .. } = &mut logged.details {
        what.push(all.clone());
        devices.push(format!("{label}.northwind.example"));
        accounts.extend(forms.iter().cloned());
    }
    let raw = serde_json::json!({
        "AccountUpn": known, "AccountName": forms[0], "Title": all, "DeviceName": label,
        "userStates": [{"account": {"displayName": forms[6]}}], all.clone(): 1,
        "Entities": format!("[{{\"Type\":\"account\",\"Name\":\"{}\",\"text\":\"{}\"}}]", forms[0], forms[4].replace('\\', "\\\\")),
    });
    let found = Answer {
        raw: vec![raw],
        reason: Some(format!("Of {all}")),
        ..answer(
            "defender.alerts",
            Outcome::Partial,
            vec![first, case, listed, spoke, message, clicked, signed_in, logged],
        )
    };
    report_on("evil.example", vec![found])
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// What somebody could still read: each way in which a report leaves the program.
fn written(report: &Report) -> String {
    let parsed = indicator::parse("evil.example").unwrap();
    let json = serde_json::to_string(&Document::from_report(report, &parsed, true)).unwrap();
    format!("{json}\n{}\n{report:?}", csv::write(report)).to_lowercase()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_name_is_left_in_whatever_form((first, last) in name(), known in 0..10_usize) {
        let forms = forms(&first, &last);
        let report = full(&forms[known], &forms, &format!("{}-PC", last.to_uppercase()));
        prop_assert!(written(&report).contains(&last), "the fixture names nobody");
        let left = written(&masker().report(&report, &[]));
        for form in &forms {
            prop_assert!(!left.contains(&form.to_lowercase()), "“{form}” is left, known as “{}”", forms[known]);
        }
        prop_assert!(!left.contains(&format!("{first}{last}")) && !left.contains(&format!("{last}-pc")), "{left}");
        prop_assert!(left.contains(&masker().person(&forms[0])), "nobody stands in");
        prop_assert!(left.contains("evil.example") && left.contains("198.51.100.9"));
    }

    #[test]
    fn no_text_whatever_breaks_it(text in any::<String>(), account in any::<String>()) {
        let _ = masked(&account, &text);
    }

    #[test]
    fn masking_twice_is_masking_once((first, last) in name()) {
        let forms = forms(&first, &last);
        let once = masker().report(&full(&forms[2], &forms, "FIN-014"), &[]);
        prop_assert_eq!(once.findings.len(), masker().report(&once, &[]).findings.len());
    }
}
