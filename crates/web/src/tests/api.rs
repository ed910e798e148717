//! The API's search.

use std::sync::Arc;

use axum::http::StatusCode;
use futures_util::StreamExt;
use jiff::SignedDuration;
use rstest::rstest;
use search::Outcome;
use store::grants::Scope;
use store::people::Role;

use super::office::{Caller, Fake, Office, TENANT};
use crate::desk_search::Options;

#[tokio::test]
async fn a_search_answers_with_every_source_and_is_remembered() {
    let lent = databases::sqlite();
    let sources = [Fake::new("defender.alerts", Outcome::Nothing), Fake::new("sentinel.alerts", Outcome::Denied)];
    let office = Office::open(lent.url(), sources.map(|source| source as _).to_vec()).await;
    let script = office.script("kate", Role::Viewer).await;
    let reply = office.get(&script, "/api/v1/search?q=hxxps://Bad%5B.%5Dexample/a").await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let document = reply.json();
    assert_eq!(document["indicator"]["value"], "bad.example");
    assert_eq!(document["answers"].as_array().unwrap().len(), 2);
    assert_eq!(document["answers"][1]["outcome"], "denied");
    assert_eq!(document["waiting"].as_array().unwrap().len(), 0);
    let (person, _) = store::people::by_name(&office.desk.db, "kate").await.unwrap().unwrap();
    let recent = store::searches::recent(&office.desk.db, &person.id, 5).await.unwrap();
    assert_eq!(recent.iter().map(|search| search.value.as_str()).collect::<Vec<_>>(), ["bad.example"]);
}

#[rstest]
#[case::nothing(None)]
#[case::a_cookie(Some(("cookie", "session")))]
#[case::a_key_that_was_never_made(Some(("authorization", "Bearer 0000000000000000000000000000000000000000000000000000000000000000")))]
#[case::something_else(Some(("authorization", "Basic a2F0ZTphIGJpY3ljbGUgaW4gdGhlIHJhaW4=")))]
#[tokio::test]
async fn without_a_key_there_is_no_answer(#[case] credential: Option<(&'static str, &str)>) {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let caller = match credential {
        None => Caller::default(),
        Some(("cookie", _)) => office.browser("kate", Role::Owner).await,
        Some((name, value)) => Caller::default().with(name, value),
    };
    for path in ["/api/v1/search?q=example.com", "/api/v1/connections"] {
        let reply = office.get(&caller, path).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(reply.header("www-authenticate"), "Bearer");
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!(reply.json()["type"], "urn:oriel:problem:key-needed");
        assert_eq!(reply.json()["request_id"], reply.header("x-request-id"));
    }
}

#[tokio::test]
async fn a_revoked_key_opens_nothing() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let script = office.script("kate", Role::Owner).await;
    assert_eq!(office.get(&script, "/api/v1/connections").await.status, StatusCode::OK);
    let (person, _) = store::people::by_name(&office.desk.db, "kate").await.unwrap().unwrap();
    let key = store::keys::list_of(&office.desk.db, &person.id).await.unwrap().remove(0);
    store::keys::revoke(&office.desk.db, &store::audit::Actor::oriel(), None, &key.id, office.desk.now())
        .await
        .unwrap();
    assert_eq!(office.get(&script, "/api/v1/connections").await.status, StatusCode::UNAUTHORIZED);
}

#[rstest]
#[case("q=not%20one%20thing", "not-an-indicator", "q")]
#[case("q=", "not-an-indicator", "q")]
#[case("", "not-an-indicator", "q")]
#[case("sources=defender.alerts", "not-an-indicator", "q")]
#[case("q=a.example&sources=defender.allerts", "invalid-field", "sources")]
#[case("q=a.example&tenant=99999999-2222-3333-4444-555555555555", "invalid-field", "tenant")]
#[tokio::test]
async fn what_cannot_be_asked_is_refused_with_the_field(#[case] query: &str, #[case] kind: &str, #[case] field: &str) {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![Fake::new("defender.alerts", Outcome::Nothing)]).await;
    let script = office.script("kate", Role::Viewer).await;
    let reply = office.get(&script, &format!("/api/v1/search?{query}")).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(reply.json()["type"], format!("urn:oriel:problem:{kind}"));
    assert_eq!(reply.json()["field"], field);
}

#[tokio::test]
async fn a_query_that_is_not_known_is_refused_and_not_ignored() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let script = office.script("kate", Role::Viewer).await;
    for query in ["?q=a.example&source=x", "?q=a.example&fresh=perhaps"] {
        let reply = office.get(&script, &format!("/api/v1/search{query}")).await;
        assert_eq!((reply.status, reply.header("content-type")), (StatusCode::BAD_REQUEST, "application/problem+json"));
    }
}

#[tokio::test]
async fn a_search_is_narrowed_to_sources_products_and_a_tenant() {
    let lent = databases::sqlite();
    let sources = [
        Fake::new("defender.alerts", Outcome::Nothing),
        Fake::new("defender.devices", Outcome::Nothing),
        Fake::new("sentinel.alerts", Outcome::Nothing),
    ];
    let office = Office::open(lent.url(), sources.clone().map(|source| source as _).to_vec()).await;
    let script = office.script("kate", Role::Viewer).await;
    for (query, expected) in [
        ("sources=defender.devices", vec!["defender.devices"]),
        ("sources=defender", vec!["defender.alerts", "defender.devices"]),
        ("sources=sentinel,defender.alerts", vec!["defender.alerts", "sentinel.alerts"]),
        (&format!("tenant={}", TENANT.to_uppercase()), vec!["defender.alerts", "defender.devices", "sentinel.alerts"]),
    ] {
        let reply = office.get(&script, &format!("/api/v1/search?q=a.example&{query}")).await.json();
        let answered: Vec<_> =
            reply["answers"].as_array().unwrap().iter().map(|answer| answer["source"].as_str().unwrap()).collect();
        assert_eq!(answered, expected, "{query}");
    }
}

