//! What is written down of what people do, and who may read it.

use axum::http::StatusCode;
use jiff::SignedDuration;
use rstest::rstest;
use search::Outcome;
use store::audit::read::{self, Said, Wanted};
use store::audit::verify;
use store::grants::Scope;
use store::people::Role;

use super::office::{Fake, Office, PASSWORD, good_form};

/// What was written down, the oldest first.
async fn said(office: &Office) -> Vec<Said> {
    let mut written = read::list(&office.desk.db, &Scope::All, &Wanted::default(), 1000).await.unwrap();
    written.reverse();
    written.into_iter().filter_map(|entry| entry.said).collect()
}

async fn done(office: &Office, action: &str) -> Vec<Said> {
    said(office).await.into_iter().filter(|said| said.action == action).collect()
}

#[tokio::test]
async fn each_search_is_written_down_once_whichever_way_it_is_seen() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![Fake::new("defender.alerts", Outcome::Nothing)]).await;
    let kate = office.browser("kate", Role::Analyst).await;
    for path in ["/search?q=bad.example", "/search/stream?q=bad.example", "/search?q=bad.example&wait=true"] {
        assert_eq!(office.get(&kate, path).await.status, StatusCode::OK, "{path}");
    }
    let searches = done(&office, "search.made").await;
    assert_eq!(searches.len(), 1, "page and stream are one search");
    let search = &searches[0];
    assert_eq!((search.by.name.as_str(), search.details["value"].as_str()), ("kate", Some("bad.example")));
    assert_eq!(search.by.address.as_deref(), Some("192.0.2.10"));
    assert!(search.by.request.is_some());

    office.get(&kate, "/search.csv?q=bad.example").await;
    assert_eq!(done(&office, "report.exported").await.len(), 1, "a file leaves the house: that is another thing");
    office.later(SignedDuration::from_mins(2));
    office.get(&kate, "/search?q=bad.example").await;
    office.get(&kate, "/search?q=other.example").await;
    assert_eq!(done(&office, "search.made").await.len(), 3);

    let script = office.script("robot", Role::Viewer).await;
    for _ in 0..2 {
        office.get(&script, "/api/v1/search?q=bad.example").await;
    }
    let by_key = done(&office, "search.made").await.split_off(3);
    assert_eq!(by_key.len(), 2, "each request of a script");
    assert!(by_key.iter().all(|search| search.by.key.is_some() && search.by.name == "robot"));
}

#[tokio::test]
async fn a_quiet_search_stands_in_the_audit_alone() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![Fake::new("defender.alerts", Outcome::Nothing)]).await;
    let kate = office.browser("kate", Role::Analyst).await;
    office.get(&kate, "/search?q=quiet.example&quiet=true&wait=true").await;
    office.get(&kate, "/search/stream?q=quiet.example&quiet=true").await;
    let (person, _) = store::people::by_name(&office.desk.db, "kate").await.unwrap().unwrap();
    assert_eq!(store::searches::recent(&office.desk.db, &person.id, 5).await.unwrap(), []);
    let searches = done(&office, "search.made").await;
    assert_eq!(searches.len(), 1);
    assert_eq!(
        (searches[0].details["value"].as_str(), &searches[0].details["quiet"]),
        (Some("quiet.example"), &true.into())
    );
    let home = office.get(&kate, "/").await;
    assert!(!home.body.contains("quiet.example"));
    home.has("<input type=\"checkbox\" form=\"find\" name=\"quiet\" value=\"true\">");
    // The next search from its page is a quiet one too, and from another page it is not.
    let ticked = "<input type=\"checkbox\" name=\"quiet\" value=\"true\" checked>";
    office.get(&kate, "/search?q=quiet.example&quiet=true&wait=true").await.has(ticked);
    office.get(&kate, "/search?q=not+an+indicator&quiet=true").await.has(ticked);
    assert!(!office.get(&kate, "/search?q=loud.example&wait=true").await.body.contains(ticked));
}

