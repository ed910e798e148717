//! The pages around the report, as they come out of the router: what holds for every page, and kept for looking at.

use axum::http::StatusCode;
use search::{CheckState, Status};
use store::people::Role;

use super::office::{Caller, Office, PASSWORD, TENANT, failed, good_form, passed};
use crate::first_start;
use crate::gallery::{check_ids, check_policy, keep};

fn look(name: &str, html: &str) {
    keep(name, html);
    check_policy(name, html);
    check_ids(name, html);
    assert_eq!(html.matches("<h1").count(), 1, "{name} has one heading of the first level");
    assert!(html.contains("<main id=\"main\""), "{name} has a place to skip to");
    assert!(html.contains("<html lang=\"en\">"), "{name} names its language");
}

/// Each field has a label, and what an input refers to is there.
fn check_labels(name: &str, html: &str) {
    let value = |tag: &str, attribute: &str| -> Option<String> {
        tag.split_once(&format!(" {attribute}=\"")).map(|(_, rest)| rest.split('"').next().unwrap().to_owned())
    };
    for tag in html.split('<').filter(|tag| ["input ", "select ", "textarea "].iter().any(|kind| tag.starts_with(kind))) {
        let tag = tag.split('>').next().unwrap();
        let kind = value(tag, "type");
        if matches!(kind.as_deref(), Some("hidden" | "checkbox" | "radio")) {
            continue;
        }
        let id = value(tag, "id").unwrap_or_else(|| panic!("{name}: a field without an id: {tag}"));
        let labelled = html.contains(&format!("for=\"{id}\"")) || tag.contains("aria-label");
        assert!(labelled, "{name}: nothing labels {id}");
        for described in value(tag, "aria-describedby").iter().flat_map(|ids| ids.split_whitespace()) {
            assert!(html.contains(&format!("id=\"{described}\"")), "{name}: {id} is described by {described}, which is not there");
        }
    }
}

#[tokio::test]
async fn pages_before_signing_in_keep_the_rules_of_pages() {
    let database = databases::sqlite();
    let office = Office::open(database.url(), vec![]).await;
    let nobody = Caller::default();
    let link = first_start::offer(&office.desk).await.unwrap();
    let start = office.get(&nobody, link.strip_prefix("http://127.0.0.1:8440").unwrap()).await;
    let sign_in = office.get(&nobody, "/sign-in").await;
    office.person("ada", Role::Analyst).await;
    let wrong = office.sign_in("ada", "not the password").await;
    for (name, page) in [("first-start", &start), ("sign-in", &sign_in), ("sign-in-wrong", &wrong)] {
        look(name, &page.body);
        check_labels(name, &page.body);
        assert!(!page.body.contains("role=\"search\""), "{name}: nobody who may search is there");
    }
}

#[tokio::test]
async fn settings_keep_the_rules_of_pages_in_every_state() {
    let database = databases::sqlite();
    let office = Office::open(database.url(), vec![]).await;
    let owner = office.browser("Kate Owner", Role::Owner).await;
    let mut pages = vec![
        ("settings-empty", office.get(&owner, "/settings").await),
        ("settings-add-sentinel", office.get(&owner, "/settings?add=sentinel").await),
    ];
    let mut wrong = good_form("sentinel");
    wrong.retain(|(field, _)| *field != "tenant_id" && *field != "client_secret");
    wrong.extend([("tenant_id", "not a tenant"), ("client_secret", TENANT), ("workspaces", "SOC-EU")]);
    pages.push(("settings-wrong-form", office.post(&owner, "/settings/connections", &wrong).await));

    let skipped = search::Check { state: CheckState::Skipped, ..passed("Classic alerts were switched off by Microsoft; not needed") };
    *office.validator.checks.lock().unwrap() = vec![
        passed("Tenant found: contoso.example, Europe"),
        passed("Signs in: token for Graph, 4 roles"),
        failed("Ti.Read.All is missing", "Grant it to the app with admin consent, then validate again.", "https://entra.example.com/"),
        skipped,
    ];
    *office.validator.status.lock().unwrap() = Status::Attention;
    assert_eq!(office.post(&owner, "/settings/connections", &good_form("sentinel")).await.status, StatusCode::SEE_OTHER);
    let id = store::connections::list(&office.desk.db).await.unwrap()[0].id.to_string();
    pages.push(("settings-validated", office.get(&owner, &format!("/settings?edit={id}&wait=true")).await));
    pages.push(("settings-closed", office.get(&owner, "/settings").await));
    pages.push(("settings-removing", office.get(&owner, &format!("/settings?removing={id}")).await));
    pages.push(("settings-key", office.post(&owner, "/settings/keys", &[("label", "enrichment script")]).await));
    let analyst = office.browser("Ada Analyst", Role::Analyst).await;
    pages.push(("settings-analyst", office.get(&analyst, "/settings").await));
    for (name, page) in &pages {
        look(name, &page.body);
        check_labels(name, &page.body);
        assert!(!page.body.contains(PASSWORD), "{name}");
    }
}

#[tokio::test]
async fn errors_and_the_page_about_the_api_keep_the_rules_of_pages() {
    let database = databases::sqlite();
    let office = Office::open(database.url(), vec![]).await;
    let ada = office.browser("Ada Analyst", Role::Analyst).await;
    look("api", &office.get(&ada, "/api").await.body);
    let missing = office.get(&ada, "/nothing/here").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    look("error-missing", &missing.body);
    let forbidden = office.post(&ada, "/settings/connections", &good_form("sentinel")).await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
    look("error-forbidden", &forbidden.body);
}
