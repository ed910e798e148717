//! Many connections in many tenants: listed, found, tried together, called by names; keys for some tenants.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures_util::StreamExt;
use search::{Outcome, Product, Status, Validation};
use serde_json::json;
use store::audit::Actor;
use store::connections::{ConnectionId, NewConnection, Workspace};
use store::credentials::{CredentialId, Kind, NewCredential};
use store::grants::Scope;
use store::people::Role;
use tower::ServiceExt;

use super::office::{Caller, Fake, Office, TENANT, until};
use crate::gallery::{check_ids, check_policy, keep};

fn guid(tenant: usize) -> String {
    format!("{tenant:08}-2222-4333-8444-555555555555")
}

/// A connection of each of so many tenants, every fifth of which needs a hand.
async fn furnish(office: &Office, count: usize) -> Vec<ConnectionId> {
    let (db, now) = (&office.desk.db, office.desk.now());
    let mut ids = Vec::new();
    for tenant in 0..count {
        let product = if tenant % 2 == 0 { Product::Defender } else { Product::Sentinel };
        let credential = NewCredential {
            id: CredentialId::new(now),
            kind: Kind::Secret,
            sealed: vec![1],
            certificate: None,
            identity: None,
            ends: None,
        };
        let workspaces = match product {
            Product::Sentinel => vec![
                Workspace { id: guid(1000 + tenant), label: "north".into() },
                Workspace { id: guid(2000 + tenant), label: "south".into() },
            ],
            Product::Defender => Vec::new(),
        };
        let new = NewConnection {
            id: ConnectionId::new(now),
            product,
            label: format!("Customer {tenant}"),
            cloud: "global".into(),
            tenant_guid: guid(tenant),
            client_id: guid(3000 + tenant),
            credential,
            workspaces,
            switched_off: Vec::new(),
            quiet: Vec::new(),
        };
        let saved = store::connections::create(db, &Actor::oriel(), &Scope::All, &new, now).await.unwrap();
        let status = if tenant % 5 == 3 { Status::Failed } else { Status::Ready };
        let validation = Validation { status, checks: Vec::new(), follows: Vec::new(), validated_at: now };
        store::validations::save(db, &saved.id, &validation).await.unwrap();
        ids.push(saved.id);
    }
    ids
}

/// The labels of the rows, in their order.
fn rows(html: &str) -> Vec<String> {
    let labels = html.split("<div id=\"connection-").skip(1).filter_map(|row| row.split("Customer ").nth(1));
    labels.map(|rest| rest.split('<').next().unwrap().split(' ').next().unwrap().to_owned()).collect()
}

fn looked_at(name: &str, html: &str) {
    keep(name, html);
    check_policy(name, html);
    check_ids(name, html);
}

#[tokio::test]
async fn of_thirty_connections_those_that_need_a_hand_come_first_and_any_can_be_found() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    furnish(&office, 30).await;
    let owner = office.browser("olga", Role::Owner).await;
    let page = office.get(&owner, "/settings").await;
    looked_at("tenants-settings-30", &page.body);
    page.has("30 of 30").has("badge-tenant").has("north, south");
    let all = rows(&page.body);
    assert_eq!(all.len(), 30, "{all:?}");
    // Each product’s failed ones stand first, by their labels: three of Sentinel’s, then three of Defender’s.
    let failed = ["13", "23", "3", "18", "28", "8"];
    let first: Vec<&str> = all.iter().map(String::as_str).filter(|label| failed.contains(label)).collect();
    assert_eq!(first, failed);
    assert_eq!((&all[..3], &all[15..18]), (&failed.map(str::to_owned)[..3], &failed.map(str::to_owned)[3..]));

    for (query, found) in [
        ("state=failed", 6),
        ("state=attention&product=sentinel", 3),
        ("product=defender", 15),
        ("find=customer%201", 11),
        ("find=SOUTH", 15),
        ("find=00003007", 1),
        ("tenant=00000007-2222-4333-8444-555555555555", 1),
        ("find=nobody", 0),
        ("state=nonsense&product=nonsense", 30),
    ] {
        let page = office.get(&owner, &format!("/settings?{query}")).await;
        assert_eq!(rows(&page.body).len(), found, "{query}");
        page.has(&format!("{found} of 30"));
        check_ids(query, &page.body);
    }
    let home = office.get(&owner, "/").await;
    looked_at("tenants-home-30", &home.body);
    home.has("24 connections are ready");
}