#[tokio::test]
async fn what_an_owner_does_is_written_down_and_no_secret_with_it() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("olga", Role::Owner).await;
    let reply = office.post(&owner, "/settings/connections", &good_form("defender")).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{reply:?}");
    let edit = reply.header("location").split('#').next().unwrap().to_owned();
    office.get(&owner, &edit).await;
    office.post(&owner, "/settings/keys", &[("label", "nightly")]).await;
    office.get(&owner, "/settings/support-bundle").await;
    let all = said(&office).await;
    let actions: Vec<_> = all.iter().map(|said| said.action.as_str()).collect();
    for expected in ["session.opened", "connection.created", "connection.seen", "key.created", "support_bundle.made"] {
        assert!(actions.contains(&expected), "{expected} is missing: {actions:?}");
    }
    let text = serde_json::to_string(&all).unwrap();
    assert!(!text.contains(super::office::SECRET) && !text.contains(PASSWORD) && !text.contains("$argon2id"));
    assert!(verify::chain(&office.desk.db, None).await.unwrap().is_ok());
}

#[rstest]
#[case(Role::Owner, StatusCode::OK)]
#[case(Role::Auditor, StatusCode::OK)]
#[case(Role::Analyst, StatusCode::FORBIDDEN)]
#[case(Role::Viewer, StatusCode::FORBIDDEN)]
#[tokio::test]
async fn auditors_and_owners_read_it(#[case] role: Role, #[case] expected: StatusCode) {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let browser = office.browser("ada", role).await;
    let script = office.script("robot", role).await;
    for path in ["/audit", "/audit/export"] {
        assert_eq!(office.get(&browser, path).await.status, expected, "{path}");
    }
    assert_eq!(office.get(&script, "/api/v1/audit").await.status, expected);
    let shown = office.get(&browser, "/api").await.body;
    assert_eq!(shown.contains("href=\"/audit\""), expected.is_success(), "the menu leads there who may go");
}

#[tokio::test]
async fn what_is_exported_can_be_checked_and_an_end_is_read_on_from() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![Fake::new("defender.alerts", Outcome::Nothing)]).await;
    let auditor = office.script("ada", Role::Auditor).await;
    let kate = office.browser("kate", Role::Analyst).await;
    for n in 0..600 {
        office.desk.note(&store::audit::Actor::oriel(), store::audit::Entry::new("search.made")).await;
        if n == 0 {
            office.get(&kate, "/search?q=bad.example").await;
        }
    }
    let reply = office.get(&auditor, "/api/v1/audit").await;
    assert_eq!(reply.header("content-type"), "application/x-ndjson");
    let entries: Vec<read::Exported> = reply.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut checker = verify::Checker::new(None);
    entries.iter().for_each(|entry| checker.next(entry).unwrap());
    let holds = checker.end().unwrap();
    assert!(holds.entries > 600 && holds.without_content == 0);
    let on = office.get(&auditor, &format!("/api/v1/audit?after={}", holds.entries)).await;
    assert_eq!(on.body.lines().count(), 1, "that it was read: {}", on.body);
    assert_eq!(office.get(&auditor, "/api/v1/audit?after=x").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_page_is_found_through_by_word_and_day_and_escapes_what_was_typed() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("olga", Role::Owner).await;
    office.post(&owner, "/settings/keys", &[("label", "<b onclick=x>bold</b>")]).await;
    let page = office.get(&owner, "/audit?q=KEY.created").await.body;
    assert!(page.contains("made the API key &#60;b onclick=x&#62;bold&#60;/b&#62;"), "{page}");
    assert!(!page.contains("signed in</bdi>"), "only what fits");
    let none = office.get(&owner, "/audit?from=2031-01-01").await.body;
    assert!(none.contains("Nothing was written down that fits"), "{none}");
    let wrong = office.get(&owner, "/audit?from=tomorrow%3Cb%3E").await.body;
    assert!(wrong.contains("“tomorrow&#60;b&#62;” is not a day. Write it like 2026-11-25."), "{wrong}");
    let all = office.get(&owner, "/audit?from=2026-01-01&to=2030-12-31").await.body;
    assert!(all.contains("signed in</bdi>") && all.contains("oriel audit verify --anchor"), "{all}");
}

