//! Connections by the API.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use rstest::rstest;
use search::Status;
use serde_json::{Value, json};
use store::grants::Scope;
use store::people::Role;

use super::office::{CLIENT, Office, SECRET, TENANT, failed};

const WORKSPACE: &str = "aaaaaaaa-0000-4000-8000-bbbbbbbbbbbb";

fn new() -> Value {
    json!({
        "product": "sentinel", "label": "Contoso", "tenant_id": TENANT, "client_id": CLIENT, "client_secret": SECRET,
        "cloud": "global", "workspace_ids": [format!("{WORKSPACE} SOC-EU")],
    })
}

fn without(field: &str) -> Value {
    let mut new = new();
    new.as_object_mut().unwrap().remove(field);
    new
}

fn with(field: &str, value: Value) -> Value {
    let mut new = new();
    new[field] = value;
    new
}

#[tokio::test]
async fn the_list_is_narrowed_as_the_page_narrows_it() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.script("kate", Role::Owner).await;
    for (label, status, ends) in [
        ("Contoso", Status::Ready, "2027-11-25"),
        ("Ends soon", Status::Ready, "2026-12-01"),
        ("Fabrikam", Status::Failed, "2027-11-25"),
    ] {
        *office.validator.status.lock().unwrap() = status;
        let mut one = with("label", json!(label));
        one["secret_ends"] = json!(ends);
        let made = office.json(&owner, "POST", "/api/v1/connections", one).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    }
    for (query, expected) in [
        ("", &["Contoso", "Ends soon", "Fabrikam"][..]),
        ("state=ready", &["Contoso"]),
        ("state=attention", &["Ends soon", "Fabrikam"]),
        ("state=failed", &["Fabrikam"]),
        ("state=new", &[]),
        ("product=sentinel&find=ABRI", &["Fabrikam"]),
        ("product=defender", &[]),
        (&format!("tenant=global/{TENANT}"), &["Contoso", "Ends soon", "Fabrikam"]),
        ("tenant=00000000-0000-4000-8000-000000000000", &[]),
    ] {
        let listed = office.send(&owner, "GET", &format!("/api/v1/connections?{query}"), None).await;
        let mut labels: Vec<String> = serde_json::from_value(listed.json())
            .map(|all: Vec<Value>| all.iter().map(|one| one["label"].as_str().unwrap().to_owned()).collect())
            .unwrap();
        labels.sort();
        assert_eq!(labels, expected, "{query}");
    }
    for (query, status) in [("state=well", 422), ("product=excel", 422), ("colour=red", 400)] {
        let refused = office.send(&owner, "GET", &format!("/api/v1/connections?{query}"), None).await;
        assert_eq!(refused.status.as_u16(), status, "{query}");
    }
}

