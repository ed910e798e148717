//! Findings and answers made for tests.

use indicator::Indicator;
use jiff::Timestamp;

use crate::{
    Answer, Asked, Covered, Details, Finding, FindingKind, Identity, Limit, Outcome, Place, Product, Report, Scheme,
    Severity,
};

pub const TENANT: &str = "11111111-1111-4111-8111-111111111111";

pub fn now() -> Timestamp {
    time("2026-11-25T12:00:00Z")
}

pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn indicator(text: &str) -> Indicator {
    indicator::parse(text).unwrap().indicator
}

pub fn identity(scheme: Scheme, id: &str) -> Identity {
    Identity { scheme, id: id.into() }
}

pub fn place(place: &str, role: Option<&str>, verdict: Option<&str>) -> Place {
    Place { place: place.into(), role: role.map(Into::into), verdict: verdict.map(Into::into) }
}

fn finding(kind: FindingKind, id: &str, details: Details) -> Finding {
    Finding {
        kind,
        id: id.into(),
        identities: vec![identity(Scheme::Graph, id)],
        tenant: Some(TENANT.into()),
        cloud: Some("global".into()),
        title: format!("Title of {id}"),
        severity: None,
        status: None,
        first_seen: Some(time("2026-11-20T00:00:00Z")),
        last_seen: Some(time("2026-11-22T11:00:00Z")),
        updated: Some(time("2026-11-22T12:00:00Z")),
        product: Product::Defender,
        service: None,
        routes: vec!["defender.alerts".into()],
        links: Vec::new(),
        places: Vec::new(),
        details,
    }
}

/// An open high alert that has the indicator without a role.
pub fn alert(id: &str) -> Finding {
    let details = Details::Alert {
        category: None,
        description: None,
        classification: None,
        incident: None,
        techniques: Vec::new(),
        devices: Vec::new(),
        accounts: Vec::new(),
        pivots: Vec::new(),
    };
    Finding {
        severity: Some(Severity::High),
        status: Some("new".into()),
        places: vec![place("RemoteUrl", None, None)],
        ..finding(FindingKind::Alert, id, details)
    }
}

pub fn classified(mut alert: Finding, word: &str) -> Finding {
    if let Details::Alert { classification, .. } = &mut alert.details {
        *classification = Some(word.into());
    }
    Finding { status: Some("resolved".into()), ..alert }
}

pub fn listing(id: &str, listed_action: Option<&str>, listed_state: &str, how: &str, sure: Option<u8>) -> Finding {
    let details = Details::ThreatIndicator {
        value: "evil.example".into(),
        matched: how.into(),
        action: listed_action.map(Into::into),
        state: listed_state.into(),
        confidence: sure,
        valid_from: None,
        valid_until: None,
        description: None,
        listed_by: None,
        tags: Vec::new(),
    };
    Finding {
        status: Some(listed_state.into()),
        product: if listed_action.is_some() { Product::Defender } else { Product::Sentinel },
        ..finding(FindingKind::ThreatIndicator, id, details)
    }
}

pub fn device(name: &str, route: &str, tenant: &str, connected: u64, blocked: u64) -> Finding {
    let details = Details::Device {
        connected: Some(connected),
        blocked: Some(blocked),
        processes: Vec::new(),
        accounts: Vec::new(),
        os: None,
        risk: None,
    };
    Finding {
        identities: vec![identity(Scheme::Provider, name)],
        tenant: Some(tenant.into()),
        routes: vec![route.into()],
        status: Some(if connected > 0 { "connected" } else { "blocked" }.into()),
        ..finding(FindingKind::Device, name, details)
    }
}

pub fn prevalence(devices: u64, at_least: bool) -> Finding {
    Finding {
        identities: Vec::new(),
        ..finding(FindingKind::Prevalence, "prevalence", Details::Prevalence { devices, at_least })
    }
}

pub fn asked(source: &str) -> Asked {
    let product = if source.starts_with("sentinel") { Product::Sentinel } else { Product::Defender };
    let title = source.split('.').nth(1).unwrap_or_default().replace('_', " ");
    let mut letters = title.chars();
    let title = letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    Asked {
        source: source.into(),
        product,
        connection: Some("c1".into()),
        label: Some("Main".into()),
        tenant: Some(TENANT.into()),
        cloud: Some("global".into()),
        permission: Some("ThreatHunting.Read.All".into()),
        title,
    }
}

pub fn answer(source: &str, outcome: Outcome, findings: Vec<Finding>) -> Answer {
    let whole = matches!(outcome, Outcome::Found | Outcome::Nothing | Outcome::Partial | Outcome::Blind);
    let covered = whole.then(|| Covered {
        from: time("2026-10-26T12:00:00Z"),
        to: now(),
        limited_by: Limit::Retention,
        newest_row: Some(time("2026-11-25T11:59:00Z")),
    });
    Answer { findings, covered, ..Answer::new(asked(source), outcome, now()) }
}

/// A report of these answers on `evil.example`.
pub fn report(answers: Vec<Answer>) -> Report {
    report_on("evil.example", answers)
}

pub fn report_on(value: &str, answers: Vec<Answer>) -> Report {
    let all: Vec<Asked> = answers.iter().map(|answer| answer.asked.clone()).collect();
    let mut report = Report::new(&indicator(value), &all, now());
    for answer in answers {
        report.add(answer, now());
    }
    report
}

pub fn mail(id: &str, status: &str) -> Finding {
    let details = Details::Mail {
        sender: Some("billing@evil.example".into()),
        recipients: vec!["anna.berg@northwind.example".into()],
        direction: Some("inbound".into()),
        location: Some("Inbox".into()),
        threats: vec!["Phish".into()],
    };
    Finding { status: Some(status.into()), ..finding(FindingKind::Mail, id, details) }
}

pub fn click(id: &str, status: &str) -> Finding {
    let details = Details::Click {
        url: Some("https://evil.example/login".into()),
        account: Some("anna.berg@northwind.example".into()),
        application: Some("Email".into()),
        allowed: u64::from(status == "allowed"),
        blocked: u64::from(status == "blocked"),
        clicked_through: u64::from(status == "clicked_through"),
    };
    Finding { status: Some(status.into()), ..finding(FindingKind::Click, id, details) }
}

pub fn sign_ins(account: &str, succeeded: u64) -> Finding {
    let details = Details::SignIn {
        account: Some(account.into()),
        succeeded,
        failed: 3,
        applications: vec!["Office 365".into()],
        country: Some("NL".into()),
    };
    finding(FindingKind::SignIn, account, details)
}

pub fn sighting(table: &str) -> Finding {
    let details = Details::Sighting {
        table: table.into(),
        events: 12,
        what: vec!["Deny".into()],
        devices: vec!["fw-01".into()],
        accounts: vec!["anna.berg@northwind.example".into()],
    };
    finding(FindingKind::Sighting, table, details)
}

/// Threat intelligence belongs to no tenant.
pub fn intelligence(kind: FindingKind, id: &str, word: Option<&str>) -> Finding {
    let fields = vec![crate::Field { name: "Registrar".into(), value: "Example Registrar".into() }];
    let details = Details::Intelligence { value: Some("198.51.100.9".into()), fields };
    Finding { tenant: None, cloud: None, status: word.map(Into::into), ..finding(kind, id, details) }
}
