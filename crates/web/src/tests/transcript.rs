//! A validation, written down for others.

use axum::http::StatusCode;
use serde_json::json;
use store::people::Role;

use super::office::{CLIENT, Office, SECRET, TENANT};

async fn connection(office: &Office) -> String {
    let owner = office.script("script", Role::Owner).await;
    let new = json!({
        "product": "defender", "label": "Contoso", "tenant_id": TENANT, "client_id": CLIENT, "client_secret": SECRET,
        "cloud": "global", "workspace_ids": [],
    });
    let made = office.json(&owner, "POST", "/api/v1/connections", new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    made.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_owner_downloads_a_transcript_and_reads_before_what_is_in_it() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let id = connection(&office).await;
    let owner = office.browser("kate", Role::Owner).await;
    let page = office.get(&owner, &format!("/settings?edit={id}&wait=true")).await;
    page.has("Validate and download a transcript").has(&format!("/settings/connections/{id}/transcript"));
    page.has("Left out:").has("Replaced").has("Kept:");
    let file = office.post(&owner, &format!("/settings/connections/{id}/transcript"), &[]).await;
    assert_eq!(file.status, StatusCode::OK, "{file:?}");
    assert_eq!(file.header("content-type"), "application/x-ndjson");
    let disposition = file.header("content-disposition");
    assert!(disposition.starts_with("attachment; filename=\"oriel-transcript-20"), "{disposition}");
    assert!(disposition.ends_with(".ndjson\""), "{disposition}");
    assert_eq!(file.body, super::office::TRANSCRIPT);
}

#[tokio::test]
async fn a_transcript_is_for_owners_and_of_connections_that_there_are() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let id = connection(&office).await;
    let path = format!("/settings/connections/{id}/transcript");
    let analyst = office.browser("alice", Role::Analyst).await;
    assert_eq!(office.post(&analyst, &path, &[]).await.status, StatusCode::FORBIDDEN);
    let owner = office.browser("kate", Role::Owner).await;
    let other = "/settings/connections/01900000-0000-7000-8000-000000000000/transcript";
    assert_eq!(office.post(&owner, other, &[]).await.status, StatusCode::NOT_FOUND);
    office.validator.breaks.store(true, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(office.post(&owner, &path, &[]).await.status, StatusCode::INTERNAL_SERVER_ERROR);
}