databases::on_each_database! {
    async fn a_connection_is_made_changed_tried_and_removed(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let owner = office.script("kate", Role::Owner).await;
        let made = office.json(&owner, "POST", "/api/v1/connections", new()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
        let record = made.json();
        let id = record["id"].as_str().unwrap();
        assert_eq!(made.header("location"), format!("/api/v1/connections/{id}"));
        assert_eq!(record["validation"]["status"], "ready");
        assert_eq!((&record["workspace_ids"][0], &record["workspace_labels"][0]), (&json!(WORKSPACE), &json!("SOC-EU")));

        assert_eq!(record["quiet"], json!([]), "nothing is quiet unless it is marked");

        let path = format!("/api/v1/connections/{id}");
        let quiet = office.json(&owner, "PATCH", &path, json!({ "quiet": ["sentinel.alerts"] })).await;
        assert_eq!((quiet.status, &quiet.json()["quiet"]), (StatusCode::OK, &json!(["sentinel.alerts"])));
        let changed = office.json(&owner, "PATCH", &path, json!({ "label": "Fabrikam", "secret_ends": "2027-05-01" })).await;
        assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
        assert_eq!((&changed.json()["label"], &changed.json()["secret_ends"]), (&json!("Fabrikam"), &json!("2027-05-01")));
        assert_eq!(changed.json()["workspace_labels"][0], "SOC-EU", "what is left out stays");
        assert_eq!(changed.json()["quiet"], json!(["sentinel.alerts"]));

        *office.validator.status.lock().unwrap() = Status::Failed;
        let tried = office.json(&owner, "POST", &format!("{path}/validate"), json!({})).await;
        assert_eq!((tried.status, &tried.json()["status"]), (StatusCode::OK, &json!("failed")));
        assert_eq!(office.validator.times.load(Ordering::SeqCst), 4);

        let listed = office.get(&owner, "/api/v1/connections").await;
        assert_eq!(listed.json()[0]["validation"]["status"], "failed");
        for reply in [&made, &changed, &tried, &listed] {
            reply.has_not(SECRET);
        }
        let gone = office.json(&owner, "DELETE", &path, json!({})).await;
        assert_eq!((gone.status, gone.body.as_str()), (StatusCode::NO_CONTENT, ""));
        for (method, path) in [("DELETE", path.clone()), ("PATCH", path.clone()), ("POST", format!("{path}/validate"))] {
            assert_eq!(office.json(&owner, method, &path, json!({})).await.status, StatusCode::NOT_FOUND, "{method}");
        }
    }
}

#[tokio::test]
async fn a_connection_that_fails_is_saved_and_says_so() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    *office.validator.status.lock().unwrap() = Status::Failed;
    *office.validator.checks.lock().unwrap() =
        vec![failed("The secret is wrong.", "Paste its Value.", "https://portal.example/")];
    let owner = office.script("kate", Role::Owner).await;
    let made = office.json(&owner, "POST", "/api/v1/connections", new()).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let check = &made.json()["validation"]["checks"][0];
    assert_eq!(
        (&check["state"], &check["code"], &check["trace_id"]),
        (&json!("failed"), &json!("wrong_secret"), &json!("trace-1"))
    );
    assert_eq!(office.get(&owner, "/api/v1/connections").await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_secret_is_sealed_and_is_what_was_sent() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.script("kate", Role::Owner).await;
    office.json(&owner, "POST", "/api/v1/connections", new()).await;
    let stored = store::connections::list(&office.desk.db, &Scope::All).await.unwrap().remove(0);
    assert!(!stored.credential.sealed.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()));
    let opened = office.desk.credential_of(&stored).unwrap().certificate_pem;
    assert_eq!(secrecy::ExposeSecret::expose_secret(&opened), SECRET);
}

#[tokio::test]
async fn white_space_and_quotes_are_left_aside_and_said() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.script("kate", Role::Owner).await;
    let mut body = with("client_secret", json!(format!(" “{SECRET}”\n")));
    body["tenant_id"] = json!(format!("\"{}\" ", TENANT.to_uppercase()));
    let made = office.json(&owner, "POST", "/api/v1/connections", body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    assert_eq!(made.json()["tenant_id"], TENANT);
    assert_eq!(
        made.json()["notes"],
        json!([
            "White space or quotes round the tenant ID were left aside.",
            "White space or quotes round the client secret were left aside."
        ])
    );
    let stored = store::connections::list(&office.desk.db, &Scope::All).await.unwrap().remove(0);
    assert_eq!(
        secrecy::ExposeSecret::expose_secret(&office.desk.credential_of(&stored).unwrap().certificate_pem),
        SECRET
    );
}

