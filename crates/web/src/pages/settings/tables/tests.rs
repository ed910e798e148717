use askama::Template;
use store::connections::{ConnectionId, Workspace};

use super::*;
use crate::gallery::{check_ids, check_policy, keep};

#[derive(Template)]
#[template(
    ext = "html",
    source = "{% extends \"base.html\" %}{% import \"_macros.html\" as m %}{% block content %}<h1>Tables</h1>{% include \"settings/_tables.html\" %}{% endblock %}"
)]
struct Alone {
    frame: crate::frame::Frame,
    tables: TablesPart,
}

const WORKSPACE: &str = "cccccccc-2222-4333-8444-555555555555";

fn now() -> Timestamp {
    "2026-11-25T09:30:00Z".parse().unwrap()
}

fn pulse(place: &str, table: &str, hours: i64) -> Pulse {
    Pulse {
        connection_id: ConnectionId::new(now()),
        place: place.into(),
        table: table.into(),
        newest: Some(now() - SignedDuration::from_hours(hours)),
        rows_24h: Some(1_234_567),
        plan: None,
        retention_days: (place == "hunting").then_some(30),
        trouble: None,
        quiet: false,
        taken_at: now() - SignedDuration::from_mins(12),
    }
}

fn page(name: &str, pulses: &[Pulse]) -> String {
    let workspaces = [Workspace { id: WORKSPACE.to_uppercase(), label: "SOC <b>north</b>".into() }];
    let frame = crate::frame::Frame::signed_in("Tables", "Ada Analyst", "owner");
    let html = Alone { frame, tables: TablesPart::new(&workspaces, pulses, now()) }.render().unwrap();
    keep(name, &html);
    check_policy(name, &html);
    check_ids(name, &html);
    html
}

#[test]
fn each_table_says_where_it_is_how_new_and_what_microsoft_does_not_tell() {
    let trouble = Some("graph.example cannot be reached: <i>no route</i>.".to_owned());
    let html = page(
        "settings-tables",
        &[
            pulse("hunting", "AlertInfo.Sentinel", 2),
            Pulse { rows_24h: Some(0), ..pulse("hunting", "DeviceNetworkEvents", 120) },
            Pulse { trouble, rows_24h: None, ..pulse(WORKSPACE, "SecurityAlert", 3) },
            Pulse { quiet: true, newest: None, rows_24h: Some(0), ..pulse(WORKSPACE, "ThreatIntelIndicators", 0) },
        ],
    );
    for expected in [
        "AlertInfo · Sentinel",
        "1,234,567",
        ">2 hours ago<",
        ">5 days ago<",
        "<span>silent</span>",
        "<span>not read</span>",
        "<span>quiet</span>",
        "<td>30 days</td>",
        "not told by Microsoft",
        "SOC &#60;b&#62;north",
        ">12 minutes ago<",
    ] {
        assert!(html.contains(expected), "{expected} in {html}");
    }
    assert!(!html.contains("<i>no route"), "what Microsoft says is text");
}

#[test]
fn a_connection_whose_tables_were_not_looked_at_yet_says_nothing() {
    assert!(!page("settings-tables-none", &[]).contains("<table"));
}

#[test]
fn numbers_are_grouped_by_thousands() {
    let expected = [(0, "0"), (999, "999"), (1_000, "1,000"), (-4, "0"), (12_345_678, "12,345,678")];
    for (number, text) in expected {
        assert_eq!(grouped(number), text);
    }
}
