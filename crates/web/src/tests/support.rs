//! Whom to ask, and what to send along.

use axum::http::StatusCode;
use search::{Outcome, Status};
use store::grants::Scope;
use store::people::Role;

use super::office::{CLIENT, Caller, Fake, Office, PASSWORD, SECRET, TENANT, cookie_of, failed, good_form};

async fn set(office: &Office, owner: &Caller, contact: &str) -> super::office::Reply {
    office.post(owner, "/settings/support-contact", &[("contact", contact)]).await
}

databases::on_each_database! {
    async fn a_support_contact_stands_wherever_something_fails_and_nowhere_else(database: Lent) {
        let ask = "Ask: <a href=\"mailto:soc@example.com\"><bdi>soc@example.com</bdi></a>";
        let sources = vec![Fake::new("defender.alerts", Outcome::Denied) as _];
        let office = Office::open(database.url(), sources).await;
        let owner = office.browser("kate", Role::Owner).await;
        *office.validator.checks.lock().unwrap() = vec![failed("The secret has expired.", "Make a new one.", "/settings")];
        *office.validator.status.lock().unwrap() = Status::Failed;
        office.post(&owner, "/settings/connections", &good_form("defender")).await;
        let id = store::connections::list(&office.desk.db, &Scope::All).await.unwrap().remove(0).id;
        let pages = [format!("/settings?edit={id}&wait=true"), "/search?q=bad.example&wait=true".to_owned()];
        for page in &pages {
            office.get(&owner, page).await.has_not("Ask: ");
        }
        let done = set(&office, &owner, " soc@example.com").await;
        office.get(&owner, done.header("location").split('#').next().unwrap()).await.has("was saved").has("value=\"soc@example.com\"");
        for page in &pages {
            office.get(&owner, page).await.has(ask);
        }
        office.get(&owner, "/search/stream?q=worse.example").await.has(ask);
        office.get(&owner, "/nothing/here").await.has_not("Ask: ");
        let script = office.script("nora", Role::Owner).await;
        office.get(&script, "/api/v1/search?q=bad.example").await.has_not("soc@example.com");
        set(&office, &owner, "").await;
        for page in &pages {
            office.get(&owner, page).await.has_not("Ask: ");
        }
    }
}

#[tokio::test]
async fn a_page_that_breaks_names_whom_to_ask_even_without_the_database() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("kate", Role::Owner).await;
    set(&office, &owner, "https://help.example.com/oriel").await;
    office.desk.db.close().await;
    let broken = office.get(&owner, "/settings").await;
    assert_eq!(broken.status, StatusCode::INTERNAL_SERVER_ERROR);
    broken.has("Ask: <a href=\"https://help.example.com/oriel\" rel=\"noreferrer noopener\"");
    office.get(&Caller::default(), "/api/v1/connections").await.has_not("help.example.com");
}

#[tokio::test]
async fn a_contact_that_is_neither_address_nor_link_is_refused_and_stays_text() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("kate", Role::Owner).await;
    for wrong in ["javascript:alert(1)", "\"><script>alert(1)</script>@example.com", "the platform team"] {
        let refused = set(&office, &owner, wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        refused
            .has("id=\"contact-error\"")
            .has("neither an e-mail address")
            .has_not("<script>alert")
            .has_not("href=\"javascript");
    }
    assert_eq!(office.desk.support_contact().await.unwrap(), None);
    for role in [Role::Analyst, Role::Viewer, Role::Auditor] {
        let other = office.browser(role.as_str(), role).await;
        assert_eq!(set(&office, &other, "a@example.com").await.status, StatusCode::FORBIDDEN);
        assert_eq!(office.get(&other, "/settings/support-bundle").await.status, StatusCode::FORBIDDEN);
        office.get(&other, "/settings").await.has_not("support-bundle").has_not("support-contact");
    }
}

databases::on_each_database! {
    async fn a_support_bundle_says_what_helps_and_nothing_that_lets_in(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        office.person("kate", Role::Owner).await;
        let cookie = cookie_of(&office.sign_in("kate", PASSWORD).await);
        let owner = Caller::default().with("cookie", cookie.clone());
        *office.validator.checks.lock().unwrap() = vec![failed("The secret has expired.", "Make a new one.", "/settings")];
        office.post(&owner, "/settings/connections", &good_form("defender")).await;
        let id = store::connections::list(&office.desk.db, &Scope::All).await.unwrap().remove(0).id;
        office.get(&owner, &format!("/settings?edit={id}&wait=true")).await;
        let made = office.post(&owner, "/settings/keys", &[("label", "nightly")]).await;
        let key = made.body.split("id=\"new-key\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
        office.get(&owner, "/search?q=very-secret-search.example&wait=true").await;

        let bundle = office.get(&owner, "/settings/support-bundle").await;
        assert_eq!(bundle.status, StatusCode::OK);
        assert_eq!(bundle.header("content-disposition"), "attachment; filename=\"oriel-support-20261125T120000Z.json\"");
        let session = cookie.split('=').nth(1).unwrap();
        for secret in [SECRET, PASSWORD, key.as_str(), session, "$argon2", "very-secret-search", "sealed"] {
            bundle.has_not(secret);
        }
        let json = bundle.json();
        assert_eq!(json["program"]["version"], "9.9.9-test");
        assert_eq!(json["configuration"]["listen"], "127.0.0.1:8440");
        assert_eq!(json["database"]["migration"], json["database"]["newest_migration"]);
        assert_eq!(json["connections"][0]["tenant_id"], TENANT);
        assert_eq!(json["connections"][0]["client_id"], CLIENT);
        assert_eq!(json["connections"][0]["validation"]["checks"][0]["trace_id"], "trace-1");
        assert_eq!(json["troubles"][0]["request_id"], "r-1");
        let routes: Vec<&str> = json["requests"].as_array().unwrap().iter().map(|one| one["route"].as_str().unwrap()).collect();
        assert!(routes.contains(&"/search") && routes.contains(&"/settings/keys"), "{routes:?}");
        assert!(bundle.body.starts_with("{\n  \"read_first\": \"Support bundle of Oriel."), "what it is stands first");
        let order = ["read_first", "made_at", "program", "configuration", "database", "connections", "changes", "requests", "troubles"];
        let at: Vec<usize> = order.iter().map(|name| bundle.body.find(&format!("\n  \"{name}\": ")).unwrap()).collect();
        assert!(at.is_sorted(), "{at:?}");
    }
}