#[rstest]
#[case::a_secret_id(with("client_secret", json!(CLIENT)), "client_secret", "This is the Secret ID.")]
#[case::no_secret(with("client_secret", json!("  ")), "client_secret", "A client secret is needed")]
#[case::secret_left_out(without("client_secret"), "client_secret", "A client secret is needed")]
#[case::tenant_left_out(without("tenant_id"), "tenant_id", "A tenant ID is needed")]
#[case::product_left_out(without("product"), "product", "It is one of: sentinel, defender.")]
#[case::another_product(with("product", json!("intune")), "product", "It is one of: sentinel, defender.")]
#[case::two_secrets(with("client_secret", json!("abc def")), "client_secret", "a space or a line break inside")]
#[case::a_domain(with("tenant_id", json!("contoso.example")), "tenant_id", "This is a domain of the tenant.")]
#[case::a_cut_guid(with("tenant_id", json!(&TENANT[..35])), "tenant_id", "it has 35 characters, and")]
#[case::one_letter(with("tenant_id", json!("x")), "tenant_id", "it has 1 character, and")]
#[case::another_type(with("workspace_ids", json!(CLIENT)), "workspace_ids", "a value of another type")]
#[case::a_secret_in_a_list(with("client_secret", json!([SECRET])), "client_secret", "a value of another type")]
#[case::an_unknown_field(with("tenant", json!(SECRET)), "tenant", "There is no field of this name.")]
#[case::a_secret_as_a_name(with(SECRET, json!("")), "body", "There is no field of this name.")]
#[case::no_object(json!([SECRET]), "body", "Send one JSON object")]
#[case::no_client(with("client_id", json!("")), "client_id", "A client ID is needed")]
#[case::the_tenant_twice(with("client_id", json!(TENANT)), "client_id", "This is the tenant ID once more.")]
#[case::no_workspace(with("workspace_ids", json!(["SOC-EU"])), "workspace_ids", "This is not a workspace ID")]
#[case::a_resource_path(with("workspace_ids", json!(["/subscriptions/x/workspaces/y"])), "workspace_ids", "the resource's path")]
#[case::no_cloud(with("cloud", json!("mars")), "cloud", "It is one of: global, china, lab.")]
#[case::no_capability(with("switched_off", json!(["sentinel.mail"])), "switched_off", "There is no such capability.")]
#[case::nothing_to_be_quiet(with("quiet", json!(["defender.alerts"])), "quiet", "There is no such capability.")]
#[case::no_date(with("secret_ends", json!("1 May")), "secret_ends", "Write it as 2027-05-01.")]
#[case::a_long_label(with("label", json!("x".repeat(81))), "label", "at most 80 characters")]
#[tokio::test]
async fn a_form_that_cannot_be_right_is_refused_with_the_field(
    #[case] body: Value,
    #[case] field: &str,
    #[case] words: &str,
) {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.script("kate", Role::Owner).await;
    let reply = office.json(&owner, "POST", "/api/v1/connections", body).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{reply:?}");
    assert_eq!(
        (&reply.json()["field"], &reply.json()["type"]),
        (&json!(field), &json!("urn:oriel:problem:invalid-field"))
    );
    assert!(reply.json()["detail"].as_str().unwrap().contains(words), "{reply:?}");
    reply.has_not(SECRET);
    assert!(store::connections::list(&office.desk.db, &Scope::All).await.unwrap().is_empty());
    assert_eq!(office.validator.times.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn workspaces_belong_to_sentinel() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.script("kate", Role::Owner).await;
    let reply = office.json(&owner, "POST", "/api/v1/connections", with("product", json!("defender"))).await;
    assert_eq!((reply.status, &reply.json()["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("workspace_ids")));
}

#[rstest]
#[case(json!({ "tenant_id": "99999999-2222-3333-4444-555555555555" }))]
#[case(json!({ "client_id": "99999999-2222-3333-4444-555555555555" }))]
#[case(json!({ "cloud": "lab" }))]
#[tokio::test]
async fn a_stored_secret_is_never_sent_to_another_tenant_app_or_cloud(#[case] change: Value) {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.script("kate", Role::Owner).await;
    let id = office.json(&owner, "POST", "/api/v1/connections", new()).await.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/connections/{id}");
    let refused = office.json(&owner, "PATCH", &path, change.clone()).await;
    assert_eq!((refused.status, &refused.json()["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("client_secret")));
    let mut change = change;
    change["client_secret"] = json!("another8Q~secret");
    assert_eq!(office.json(&owner, "PATCH", &path, change).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_change_of_another_shape_is_refused_with_every_field() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.script("kate", Role::Owner).await;
    let id = office.json(&owner, "POST", "/api/v1/connections", new()).await.json()["id"].as_str().unwrap().to_owned();
    let change = json!({ "label": 7, "product": "defender", "cloud": "lab" });
    let reply = office.json(&owner, "PATCH", &format!("/api/v1/connections/{id}"), change).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    let reply = reply.json();
    let fields: Vec<_> = reply["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert_eq!(fields, [json!("label"), json!("product")]);
}

#[rstest]
#[case("application/json", format!("{{\"client_secret\": \"{SECRET}\" \"label\""), StatusCode::BAD_REQUEST)]
#[case("text/plain", format!("\"{SECRET}\""), StatusCode::UNSUPPORTED_MEDIA_TYPE)]
#[tokio::test]
async fn what_cannot_be_read_is_refused_without_being_quoted(
    #[case] kind: &str,
    #[case] body: String,
    #[case] status: StatusCode,
) {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let owner = office.script("kate", Role::Owner).await;
    let reply = office.send(&owner, "POST", "/api/v1/connections", Some((kind, body))).await;
    assert_eq!((reply.status, &reply.json()["type"]), (status, &json!("urn:oriel:problem:unreadable")));
    reply.has_not(SECRET);
}

#[tokio::test]
async fn connections_are_for_owners_keys() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let analyst = office.script("alice", Role::Analyst).await;
    for (method, path) in [("GET", "/api/v1/connections"), ("POST", "/api/v1/connections")] {
        let reply = office.json(&analyst, method, path, new()).await;
        assert_eq!(
            (reply.status, &reply.json()["type"]),
            (StatusCode::FORBIDDEN, &json!("urn:oriel:problem:forbidden"))
        );
    }
}
