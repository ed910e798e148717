//! Every state of home, rendered through the real template.

use jiff::{SignedDuration, Timestamp};
use search::{Check, CheckState, Product, Status, Validation};
use store::changes::{Change, ChangeId};
use store::connections::{Connection, ConnectionId};
use store::credentials::{Credential, CredentialId, Kind};
use store::people::PersonId;
use store::searches::{Search, SearchId};
use store::tenants::TenantId;

use super::Home;
use crate::frame::Frame;
use crate::gallery::{check_ids, check_policy, keep};
use crate::tenants::Tenants;

fn now() -> Timestamp {
    "2026-11-25T09:30:00Z".parse().unwrap()
}

fn connection(product: Product, label: &str) -> Connection {
    Connection {
        id: ConnectionId::new(now()),
        tenant_id: TenantId::new(now()),
        product,
        label: label.to_owned(),
        cloud: "global".to_owned(),
        tenant_guid: "11111111-2222-4333-8444-555555555555".to_owned(),
        client_id: "66666666-7777-4888-8999-000000000000".to_owned(),
        credential: Credential {
            id: CredentialId::new(now()),
            connection_id: ConnectionId::new(now()),
            kind: Kind::Secret,
            sealed: Vec::new(),
            certificate: None,
            identity: None,
            ends: None,
            in_use: true,
            created_at: now(),
        },
        spare: None,
        workspaces: Vec::new(),
        switched_off: Vec::new(),
        quiet: Vec::new(),
        created_at: now(),
        updated_at: now(),
    }
}

fn validation(status: Status, failed: &[&str]) -> Option<Validation> {
    let check = |title: &&str| Check {
        check: "roles".to_owned(),
        capability: None,
        permission: None,
        state: CheckState::Failed,
        code: "missing_permission".to_owned(),
        title: (*title).to_owned(),
        remedy: None,
        link: None,
        trace_id: None,
        correlation_id: None,
    };
    let checks = failed.iter().map(check).collect();
    Some(Validation { status, checks, follows: Vec::new(), validated_at: now() - SignedDuration::from_hours(2) })
}

fn searches(count: i64) -> Vec<Search> {
    let values = [
        "c2.example.net",
        "203.0.113.7",
        "2001:db8:1234:5678:9abc:def0:1234:5678",
        "quiet.example.org",
        "xn--e1afmkfd.xn--p1ai",
    ];
    let levels = ["malicious", "suspicious", "seen", "nothing_known", "cannot_say"];
    let search = |number: i64| Search {
        id: SearchId::new(now()),
        person_id: PersonId::new(now()),
        kind: "domain".to_owned(),
        value: values[number as usize % 5].to_owned(),
        level: levels[number as usize % 5].to_owned(),
        times: 1,
        searched_at: now() - SignedDuration::from_mins(7 * number * number),
    };
    (0..count).map(search).collect()
}

fn home(name: &str, owner: bool, recent: &[Search], connections: &[(Connection, Option<Validation>)]) -> String {
    home_with(name, owner, recent, connections, &[])
}

fn home_with(
    name: &str,
    owner: bool,
    recent: &[Search],
    connections: &[(Connection, Option<Validation>)],
    changes: &[Change],
) -> String {
    let role = if owner { "owner" } else { "analyst" };
    let frame = Frame { home: true, ..Frame::signed_in("", "Ada Analyst", role) };
    let html =
        askama::Template::render(&Home::new(frame, owner, recent, connections, changes, &Tenants::default(), now()))
            .unwrap();
    keep(name, &html);
    check_policy(name, &html);
    check_ids(name, &html);
    html
}

#[test]
fn home_without_a_connection_says_what_comes_first_and_who_can_do_it() {
    let owner = home("home-first", true, &[], &[]);
    assert!(
        owner.contains("Neither Sentinel nor Defender is connected yet") && owner.contains(">Connect Microsoft</a>")
    );
    let analyst = home("home-first-analyst", false, &[], &[]);
    assert!(!analyst.contains("Connect Microsoft") && analyst.contains("An owner can connect them"));
}

