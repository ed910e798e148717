//! People by the API.

use axum::http::StatusCode;
use serde_json::json;
use store::people::Role;

use super::office::{Caller, Office, PASSWORD, cookie_of};
use super::second_factor::between;

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

    async fn a_key_changes_people_only_if_it_was_made_for_it(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let olga = office.browser("olga", Role::Owner).await;
        let ben = office.person("ben", Role::Analyst).await;
        let made = office.post(&olga, "/settings/keys", &[("label", "nightly")]).await;
        let script = Caller::default().with("authorization", format!("Bearer {}", between(&made, "id=\"new-key\">", "<")));
        assert_eq!(office.send(&script, "GET", "/api/v1/people", None).await.status, StatusCode::OK);
        let address = format!("/api/v1/people/{}", ben.id);
        let owner = json!({"name": "mallory", "role": "owner"});
        let key = store::keys::list(&office.desk.db).await.unwrap()[0].0.id.clone();
        for (method, path, body) in [
            ("PATCH", address.clone(), json!({"reset_password": true, "reset_second_factor": true})),
            ("PATCH", address.clone(), json!({"role": "owner"})),
            ("POST", "/api/v1/people".to_owned(), owner.clone()),
            ("DELETE", address.clone(), json!(null)),
            ("DELETE", format!("{address}/sessions"), json!(null)),
            ("DELETE", format!("{address}/keys/{key}"), json!(null)),
        ] {
            let refused = office.json(&script, method, &path, body).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {path}");
            refused.has("made to change people");
        }
        assert_eq!(store::people::list(&office.desk.db).await.unwrap().len(), 2);

        let made = office.post(&olga, "/settings/keys", &[("label", "joiners"), ("manage_people", "yes")]).await;
        made.has("changes people");
        let script = Caller::default().with("authorization", format!("Bearer {}", between(&made, "id=\"new-key\">", "<")));
        assert_eq!(office.json(&script, "POST", "/api/v1/people", owner).await.status, StatusCode::CREATED);

        let cookie = cookie_of(&office.sign_in("ben", PASSWORD).await);
        let page = Caller::default().with("cookie", cookie);
        office.get(&page, "/settings").await.has_not("manage_people");
        let refused = office.post(&page, "/settings/keys", &[("label", "x"), ("manage_people", "yes")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }

    async fn tenants_names_and_keys_are_managed_and_a_change_is_done_whole_or_not_at_all(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let script = office.script("olga", Role::Owner).await;
        let [a, b] = office.two_tenants().await;
        let new = |more: serde_json::Value| {
            let mut new = json!({"name": "kate", "role": "analyst"});
            new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            new
        };
        for (more, field) in [
            (json!({}), "tenants"),
            (json!({"tenants": ["0199aaaa-0000-7000-8000-000000000000"]}), "tenants"),
            (json!({"tenants": [a], "every_tenant": true}), "tenants"),
            (json!({"tenants": [a], "role": "owner"}), "tenants"),
        ] {
            let refused = office.json(&script, "POST", "/api/v1/people", new(more.clone())).await;
            assert_eq!((refused.status, refused.json()["field"].clone()), (StatusCode::UNPROCESSABLE_ENTITY, json!(field)), "{more}");
        }
        let kate = office.json(&script, "POST", "/api/v1/people", new(json!({"tenants": [a]}))).await;
        assert_eq!(kate.status, StatusCode::CREATED, "{}", kate.body);
        let kate = kate.json();
        assert_eq!((&kate["tenants"], &kate["every_tenant"], &kate["may_unmask"]), (&json!([a]), &json!(false), &json!(false)));
        let address = format!("/api/v1/people/{}", kate["id"].as_str().unwrap());
        let changed = office.json(&script, "PATCH", &address, json!({"may_unmask": true, "tenants": [b]})).await.json();
        assert_eq!((&changed["tenants"], &changed["may_unmask"]), (&json!([b]), &json!(true)));

        // The last owner keeps password and sessions too.
        let olga = store::people::by_name(&office.desk.db, "olga").await.unwrap().unwrap().0.id;
        let browser = Caller::default().with("cookie", cookie_of(&office.sign_in("olga", PASSWORD).await));
        for body in [
            json!({"reset_password": true, "disabled": true}),
            json!({"reset_password": true, "reset_second_factor": true, "role": "viewer", "every_tenant": true}),
        ] {
            let refused = office.json(&script, "PATCH", &format!("/api/v1/people/{olga}"), body).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            refused.has("last owner").has_not("\"password\":");
        }
        assert_eq!(office.get(&browser, "/settings").await.status, StatusCode::OK);
        assert_eq!(office.sign_in("olga", PASSWORD).await.status, StatusCode::SEE_OTHER);

        let ben = office.script("ben", Role::Analyst).await;
        let id = store::people::by_name(&office.desk.db, "ben").await.unwrap().unwrap().0.id;
        let listed = office.send(&script, "GET", &format!("/api/v1/people/{id}/keys"), None).await.json();
        assert_eq!((&listed[0]["label"], &listed[0]["every_tenant"], &listed[0]["manage_people"]), (&json!("test"), &json!(true), &json!(false)));
        let key = format!("/api/v1/people/{id}/keys/{}", listed[0]["id"].as_str().unwrap());
        assert_eq!(office.send(&script, "DELETE", &key, None).await.status, StatusCode::NO_CONTENT);
        assert_eq!(office.send(&script, "DELETE", &key, None).await.status, StatusCode::NOT_FOUND);
        assert_eq!(office.get(&ben, "/api/v1/search?q=login.example.com").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(office.send(&script, "GET", &format!("/api/v1/people/{id}/keys"), None).await.json(), json!([]));
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
