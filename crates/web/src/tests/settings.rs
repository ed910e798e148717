//! The settings page.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use search::Status;
use store::grants::Scope;
use store::people::Role;

use super::office::{CLIENT, Caller, Office, PASSWORD, SECRET, TENANT, cookie_of, failed, good_form, passed, until};

async fn the_id(office: &Office) -> String {
    store::connections::list(&office.desk.db, &Scope::All).await.unwrap().last().unwrap().id.to_string()
}

async fn saved(office: &Office, owner: &Caller, product: &str) -> String {
    let reply = office.post(owner, "/settings/connections", &good_form(product)).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{reply:?}");
    let id = the_id(office).await;
    assert_eq!(reply.header("location"), format!("/settings?edit={id}#connection-{id}"));
    id
}

databases::on_each_database! {
    async fn an_owner_connects_sees_the_checks_and_removes(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let owner = office.browser("kate", Role::Owner).await;
        let empty = office.get(&owner, "/settings").await;
        empty.has("Microsoft Graph Integration").has("Sentinel Configuration").has("Advanced Threat Protection (Defender)");
        empty.has("Not connected").has("/settings?add=sentinel#add-sentinel");
        office.get(&owner, "/settings?add=sentinel").await.has("name=\"workspaces\"").has("Save and validate").has("the whole tenant");

        *office.validator.checks.lock().unwrap() = vec![passed("Tenant found"), failed("Ti.Read.All is missing", "Grant it.", "https://entra.microsoft.com/")];
        *office.validator.status.lock().unwrap() = Status::Attention;
        let id = saved(&office, &owner, "sentinel").await;
        let page = office.get(&owner, &format!("/settings?edit={id}&wait=true")).await;
        page.has("1 thing to fix").has("Ti.Read.All is missing").has("Grant it.").has("https://entra.microsoft.com/").has("<summary>For a ticket</summary>").has("data-copy=\"Trace ID: trace-1\"");
        page.has(TENANT).has(CLIENT).has("kept; paste to replace").has_not(SECRET);
        page.has_not("data-stream");

        office.get(&owner, &format!("/settings?removing={id}")).await.has("destroyed at once");
        let unsure = office.post(&owner, &format!("/settings/connections/{id}/remove"), &[]).await;
        unsure.has("destroyed at once");
        assert_eq!(store::connections::list(&office.desk.db, &Scope::All).await.unwrap().len(), 1);
        let gone = office.post(&owner, &format!("/settings/connections/{id}/remove"), &[("sure", "yes")]).await;
        office.get(&owner, gone.header("location").split('#').next().unwrap()).await.has("The connection was removed");
        assert!(store::connections::list(&office.desk.db, &Scope::All).await.unwrap().is_empty());
        assert_eq!(office.get(&owner, &format!("/settings?edit={id}")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn checks_are_shown_as_they_end() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("kate", Role::Owner).await;
    office.validator.may_end.forget_permits(1000);
    let id = saved(&office, &owner, "defender").await;
    let page = office.get(&owner, &format!("/settings?edit={id}")).await;
    page.has(&format!("data-stream=\"/settings/connections/{id}/checks\"")).has("Validating").has("aria-busy=\"true\"");
    page.has(&format!("1;url=/settings?edit={id}&#38;wait=true#connection-{id}"));

    let stream_path = format!("/settings/connections/{id}/checks");
    let let_go = async {
        until("it is tried", async || office.validator.times.load(Ordering::SeqCst) > 0).await;
        office.validator.may_end.add_permits(1);
    };
    let (stream, ()) = tokio::join!(office.get(&owner, &stream_path), let_go);
    assert_eq!(stream.header("content-type"), "text/event-stream");
    stream
        .has("event: part")
        .has(&format!("id=\"checks-{id}\""))
        .has(&format!("id=\"state-{id}\""))
        .has("signs in")
        .has("<strong>Ready</strong>");
    assert!(stream.body.trim_end().ends_with("event: done\ndata: done"), "{}", stream.body);
    let after = office.get(&owner, &stream_path).await;
    after.has("<strong>Ready</strong>").has("event: done");
    assert_eq!(office.validator.times.load(Ordering::SeqCst), 1, "looking begins nothing");
    office.validator.may_end.add_permits(1);
    office.post(&owner, &format!("/settings/connections/{id}/validate"), &[]).await;
    let waited = office.get(&owner, &format!("/settings?edit={id}&wait=true")).await;
    assert_eq!(waited.status, StatusCode::OK);
    assert_eq!(office.validator.times.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_form_that_cannot_be_right_keeps_what_was_typed_but_the_secret() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("kate", Role::Owner).await;
    let mut form = good_form("sentinel");
    form.retain(|(name, _)| *name != "tenant_id");
    form.extend([("tenant_id", "contoso.example\"><script>alert(1)</script>"), ("workspaces", "SOC-EU")]);
    let reply = office.post(&owner, "/settings/connections", &form).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    reply
        .has("id=\"tenant-new-sentinel-error\"")
        .has("id=\"workspaces-new-sentinel-error\"")
        .has(CLIENT)
        .has("SOC-EU")
        .has("Contoso");
    reply
        .has("The credential has to be given again")
        .has_not(SECRET)
        .has_not("<script>alert")
        .has("contoso.example&#34;&#62;&#60;script");
    assert!(store::connections::list(&office.desk.db, &Scope::All).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_secret_id_is_told_from_a_secret() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("kate", Role::Owner).await;
    let mut form = good_form("defender");
    form.retain(|(name, _)| *name != "client_secret");
    form.push(("client_secret", "12345678-1234-1234-1234-123456789012"));
    let reply = office.post(&owner, "/settings/connections", &form).await;
    reply
        .has("This is the Secret ID.")
        .has("id=\"secret-new-defender-error\"")
        .has_not("12345678-1234-1234-1234-123456789012");
}

#[tokio::test]
async fn an_owner_marks_what_is_rightly_quiet_and_takes_the_mark_away() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("kate", Role::Owner).await;
    let id = saved(&office, &owner, "sentinel").await;
    let box_of = |quiet: bool| {
        let checked = if quiet { " checked" } else { "" };
        format!("name=\"quiet\" value=\"sentinel.threat_indicators\"{checked}>")
    };
    let edit = format!("/settings?edit={id}&wait=true");
    office.get(&owner, &edit).await.has(&box_of(false)).has("<summary>Rightly quiet</summary>");
    let mut form = good_form("sentinel");
    form.push(("quiet", "sentinel.threat_indicators"));
    office.post(&owner, &format!("/settings/connections/{id}"), &form).await;
    office.get(&owner, &edit).await.has(&box_of(true));
    let marked = store::connections::list(&office.desk.db, &Scope::All).await.unwrap().remove(0);
    assert_eq!(marked.quiet, ["sentinel.threat_indicators"]);

    form.push(("quiet", "defender.alerts"));
    let refused = office.post(&owner, &format!("/settings/connections/{id}"), &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has("There is no such capability.");
    office.post(&owner, &format!("/settings/connections/{id}"), &good_form("sentinel")).await;
    office.get(&owner, &edit).await.has(&box_of(false));
}

#[tokio::test]
async fn a_change_keeps_the_secret_unless_it_is_pasted_again() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("kate", Role::Owner).await;
    let id = saved(&office, &owner, "sentinel").await;
    let before = store::connections::list(&office.desk.db, &Scope::All).await.unwrap().remove(0);
    let mut form = good_form("sentinel");
    form.retain(|(name, _)| !matches!(*name, "client_secret" | "label" | "on"));
    form.extend([("label", "Renamed"), ("client_secret", ""), ("on", "sentinel.alerts")]);
    let reply = office.post(&owner, &format!("/settings/connections/{id}"), &form).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{reply:?}");
    let after = store::connections::list(&office.desk.db, &Scope::All).await.unwrap().remove(0);
    assert_eq!((after.label.as_str(), &after.credential), ("Renamed", &before.credential));
    assert_eq!(after.switched_off, ["sentinel.threat_indicators"]);

    form.retain(|(name, _)| *name != "client_id");
    form.push(("client_id", "99999999-7777-8888-9999-000000000000"));
    let reply = office.post(&owner, &format!("/settings/connections/{id}"), &form).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    reply.has("needs the secret again");
}

#[tokio::test]
async fn white_space_round_a_value_is_left_aside_and_said() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("kate", Role::Owner).await;
    let mut form = good_form("defender");
    let padded = format!("  {SECRET} ");
    form.retain(|(name, _)| *name != "client_secret");
    form.push(("client_secret", &padded));
    let reply = office.post(&owner, "/settings/connections", &form).await;
    let page = office.get(&owner, reply.header("location").split('#').next().unwrap()).await;
    page.has("White space or quotes round the client secret were left aside.");
}

#[tokio::test]
async fn defender_can_use_the_app_of_sentinel() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("kate", Role::Owner).await;
    let sentinel = saved(&office, &owner, "sentinel").await;
    let form = office.get(&owner, "/settings?add=defender").await;
    form.has("Use the same app as Sentinel").has(&format!("value=\"{sentinel}\""));
    let form = [("product", "defender"), ("same_as", sentinel.as_str()), ("on", "defender.alerts")];
    let reply = office.post(&owner, "/settings/connections", &form).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{reply:?}");
    let connections = store::connections::list(&office.desk.db, &Scope::All).await.unwrap();
    let other = connections.iter().find(|connection| connection.id.to_string() != sentinel).unwrap();
    assert_eq!(
        (other.tenant_guid.as_str(), other.client_id.as_str(), other.label.as_str()),
        (TENANT, CLIENT, "Contoso")
    );
    let opened = office.desk.credential_of(other).unwrap().certificate_pem;
    assert_eq!(secrecy::ExposeSecret::expose_secret(&opened), SECRET, "sealed for its own place");
}

#[tokio::test]
async fn an_analyst_sees_the_state_and_no_way_to_change_it() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("kate", Role::Owner).await;
    let id = saved(&office, &owner, "sentinel").await;
    office.get(&owner, &format!("/settings?edit={id}&wait=true")).await;
    let analyst = office.browser("alice", Role::Analyst).await;
    for path in [
        "/settings".to_owned(),
        format!("/settings?edit={id}"),
        format!("/settings?removing={id}"),
        "/settings?add=defender".to_owned(),
    ] {
        let page = office.get(&analyst, &path).await;
        page.has("Microsoft Graph Integration")
            .has("<strong>Ready</strong>")
            .has("An owner can change these connections.");
        page.has_not("Save and validate").has_not("?edit=").has_not(CLIENT).has_not(SECRET);
    }
    for path in ["", "/validate", "/remove"] {
        let reply = office.post(&analyst, &format!("/settings/connections/{id}{path}"), &[("sure", "yes")]).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(office.get(&analyst, &format!("/settings/connections/{id}/checks")).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_secret_that_ends_soon_is_warned_of() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("kate", Role::Owner).await;
    let mut form = good_form("sentinel");
    form.push(("secret_ends", "2026-12-05"));
    office.post(&owner, "/settings/connections", &form).await;
    office.get(&owner, "/settings").await.has("secret ends in 10 days");
    office.later(jiff::SignedDuration::from_hours(24 * 11));
    let owner = Caller::default().with("cookie", cookie_of(&office.sign_in("kate", PASSWORD).await));
    office.get(&owner, "/settings").await.has("secret has ended");
}

#[tokio::test]
async fn hostile_text_stays_text() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let hostile = "<img src=x onerror=alert(1)>\u{202e}\"'";
    let owner = office.browser(hostile, Role::Owner).await;
    *office.validator.checks.lock().unwrap() =
        vec![failed(hostile, hostile, "javascript:alert(1)"), failed("b", "c", "//evil.example")];
    *office.validator.status.lock().unwrap() = Status::Attention;
    let mut form = good_form("sentinel");
    form.retain(|(name, _)| *name != "label");
    form.push(("label", hostile));
    let reply = office.post(&owner, "/settings/connections", &form).await;
    let id = the_id(&office).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    let key = office.post(&owner, "/settings/keys", &[("label", hostile)]).await;
    let stream = office.get(&owner, &format!("/settings/connections/{id}/checks")).await;
    let open = office.get(&owner, &format!("/settings?edit={id}&wait=true")).await;
    let other = office.get(&owner, "/settings?add=defender").await;
    for page in [&open, &key, &stream, &other, &office.get(&owner, &format!("/settings?removing={id}")).await] {
        page.has_not("<img src=x").has_not("href=\"javascript:").has_not("href=\"//evil");
        page.has("&#60;img src=x");
    }
}

#[tokio::test]
async fn a_key_is_shown_once_works_and_is_revoked() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let alice = office.browser("alice", Role::Analyst).await;
    let made = office.post(&alice, "/settings/keys", &[("label", "nightly")]).await;
    let key = made.body.split("id=\"new-key\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(key.len(), 64);
    office.get(&alice, "/settings").await.has("nightly").has_not(&key).has("never");
    let script = Caller::default().with("authorization", format!("Bearer {key}"));
    assert_eq!(office.get(&script, "/api/v1/search?q=a.example").await.status, StatusCode::OK);

    let (person, _) = store::people::by_name(&office.desk.db, "alice").await.unwrap().unwrap();
    let id = store::keys::list_of(&office.desk.db, &person.id).await.unwrap().remove(0).id;
    let mallory = office.browser("mallory", Role::Owner).await;
    let reply = office.post(&mallory, &format!("/settings/keys/{id}/revoke"), &[]).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND, "nobody revokes another's key here");
    office.post(&alice, &format!("/settings/keys/{id}/revoke"), &[]).await;
    assert_eq!(office.get(&script, "/api/v1/search?q=a.example").await.status, StatusCode::UNAUTHORIZED);
    office.get(&alice, "/settings").await.has_not("nightly");
    office.post(&alice, "/settings/keys", &[("label", " ")]).await.has("id=\"key-label-error\"");
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let here = office.browser("alice", Role::Analyst).await;
    let there = Caller::default().with("cookie", cookie_of(&office.sign_in("alice", PASSWORD).await));
    let new = "another bicycle, in the sun";
    let form = |current, password, again| [("current", current), ("password", password), ("again", again)];

    let wrong = office.post(&here, "/settings/password", &form("not this", new, new)).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.has("id=\"current-error\"").has_not(new);
    office.post(&here, "/settings/password", &form(PASSWORD, "short", "short")).await.has("id=\"password-error\"");
    office
        .post(&here, "/settings/password", &form(PASSWORD, new, "different in the end"))
        .await
        .has("id=\"again-error\"");
    assert_eq!(office.get(&there, "/settings").await.status, StatusCode::OK);

    let done = office.post(&here, "/settings/password", &form(PASSWORD, new, new)).await;
    assert_eq!(done.header("location"), "/settings?done=password#password");
    let here = Caller::default().with("cookie", cookie_of(&done));
    office.get(&here, "/settings?done=password").await.has("The password was changed.");
    assert_eq!(office.get(&there, "/settings").await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.sign_in("alice", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_a_password_may_not_live_on_tells_nobody_of_another_s_tenants() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let own = office.tenant(TENANT, "Fabrikam").await;
    office.tenant("99999999-2222-4333-8444-555555555555", "Woodgrove").await;
    let kate = office.browser("kate", Role::Analyst).await;
    let (person, _) = store::people::by_name(&office.desk.db, "kate").await.unwrap().unwrap();
    let (by, scope) = (store::audit::Actor::oriel(), Scope::Only([own].into()));
    store::grants::set_of_person(&office.desk.db, &by, &person.id, &scope, office.desk.now()).await.unwrap();
    let form = |new| [("current", PASSWORD), ("password", new), ("again", new)];
    office.post(&kate, "/settings/password", &form("fabrikam-2026")).await.has("little more than a name");
    let taken = office.post(&kate, "/settings/password", &form("woodgrove-2026")).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{taken:?}");
}

#[tokio::test]
async fn a_validation_that_broke_off_is_told_and_the_next_one_counts() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("kate", Role::Owner).await;
    office.validator.breaks.store(true, Ordering::SeqCst);
    let id = saved(&office, &owner, "sentinel").await;
    let page = office.get(&owner, &format!("/settings?edit={id}&wait=true")).await;
    page.has("<strong>Not validated</strong>").has("in the log of the server").has_not("the database is away");
    office.validator.breaks.store(false, Ordering::SeqCst);
    office.post(&owner, &format!("/settings/connections/{id}/validate"), &[]).await;
    office.get(&owner, &format!("/settings?edit={id}&wait=true")).await.has("<strong>Ready</strong>");
}
