//! Mail, clicks, sign-ins and logs that have the indicator.

use search::{Answer, Asked, Details, Finding, FindingKind, Place, Product};

use super::findings::finding;
use super::reports::{State, answer, asked, report};

/// A report of what was sent, clicked, signed in from and logged.
pub fn state() -> State {
    let of = |source: &str, title: &str, product, findings: Vec<Finding>| {
        let asked = Asked { source: source.into(), title: title.into(), product, ..asked(8) };
        Answer { asked, ..answer(8, findings) }
    };
    let answers = vec![
        of("defender.mail", "Mail", Product::Defender, (0..4).map(mail).collect()),
        of("defender.clicks", "Clicks", Product::Defender, (0..3).map(click).collect()),
        of("defender.sign_ins", "Sign-ins", Product::Defender, (0..3).map(sign_in).collect()),
        of("sentinel.logs", "Logs", Product::Sentinel, (0..3).map(log).collect()),
    ];
    State { name: "traffic", query: "c2.example.net", report: report("c2.example.net", answers, &[]) }
}

/// One of each in which every field is the same text.
pub fn hostile(text: &str) -> Answer {
    let one = || Some(text.to_owned());
    let details = |finding: Finding, details| Finding { title: text.into(), status: one(), details, ..finding };
    let findings = vec![
        details(
            mail(0),
            Details::Mail {
                sender: one(),
                recipients: vec![text.into()],
                direction: one(),
                location: one(),
                threats: vec![text.into()],
            },
        ),
        details(
            click(0),
            Details::Click {
                url: one(),
                account: one(),
                application: one(),
                allowed: 1,
                blocked: 1,
                clicked_through: 1,
            },
        ),
        details(
            sign_in(0),
            Details::SignIn {
                account: one(),
                succeeded: 1,
                failed: 1,
                applications: vec![text.into()],
                country: one(),
            },
        ),
        details(
            log(0),
            Details::Sighting {
                table: text.into(),
                events: 1,
                what: vec![text.into()],
                devices: vec![text.into()],
                accounts: vec![text.into()],
            },
        ),
    ];
    Answer { asked: Asked { source: "defender.mail".into(), ..asked(7) }, ..answer(7, findings) }
}

fn mail(number: i64) -> Finding {
    let (status, location) = [
        ("in_mailbox", "Inbox"),
        ("in_mailbox", "Junk folder"),
        ("removed", "Deleted items"),
        ("quarantined", "Quarantine"),
    ][number as usize % 4];
    Finding {
        status: Some(status.into()),
        places: vec![Place {
            place: if number % 2 == 0 { "Url" } else { "SenderFromDomain" }.into(),
            role: Some(if number % 2 == 0 { "link_in_message" } else { "sender" }.into()),
            verdict: None,
        }],
        ..finding(
            FindingKind::Mail,
            Product::Defender,
            number,
            "Your invoice Q3-2026 is overdue",
            Details::Mail {
                sender: Some("billing@c2.example.net".into()),
                recipients: (0..=number).map(|at| format!("person{at}@corp.example.com")).collect(),
                direction: Some("inbound".into()),
                location: Some(location.into()),
                threats: vec!["Phish".into()],
            },
        )
    }
}

fn click(number: i64) -> Finding {
    let status = ["clicked_through", "allowed", "blocked"][number as usize % 3];
    Finding {
        status: Some(status.into()),
        ..finding(
            FindingKind::Click,
            Product::Defender,
            number,
            "https://c2.example.net/invoice",
            Details::Click {
                url: Some("https://c2.example.net/invoice?for=ada".into()),
                account: Some("ada@corp.example.com".into()),
                application: Some("Email".into()),
                allowed: u64::from(status == "allowed"),
                blocked: 2,
                clicked_through: u64::from(status == "clicked_through"),
            },
        )
    }
}

fn sign_in(number: i64) -> Finding {
    finding(
        FindingKind::SignIn,
        Product::Defender,
        number,
        "ada@corp.example.com",
        Details::SignIn {
            account: Some(format!("person{number}@corp.example.com")),
            succeeded: number as u64,
            failed: 40,
            applications: vec!["Office 365 Exchange Online".into(), "Azure Portal".into()],
            country: Some("NL".into()),
        },
    )
}

fn log(number: i64) -> Finding {
    finding(
        FindingKind::Sighting,
        Product::Sentinel,
        number,
        ["CommonSecurityLog", "DnsEvents", "AzureDiagnostics"][number as usize % 3],
        Details::Sighting {
            table: ["CommonSecurityLog", "DnsEvents", "AzureDiagnostics"][number as usize % 3].into(),
            events: 1_200 >> number,
            what: vec!["Deny".into(), "Accept".into()],
            devices: vec!["fw-01".into(), "fw-02".into(), "fw-03".into()],
            accounts: Vec::new(),
        },
    )
}
