//! Signing in, staying signed in, signing out.

use axum::http::StatusCode;
use jiff::SignedDuration;
use store::people::Role;

use super::office::{Caller, Office, PASSWORD, cookie_of};

databases::on_each_database! {
    async fn who_signs_in_stays_until_signing_out(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let alice = office.browser("alice", Role::Analyst).await;
        assert_eq!(office.get(&alice, "/settings").await.status, StatusCode::OK);

        let out = office.post(&alice, "/sign-out", &[]).await;
        assert_eq!(out.header("location"), "/sign-in");
        assert!(out.header("set-cookie").contains("Max-Age=0"), "{out:?}");
        assert_eq!(out.header("clear-site-data"), "\"cache\", \"storage\"");
        let after = office.get(&alice, "/settings").await;
        assert_eq!((after.status, after.header("location")), (StatusCode::SEE_OTHER, "/sign-in?back=%2Fsettings"));
    }
}

#[tokio::test]
async fn a_page_that_was_asked_for_comes_after_signing_in() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    office.person("alice", Role::Analyst).await;
    let asked = office.get(&Caller::default(), "/search?q=example.com").await;
    assert_eq!(asked.header("location"), "/sign-in?back=%2Fsearch%3Fq%3Dexample.com");
    let page = office.get(&Caller::default(), asked.header("location")).await;
    page.has("value=\"/search?q=example.com\"");
    let form = [("name", "alice"), ("password", PASSWORD), ("back", "/search?q=example.com")];
    assert_eq!(office.post(&Caller::default(), "/sign-in", &form).await.header("location"), "/search?q=example.com");
    let form = [("name", "alice"), ("password", PASSWORD), ("back", "//evil.example/")];
    assert_eq!(office.post(&Caller::default(), "/sign-in", &form).await.header("location"), "/");
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_hosts() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    office.person("alice", Role::Analyst).await;
    let cookie = office.sign_in("alice", PASSWORD).await.header("set-cookie").to_owned();
    assert!(cookie.starts_with("oriel="), "{cookie}");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");

    let lent = databases::sqlite();
    let office = Office::open_with(lent.url(), vec![], |settings| {
        settings.secure_cookies = true;
        settings.public_url = "https://oriel.example.com/".parse().unwrap();
    })
    .await;
    office.person("alice", Role::Analyst).await;
    let reply = office.sign_in("alice", PASSWORD).await;
    let cookie = reply.header("set-cookie");
    assert!(cookie.starts_with("__Host-oriel=") && cookie.contains("Secure"), "{cookie}");
    assert_eq!(reply.header("strict-transport-security"), "max-age=31536000");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_told_apart_by_nobody() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    office.person("alice", Role::Analyst).await;
    let wrong = office.sign_in("alice", "not her password").await;
    let unknown = office.sign_in("malice", "not her password").await;
    assert_eq!((wrong.status, unknown.status), (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY));
    assert_eq!(wrong.body.replace("alice", "…"), unknown.body.replace("malice", "…"));
    wrong.has_not("not her password");
    assert_eq!(wrong.header("set-cookie"), "");
}

#[tokio::test]
async fn somebody_who_was_disabled_is_out_at_once() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let person = office.person("alice", Role::Analyst).await;
    let alice = Caller::default().with("cookie", cookie_of(&office.sign_in("alice", PASSWORD).await));
    assert_eq!(office.get(&alice, "/settings").await.status, StatusCode::OK);
    store::people::disable(&office.desk.db, &store::audit::Actor::oriel(), &person.id, office.desk.now())
        .await
        .unwrap();
    assert_eq!(office.get(&alice, "/settings").await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.sign_in("alice", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_and_after_a_week_anyway() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let idle = office.browser("alice", Role::Analyst).await;
    office.later(SignedDuration::from_hours(13));
    assert_eq!(office.get(&idle, "/settings").await.status, StatusCode::SEE_OTHER);

    let busy = office.browser("bob", Role::Analyst).await;
    for _ in 0..16 {
        office.later(SignedDuration::from_hours(10));
        assert_eq!(office.get(&busy, "/settings").await.status, StatusCode::OK);
    }
    office.later(SignedDuration::from_hours(10));
    assert_eq!(office.get(&busy, "/settings").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_that_was_planted_before_signing_in_is_worth_nothing_after() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let mallory = office.browser("mallory", Role::Viewer).await;
    office.person("alice", Role::Owner).await;
    let form = [("name", "alice"), ("password", PASSWORD)];
    let reply = office.post(&mallory, "/sign-in", &form).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    assert_ne!(cookie_of(&reply), mallory.headers["cookie"]);
    assert_eq!(office.get(&mallory, "/settings").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn guessing_is_slowed_and_the_guessed_one_is_not_kept_out() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    office.person("alice", Role::Analyst).await;
    let guesser = Caller::default().with("x-test-peer", "198.51.100.66");
    let guess = [("name", "alice"), ("password", "a guess of twelve")];
    for _ in 0..5 {
        assert_eq!(office.post(&guesser, "/sign-in", &guess).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let slowed = office.post(&guesser, "/sign-in", &guess).await;
    assert_eq!(slowed.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(slowed.header("retry-after"), "31");
    slowed.has("Too many attempts");
    assert_eq!(office.sign_in("alice", PASSWORD).await.status, StatusCode::SEE_OTHER);
    office.later(SignedDuration::from_secs(31));
    assert_eq!(office.post(&guesser, "/sign-in", &guess).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