#[tokio::test]
async fn one_tenant_is_not_named_beside_each_row_and_two_are() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let ids = furnish(&office, 1).await;
    let owner = office.browser("olga", Role::Owner).await;
    let one = office.get(&owner, "/settings").await;
    looked_at("tenants-settings-1", &one.body);
    one.has_not("badge-tenant").has_not("Validate all").has_not("id=\"filter-find\"");
    furnish(&office, 2).await;
    let two = office.get(&owner, "/settings").await;
    looked_at("tenants-settings-2", &two.body);
    let badge = format!("title=\"{}\"><span class=\"sr-only\">tenant </span><bdi>Customer 0</bdi></span>", guid(0));
    two.has(&badge);

    // A name that an owner gives stands in the label's place.
    let tenant = store::connections::find(&office.desk.db, &Scope::All, &ids[0]).await.unwrap().unwrap().tenant_id;
    let renamed = office.post(&owner, &format!("/settings/tenants/{tenant}"), &[("name", " <b>Contoso</b> ")]).await;
    assert_eq!(renamed.status, StatusCode::SEE_OTHER);
    office.get(&owner, "/settings").await.has("&#60;b&#62;Contoso&#60;/b&#62;").has_not("<b>Contoso");
    let long = "x".repeat(81);
    let refused = office.post(&owner, &format!("/settings/tenants/{tenant}"), &[("name", long.as_str())]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn many_are_tried_a_few_at_a_time_each_once_and_the_page_follows() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    furnish(&office, 30).await;
    let owner = office.browser("olga", Role::Owner).await;
    office.validator.may_end.forget_permits(1000);
    let all = [("which", "listed")];
    let begun = office.post(&owner, "/settings/connections/validate", &all).await;
    assert_eq!(begun.header("location"), "/settings?done=validating#integration");
    let tried = || office.validator.times.load(Ordering::SeqCst);
    let waits = || async { office.desk.in_progress().await.unwrap() };
    until("four are tried", async || tried() == 4).await;
    // A second click joins, and nobody is tried twice or out of turn.
    office.post(&owner, "/settings/connections/validate", &all).await;
    let underway = waits().await;
    assert_eq!((tried(), underway.tried.len(), underway.waits.len()), (4, 4, 26));
    let page = office.get(&owner, "/settings").await;
    page.has("In line").has("Validating").has("data-stream=\"/settings/connections/checks\"").has("30 to go");
    page.has("http-equiv=\"refresh\" content=\"2;");
    looked_at("tenants-settings-30-validating", &page.body);

    let request = Request::get("/settings/connections/checks").header("host", "127.0.0.1:8440");
    let request = request.header("cookie", &owner.headers["cookie"]).body(Body::empty()).unwrap();
    let mut events = office.router.clone().oneshot(request).await.unwrap().into_body().into_data_stream();
    let first = String::from_utf8(events.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(first.contains("0 of 30 have ended") && first.contains("In line"), "{first}");
    office.validator.may_end.add_permits(30);
    let rest: Vec<_> = events.map(|event| String::from_utf8(event.unwrap().to_vec()).unwrap()).collect().await;
    let rest = rest.concat();
    assert!(rest.contains("All 30 have been validated") && rest.contains("event: done"), "{rest}");
    assert_eq!((tried(), waits().await), (30, Default::default()));
    let page = office.get(&owner, "/settings").await;
    page.has_not("In line").has_not("data-stream=\"/settings/connections/checks\"");
}

#[tokio::test]
async fn those_that_are_ticked_are_tried_and_no_others() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let ids = furnish(&office, 6).await;
    let owner = office.browser("olga", Role::Owner).await;
    let (two, five) = (ids[2].to_string(), ids[5].to_string());
    let ticked = [("which", "ticked"), ("id", two.as_str()), ("id", five.as_str())];
    office.post(&owner, "/settings/connections/validate", &ticked).await;
    let ended = async || office.desk.in_progress().await.unwrap() == Default::default();
    until("both have ended", ended).await;
    assert_eq!(office.validator.times.load(Ordering::SeqCst), 2);
    let none = office.post(&owner, "/settings/connections/validate", &[("which", "ticked")]).await;
    office.get(&owner, none.header("location").split('#').next().unwrap()).await.has("No connection is ticked");
    let narrowed = [("which", "listed"), ("product", "sentinel"), ("find", "customer")];
    office.post(&owner, "/settings/connections/validate", &narrowed).await;
    until("all have ended", ended).await;
    assert_eq!(office.validator.times.load(Ordering::SeqCst), 5, "the three that were listed");
}

