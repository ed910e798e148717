//! Reports of a fictional tenant, one for each state of the page.

use std::sync::LazyLock;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use search::finding::IncidentReference;
use search::{Answer, Asked, Covered, Details, Finding, Limit, Link, Outcome, Product, Report};

use super::super::parts::View;
use super::findings::{alert, device, incident, listed, place, prevalence};
use crate::state::CapabilityRow;
use crate::tenants::Tenants;

/// A report and what was typed for it.
pub struct State {
    pub name: &'static str,
    pub query: &'static str,
    pub report: Report,
}

/// What somebody who controls a field of an alert would write into it.
pub const HOSTILE: &str = "<img src=x onerror=alert(1)>\"'><svg onload=alert(2)>\u{202e}gpj.exe\u{200b}\r\n</script>{{7*7}} שלום עולם ﷽﷽ Z̷̛̤̈́a̸̰͝l̴̘̂g̵̼̈o̶͔̚";

pub const TENANT: &str = "11111111-2222-4333-8444-555555555555";

pub fn now() -> Timestamp {
    "2026-11-25T09:30:00Z".parse().unwrap()
}

pub fn all() -> Vec<State> {
    vec![
        quiet(),
        rich(),
        super::traffic::state(),
        outcomes(),
        waiting(),
        hostile(),
        failed(),
        unconnected(),
        idn(),
        long(),
        ipv6(),
        private(),
    ]
}

/// The sources that a tenant with both products has.
const SOURCES: [(&str, &str, Product, &str); 14] = [
    ("sentinel.alerts", "Alerts", Product::Sentinel, "ThreatHunting.Read.All"),
    ("sentinel.threat_indicators", "Threat indicators", Product::Sentinel, "ThreatHunting.Read.All"),
    ("sentinel.workspace_alerts", "Workspace alerts", Product::Sentinel, "Log Analytics Data Reader"),
    ("sentinel.workspace_incidents", "Workspace incidents", Product::Sentinel, "Log Analytics Data Reader"),
    (
        "sentinel.workspace_threat_indicators",
        "Workspace threat indicators",
        Product::Sentinel,
        "Log Analytics Data Reader",
    ),
    ("sentinel.classic_alerts", "Alerts, classic", Product::Sentinel, "SecurityEvents.Read.All"),
    (
        "sentinel.classic_threat_indicators",
        "Threat indicators, classic",
        Product::Sentinel,
        "ThreatIndicators.Read.All",
    ),
    ("defender.alerts", "Alerts", Product::Defender, "ThreatHunting.Read.All"),
    ("defender.devices", "Devices", Product::Defender, "ThreatHunting.Read.All"),
    ("defender.prevalence", "Prevalence", Product::Defender, "ThreatHunting.Read.All"),
    ("defender.endpoint_alerts", "Endpoint alerts", Product::Defender, "Alert.Read.All"),
    ("defender.indicators", "Indicators", Product::Defender, "Ti.Read.All"),
    ("defender.machines", "Machines", Product::Defender, "Machine.Read.All"),
    ("defender.endpoint_prevalence", "Endpoint prevalence", Product::Defender, "Url.Read.All"),
];

/// The table of capabilities: names of sources sorted by their letters would not come out like this.
static CAPABILITIES: LazyLock<Vec<CapabilityRow>> = LazyLock::new(|| {
    let order = [2, 3, 4, 0, 1, 5, 6, 7, 8, 9, 10, 11, 12, 13];
    let row = |index: usize| {
        let (source, title, product, permission) = SOURCES[index];
        let (name, title, permission) = (source.to_owned(), title.to_owned(), Some(permission.to_owned()));
        let (reads, resource) = ("Alerts of all devices.".into(), "Microsoft Graph".into());
        CapabilityRow {
            product,
            name,
            title,
            permission,
            retirement: None,
            retires: None,
            reads,
            resource,
            lacking: Vec::new(),
        }
    };
    order.into_iter().map(row).collect()
});

/// Where there is one tenant alone, nothing says which.
static ONE: LazyLock<Tenants> = LazyLock::new(Tenants::default);

pub fn view() -> View<'static> {
    View { now: now(), capabilities: &CAPABILITIES, again: &[], contact: None, tenants: &ONE }
}

pub fn asked(index: usize) -> Asked {
    let (source, title, product, permission) = SOURCES[index];
    Asked {
        source: source.into(),
        product,
        connection: Some(format!("0190-{product}")),
        label: Some("Fabrikam SOC".into()),
        tenant: Some(TENANT.into()),
        cloud: Some("global".into()),
        permission: Some(permission.into()),
        title: title.into(),
    }
}

pub fn answer(index: usize, findings: Vec<Finding>) -> Answer {
    let outcome = if findings.is_empty() { Outcome::Nothing } else { Outcome::Found };
    let days = if index % 7 == 4 { 90 } else { 30 };
    Answer {
        covered: Some(Covered {
            from: now() - SignedDuration::from_hours(24 * days),
            to: now(),
            limited_by: Limit::Retention,
            newest_row: Some(now()),
        }),
        took: Duration::from_millis(140 + 67 * index as u64),
        findings,
        ..Answer::new(asked(index), outcome, now() - SignedDuration::from_secs(2))
    }
}

