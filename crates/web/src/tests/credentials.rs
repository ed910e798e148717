//! How a connection signs in: by API and by page, from one credential to the next.

use axum::http::StatusCode;
use search::Status;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use store::connections::Connection;
use store::credentials::Kind;
use store::grants::Scope;
use store::people::Role;

use super::office::{CLIENT, Caller, Office, SECRET, TENANT, failed, good_form, passed};

/// What the made-up certificates take for one, with something that nobody may ever see.
const PEM: &str = "CERTIFICATE and PRIVATE-PART-7Q";
const OTHER: &str = "99999999-2222-3333-4444-555555555555";
const IDENTITY: &str = "77777777-8888-9999-aaaa-bbbbbbbbbbbb";

/// A connection that signs in by this, and its path in the API.
async fn saved(office: &Office, owner: &Caller, credential: &Value) -> String {
    let mut new = json!({"product": "defender", "tenant_id": TENANT, "client_id": CLIENT, "cloud": "global"});
    let with = credential.as_object().unwrap().clone();
    new.as_object_mut().unwrap().extend(with);
    let made = office.json(owner, "POST", "/api/v1/connections", new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    format!("/api/v1/connections/{}", made.json()["id"].as_str().unwrap())
}

async fn stored(office: &Office) -> Connection {
    store::connections::list(&office.desk.db, &Scope::All).await.unwrap().remove(0)
}

fn by(kind: &str) -> Value {
    json!({ "credential": { "kind": kind } })
}

fn by_certificate() -> Value {
    json!({ "credential": { "kind": "certificate", "certificate_pem": PEM } })
}

fn by_secret() -> Value {
    json!({ "client_secret": SECRET, "secret_ends": "2026-12-20" })
}

#[tokio::test]
async fn each_kind_is_kept_with_what_is_its_own_and_nothing_secret_is_answered() {
    let identity = json!({ "credential": { "kind": "managed_identity", "identity_client_id": IDENTITY } });
    let cases = [
        (by_secret(), "secret", json!("2026-12-20"), json!(25), Value::Null),
        (by_certificate(), "certificate", json!("2027-05-01"), json!(157), Value::Null),
        (by("certificate"), "certificate", json!("2027-05-01"), json!(157), Value::Null),
        (identity, "managed_identity", Value::Null, Value::Null, json!(IDENTITY)),
        (by("federated_token"), "federated_token", Value::Null, Value::Null, Value::Null),
    ];
    for (sent, kind, ends, days_left, identity) in cases {
        let lent = databases::sqlite();
        let office = Office::open(lent.url(), vec![]).await;
        let owner = office.script("kate", Role::Owner).await;
        saved(&office, &owner, &sent).await;
        let listed = office.get(&owner, "/api/v1/connections").await;
        let record = &listed.json()[0]["credential"];
        assert_eq!((&record["kind"], &record["in_use"]), (&json!(kind), &json!(true)));
        assert_eq!((&record["ends"], &record["days_left"]), (&ends, &days_left), "{kind}");
        assert_eq!(record["identity_client_id"], identity);
        assert_eq!(record["thumbprint"].is_string(), kind == "certificate");
        listed.has_not(SECRET).has_not("PRIVATE-PART");
        let stored = stored(&office).await;
        for secret in [SECRET, "PRIVATE-PART-7Q"] {
            let sealed = &stored.credential.sealed;
            assert!(!sealed.windows(secret.len()).any(|window| window == secret.as_bytes()));
            assert!(!format!("{stored:?}").contains(secret));
        }
    }
}

#[tokio::test]
async fn what_cannot_be_right_about_a_credential_is_refused_with_the_field() {
    let cases = [
        (by("password"), "credential", "This is no kind of credential"),
        (by("secret"), "client_secret", "A client secret is needed"),
        (json!({ "client_secret": CLIENT }), "client_secret", "This is the Secret ID."),
        (
            json!({ "credential": { "kind": "certificate", "certificate_pem": "nonsense PRIVATE-PART-7Q" } }),
            "certificate_pem",
            "This is no certificate.",
        ),
        (
            json!({ "credential": { "kind": "managed_identity", "identity_client_id": "oriel" } }),
            "identity_client_id",
            "which is a GUID",
        ),
        (json!({ "client_secret": SECRET, "secret_ends": "soon" }), "secret_ends", "This is not a date."),
    ];
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.script("kate", Role::Owner).await;
    let path = saved(&office, &owner, &by_secret()).await;
    for (sent, field, words) in cases {
        let mut whole = sent.clone();
        let ids = json!({"product": "defender", "tenant_id": TENANT, "client_id": CLIENT});
        whole.as_object_mut().unwrap().extend(ids.as_object().unwrap().clone());
        for (to, body) in [("/api/v1/connections", whole), (format!("{path}/credentials").as_str(), sent)] {
            let refused = office.json(&owner, "POST", to, body).await;
            assert_eq!(
                (refused.status, &refused.json()["field"]),
                (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)),
                "{to}: {refused:?}"
            );
            refused.has(words).has_not(SECRET).has_not("PRIVATE-PART");
        }
    }
    assert_eq!(office.get(&owner, &format!("{path}/credentials")).await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_change_of_cloud_tenant_or_app_needs_the_credential_again_whatever_its_kind() {
    let kinds = [
        (by_certificate(), "certificate_pem"),
        (by("managed_identity"), "credential"),
        (by("federated_token"), "credential"),
    ];
    for (credential, field) in kinds {
        let lent = databases::sqlite();
        let office = Office::open(lent.url(), vec![]).await;
        let owner = office.script("kate", Role::Owner).await;
        let path = saved(&office, &owner, &credential).await;
        for change in [json!({ "tenant_id": OTHER }), json!({ "client_id": OTHER }), json!({ "cloud": "lab" })] {
            let refused = office.json(&owner, "PATCH", &path, change).await;
            assert_eq!(
                (refused.status, &refused.json()["field"]),
                (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)),
                "{refused:?}"
            );
        }
        assert_eq!(stored(&office).await.tenant_guid, TENANT);
        let mut again = credential.clone();
        again["tenant_id"] = json!(OTHER);
        let moved = office.json(&owner, "PATCH", &path, again).await;
        assert_eq!((moved.status, &moved.json()["tenant_id"]), (StatusCode::OK, &json!(OTHER)), "{moved:?}");
    }
}

#[tokio::test]
async fn a_secret_alone_takes_the_place_of_a_certificate_and_does_not_inherit_its_end() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.script("kate", Role::Owner).await;
    let path = saved(&office, &owner, &by_certificate()).await;
    let ends = office.json(&owner, "PATCH", &path, json!({ "secret_ends": "2031-01-01" })).await;
    assert_eq!(ends.json()["credential"]["ends"], "2027-05-01", "a certificate tells its end itself");
    let unnamed = office.json(&owner, "PATCH", &path, by("secret")).await;
    assert_eq!((unnamed.status, &unnamed.json()["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("client_secret")));
    let changed = office.json(&owner, "PATCH", &path, json!({ "client_secret": SECRET })).await;
    let record = &changed.json()["credential"];
    assert_eq!((&record["kind"], &record["ends"]), (&json!("secret"), &Value::Null), "{changed:?}");
    let kept = office.json(&owner, "PATCH", &path, json!({ "secret_ends": "2027-02-01" })).await.json();
    assert_eq!(kept["credential"]["id"], record["id"], "a new end is no new secret");
    let label = office.json(&owner, "PATCH", &path, json!({ "label": "Fabrikam" })).await.json();
    assert_eq!(label["credential"]["ends"], "2027-02-01", "what is left out stays");
}

#[tokio::test]
async fn a_certificate_is_made_anew_only_when_that_is_said() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.browser("kate", Role::Owner).await;
    let mut form = good_form("defender");
    form.retain(|(name, _)| *name != "client_secret");
    form.push(("kind", "certificate"));
    office.post(&owner, "/settings/connections", &form).await;
    let first = stored(&office).await;
    let opened = office.desk.credential_of(&first).unwrap().certificate_pem;
    assert!(opened.expose_secret().starts_with("CERTIFICATE and key of"));
    let path = format!("/settings/connections/{}", first.id);
    let edit = office.get(&owner, &format!("/settings?edit={}&wait=true", first.id)).await;
    edit.has("value=\"certificate\" checked").has("name=\"make_certificate\"").has_not("CERTIFICATE and key");
    assert_eq!(office.post(&owner, &path, &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(stored(&office).await.credential.id, first.credential.id, "an empty field keeps what is stored");

    form.retain(|(name, _)| *name != "tenant_id");
    form.push(("tenant_id", OTHER));
    let refused = office.post(&owner, &path, &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has(&format!("id=\"certificate-{}-error\"", first.id)).has("a new one that is made here");
    form.push(("make_certificate", "yes"));
    assert_eq!(office.post(&owner, &path, &form).await.status, StatusCode::SEE_OTHER);
    let moved = stored(&office).await;
    assert!(moved.tenant_guid == OTHER && moved.credential.id != first.credential.id);
}

#[tokio::test]
async fn the_page_of_an_identity_or_a_token_can_lead_to_another_tenant() {
    for kind in ["managed_identity", "federated_token"] {
        let lent = databases::sqlite();
        let office = Office::open(lent.url(), vec![]).await;
        let owner = office.browser("kate", Role::Owner).await;
        let mut form = good_form("defender");
        form.retain(|(name, _)| *name != "client_secret");
        form.push(("kind", kind));
        office.post(&owner, "/settings/connections", &form).await;
        let first = stored(&office).await;
        let path = format!("/settings/connections/{}", first.id);
        office.post(&owner, &path, &form).await;
        assert_eq!(stored(&office).await.credential.id, first.credential.id, "{kind} is the same as before");
        form.retain(|(name, _)| *name != "tenant_id");
        form.push(("tenant_id", OTHER));
        assert_eq!(office.post(&owner, &path, &form).await.status, StatusCode::SEE_OTHER);
        assert_eq!(stored(&office).await.tenant_guid, OTHER);
    }
}

databases::on_each_database! {
    async fn an_owner_changes_over_without_scripts_and_without_a_gap(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let owner = office.browser("kate", Role::Owner).await;
        office.post(&owner, "/settings/connections", &good_form("defender")).await;
        let first = stored(&office).await;
        let edit = format!("/settings?edit={}&wait=true", first.id);
        office.get(&owner, &edit).await.has("Add another credential").has_not("Try it and switch");
        let path = format!("/settings/connections/{}/credentials", first.id);

        let wrong = office.post(&owner, &path, &[("kind", "certificate"), ("certificate_pem", "PRIVATE-PART-7Q")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.has(&format!("id=\"certificate-spare-{}-error\"", first.id)).has_not("PRIVATE-PART");
        wrong.has_not(&format!("id=\"certificate-{}-error\"", first.id));
        crate::gallery::check_ids("credential-refused", &wrong.body);

        let added = office.post(&owner, &path, &[("kind", "certificate"), ("certificate_pem", PEM)]).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{added:?}");
        let spare = stored(&office).await.spare.unwrap();
        let page = office.get(&owner, &edit).await;
        page.has("not in use").has("AA11").has("Download the public part").has_not("Add another credential").has_not("PRIVATE-PART");
        crate::gallery::keep("settings-credentials", &page.body);
        let third = office.post(&owner, &path, &[("kind", "federated_token")]).await;
        third.has("The connection holds two credentials already.");

        let (use_it, remove) = (format!("{path}/{}/use", spare.id), format!("{path}/{}/remove", spare.id));
        *office.validator.checks.lock().unwrap() = vec![failed("The app does not know it", "Upload it.", "https://entra.microsoft.com/")];
        *office.validator.status.lock().unwrap() = Status::Failed;
        let tried = office.post(&owner, &format!("{path}/{}/validate", spare.id), &[]).await;
        assert_eq!(tried.status, StatusCode::OK);
        tried.has("It does not sign in.").has("Upload it.").has(&format!("id=\"checks-{}\"", spare.id));
        crate::gallery::check_ids("credential-tried", &tried.body);
        crate::gallery::check_policy("credential-tried", &tried.body);
        crate::gallery::keep("settings-credential-tried", &tried.body);
        let refused = office.post(&owner, &use_it, &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.has("so nothing was switched. The app does not know it").has("Upload it.");
        assert!(stored(&office).await.credential.id == first.credential.id);
        let newest = store::validations::newest(&office.desk.db, &Scope::All, &first.id).await.unwrap().unwrap();
        assert_eq!(newest.status, Status::Ready, "how the connection stands is how the one in use does");

        *office.validator.checks.lock().unwrap() = vec![passed("signs in")];
        *office.validator.status.lock().unwrap() = Status::Attention;
        assert_eq!(office.post(&owner, &use_it, &[]).await.status, StatusCode::SEE_OTHER);
        let switched = stored(&office).await;
        assert_eq!((switched.credential.id.clone(), switched.credential.kind), (spare.id.clone(), Kind::Certificate));
        let newest = store::validations::newest(&office.desk.db, &Scope::All, &first.id).await.unwrap().unwrap();
        assert_eq!(newest.status, Status::Attention, "what was found with it is how the connection stands now");

        assert_eq!(office.post(&owner, &remove, &[]).await.status, StatusCode::NOT_FOUND, "the one in use stays");
        let old = format!("{path}/{}/remove", first.credential.id);
        assert_eq!(office.post(&owner, &old, &[]).await.status, StatusCode::SEE_OTHER);
        assert!(stored(&office).await.spare.is_none());
        let public = office.get(&owner, &format!("{path}/{}/certificate", spare.id)).await;
        assert_eq!(public.body, "PUBLIC PART");
        assert!(public.header("content-disposition").contains("oriel-certificate.pem"));
    }
}

#[tokio::test]
async fn an_owner_may_switch_untried_and_the_connection_is_tried_then() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.script("kate", Role::Owner).await;
    let path = saved(&office, &owner, &by_secret()).await;
    let added = office.json(&owner, "POST", &format!("{path}/credentials"), by("federated_token")).await;
    let use_it = format!("{path}/credentials/{}/use", added.json()["id"].as_str().unwrap());
    *office.validator.checks.lock().unwrap() = vec![failed("no", "Mend it.", "https://portal.example/")];
    *office.validator.status.lock().unwrap() = Status::Failed;
    let refused = office.json(&owner, "POST", &use_it, json!({})).await;
    assert_eq!((refused.status, &refused.json()["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("credential")));
    let anyway = format!("{use_it}?anyway=true");
    assert_eq!(office.json(&owner, "POST", &anyway, json!({})).await.status, StatusCode::NO_CONTENT);
    let id = stored(&office).await.id;
    office.desk.wait_for_validation(&id.to_string()).await.unwrap();
    let newest = store::validations::newest(&office.desk.db, &Scope::All, &id).await.unwrap().unwrap();
    assert_eq!(newest.status, Status::Failed);
    assert_eq!(office.json(&owner, "POST", &anyway, json!({})).await.status, StatusCode::NOT_FOUND, "it is in use");
}

#[tokio::test]
async fn credentials_are_for_owners() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.script("kate", Role::Owner).await;
    let path = format!("{}/credentials", saved(&office, &owner, &by_certificate()).await);
    let held = office.get(&owner, &path).await.json()[0]["id"].as_str().unwrap().to_owned();
    let (analyst, browser) =
        (office.script("alice", Role::Analyst).await, office.browser("anton", Role::Analyst).await);
    for (method, path) in [
        ("GET", path.clone()),
        ("POST", path.clone()),
        ("DELETE", format!("{path}/{held}")),
        ("POST", format!("{path}/{held}/validate")),
        ("POST", format!("{path}/{held}/use")),
    ] {
        assert_eq!(
            office.json(&analyst, method, &path, by("secret")).await.status,
            StatusCode::FORBIDDEN,
            "{method} {path}"
        );
    }
    let pages = path.replace("/api/v1", "/settings");
    assert_eq!(office.get(&browser, &format!("{pages}/{held}/certificate")).await.status, StatusCode::FORBIDDEN);
    for path in [pages.clone(), format!("{pages}/{held}/use"), format!("{pages}/{held}/validate")] {
        assert_eq!(office.post(&browser, &path, &[]).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}