#[tokio::test]
async fn a_script_tries_many_and_reads_a_line_for_each() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let ids = furnish(&office, 12).await;
    let script = office.script("olga", Role::Owner).await;
    let path = "/api/v1/connections/validate";
    let all = office.json(&script, "POST", path, json!({ "all": true })).await;
    assert_eq!(all.header("content-type"), "application/x-ndjson");
    let lines: Vec<serde_json::Value> = all.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 12);
    assert!(lines.iter().all(|line| line["status"] == "ready" && line["validation"]["checks"].is_array()), "{lines:?}");
    let some = office.json(&script, "POST", path, json!({ "ids": [ids[3], ids[4]] })).await;
    assert_eq!(some.body.lines().count(), 2);
    for wrong in [json!({}), json!({ "all": true, "ids": [ids[0]] })] {
        assert_eq!(office.json(&script, "POST", path, wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let gone = json!({ "ids": [ids[0], ConnectionId::new(office.desk.now())] });
    assert_eq!(office.json(&script, "POST", path, gone).await.status, StatusCode::NOT_FOUND);

    let tenants = office.json(&script, "GET", "/api/v1/tenants", json!({})).await.json();
    let id = tenants[0]["id"].as_str().unwrap().to_owned();
    assert_eq!((tenants.as_array().unwrap().len(), &tenants[0]["connections"]), (12, &json!(1)));
    let path = format!("/api/v1/tenants/{id}");
    let named = office.json(&script, "PATCH", &path, json!({ "name": "Adatum" })).await;
    assert_eq!(named.status, StatusCode::NO_CONTENT);
    assert_eq!(office.json(&script, "GET", "/api/v1/tenants", json!({})).await.json()[0]["name"], "Adatum");
}

#[tokio::test]
async fn a_key_may_be_made_for_some_of_ones_tenants_and_opens_no_others() {
    let lent = databases::sqlite();
    let source = Fake::new("defender.alerts", Outcome::Nothing);
    let office = Office::open(lent.url(), vec![Arc::clone(&source) as _]).await;
    furnish(&office, 2).await;
    let owner = office.browser("olga", Role::Owner).await;
    let zero = guid(0);
    let made = office.post(&owner, "/settings/keys", &[("label", "for 0"), ("tenant", zero.as_str())]).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    made.has("opens <bdi>Customer 0</bdi>").has("id=\"key-tenants\"");
    let key = made.body.split("id=\"new-key\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let script = Caller::default().with("authorization", format!("Bearer {key}"));
    let listed = office.json(&script, "GET", "/api/v1/connections", json!({})).await.json();
    assert_eq!(listed.as_array().unwrap().iter().map(|one| &one["tenant_id"]).collect::<Vec<_>>(), [&json!(zero)]);
    assert_eq!(office.get(&script, "/metrics").await.status, StatusCode::FORBIDDEN);
    // The made-up source is of a tenant that this key does not open.
    let report = office.get(&script, "/api/v1/search?q=bad.example").await.json();
    assert_eq!((report["answers"].as_array().unwrap().len(), source.was_asked()), (0, 0), "{report:#}");
    let asked = office.get(&script, &format!("/api/v1/search?q=bad.example&tenant={TENANT}")).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    let stranger = office.post(&owner, "/settings/keys", &[("label", "x"), ("tenant", TENANT)]).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND, "a tenant that is not there");
}
