//! Being asked again who one is.

use axum::http::StatusCode;
use jiff::SignedDuration;
use store::people::Role;

use super::office::{Caller, Office, PASSWORD, Reply, SECRET, cookie_of, good_form};
use super::second_factor::{between, set_up};
use crate::second_factor::code_at;

fn held_of(page: &Reply) -> String {
    between(page, "name=\"proof_held\" value=\"", "\"").to_owned()
}

databases::on_each_database! {
    async fn what_was_sent_waits_for_the_proof_and_is_done_as_it_was(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let kate = office.browser("kate", Role::Owner).await;
        office.later(SignedDuration::from_mins(15));
        let form = good_form("sentinel");
        let asked = office.post(&kate, "/settings/connections", &form).await;
        assert_eq!(asked.status, StatusCode::FORBIDDEN);
        asked.has("Confirm that it is you").has("action=\"/settings/connections\"").has_not(SECRET).has_not("Contoso");
        assert!(store::connections::list(&office.desk.db, &store::grants::Scope::All).await.unwrap().is_empty());

        let held = held_of(&asked);
        let wrong = [("proof_held", &*held), ("proof_password", "not the password")];
        let wrong = office.post(&kate, "/settings/connections", &wrong).await;
        assert_eq!((wrong.status, held_of(&wrong)), (StatusCode::UNPROCESSABLE_ENTITY, held.clone()));
        wrong.has("This is not your password.");

        let right = [("proof_held", &*held), ("proof_password", PASSWORD)];
        let done = office.post(&kate, "/settings/connections", &right).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let saved = store::connections::list(&office.desk.db, &store::grants::Scope::All).await.unwrap();
        assert_eq!((saved.len(), saved[0].label.as_str()), (1, "Contoso"));
        // The session goes on under another token.
        assert_eq!(office.get(&kate, "/settings").await.status, StatusCode::SEE_OTHER);
        let kate = Caller::default().with("cookie", cookie_of(&done));
        assert_eq!(office.get(&kate, "/settings").await.status, StatusCode::OK);
        let key = office.post(&kate, "/settings/keys", &[("label", "nightly")]).await;
        assert_eq!(key.status, StatusCode::OK);
        key.has("id=\"new-key\"");
    }
}

#[tokio::test]
async fn signing_in_is_a_proof_for_a_quarter_of_an_hour() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let kate = office.browser("kate", Role::Analyst).await;
    office.later(SignedDuration::from_secs(14 * 60 + 59));
    assert_eq!(office.post(&kate, "/settings/keys", &[("label", "nightly")]).await.status, StatusCode::OK);
    office.later(SignedDuration::from_secs(1));
    let asked = office.post(&kate, "/settings/keys", &[("label", "weekly")]).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    asked.has_not("id=\"new-key\"");
}

#[tokio::test]
async fn with_an_authenticator_the_proof_takes_a_code_too() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let kate = office.browser("kate", Role::Analyst).await;
    let (secret, _) = set_up(&office, &kate).await;
    office.later(SignedDuration::from_mins(20));
    let asked = office.post(&kate, "/settings/keys", &[("label", "nightly")]).await;
    asked.has("id=\"proof-code\"");
    let held = held_of(&asked);
    let without = [("proof_held", &*held), ("proof_password", PASSWORD)];
    let without = office.post(&kate, "/settings/keys", &without).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    without.has("This is not the code.").has_not("id=\"new-key\"");
    let code = code_at(&secret, office.desk.now());
    let with = [("proof_held", &*held), ("proof_password", PASSWORD), ("proof_code", &code)];
    office.post(&kate, "/settings/keys", &with).await.has("id=\"new-key\"").has("nightly");
}

#[tokio::test]
async fn what_is_held_belongs_to_one_session_one_form_and_one_time() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let kate = office.browser("kate", Role::Owner).await;
    office.later(SignedDuration::from_mins(15));
    let held = held_of(&office.post(&kate, "/settings/keys", &[("label", "nightly")]).await);
    let answer = [("proof_held", &*held), ("proof_password", PASSWORD)];
    let eve = office.browser("eve", Role::Owner).await;
    for (who, address) in [(&eve, "/settings/keys"), (&kate, "/settings/support-contact")] {
        let reply = office.post(who, address, &answer).await;
        assert_eq!((reply.status, reply.header("location")), (StatusCode::SEE_OTHER, "/settings"), "{address}");
    }
    assert_eq!(office.post(&Caller::default(), "/settings/keys", &answer).await.header("location"), "/sign-in");
    office.later(SignedDuration::from_mins(15));
    let late = office.post(&kate, "/settings/keys", &answer).await;
    assert_eq!((late.status, late.header("location")), (StatusCode::SEE_OTHER, "/settings"));
    let keys = store::keys::list(&office.desk.db).await.unwrap();
    assert!(keys.is_empty(), "{keys:?}");
}

#[tokio::test]
async fn a_proof_is_not_guessed_either() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let kate = office.browser("kate", Role::Owner).await;
    office.later(SignedDuration::from_mins(15));
    let held = held_of(&office.post(&kate, "/settings/keys", &[("label", "nightly")]).await);
    let guess = [("proof_held", &*held), ("proof_password", "a guess of twelve")];
    let mut last = StatusCode::OK;
    for _ in 0..6 {
        last = office.post(&kate, "/settings/keys", &guess).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}
