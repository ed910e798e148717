//! Findings of a fictional tenant.

use jiff::{SignedDuration, Timestamp};
use search::finding::IncidentReference;
use search::{Details, Finding, FindingKind, Identity, Link, Place, Product, Scheme, Severity};

use super::reports::{TENANT, now};

fn days_ago(days: i64) -> Timestamp {
    now() - SignedDuration::from_hours(24 * days + days % 7)
}

pub fn finding(kind: FindingKind, product: Product, number: i64, title: &str, details: Details) -> Finding {
    Finding {
        kind,
        id: format!("da{number:08}"),
        identities: vec![Identity { scheme: Scheme::Graph, id: format!("{kind:?}-{product}-{number}") }],
        tenant: Some(TENANT.into()),
        cloud: Some("global".into()),
        title: title.into(),
        severity: None,
        status: None,
        first_seen: Some(days_ago(number + 4)),
        last_seen: Some(days_ago(number)),
        updated: Some(days_ago(number)),
        product,
        service: Some(match product {
            Product::Sentinel => "Microsoft Sentinel".into(),
            Product::Defender => "Microsoft Defender for Endpoint".into(),
        }),
        routes: vec![],
        links: vec![Link {
            label: "Defender portal".into(),
            url: format!("https://security.example.com/alerts/{number}"),
        }],
        places: vec![],
        details,
    }
}

pub fn place(role: &str, verdict: &str) -> Place {
    Place { place: "RemoteUrl".into(), role: Some(role.into()), verdict: Some(verdict.into()) }
}

pub fn alert(product: Product, number: i64) -> Finding {
    let titles = [
        ("Suspicious beacon to a rare domain", "CommandAndControl", "T1071"),
        ("Connection to a domain with a new registration", "SuspiciousActivity", "T1568"),
        (
            "Credential phishing link was clicked by a user who had been warned twice before on the same afternoon",
            "InitialAccess",
            "T1566",
        ),
        ("Network protection blocked a connection", "Malware", "T1204"),
        ("Unusual volume of data sent to an external address", "Exfiltration", "T1041"),
    ];
    let (title, category, technique) = titles[number as usize % titles.len()];
    let severity = [Severity::High, Severity::Medium, Severity::Medium, Severity::Low, Severity::Informational]
        [number as usize % 5];
    Finding {
        severity: Some(severity),
        status: Some(
            if number < 6 {
                "new"
            } else if number < 12 {
                "in_progress"
            } else {
                "resolved"
            }
            .into(),
        ),
        places: vec![place(
            ["command_and_control", "contextual", "attacker", "client"][number as usize % 4],
            ["malicious", "unknown", "suspicious", "unknown"][number as usize % 4],
        )],
        ..finding(
            FindingKind::Alert,
            product,
            number,
            title,
            Details::Alert {
                category: Some(category.into()),
                description: Some("A process on this device spoke with a domain at regular intervals.".into()),
                classification: (number > 20).then(|| "false_positive".into()),
                incident: Some(IncidentReference {
                    id: format!("{}", 4700 + number / 4),
                    title: None,
                    url: Some(format!("https://security.example.com/incidents/{}", 4700 + number / 4)),
                }),
                techniques: vec![technique.into()],
                devices: vec![format!("HOST-{:02}", number % 13), "LAPTOP-ADA".into()],
                accounts: vec!["ada".into()],
                pivots: vec!["203.0.113.7".into(), "cdn.c2.example.net".into(), "2001:db8::7".into()],
            },
        )
    }
}

pub fn incident(number: i64) -> Finding {
    Finding {
        severity: Some(if number == 0 { Severity::High } else { Severity::Medium }),
        status: Some(if number == 2 { "resolved" } else { "active" }.into()),
        ..finding(
            FindingKind::Incident,
            if number == 1 { Product::Sentinel } else { Product::Defender },
            number,
            [
                "Multi-stage incident involving initial access and command and control on multiple endpoints",
                "Phishing campaign “Q3 invoice”",
                "Rare domain contacted by one user",
            ][number as usize],
            Details::Incident {
                classification: (number == 2).then(|| "informational_expected_activity".into()),
                assigned_to: (number == 0).then(|| "ada@example.com".into()),
                alerts: Some(7 - number as u64),
                labels: vec!["phishing".into()],
            },
        )
    }
}

pub fn listed(product: Product, number: i64, action: Option<&str>, state: &str) -> Finding {
    Finding {
        severity: Some(Severity::High),
        status: Some(state.into()),
        ..finding(
            FindingKind::ThreatIndicator,
            product,
            number,
            "Q3 phishing kit",
            Details::ThreatIndicator {
                value: if number == 2 { "*.example.net".into() } else { "c2.example.net".into() },
                matched: if number == 2 { "wildcard" } else { "exact" }.into(),
                action: action.map(str::to_owned),
                state: state.into(),
                confidence: Some(85),
                valid_from: Some(days_ago(30)),
                valid_until: Some(if state == "active" { days_ago(-30) } else { days_ago(3) }),
                description: Some("Beacon of the kit that came with the October invoices".into()),
                listed_by: Some("ti-feed".into()),
                tags: vec!["phishing".into(), "kit-7".into()],
            },
        )
    }
}

pub fn device(number: i64) -> Finding {
    Finding {
        status: Some(
            ["connected", "connected", "connected", "blocked", "attempted", "connected"][number as usize].into(),
        ),
        routes: vec!["defender.devices".into()],
        ..finding(
            FindingKind::Device,
            Product::Defender,
            number,
            &format!("host-{:02}.corp.example.com", number + 4),
            Details::Device {
                connected: Some(if number == 3 || number == 4 { 0 } else { 60 - number as u64 * 9 }),
                blocked: Some(number as u64 % 4 * 2),
                processes: vec!["msedge.exe".into(), "powershell.exe".into()],
                accounts: vec!["corp\\ada".into()],
                os: Some("Windows 11".into()),
                risk: Some(if number == 0 { "high" } else { "low" }.into()),
            },
        )
    }
}

pub fn prevalence() -> Finding {
    finding(
        FindingKind::Prevalence,
        Product::Defender,
        0,
        "Devices",
        Details::Prevalence { devices: 4, at_least: true },
    )
}
