//! People, as an owner sees and changes them.

use axum::http::StatusCode;
use jiff::SignedDuration;
use store::people::Role;

use super::office::{Caller, Office, PASSWORD, cookie_of};
use super::second_factor::{between, set_up};

databases::on_each_database! {
    async fn somebody_is_let_in_chooses_a_password_and_is_shut_out(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let olga = office.browser("olga", Role::Owner).await;
        let added = office.post(&olga, "/people", &[("name", " Kate "), ("role", "analyst"), ("password", "")]).await;
        assert_eq!(added.status, StatusCode::OK, "{}", added.body);
        let password = between(&added, "id=\"made-password\">", "<").to_owned();
        assert_eq!(password.len(), 19, "{password}");
        office.get(&olga, "/people").await.has("<bdi>Kate</bdi>").has("password to be changed").has("never signed in").has_not(&password);

        let nobody = Caller::default();
        let first = office.sign_in("kate", &password).await;
        assert_eq!((first.status, first.header("set-cookie")), (StatusCode::OK, ""));
        let state = between(&first, "name=\"state\" value=\"", "\"").to_owned();
        let choose = async |new: &str| {
            office.post(&nobody, "/sign-in/password", &[("state", &state), ("password", new), ("again", new)]).await
        };
        choose("short").await.has("at least 12 characters");
        choose(&password).await.has("the password that you were given");
        choose("1q2w3e4r5t6y").await.has("among the first that an attacker tries");
        let inside = choose(PASSWORD).await;
        assert_eq!((inside.status, inside.header("location")), (StatusCode::SEE_OTHER, "/"), "{}", inside.body);
        let kate = Caller::default().with("cookie", cookie_of(&inside));
        assert_eq!(office.get(&kate, "/").await.status, StatusCode::OK);
        assert_eq!(office.get(&kate, "/people").await.status, StatusCode::FORBIDDEN);

        // Another role holds with the next request.
        let id = store::people::by_name(&office.desk.db, "kate").await.unwrap().unwrap().0.id;
        let form = [("role", "auditor"), ("tenants", "every")];
        assert_eq!(office.post(&olga, &format!("/people/{id}"), &form).await.status, StatusCode::SEE_OTHER);
        assert_eq!(office.get(&kate, "/").await.status, StatusCode::FORBIDDEN);
        assert_eq!(office.get(&kate, "/audit").await.status, StatusCode::OK);

        let out = office.post(&olga, &format!("/people/{id}/disable"), &[]).await;
        assert_eq!(out.header("location"), "/people?done=disabled");
        assert_eq!(office.get(&kate, "/settings").await.status, StatusCode::SEE_OTHER);
        assert_eq!(office.sign_in("kate", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        office.get(&olga, "/people").await.has("Disabled ");
        office.post(&olga, &format!("/people/{id}/enable"), &[]).await;
        assert_eq!(office.sign_in("kate", PASSWORD).await.status, StatusCode::SEE_OTHER);
    }

    async fn the_last_owner_stays_one(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let olga = office.browser("olga", Role::Owner).await;
        let id = store::people::by_name(&office.desk.db, "olga").await.unwrap().unwrap().0.id;
        let demoted = office.post(&olga, &format!("/people/{id}"), &[("role", "viewer"), ("tenants", "every")]).await;
        assert_eq!(demoted.status, StatusCode::UNPROCESSABLE_ENTITY);
        demoted.has("This is the last owner who can sign in");
        let disabled = office.post(&olga, &format!("/people/{id}/disable"), &[]).await;
        assert_eq!(disabled.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(office.get(&olga, "/people").await.status, StatusCode::OK);

        office.person("otto", Role::Owner).await;
        let gone = office.post(&olga, &format!("/people/{id}"), &[("role", "viewer"), ("tenants", "every")]).await;
        assert_eq!(gone.status, StatusCode::SEE_OTHER);
        assert_eq!(office.get(&olga, "/people").await.status, StatusCode::FORBIDDEN);
    }

    async fn tenants_are_granted_on_the_page_and_owners_see_every_one(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let olga = office.browser("olga", Role::Owner).await;
        let ada = office.person("ada", Role::Analyst).await;
        let tenants = office.two_tenants().await;
        let address = format!("/people/{}", ada.id);
        let form = [("role", "analyst"), ("tenants", "these"), ("tenant", tenants[1].as_str())];
        assert_eq!(office.post(&olga, &address, &form).await.status, StatusCode::SEE_OTHER);
        let scope = store::grants::of_person(&office.desk.db, &ada.id).await.unwrap();
        assert_eq!(scope, store::grants::Scope::Only([tenants[1].clone()].into()));
        let page = office.get(&olga, &format!("/people?edit={}", ada.id)).await;
        page.has("some tenants").has(&format!("value=\"{}\" checked", tenants[1])).has_not(&format!("value=\"{}\" checked", tenants[0]));

        // An owner sees every one, and what was granted stays as it is for the day when that ends.
        let form = [("role", "owner"), ("tenants", "these"), ("tenant", tenants[0].as_str())];
        assert_eq!(office.post(&olga, &address, &form).await.status, StatusCode::SEE_OTHER);
        assert_eq!(store::grants::of_person(&office.desk.db, &ada.id).await.unwrap(), store::grants::Scope::All);
        office.get(&olga, &format!("/people?edit={}", ada.id)).await.has(&format!("value=\"{}\" checked", tenants[1]));
        office.post(&olga, &address, &[("role", "analyst"), ("tenants", "every")]).await;
        assert_eq!(store::grants::of_person(&office.desk.db, &ada.id).await.unwrap(), store::grants::Scope::All);
        // What nobody can have chosen is no choice of every tenant.
        office.post(&olga, &address, &form_of("these", &tenants[1..])).await;
        for tenants in ["", "all", "Every", "thse"] {
            let form = [("role", "analyst"), ("tenants", tenants)];
            let refused = office.post(&olga, &address, &form).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{tenants:?}");
            refused.has("Choose every tenant, or which of them");
        }
        assert_eq!(office.post(&olga, &address, &[("role", "analyst")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(store::grants::of_person(&office.desk.db, &ada.id).await.unwrap(), scope);
    }

    async fn where_there_are_several_tenants_somebody_new_sees_those_that_are_chosen(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let olga = office.browser("olga", Role::Owner).await;
        office.get(&olga, "/people").await.has_not("name=\"tenants\"");
        let tenants = office.two_tenants().await;
        office.get(&olga, "/people").await.has("name=\"tenants\" value=\"these\" checked");
        let nothing = office.post(&olga, "/people", &[("name", "kate"), ("role", "analyst")]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        nothing.has("There are several tenants").has("value=\"kate\"");
        let odd = [("name", "kate"), ("role", "analyst"), ("tenants", "all")];
        assert_eq!(office.post(&olga, "/people", &odd).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let form = [("name", "kate"), ("role", "analyst"), ("tenants", "these"), ("tenant", tenants[0].as_str())];
        assert_eq!(office.post(&olga, "/people", &form).await.status, StatusCode::OK);
        let none = [("name", "ben"), ("role", "viewer"), ("tenants", "these")];
        assert_eq!(office.post(&olga, "/people", &none).await.status, StatusCode::OK);
        let owner = [("name", "otto"), ("role", "owner"), ("tenants", "these")];
        assert_eq!(office.post(&olga, "/people", &owner).await.status, StatusCode::OK);
        for (name, scope) in [
            ("kate", store::grants::Scope::Only([tenants[0].clone()].into())),
            ("ben", store::grants::Scope::Only([].into())),
            ("otto", store::grants::Scope::All),
        ] {
            let person = store::people::by_name(&office.desk.db, name).await.unwrap().unwrap().0;
            assert_eq!(store::grants::of_person(&office.desk.db, &person.id).await.unwrap(), scope, "{name}");
        }
        let home = office.get(&olga, "/").await;
        home.has("<bdi>ben</bdi> sees no tenant yet").has_not("<bdi>kate</bdi> sees").has_not("<bdi>otto</bdi> sees");
        office.get(&olga, "/people").await.has("sees no tenant");
    }

    async fn an_owner_sees_and_revokes_the_keys_of_others(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let olga = office.browser("olga", Role::Owner).await;
        let script = office.script("ben", Role::Analyst).await;
        let search = "/api/v1/search?q=login.example.com";
        assert_eq!(office.get(&script, search).await.status, StatusCode::OK);
        let ben = store::people::by_name(&office.desk.db, "ben").await.unwrap().unwrap().0.id;
        let key = store::keys::list_of(&office.desk.db, &ben).await.unwrap()[0].id.clone();
        let open = format!("/people?edit={ben}");
        office.get(&olga, &open).await.has("<bdi>test</bdi>").has(&format!("/people/{ben}/keys/{key}/revoke"));
        let other = store::people::by_name(&office.desk.db, "olga").await.unwrap().unwrap().0.id;
        let of_another = office.post(&olga, &format!("/people/{other}/keys/{key}/revoke"), &[]).await;
        assert_eq!(of_another.status, StatusCode::NOT_FOUND);
        assert_eq!(office.get(&script, search).await.status, StatusCode::OK);
        let revoked = office.post(&olga, &format!("/people/{ben}/keys/{key}/revoke"), &[]).await;
        assert_eq!(revoked.status, StatusCode::SEE_OTHER);
        assert_eq!(office.get(&script, search).await.status, StatusCode::UNAUTHORIZED);
        office.get(&olga, &open).await.has_not("<bdi>test</bdi>");
    }
}

fn form_of<'a>(tenants: &'a str, these: &'a [store::tenants::TenantId]) -> Vec<(&'a str, &'a str)> {
    let form = [("role", "analyst"), ("tenants", tenants)];
    form.into_iter().chain(these.iter().map(|tenant| ("tenant", tenant.as_str()))).collect()
}

#[tokio::test]
async fn a_new_password_and_a_reset_second_factor_end_the_sessions() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let olga = office.browser("olga", Role::Owner).await;
    let kate = office.browser("kate", Role::Analyst).await;
    set_up(&office, &kate).await;
    let id = store::people::by_name(&office.desk.db, "kate").await.unwrap().unwrap().0.id;
    let page = office.get(&olga, &format!("/people?edit={id}")).await;
    page.has("and second factor").has("Reset the second factor").has("192.0.2.10");

    let reset = office.post(&olga, &format!("/people/{id}/second-factor/remove"), &[]).await;
    assert_eq!(reset.status, StatusCode::SEE_OTHER);
    assert_eq!(office.get(&kate, "/settings").await.status, StatusCode::SEE_OTHER);
    let signed_in = office.sign_in("kate", PASSWORD).await;
    assert_eq!(signed_in.status, StatusCode::SEE_OTHER, "no code is asked for any more");

    let kate = Caller::default().with("cookie", cookie_of(&signed_in));
    let weak = office.post(&olga, &format!("/people/{id}/password"), &[("password", "kate-kate-kate")]).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(office.get(&kate, "/settings").await.status, StatusCode::OK);
    let set = office.post(&olga, &format!("/people/{id}/password"), &[("password", "")]).await;
    let password = between(&set, "id=\"made-password\">", "<").to_owned();
    assert_eq!(office.get(&kate, "/settings").await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.sign_in("kate", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    office.sign_in("kate", &password).await.has("Choose a password");
}

#[tokio::test]
async fn changing_people_asks_who_it_is_and_looking_does_not() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let olga = office.browser("olga", Role::Owner).await;
    office.later(SignedDuration::from_mins(16));
    assert_eq!(office.get(&olga, "/people").await.status, StatusCode::OK);
    let asked = office.post(&olga, "/people", &[("name", "eve"), ("role", "owner")]).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    asked.has("Confirm that it is you");
    assert_eq!(store::people::list(&office.desk.db).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_form_that_cannot_be_right_says_so_at_the_field() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let olga = office.browser("olga", Role::Owner).await;
    let form = [("name", "OLGA"), ("role", "viewer"), ("password", "")];
    let taken = office.post(&olga, "/people", &form).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    taken.has("id=\"new-name-error\"").has("is taken").has("value=\"OLGA\"");
    let form = [("name", "kate"), ("role", "king"), ("password", "oriel-oriel-1")];
    let wrong = office.post(&olga, "/people", &form).await;
    wrong.has("id=\"new-password-error\"").has_not("oriel-oriel-1");
    assert_eq!(store::people::list(&office.desk.db).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_owner_turns_the_second_factor_on_for_everybody() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let olga = office.browser("olga", Role::Owner).await;
    office.post(&olga, "/people/second-factor", &[("required", "yes")]).await;
    office.get(&olga, "/people").await.has("no second factor yet").has("value=\"yes\" checked");
    office.sign_in("olga", PASSWORD).await.has("Set up a second factor");
    office.post(&olga, "/people/second-factor", &[]).await;
    assert_eq!(office.sign_in("olga", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn each_role_comes_where_the_table_says() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    for role in Role::ALL {
        let browser = office.browser(role.as_str(), role).await;
        for (right, address) in [
            (&crate::rights::SEARCH, "/"),
            (&crate::rights::MANAGE_PEOPLE, "/people"),
            (&crate::rights::CONNECT, "/settings/support-bundle"),
            (&crate::rights::READ_AUDIT, "/audit"),
            (&crate::rights::OWN_ACCOUNT, "/settings"),
        ] {
            let status = office.get(&browser, address).await.status;
            let expected = if right.is_of(role) { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(status, expected, "{role} at {address}");
        }
    }
}
