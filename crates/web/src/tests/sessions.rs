//! Sessions: seen, ended, and what goes on in them ends with them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use futures_util::StreamExt;
use search::Outcome;
use store::audit::Actor;
use store::grants::Scope;
use store::people::Role;
use tower::ServiceExt;

use super::office::{Caller, Fake, Office, PASSWORD, cookie_of, good_form, until};

fn id_in(page: &str, after: &str) -> String {
    let (_, rest) = page.split_once(after).unwrap_or_else(|| panic!("no “{after}” in:\n{page}"));
    rest.split(['/', '"']).next().unwrap().to_owned()
}

databases::on_each_database! {
    async fn sessions_are_listed_and_ended_one_by_one_or_all_others(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        office.person("kate", Role::Analyst).await;
        let open = async |agent: &str, from: &str| {
            let browser = Caller::default().with("user-agent", agent).with("x-test-peer", from);
            let reply = office.post(&browser, "/sign-in", &[("name", "kate"), ("password", PASSWORD)]).await;
            browser.with("cookie", cookie_of(&reply))
        };
        let here = open("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "192.0.2.1").await;
        let telephone = open("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36", "198.51.100.7").await;
        let strange = open("<b>evil</b>", "203.0.113.5").await;
        let page = office.get(&here, "/settings").await;
        page.has("Firefox 140 on Linux").has("this one").has("Chrome 142 on Android").has("198.51.100.7").has_not("<b>evil");

        let id = id_in(&office.get(&telephone, "/settings").await.body, "action=\"/settings/sessions/");
        assert_eq!(office.post(&here, &format!("/settings/sessions/{id}/end"), &[]).await.status, StatusCode::SEE_OTHER);
        let open = [office.get(&here, "/settings").await, office.get(&telephone, "/settings").await, office.get(&strange, "/settings").await];
        let alive = open.iter().filter(|reply| reply.status == StatusCode::OK).count();
        assert_eq!(alive, 2);
        let others = office.post(&telephone, "/settings/sessions/end-others", &[]).await;
        assert_eq!(others.status, StatusCode::SEE_OTHER);
        assert_eq!(office.get(&telephone, "/settings").await.status, StatusCode::OK);
        for gone in [&here, &strange] {
            assert_eq!(office.get(gone, "/settings").await.status, StatusCode::SEE_OTHER);
        }
    }
}

#[tokio::test]
async fn somebody_elses_session_is_out_of_reach() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let kate = office.browser("kate", Role::Analyst).await;
    let eve = office.browser("eve", Role::Analyst).await;
    let id = store::people::by_name(&office.desk.db, "kate").await.unwrap().unwrap().0.id;
    let session = store::sessions::list_of(&office.desk.db, &id, office.desk.now()).await.unwrap().remove(0).id;
    let reply = office.post(&eve, &format!("/settings/sessions/{session}/end"), &[]).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert_eq!(office.get(&kate, "/settings").await.status, StatusCode::OK);
}

/// What ends somebody's access while a search is running.
async fn shut_out(office: &Office, name: &str) {
    let (person, _) = store::people::by_name(&office.desk.db, name).await.unwrap().unwrap();
    assert!(store::people::disable(&office.desk.db, &Actor::oriel(), &person.id, office.desk.now()).await.unwrap());
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let lent = databases::sqlite();
    let slow = Fake::held("defender.alerts", Outcome::Found);
    let office = Office::open(lent.url(), vec![Arc::clone(&slow) as Arc<dyn search::Source>]).await;
    let kate = office.browser("kate", Role::Analyst).await;
    let request = Request::get("/search/stream?q=c2.example.net")
        .header(header::COOKIE, &kate.headers["cookie"])
        .header(header::HOST, "127.0.0.1:8440")
        .body(Body::empty())
        .unwrap();
    let response = office.router.clone().oneshot(request).await.unwrap();
    let mut events = response.into_body().into_data_stream();
    events.next().await.expect("the first event comes").unwrap();
    shut_out(&office, "kate").await;
    slow.may_answer.add_permits(1);
    let rest = tokio::time::timeout(Duration::from_secs(60), events.collect::<Vec<_>>()).await.expect("it ends");
    let said: String = rest.into_iter().map(|part| String::from_utf8_lossy(&part.unwrap()).into_owned()).collect();
    assert!(!said.contains("event: part") && !said.contains("event: done"), "{said}");
}

#[tokio::test]
async fn a_page_that_took_a_while_is_not_shown_to_somebody_who_was_shut_out_meanwhile() {
    let lent = databases::sqlite();
    let slow = Fake::held("defender.alerts", Outcome::Found);
    let office = Arc::new(Office::open(lent.url(), vec![Arc::clone(&slow) as Arc<dyn search::Source>]).await);
    let kate = office.browser("kate", Role::Analyst).await;
    let script = office.script("ada", Role::Analyst).await;
    let begun = Instant::now();
    let asking = {
        let office = Arc::clone(&office);
        tokio::spawn(async move {
            let page = office.get(&kate, "/search?q=c2.example.net&wait=true");
            let api = office.send(&script, "GET", "/api/v1/search?q=c2.example.org", None);
            futures_util::future::join(page, api).await
        })
    };
    // Both have begun, and have been at it for longer than what counts as at once.
    until("both ask", async || slow.was_asked() >= 2 && begun.elapsed() > Duration::from_millis(120)).await;
    shut_out(&office, "kate").await;
    shut_out(&office, "ada").await;
    slow.may_answer.add_permits(2);
    let (page, api) = asking.await.unwrap();
    assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, "/sign-in"));
    assert_eq!(api.status, StatusCode::UNAUTHORIZED);
}

