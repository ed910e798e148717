//! People by the API.

use axum::http::StatusCode;
use serde_json::json;
use store::people::Role;

use super::office::{Caller, Office, PASSWORD, cookie_of};

databases::on_each_database! {
    async fn a_script_lets_in_changes_and_shuts_out(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let script = office.script("olga", Role::Owner).await;
        let added = office.json(&script, "POST", "/api/v1/people", json!({"name": "kate", "role": "viewer"})).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
        let kate = added.json();
        let password = kate["password"].as_str().unwrap().to_owned();
        assert_eq!((kate["role"].as_str(), kate["password_to_be_changed"].as_bool()), (Some("viewer"), Some(true)));
        let address = added.header("location").to_owned();
        assert_eq!(address, format!("/api/v1/people/{}", kate["id"].as_str().unwrap()));
        office.sign_in("kate", &password).await.has("Choose a password");

        let listed = office.send(&script, "GET", "/api/v1/people", None).await;
        assert_eq!(listed.json().as_array().unwrap().len(), 2);
        listed.has_not("password_hash").has_not("argon2").has_not(&password);

        let change = json!({"role": "analyst", "reset_password": true});
        let changed = office.json(&script, "PATCH", &address, change).await.json();
        assert_eq!(changed["role"], "analyst");
        assert_ne!(changed["password"].as_str().unwrap(), password);
        let wrong = office.json(&script, "PATCH", &address, json!({"role": "king"})).await;
        assert_eq!((wrong.status, wrong.json()["field"].clone()), (StatusCode::UNPROCESSABLE_ENTITY, json!("role")));

        office.person("ben", Role::Analyst).await;
        let ben = Caller::default().with("cookie", cookie_of(&office.sign_in("ben", PASSWORD).await));
        let ben_id = store::people::by_name(&office.desk.db, "ben").await.unwrap().unwrap().0.id;
        let sessions = office.send(&script, "GET", &format!("/api/v1/people/{ben_id}/sessions"), None).await.json();
        assert_eq!((sessions[0]["opened_by"].as_str(), sessions[0]["address"].as_str()), (Some("password"), Some("192.0.2.10")));
        let ended = office.send(&script, "DELETE", &format!("/api/v1/people/{ben_id}/sessions"), None).await;
        assert_eq!(ended.status, StatusCode::NO_CONTENT);
        assert_eq!(office.get(&ben, "/settings").await.status, StatusCode::SEE_OTHER);

        assert_eq!(office.send(&script, "DELETE", &address, None).await.status, StatusCode::NO_CONTENT);
        let listed = office.send(&script, "GET", "/api/v1/people", None).await.json();
        let kate = listed.as_array().unwrap().iter().find(|person| person["name"] == "kate").unwrap();
        assert!(!kate["disabled_at"].is_null(), "{listed}");
        let back = office.json(&script, "PATCH", &address, json!({"disabled": false})).await.json();
        assert!(back["disabled_at"].is_null());
    }

    async fn disabling_somebody_ends_their_keys(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let olga = office.script("olga", Role::Owner).await;
        let kate = office.script("kate", Role::Owner).await;
        assert_eq!(office.send(&kate, "GET", "/api/v1/people", None).await.status, StatusCode::OK);
        let id = store::people::by_name(&office.desk.db, "kate").await.unwrap().unwrap().0.id;
        office.send(&olga, "DELETE", &format!("/api/v1/people/{id}"), None).await;
        assert_eq!(office.send(&kate, "GET", "/api/v1/people", None).await.status, StatusCode::UNAUTHORIZED);
        let olga_id = store::people::by_name(&office.desk.db, "olga").await.unwrap().unwrap().0.id;
        let last = office.send(&olga, "DELETE", &format!("/api/v1/people/{olga_id}"), None).await;
        assert_eq!(last.status, StatusCode::UNPROCESSABLE_ENTITY);
        last.has("last owner");
    }
}

#[tokio::test]
async fn people_are_out_of_reach_of_others_keys_and_of_a_key_for_some_tenants() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    for role in [Role::Analyst, Role::Viewer, Role::Auditor] {
        let script = office.script(role.as_str(), role).await;
        assert_eq!(office.send(&script, "GET", "/api/v1/people", None).await.status, StatusCode::FORBIDDEN, "{role}");
    }
    let script = office.script("olga", Role::Owner).await;
    let keys = store::keys::list(&office.desk.db).await.unwrap();
    let (key, _) = keys.into_iter().find(|(_, person)| person.name == "olga").unwrap();
    let none = store::grants::Scope::Only(Default::default());
    let by = store::audit::Actor::oriel();
    store::grants::set_of_key(&office.desk.db, &by, &key.id, &none, office.desk.now()).await.unwrap();
    let narrowed = office.send(&script, "GET", "/api/v1/people", None).await;
    assert_eq!(narrowed.status, StatusCode::FORBIDDEN);
    narrowed.has("an owner who may see every tenant");
}
