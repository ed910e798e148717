//! The one-time link.

use axum::http::StatusCode;
use jiff::SignedDuration;
use store::people::Role;

use super::office::{Caller, Office, PASSWORD, TENANT, cookie_of};
use crate::first_start;

fn path(link: &str) -> &str {
    link.strip_prefix("http://127.0.0.1:8440").unwrap()
}

const FORM: [(&str, &str); 3] = [("name", "Kate"), ("password", PASSWORD), ("again", PASSWORD)];

databases::on_each_database! {
    async fn link_makes_the_first_owner_once(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let nobody = Caller::default();
        let link = first_start::offer(&office.desk).await.unwrap();
        office.get(&nobody, "/sign-in").await.has("one-time link");
        let page = office.get(&nobody, path(&link)).await;
        assert_eq!(page.status, StatusCode::OK);

        let made = office.post(&nobody, path(&link), &FORM).await;
        assert_eq!((made.status, made.header("location")), (StatusCode::SEE_OTHER, "/settings#integration"), "{made:?}");
        let kate = Caller::default().with("cookie", cookie_of(&made));
        office.get(&kate, "/settings").await.has("<bdi>Kate</bdi>").has("owner");

        let again = office.post(&nobody, path(&link), &[("name", "Eve"), ("password", PASSWORD), ("again", PASSWORD)]).await;
        assert_eq!(again.status, StatusCode::GONE);
        assert_eq!(office.get(&nobody, path(&link)).await.status, StatusCode::GONE);
        assert_eq!(office.sign_in("Eve", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        office.get(&nobody, "/sign-in").await.has_not("one-time link");
    }
}

#[tokio::test]
async fn a_link_ends_after_half_an_hour() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let link = first_start::offer(&office.desk).await.unwrap();
    office.later(SignedDuration::from_mins(31));
    let late = office.post(&Caller::default(), path(&link), &FORM).await;
    assert_eq!(late.status, StatusCode::GONE);
    late.has("does not hold any more");
}

#[tokio::test]
async fn a_link_is_void_once_an_owner_came_in_another_way() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let link = first_start::offer(&office.desk).await.unwrap();
    office.person("alice", Role::Owner).await;
    let reply = office.post(&Caller::default(), path(&link), &FORM).await;
    assert_eq!(reply.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_guessed_link_opens_nothing() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    first_start::offer(&office.desk).await.unwrap();
    let guessed = format!("/first-start/{}", "0".repeat(64));
    assert_eq!(office.post(&Caller::default(), &guessed, &FORM).await.status, StatusCode::GONE);
    assert_eq!(office.get(&Caller::default(), "/first-start/short").await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_guessed_link_tells_nothing_of_names_and_a_right_one_nothing_of_tenants() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    office.tenant(TENANT, "Fabrikam").await;
    let form = [("name", "Zoe"), ("password", "fabrikam-2026"), ("again", "fabrikam-2026")];
    let guessed = format!("/first-start/{}", "0".repeat(64));
    for form in [form, [("name", "Zoe"), ("password", "short"), ("again", "short")], FORM] {
        let reply = office.post(&Caller::default(), &guessed, &form).await;
        assert_eq!(reply.status, StatusCode::GONE);
        reply.has_not("-error\"");
    }
    let link = first_start::offer(&office.desk).await.unwrap();
    let reply = office.post(&Caller::default(), path(&link), &form).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{reply:?}");
}

#[tokio::test]
async fn a_form_that_cannot_be_right_says_so_at_the_field_and_uses_nothing_up() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let link = first_start::offer(&office.desk).await.unwrap();
    let nobody = Caller::default();
    let short = office.post(&nobody, path(&link), &[("name", "Kate"), ("password", "short"), ("again", "short")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    short.has("id=\"password-error\"").has("at least 12 characters").has("value=\"Kate\"").has_not("value=\"short\"");
    let unlike =
        office.post(&nobody, path(&link), &[("name", ""), ("password", PASSWORD), ("again", "another one here")]).await;
    unlike.has("id=\"name-error\"").has("id=\"again-error\"");
    assert_eq!(office.post(&nobody, path(&link), &FORM).await.status, StatusCode::SEE_OTHER);
}