fn retired(index: usize) -> Answer {
    Answer {
        reason: Some(
            "Microsoft switched this interface off in April 2026; hunting over ThreatIntelIndicators replaces it."
                .into(),
        ),
        ..Answer::new(asked(index), Outcome::Retired, now())
    }
}

pub fn report(query: &str, answers: Vec<Answer>, waiting: &[usize]) -> Report {
    let indicator = indicator::parse(query).unwrap().indicator;
    let mut asked: Vec<Asked> = answers.iter().map(|answer| answer.asked.clone()).collect();
    asked.extend(waiting.iter().map(|&index| super::reports::asked(index)));
    let mut report = Report::new(&indicator, &asked, now() - SignedDuration::from_secs(2));
    for answer in answers {
        report.add(answer, now());
    }
    report
}

pub fn quiet() -> State {
    let query = "quiet.example.org";
    let answers = (0..14).map(|index| if index == 5 || index == 6 { retired(index) } else { answer(index, vec![]) });
    State { name: "quiet", query, report: report(query, answers.collect(), &[]) }
}

pub fn rich_answers() -> Vec<Answer> {
    let mut answers: Vec<Answer> = (0..14)
        .map(|index| match index {
            5 | 6 => retired(index),
            0 => answer(0, (0..15).map(|number| alert(Product::Sentinel, number)).collect()),
            1 => answer(
                1,
                vec![listed(Product::Sentinel, 1, None, "active"), listed(Product::Sentinel, 2, None, "expired")],
            ),
            3 => answer(3, vec![incident(1)]),
            7 => answer(
                7,
                (0..45).map(|number| alert(Product::Defender, number)).chain([incident(0), incident(2)]).collect(),
            ),
            8 => answer(8, (0..6).map(device).collect()),
            9 => answer(9, vec![prevalence()]),
            11 => answer(
                11,
                vec![
                    listed(Product::Defender, 0, Some("block"), "active"),
                    listed(Product::Defender, 3, Some("allow"), "active"),
                ],
            ),
            other => answer(other, vec![]),
        })
        .collect();
    answers[2].outcome = Outcome::Partial;
    answers[2].reason =
        Some("The workspace SOC-EU answered with a part of its rows only: the query ran out of memory.".into());
    answers[2].remedy = Some("Search again in a minute; if it stays so, ask whoever runs the workspace.".into());
    answers
}

pub fn rich() -> State {
    let query = "hxxps://c2[.]example[.]net:8443/beacon?id=7";
    State { name: "rich", query, report: report(query, rich_answers(), &[]) }
}

pub fn waiting() -> State {
    let query = "c2.example.net";
    let answers = rich_answers().into_iter().filter(|answer| answer.asked.source == "defender.indicators").collect();
    State { name: "waiting", query, report: report(query, answers, &[0, 1, 2, 3, 4, 7, 8, 9, 10, 12]) }
}

pub fn problem(index: usize, outcome: Outcome) -> Answer {
    let (reason, remedy, link) = match outcome {
        Outcome::Partial => ("Two of three pages came; the third was refused.", "Search again.", None),
        Outcome::Blind => (
            "The table answers, but its newest row is 12 days old: data has stopped.",
            "Check the connector “Microsoft Defender XDR” of the workspace SOC-EU.",
            Some("https://portal.example.com/connectors"),
        ),
        Outcome::Denied => (
            "The app may not read this: the permission is not in its token.",
            "Grant the permission to the app registration, with admin consent, then validate.",
            Some("https://entra.example.com/permissions"),
        ),
        Outcome::Refused => (
            "The secret has expired (AADSTS7000222).",
            "Make a new client secret and paste its Value into the connection.",
            Some("/settings#sentinel"),
        ),
        Outcome::Unlicensed => (
            "This tenant does not have Microsoft Defender for Endpoint.",
            "Nothing needs doing if that is so; switch the capability off to stop asking.",
            Some("/settings#defender"),
        ),
        Outcome::Throttled => ("Microsoft allows no more questions for now.", "It is tried again by itself.", None),
        Outcome::TimedOut => (
            "Microsoft did not answer within 30 seconds.",
            "Search again; hunting is slow when many queries run.",
            None,
        ),
        Outcome::Unreachable => (
            "api.security.example.com could not be reached: the proxy answered 407.",
            "Check the proxy's user and password in the configuration.",
            None,
        ),
        Outcome::Failed => (
            "Microsoft answered 500 “InternalServerError”.",
            "Search again; if it stays so, hand the ids below to Microsoft's support.",
            None,
        ),
        Outcome::NotConnected => (
            "This capability is switched off.",
            "Switch it on in the settings of the connection.",
            Some("/settings#defender"),
        ),
        _ => ("", "", None),
    };
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Answer {
        reason: text(reason),
        remedy: text(remedy),
        remedy_link: link.map(str::to_owned),
        evidence: vec![
            ("code".into(), "AADSTS7000222".into()),
            ("trace_id".into(), "7d0b4a1c-52d3-4f6e-9a76-0c8f2b1e9d00".into()),
            ("correlation_id".into(), "f1c7e0aa-3b1e-4c55-8a4b-6d2f9e0b7c11".into()),
        ],
        retry_at: (outcome == Outcome::Throttled).then(|| now() + SignedDuration::from_secs(14)),
        took: Duration::from_millis(900),
        ..Answer::new(asked(index), outcome, now())
    }
}