#[tokio::test]
async fn only_what_is_complete_is_shown_again() {
    let lent = databases::sqlite();
    let source = Fake::new("defender.alerts", Outcome::Nothing);
    let office = Office::open(lent.url(), vec![Arc::clone(&source) as _]).await;
    let script = office.script("kate", Role::Viewer).await;
    let search =
        || async { office.get(&script, "/api/v1/search?q=a.example").await.json()["answers"][0]["age_s"].clone() };

    search().await;
    office.later(SignedDuration::from_secs(20));
    assert_eq!((search().await, source.was_asked()), (20.into(), 1), "nothing known is shown again, with its age");
    office.get(&script, "/api/v1/search?q=a.example&fresh=true").await;
    assert_eq!(source.was_asked(), 2, "unless a new answer is wanted");
    office.get(&script, "/api/v1/search?q=a.example&raw=true").await;
    assert_eq!(source.was_asked(), 3, "or Microsoft's records");
    office.get(&script, "/api/v1/search?q=b.example").await;
    assert_eq!(source.was_asked(), 4, "or something else is asked");
    office.later(SignedDuration::from_mins(6));
    search().await;
    assert_eq!(source.was_asked(), 5, "or it is old");

    source.says(Outcome::Throttled);
    office.later(SignedDuration::from_mins(6));
    search().await;
    search().await;
    assert_eq!(source.was_asked(), 7, "a failure is never shown again");

    source.says(Outcome::Partial);
    search().await;
    search().await;
    assert_eq!(source.was_asked(), 8);
    office.later(SignedDuration::from_secs(31));
    search().await;
    assert_eq!(source.was_asked(), 9, "and half an answer for half a minute");
}

#[tokio::test]
async fn the_same_search_at_the_same_time_asks_once() {
    let lent = databases::sqlite();
    let source = Fake::held("defender.alerts", Outcome::Throttled);
    let office = Office::open(lent.url(), vec![Arc::clone(&source) as _]).await;
    let bad = indicator::parse("bad.example").unwrap().indicator;
    let search = || office.desk.search(&Scope::All, &bad, Options::default());
    let (one, two) = (search().await.unwrap(), search().await.unwrap());
    assert_eq!(one.at_hand().waiting.len(), 1, "the page is there before the answer");
    let steps = tokio::spawn(two.updates().map(|report| report.answers.len()).collect::<Vec<_>>());
    source.may_answer.add_permits(2);
    assert_eq!(one.finished().await.answers[0].outcome, Outcome::Throttled);
    assert_eq!(steps.await.unwrap().last(), Some(&1));
    assert_eq!(source.was_asked(), 1);

    assert_eq!(search().await.unwrap().finished().await.answers.len(), 1);
    assert_eq!(source.was_asked(), 2, "a search that has ended is not joined");
}

#[tokio::test]
async fn a_search_goes_on_when_nobody_reads_it_any_more() {
    let lent = databases::sqlite();
    let source = Fake::held("defender.alerts", Outcome::Nothing);
    let office = Office::open(lent.url(), vec![Arc::clone(&source) as _]).await;
    let bad = indicator::parse("bad.example").unwrap().indicator;
    drop(office.desk.search(&Scope::All, &bad, Options::default()).await.unwrap());
    source.may_answer.add_permits(1);
    let report = office.desk.search(&Scope::All, &bad, Options::default()).await.unwrap().finished().await;
    assert_eq!((report.answers[0].outcome, source.was_asked()), (Outcome::Nothing, 1));
}

#[tokio::test]
async fn the_description_is_open_and_names_every_address() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let reply = office.get(&Caller::default(), "/api/v1/openapi.json").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.json()["openapi"], "3.1.0");
    // The order of an object's members depends on which crates are built together.
    insta::with_settings!({sort_maps => true}, { insta::assert_json_snapshot!("openapi", reply.json()) });
}

#[tokio::test]
async fn the_description_names_what_refuses_a_key_and_what_was_sent() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let described = office.get(&Caller::default(), "/api/v1/openapi.json").await.json();
    for (path, methods) in described["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let mut expected = vec!["401", "403"];
            expected.extend(operation.get("requestBody").map(|_| ["400", "413", "415", "422"]).into_iter().flatten());
            expected.extend(operation["parameters"].to_string().contains("\"q\"").then_some("400"));
            for status in expected {
                let problem = &operation["responses"][status]["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(problem, "#/components/schemas/Problem", "{method} {path}: {status}");
            }
        }
    }
}

#[tokio::test]
async fn an_address_that_the_api_does_not_have_is_a_problem_and_no_page() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let reply = office.get(&Caller::default(), "/api/v2/anything").await;
    assert_eq!(
        (reply.status, reply.json()["type"].as_str().unwrap()),
        (StatusCode::NOT_FOUND, "urn:oriel:problem:not-found")
    );
}

#[tokio::test]
async fn the_page_about_the_api_shows_what_the_description_holds() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let browser = office.browser("kate", Role::Viewer).await;
    let page = office.get(&browser, "/api").await;
    page.has("GET /api/v1/search")
        .has("POST /api/v1/connections/{id}/validate")
        .has("http://127.0.0.1:8440/api/v1/search");
}
