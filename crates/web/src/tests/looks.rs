//! Pages of this part in their states, kept for looking at: `ORIEL_GALLERY=DIR cargo test -p web looks`.

use search::{CheckState, Product, Status};
use store::grants::Scope;
use store::people::Role;

use super::office::{CLIENT, Caller, Office, PASSWORD, failed, good_form, passed};
use crate::{first_start, gallery};

#[tokio::test]
async fn every_state_of_settings_and_sign_in_keeps_the_policy_of_the_pages() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let nobody = Caller::default();
    let keep = |name: &str, reply: &super::office::Reply| gallery::keep(name, &reply.body);

    keep("sign-in-no-owner", &office.get(&nobody, "/sign-in").await);
    let link = first_start::offer(&office.desk).await.unwrap();
    let path = link.strip_prefix("http://127.0.0.1:8440").unwrap();
    keep("first-start", &office.get(&nobody, path).await);
    keep("first-start-wrong", &office.post(&nobody, path, &[("name", ""), ("password", "short")]).await);
    keep("first-start-void", &office.get(&nobody, "/first-start/x").await);
    let owner = office.browser("kate.mulligan", Role::Owner).await;
    keep("sign-in", &office.get(&nobody, "/sign-in").await);
    keep("sign-in-refused", &office.sign_in("kate.mulligan", "not the password").await);
    keep("settings-empty", &office.get(&owner, "/settings").await);
    keep("settings-add", &office.get(&owner, "/settings?add=sentinel").await);
    let wrong =
        [("product", "sentinel"), ("tenant_id", "contoso.example"), ("client_id", CLIENT), ("client_secret", CLIENT)];
    keep("settings-wrong", &office.post(&owner, "/settings/connections", &wrong).await);

    office.validator.may_end.forget_permits(1000);
    let mut checks =
        vec![passed("Tenant found · contoso.example, Europe"), passed("Signs in · token for Graph, 4 roles")];
    *office.validator.checks.lock().unwrap() = checks.clone();
    office.post(&owner, "/settings/connections", &good_form("sentinel")).await;
    let sentinel = store::connections::list(&office.desk.db, &Scope::All).await.unwrap().remove(0).id;
    tokio::task::yield_now().await;
    keep("settings-validating", &office.get(&owner, &format!("/settings?edit={sentinel}")).await);
    office.validator.may_end.add_permits(1000);
    keep("settings-ready", &office.get(&owner, &format!("/settings?edit={sentinel}&wait=true")).await);
    keep("settings-removing", &office.get(&owner, &format!("/settings?removing={sentinel}")).await);

    let mut missing = failed(
        "Ti.Read.All is missing from the token.",
        "Add it as an application permission and grant admin consent.",
        "https://entra.microsoft.com/",
    );
    missing.permission = Some("Ti.Read.All, Url.Read.All, Ip.Read.All".to_owned());
    missing.correlation_id = Some("3f2504e0-4f89-11d3-9a0c-0305e82c3301".to_owned());
    checks.push(missing);
    let mut skipped = passed("Classic alerts · retired by Microsoft in autumn 2026, not needed");
    skipped.state = CheckState::Skipped;
    checks.push(skipped);
    *office.validator.checks.lock().unwrap() = checks;
    *office.validator.status.lock().unwrap() = Status::Attention;
    let mut form = good_form("defender");
    form.push(("secret_ends", "2026-12-05"));
    office.post(&owner, "/settings/connections", &form).await;
    let saved = store::connections::list(&office.desk.db, &Scope::All).await.unwrap();
    let defender = &saved.iter().find(|saved| saved.product == Product::Defender).unwrap().id;
    let attention = office.get(&owner, &format!("/settings?edit={defender}&wait=true")).await;
    for permission in ["Ti.Read.All", "Url.Read.All", "Ip.Read.All"] {
        attention.has(&format!("<span class=\"badge value\">{permission}</span>"));
    }
    keep("settings-attention", &attention);
    keep("settings-key", &office.post(&owner, "/settings/keys", &[("label", "nightly report")]).await);
    let analyst = office.browser("alice", Role::Analyst).await;
    keep("settings-analyst", &office.get(&analyst, "/settings").await);
    keep("api", &office.get(&analyst, "/api").await);
    keep("error-forbidden", &office.post(&analyst, "/settings/connections", &[]).await);
    keep("error-not-found", &office.get(&analyst, "/nothing/here").await);
    let form = [("current", PASSWORD), ("password", "short"), ("again", "short")];
    keep("settings-password", &office.post(&analyst, "/settings/password", &form).await);
}

#[tokio::test]
async fn every_state_of_accounts_keeps_the_policy_of_the_pages() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let keep = |name: &str, reply: &super::office::Reply| gallery::keep(name, &reply.body);
    let owner = office.browser("kate.mulligan", Role::Owner).await;
    office.person("alice", Role::Analyst).await;
    let added = office.post(&owner, "/people", &[("name", "ben.okafor"), ("role", "viewer")]).await;
    keep("people-added", &added);
    let password = super::second_factor::between(&added, "id=\"made-password\">", "<").to_owned();
    keep("sign-in-new-password", &office.sign_in("ben.okafor", &password).await);
    let (alice, _) = store::people::by_name(&office.desk.db, "alice").await.unwrap().unwrap();
    for guid in ["aaaaaaaa-2222-3333-4444-555555555555", "bbbbbbbb-2222-3333-4444-555555555555"] {
        store::tenants::ensure(&office.desk.db, "global", guid, office.desk.now()).await.unwrap();
    }
    office.sign_in("alice", PASSWORD).await;
    keep("people-open", &office.get(&owner, &format!("/people?edit={}", alice.id)).await);
    let wrong = [("name", "alice"), ("role", "viewer"), ("password", "oriel-oriel-1")];
    keep("people-wrong", &office.post(&owner, "/people", &wrong).await);
    keep("second-factor-begin", &office.post(&owner, "/settings/second-factor/begin", &[]).await);
    super::second_factor::set_up(&office, &owner).await;
    keep("second-factor-codes", &office.post(&owner, "/settings/second-factor/codes", &[]).await);
    keep("second-factor-on", &office.get(&owner, "/settings").await);
    keep("sign-in-code", &office.sign_in("kate.mulligan", PASSWORD).await);
    office.post(&owner, "/people/second-factor", &[("required", "yes")]).await;
    keep("people", &office.get(&owner, "/people").await);
    keep("sign-in-set-up", &office.sign_in("alice", PASSWORD).await);
    office.later(jiff::SignedDuration::from_mins(20));
    keep("confirm", &office.post(&owner, "/settings/keys", &[("label", "nightly")]).await);
}