pub fn outcomes() -> State {
    let query = "c2.example.net";
    let answers = Outcome::ALL
        .into_iter()
        .enumerate()
        .map(|(index, outcome)| match outcome {
            Outcome::Found => answer(index, (0..3).map(|number| alert(Product::Sentinel, number)).collect()),
            Outcome::Nothing => answer(index, vec![]),
            Outcome::Retired => retired(index),
            other => problem(index, other),
        })
        .collect();
    State { name: "outcomes", query, report: report(query, answers, &[]) }
}

pub fn failed() -> State {
    let query = "c2.example.net";
    let answers = (0..14)
        .map(|index| match index {
            5 | 6 => retired(index),
            0..7 => problem(index, Outcome::Refused),
            _ => problem(index, Outcome::Unreachable),
        })
        .collect();
    State { name: "failed", query, report: report(query, answers, &[]) }
}

pub fn unconnected() -> State {
    let query = "c2.example.net";
    let answers = (0..14)
        .map(|index| {
            let mut answer = problem(index, Outcome::NotConnected);
            answer.asked.connection = None;
            answer.asked.label = None;
            answer.asked.tenant = None;
            answer.evidence.clear();
            answer.reason = Some(format!("{} is not connected.", answer.asked.product.title()));
            answer.remedy = Some("Connect it in Account settings, under Microsoft Graph Integration.".into());
            answer.remedy_link = Some("/settings#microsoft-graph-integration".into());
            answer
        })
        .collect();
    State { name: "unconnected", query, report: report(query, answers, &[]) }
}

/// The sources of devices are throttled for 14 seconds.
pub fn throttled() -> State {
    let query = "quiet.example.org";
    let answers = vec![answer(0, vec![]), problem(8, Outcome::Throttled), problem(9, Outcome::Throttled)];
    State { name: "throttled", query, report: report(query, answers, &[]) }
}

/// The first of Defender's routes is gone, the second is not.
pub fn gone() -> State {
    let query = "quiet.example.org";
    State { name: "gone", query, report: report(query, vec![retired(7), answer(8, vec![])], &[]) }
}

pub fn hostile() -> State {
    hostile_with(HOSTILE)
}

/// The same text in every field.
pub fn hostile_with(text: &str) -> State {
    let query = "c2.example.net";
    let mut alert = alert(Product::Defender, 0);
    alert.title = text.into();
    alert.service = Some(text.into());
    alert.status = Some(text.into());
    alert.links = vec![
        Link { label: text.into(), url: "data:text/html,<script>alert(3)</script>".into() },
        Link { label: text.into(), url: "https://security.example.com/\"><b>".into() },
    ];
    alert.places = vec![place(text, text)];
    alert.details = Details::Alert {
        category: Some(text.into()),
        description: Some(text.into()),
        classification: Some(text.into()),
        incident: Some(IncidentReference {
            id: text.into(),
            title: Some(text.into()),
            url: Some("javascript:alert(4)".into()),
        }),
        techniques: vec![text.into()],
        devices: vec![text.into(), "x".repeat(4_000)],
        accounts: vec![text.into()],
        pivots: vec![text.into()],
    };
    let mut device = device(0);
    device.title = text.into();
    let mut listed = listed(Product::Defender, 0, Some(text), text);
    listed.title = "very ".repeat(300);
    let mut failed = problem(10, Outcome::Failed);
    failed.reason = Some(text.into());
    failed.remedy_link = Some("javascript:alert(5)".into());
    failed.evidence.push((text.into(), text.into()));
    failed.asked.label = Some(text.into());
    let answers = vec![answer(7, vec![alert, incident(0)]), answer(8, vec![device]), answer(11, vec![listed]), failed];
    let answers = answers.into_iter().chain([super::traffic::hostile(text)]).collect();
    State { name: "hostile", query, report: report(query, answers, &[]) }
}

fn small(name: &'static str, query: &'static str) -> State {
    let answers = vec![
        answer(0, vec![alert(Product::Sentinel, 1)]),
        answer(7, vec![alert(Product::Defender, 0), alert(Product::Defender, 13)]),
        answer(8, vec![device(0)]),
        answer(11, vec![]),
        answer(12, vec![]),
    ];
    State { name, query, report: report(query, answers, &[]) }
}

pub fn idn() -> State {
    small("idn", "login.пример.рф")
}

pub fn long() -> State {
    small(
        "long",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc.example.com",
    )
}

pub fn ipv6() -> State {
    small("ipv6", "[2001:db8:1234:5678:9abc:def0:1234:5678]:8443")
}

pub fn private() -> State {
    small("private", "192.168.1.9")
}