#[tokio::test]
async fn a_search_goes_on_when_it_cannot_be_written_down_and_what_is_missing_is_told() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![Fake::new("defender.alerts", Outcome::Nothing)]).await;
    let kate = office.browser("kate", Role::Analyst).await;
    let another = databases::sqlite();
    let broken = Office::open(another.url(), vec![]).await;
    broken.desk.db.close().await;
    // The same process, with a database that is away.
    let away = crate::Desk { db: broken.desk.db.clone(), ..office.desk.clone() };
    for _ in 0..3 {
        away.note(&store::audit::Actor::oriel(), store::audit::Entry::new("search.made")).await;
    }
    assert_eq!(office.get(&kate, "/search?q=bad.example").await.status, StatusCode::OK);
    let missed = done(&office, "audit.missed").await;
    assert_eq!(missed.len(), 1);
    assert_eq!(missed[0].details["entries"], 3);
    assert!(
        office
            .get(&kate.clone().with("x-test-peer", "127.0.0.1"), "/metrics")
            .await
            .body
            .contains("oriel_audit_missed_total 3")
    );
}

#[tokio::test]
async fn who_sees_some_tenants_reads_their_entries_and_no_trace_of_others() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let (db, now) = (&office.desk.db, office.desk.now());
    let browser = office.browser("ada", Role::Auditor).await;
    let script = office.script("robot", Role::Auditor).await;
    let tenant = store::tenants::ensure(db, "global", super::office::TENANT, now).await.unwrap();
    let scope = Scope::Only([tenant.id.clone()].into());
    for name in ["ada", "robot"] {
        let (person, _) = store::people::by_name(db, name).await.unwrap().unwrap();
        store::grants::set_of_person(db, &store::audit::Actor::oriel(), &person.id, &scope, now).await.unwrap();
    }
    office.get(&browser, "/audit").await.has("whoever sees every tenant").has_not("The chain ends with");
    for (caller, path) in [(&browser, "/audit/export"), (&script, "/api/v1/audit")] {
        let reply = office.get(caller, path).await;
        assert_eq!((reply.status, reply.body.as_str()), (StatusCode::OK, ""), "{path}");
    }
    let entry = store::audit::Entry::new("connection.seen").of(&tenant.id);
    store::audit::append(db, &store::audit::Actor::oriel(), &[entry], now).await.unwrap();
    assert_eq!(office.get(&script, "/api/v1/audit").await.body.lines().count(), 1);
    office.get(&browser, "/audit").await.has("looked at the connection").has_not("exported the audit");
}

#[tokio::test]
async fn whoever_reads_a_connection_by_the_api_is_written_down() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("olga", Role::Owner).await;
    office.post(&owner, "/settings/connections", &good_form("defender")).await;
    let connection = store::connections::list(&office.desk.db, &Scope::All).await.unwrap().remove(0);
    let script = office.script("robot", Role::Owner).await;
    for path in ["", "/{id}/credentials", "/{id}/changes", "/{id}/pulse"] {
        let path = format!("/api/v1/connections{}", path.replace("{id}", connection.id.as_str()));
        assert_eq!(office.get(&script, &path).await.status, StatusCode::OK, "{path}");
    }
    let listed = done(&office, "connections.listed").await;
    assert_eq!((listed.len(), listed[0].tenants.as_slice()), (1, [connection.tenant_id.clone()].as_slice()));
    assert_eq!(listed[0].details["connections"][0], connection.label.as_str());
    let seen = done(&office, "connection.seen").await;
    assert_eq!(seen.len(), 3);
    assert!(
        seen.iter().all(|said| said.by.key.is_some() && said.subject.as_ref().unwrap().id == connection.id.as_str())
    );
}