/// An answer whose body nobody has read yet.
async fn unread(office: &Office, caller: &Caller, method: &str, path: &str) -> axum::body::BodyDataStream {
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1:8440");
    for (name, value) in &caller.headers {
        request = request.header(*name, value);
    }
    let body = if method == "POST" { Body::from("{\"all\":true}") } else { Body::empty() };
    let request = request.header(header::CONTENT_TYPE, "application/json").body(body).unwrap();
    let response = office.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{method} {path}");
    response.into_body().into_data_stream()
}

/// What comes of it: what can be read, and whether it is whole.
async fn rest(parts: axum::body::BodyDataStream) -> (String, bool) {
    let parts = tokio::time::timeout(Duration::from_secs(60), parts.collect::<Vec<_>>()).await.expect("it ends");
    let whole = parts.iter().all(Result::is_ok);
    (parts.into_iter().flatten().map(|part| String::from_utf8_lossy(&part).into_owned()).collect(), whole)
}

databases::on_each_database! {
    async fn what_is_streamed_ends_with_the_key_the_role_and_the_tenants_of_who_reads_it(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let (db, by, now) = (&office.desk.db, Actor::oriel(), office.desk.now());
        let first = office.browser("otto", Role::Owner).await;
        let saved = office.post(&first, "/settings/connections", &good_form("defender")).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{saved:?}");
        let id = store::connections::list(db, &Scope::All).await.unwrap().remove(0).id;
        let checks = format!("/settings/connections/{id}/checks");
        for (number, path) in ["/settings/connections/checks", &checks, "/audit/export"].into_iter().enumerate() {
            let name = format!("owner {number}");
            let browser = office.browser(&name, Role::Owner).await;
            let (said, whole) = rest(unread(&office, &browser, "GET", path).await).await;
            assert!(whole && said.len() > 20, "{path}: {said}");
            let parts = unread(&office, &browser, "GET", path).await;
            let (person, _) = store::people::by_name(db, &name).await.unwrap().unwrap();
            let change = store::people::Change { role: Some(Role::Viewer), ..Default::default() };
            store::people::change(db, &by, &person.id, &change, now).await.unwrap();
            let (said, whole) = rest(parts).await;
            assert_eq!(said, "", "{path}");
            assert_eq!(whole, path != "/audit/export", "a file that is cut off does not look whole");
        }
        for (number, (method, path)) in
            [("GET", "/api/v1/audit"), ("POST", "/api/v1/connections/validate")].into_iter().enumerate()
        {
            let name = format!("script {number}");
            let script = office.script(&name, Role::Owner).await;
            let (said, whole) = rest(unread(&office, &script, method, path).await).await;
            assert!(whole && said.len() > 20, "{path}: {said}");
            let parts = unread(&office, &script, method, path).await;
            let (person, _) = store::people::by_name(db, &name).await.unwrap().unwrap();
            let key = store::keys::list_of(db, &person.id).await.unwrap().remove(0).id;
            assert!(store::keys::revoke(db, &by, None, &key, now).await.unwrap());
            assert_eq!(rest(parts).await, (String::new(), false), "{path}");
        }
        // An auditor who sees every tenant no more.
        let auditor = office.browser("ada", Role::Auditor).await;
        let parts = unread(&office, &auditor, "GET", "/audit/export").await;
        let (person, _) = store::people::by_name(db, "ada").await.unwrap().unwrap();
        store::grants::set_of_person(db, &by, &person.id, &Scope::Only([].into()), now).await.unwrap();
        assert_eq!(rest(parts).await, (String::new(), false));
    }
}

#[tokio::test]
async fn a_stream_with_names_ends_with_the_right_to_see_them() {
    let lent = databases::sqlite();
    let slow = Fake::held("defender.alerts", Outcome::Found);
    let office = Office::open(lent.url(), vec![Arc::clone(&slow) as Arc<dyn search::Source>]).await;
    let vera = office.browser("vera", Role::Viewer).await;
    let (db, by, now) = (&office.desk.db, Actor::oriel(), office.desk.now());
    let (person, _) = store::people::by_name(db, "vera").await.unwrap().unwrap();
    store::unmasking::set(db, &by, &person, true, now).await.unwrap();
    let session = store::sessions::list_of(db, &person.id, now).await.unwrap().remove(0).id;
    let entry = store::unmasking::entry("an incident", None);
    store::unmasking::begin(db, &by, &session, entry, now, now + crate::names::LASTS).await.unwrap();
    let mut events = unread(&office, &vera, "GET", "/search/stream?q=c2.example.net").await;
    events.next().await.expect("the first event comes").unwrap();
    store::unmasking::set(db, &by, &person, false, now).await.unwrap();
    slow.may_answer.add_permits(1);
    let (said, _) = rest(events).await;
    assert!(!said.contains("event: part") && !said.contains("event: done"), "{said}");
}
