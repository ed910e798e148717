//! Health, readiness, metrics.

use axum::http::StatusCode;
use rstest::rstest;
use search::Outcome;
use store::people::Role;

use super::office::{Caller, Fake, Office};

#[tokio::test]
async fn a_server_with_its_database_lives_and_is_ready() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    assert_eq!(office.get(&Caller::default(), "/healthz").await.body, "ok\n");
    let ready = office.get(&Caller::default(), "/readyz").await;
    assert_eq!((ready.status, ready.body.as_str()), (StatusCode::OK, "ready\n"));
}

#[tokio::test]
async fn a_server_whose_database_is_gone_lives_and_is_not_ready() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    office.desk.db.close().await;
    assert_eq!(office.get(&Caller::default(), "/healthz").await.status, StatusCode::OK);
    let ready = office.get(&Caller::default(), "/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    ready.has("database does not answer");
    let page = office.get(&Caller::default(), "/sign-in").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    page.has("Something broke").has_not("pool");
}

#[rstest]
#[case::the_machine_itself("127.0.0.1", "127.0.0.1:8440", 200)]
#[case::another_machine("192.0.2.9", "127.0.0.1:8440", 401)]
#[case::a_page_that_was_rebound("127.0.0.1", "rebound.example:8440", 401)]
#[tokio::test]
async fn metrics_are_for_this_machine(#[case] peer: &str, #[case] host: &str, #[case] status: u16) {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let caller = Caller::default().with("x-test-peer", peer).with("host", host);
    assert_eq!(office.get(&caller, "/metrics").await.status.as_u16(), status);
}

#[tokio::test]
async fn with_a_key_metrics_say_what_was_answered_and_nothing_about_whom() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![Fake::new("defender.alerts", Outcome::Denied)]).await;
    let script = office.script("kate", Role::Viewer).await;
    office.get(&script, "/api/v1/search?q=bad.example").await;
    office.sign_in("kate", "not the password").await;
    let metrics = office.get(&script, "/metrics").await;
    assert_eq!(metrics.status, StatusCode::OK);
    metrics
        .has("oriel_answers_total{source=\"defender.alerts\",outcome=\"denied\"} 1")
        .has("oriel_answer_seconds_count{source=\"defender.alerts\"} 1")
        .has("route=\"/api/v1/search\",status=\"200\"} 1")
        .has("oriel_sign_ins_total{outcome=\"refused\"} 1")
        .has("oriel_people 1")
        .has("oriel_keys 1")
        .has("oriel_sessions_active 0")
        .has_not("bad.example")
        .has_not("kate");
}