#[test]
fn a_secret_that_ends_soon_is_told_on_home_and_the_connection_is_not_simply_ready() {
    let ending = |ends: jiff::civil::Date| {
        let mut connection = connection(Product::Sentinel, "Fabrikam SOC");
        connection.credential.ends = Some(ends);
        home(&format!("home-secret-{ends}"), true, &[], &[(connection, validation(Status::Ready, &[]))])
    };
    let soon = ending(jiff::civil::date(2026, 11, 30));
    assert!(soon.contains(">secret ends in 5 days<") && soon.contains("state-attention"), "{soon}");
    assert!(!soon.contains("state-ready"), "{soon}");
    assert!(ending(jiff::civil::date(2026, 11, 24)).contains(">secret has ended<"));
    let later = ending(jiff::civil::date(2027, 5, 1));
    assert!(later.contains("state-ready") && !later.contains("secret"), "{later}");
}

#[test]
fn home_names_each_connection_with_its_state_and_a_product_without_one() {
    let ready = (connection(Product::Sentinel, "Fabrikam SOC"), validation(Status::Ready, &[]));
    let html = home("home-well", true, &searches(12), std::slice::from_ref(&ready));
    assert!(html.contains("state-ready") && html.contains("Not connected"));

    let failing = (
        connection(Product::Defender, "Fabrikam <b>SOC</b>"),
        validation(Status::Attention, &["Ti.Read.All is missing", "the secret ends soon"]),
    );
    let html = home("home-failing", true, &searches(20), &[ready, failing]);
    assert!(html.contains("2 things to fix · Ti.Read.All is missing"), "{html}");
    assert!(!html.contains("<b>SOC</b>"), "a label is text");
}

#[test]
fn what_changed_is_told_with_a_way_to_its_connection_and_nothing_is_said_where_nothing_did() {
    let ready = (connection(Product::Sentinel, "Fabrikam SOC"), validation(Status::Ready, &[]));
    let change = |is: &str, title: &str, hours: i64| Change {
        id: ChangeId::new(now()),
        connection_id: ready.0.id.clone(),
        subject: "table:hunting/AlertInfo".to_owned(),
        was: "fresh".to_owned(),
        is: is.to_owned(),
        title: title.to_owned(),
        at: now() - SignedDuration::from_hours(hours),
    };
    let gone = Change { connection_id: ConnectionId::new(now()), ..change("works", "Of nobody.", 1) };
    let changes = [
        change("fresh", "AlertInfo in hunting: rows arrive again.", 2),
        change("silent", "AlertInfo in hunting: no alert since 20 Nov 2026. Check <b>it</b>.", 28),
        change("7_days", "The secret ends in 7 days, on 2 Dec 2026.", 30),
        change("refused", "The secret has expired.", 100),
        gone,
    ];
    let id = ready.0.id.to_string();
    let owner = home_with("home-changes", true, &searches(4), std::slice::from_ref(&ready), &changes);
    assert!(owner.contains(">What changed<") && owner.contains("rows arrive again."));
    assert!(owner.contains(&format!("href=\"/settings?edit={id}#connection-{id}\"")));
    assert!(owner.contains("Check &#60;b&#62;it") && owner.contains(">1 day ago<"));
    assert!(owner.contains("Does not work:") && owner.contains("Needs a look:") && owner.contains("Well:"));
    assert!(!owner.contains("Of nobody."), "its connection was removed");
    let analyst = home_with("home-changes-analyst", false, &searches(4), std::slice::from_ref(&ready), &changes);
    assert!(analyst.contains(&format!("href=\"/settings#connection-{id}\"")) && !analyst.contains("?edit="));
    let calm = home("home-calm", true, &searches(4), &[ready]);
    assert!(!calm.contains("What changed"));
}
