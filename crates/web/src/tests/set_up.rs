//! The set-up guide, the scripts that are written there, and the way back from Entra's page of consent.

use axum::http::StatusCode;
use jiff::SignedDuration;
use search::{CheckState, Status};
use store::grants::Scope;
use store::people::Role;

use super::office::{CLIENT, Caller, Office, TENANT, failed, good_form};
use crate::gallery;

async fn office() -> (databases::Lent, Office) {
    let lent = databases::sqlite();
    let office = Office::open_with(lent.url(), vec![], |settings| {
        settings.public_url = "https://oriel.example.com/".parse().unwrap();
    })
    .await;
    (lent, office)
}

async fn connected(office: &Office, owner: &Caller) -> String {
    let saved = office.post(owner, "/settings/connections", &good_form("defender")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{saved:?}");
    let id = store::connections::list(&office.desk.db, &Scope::All).await.unwrap().remove(0).id.to_string();
    office.get(owner, &format!("/settings?edit={id}&wait=true")).await;
    id
}

#[tokio::test]
async fn everybody_reads_the_guide_and_owners_have_scripts() {
    let (_lent, office) = office().await;
    let analyst = office.browser("alice", Role::Analyst).await;
    let page = office.get(&analyst, "/settings/set-up").await;
    assert_eq!(page.status, StatusCode::OK);
    page.has("Grant admin consent")
        .has("WindowsDefenderATP")
        .has("How Oriel knows")
        .has("An app sees the whole tenant");
    page.has("Secret ID").has("In 2020").has_not("By a script").has("What Oriel reads with it");
    for path in ["/settings/set-up/script?format=az", "/settings/consented?admin_consent=True"] {
        assert_eq!(office.get(&analyst, path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let owner = office.browser("kate", Role::Owner).await;
    let page = office.get(&owner, "/settings/set-up").await;
    page.has("By a script").has("Write it").has_not("id=\"script\"");
    gallery::keep("set-up", &page.body);
    let nobody = office.get(&Caller::default(), "/settings/set-up").await;
    assert_eq!(nobody.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_script_is_shown_as_it_is_downloaded() {
    let (_lent, office) = office().await;
    let owner = office.browser("kate", Role::Owner).await;
    let query = "product=sentinel&format=az&step=consent&days=90&workspace=SOC-EU&name=A%26B";
    let page = office.get(&owner, &format!("/settings/set-up?{query}")).await;
    page.has("oriel-set-up-az.sh").has("Read it before you run it.").has("products: [Sentinel]").has("step: Consent");
    page.has("&#60;made up&#62;").has_not("<made up>").has("days: 90");
    gallery::keep("set-up-script", &page.body);
    let file = office.get(&owner, &format!("/settings/set-up/script?{query}")).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"oriel-set-up-az.sh\"");
    assert_eq!(file.header("content-type"), "text/x-shellscript; charset=utf-8");
    assert!(file.body.starts_with("# <made up>\n") && file.body.contains("name: \"A&B\""), "{}", file.body);
    assert!(file.body.contains("workspaces: [\"SOC-EU\"]"), "{}", file.body);
}

#[tokio::test]
async fn what_cannot_be_right_is_said_at_its_field() {
    let (_lent, office) = office().await;
    let owner = office.browser("kate", Role::Owner).await;
    let page = office.get(&owner, "/settings/set-up?format=az&name=refused").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.has("This name cannot be one.").has("id=\"ask-name-error\"").has("Nothing was written.");
    let page = office.get(&owner, "/settings/set-up?format=bash&days=soon").await;
    page.has("id=\"ask-format-error\"").has("id=\"ask-days-error\"");
    gallery::keep("set-up-wrong", &page.body);
    let file = office.get(&owner, "/settings/set-up/script?format=az&name=refused").await;
    assert_eq!(file.status, StatusCode::UNPROCESSABLE_ENTITY);
    for path in [
        "/settings/set-up?connection=x&format=az",
        "/settings/set-up/script?connection=01900000-0000-7000-8000-000000000000&format=az",
    ] {
        assert_eq!(office.get(&owner, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_second_script_adds_what_the_connections_validation_found_missing() {
    let (_lent, office) = office().await;
    let owner = office.browser("kate", Role::Owner).await;
    let id = connected(&office, &owner).await;
    let path = format!("/settings/set-up?connection={id}&format=az&missing=yes");
    let nothing = office.get(&owner, &path).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    nothing.has("found no permission and no role missing");

    let mut missing = failed("Ti.Read.All is missing.", "Add it.", "https://portal.example/");
    missing.code = "missing_permission".to_owned();
    missing.permission = Some("Ti.Read.All".to_owned());
    assert_eq!(missing.state, CheckState::Failed);
    *office.validator.checks.lock().unwrap() = vec![missing];
    *office.validator.status.lock().unwrap() = Status::Attention;
    office.post(&owner, &format!("/settings/connections/{id}/validate"), &[]).await;
    let checklist = office.get(&owner, &format!("/settings?edit={id}&wait=true")).await;
    let link = format!("/settings/set-up?connection={id}&#38;format=az&#38;missing=yes#script");
    checklist.has(&link).has("Script for what is missing");
    let script = office.get(&owner, &path).await;
    assert_eq!(script.status, StatusCode::OK);
    script.has("permissions: [&#34;Ti.Read.All&#34;]").has("credential: WhatItHas").has(CLIENT).has(TENANT);
}

#[tokio::test]
async fn an_app_that_is_there_is_used_for_the_second_product_and_keeps_its_credential() {
    let (_lent, office) = office().await;
    let owner = office.browser("kate", Role::Owner).await;
    let mut form = good_form("sentinel");
    form.push(("workspaces", "9b9b5a0c-3c1d-4e5f-8a9b-0c1d2e3f4a5b SOC-EU"));
    let saved = office.post(&owner, "/settings/connections", &form).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{saved:?}");
    let id = store::connections::list(&office.desk.db, &Scope::All).await.unwrap().remove(0).id;

    // What the form sends if nothing but the app is chosen on the empty one.
    let empty = office.get(&owner, "/settings/set-up").await;
    empty.has(&format!("<option value=\"{id}\">That of Contoso (Sentinel)</option>"));
    empty.has_not("<option value=\"secret\" selected").has_not("<option value=\"kept\" selected");
    let same = format!("product=defender&connection={id}&format=az&step=all&credential=&workspace=&days=180");
    let page = office.get(&owner, &format!("/settings/set-up?{same}")).await;
    page.has("credential: WhatItHas").has(CLIENT).has("products: [Defender]");
    page.has("workspaces: [&#34;9b9b5a0c-3c1d-4e5f-8a9b-0c1d2e3f4a5b&#34;]");
    // Another way to sign in is the owner's choice, and a new app has none yet.
    let page = office
        .get(&owner, &format!("/settings/set-up?{same}&name=x").replace("credential=", "credential=secret"))
        .await;
    page.has("credential: Secret");
    office.get(&owner, "/settings/set-up?format=az&credential=").await.has("credential: Secret").has_not(CLIENT);
}

/// The state that the guide's link carries.
async fn state(office: &Office, owner: &Caller, id: &str) -> String {
    let page = office.get(owner, &format!("/settings/set-up?connection={id}")).await;
    page.has("Grant admin consent in Entra").has("https://oriel.example.com/settings/consented");
    let link = page.body.split("adminconsent?state=").nth(1).unwrap();
    link.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn what_entra_answers_is_told_in_words_to_the_browser_that_asked() {
    let (_lent, office) = office().await;
    let owner = office.browser("kate", Role::Owner).await;
    let id = connected(&office, &owner).await;
    let state = state(&office, &owner, &id).await;
    let answer = |rest: &str| format!("/settings/consented?state={state}&{rest}");
    let validate = format!("/settings/connections/{id}/validate");

    let well = office.get(&owner, &answer(&format!("admin_consent=True&tenant={TENANT}"))).await;
    well.has("Entra says that consent was granted.").has(&validate);
    gallery::keep("consented", &well.body);
    let other = office.get(&owner, &answer(&format!("admin_consent=True&tenant={CLIENT}"))).await;
    other.has("another tenant").has(CLIENT).has(TENANT);
    let denied =
        office.get(&owner, &answer("error=permission_denied&error_description=%3Cb%3EAADSTS65004%3C%2Fb%3E")).await;
    denied
        .has("Consent was not granted.")
        .has("Nothing was changed.")
        .has("&#60;b&#62;AADSTS65004")
        .has_not("<b>AADSTS");
    gallery::keep("consented-denied", &denied.body);
    office.get(&owner, &answer("error=server_error")).await.has("Consent was not granted: server_error.");
    office.get(&owner, &answer("")).await.has("Entra did not say whether consent was granted.");

    // Nobody else's browser, and none an hour later.
    let strange = "This is no answer to something that was asked in this browser";
    let another = office.browser("mallory", Role::Owner).await;
    let reply = office.get(&another, &answer("admin_consent=True&error_description=unspoken")).await;
    reply.has(strange).has_not(&validate).has_not("unspoken");
    office.get(&owner, "/settings/consented?admin_consent=True&state=made-up").await.has(strange);
    office.later(SignedDuration::from_mins(61));
    office.get(&owner, &answer("admin_consent=True")).await.has(strange);
}

#[tokio::test]
async fn where_entra_would_not_come_back_there_is_no_link() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("kate", Role::Owner).await;
    let id = connected(&office, &owner).await;
    let page = office.get(&owner, &format!("/settings/set-up?connection={id}")).await;
    page.has("http://127.0.0.1:8440/settings/consented").has("to an https address alone").has_not("adminconsent");
}
