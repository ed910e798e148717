//! People who come in through single sign-on: what they see, how long their keys last, and that no password is theirs.

use std::sync::Arc;

use axum::http::StatusCode;
use jiff::SignedDuration;
use store::grants::Scope;
use store::people::{Change, Role};

use super::office::{Caller, Office, PASSWORD};
use super::sign_on::{office, signed_in};
use crate::sign_on::{LocalLogin, NewPeopleSee};

databases::on_each_database! {
    async fn who_comes_in_for_the_first_time_sees_the_one_tenant_there_is_and_none_of_several(database: Lent) {
        let (mut office, made) = office(database.url(), LocalLogin::On).await;
        let olga = office.browser("olga", Role::Owner).await;
        let none = Scope::Only([].into());
        let sees = async |office: &Office, subject: &'static str| {
            *made.subject.lock().unwrap() = subject;
            let browser = signed_in(office).await;
            let person = store::people::by_subject(&office.desk.db, "https://login.example.com", subject).await.unwrap().unwrap();
            (store::grants::of_person(&office.desk.db, &person.id).await.unwrap(), browser)
        };
        assert_eq!(sees(&office, "s-1").await.0, Scope::All);
        let [tenant, _] = office.two_tenants().await;
        let (scope, browser) = sees(&office, "s-2").await;
        assert_eq!(scope, none);
        office.get(&browser, "/").await.has("You see no tenant yet");
        office.get(&olga, "/").await.has("<bdi>alice@example.com (2)</bdi> sees no tenant yet");
        let (_, browser) = sees(&office, "s-2").await;
        office.get(&browser, "/").await.has("You see no tenant yet");
        let id = store::people::by_name(&office.desk.db, "alice@example.com (2)").await.unwrap().unwrap().0.id;
        let form = [("role", "analyst"), ("tenants", "these"), ("tenant", tenant.as_str())];
        office.post(&olga, &format!("/people/{id}"), &form).await;
        office.get(&browser, "/").await.has_not("You see no tenant yet");
        office.get(&olga, "/").await.has_not("sees no tenant yet");
        for (set, subject, scope) in [(NewPeopleSee::Every, "s-3", Scope::All), (NewPeopleSee::None, "s-4", none)] {
            Arc::make_mut(&mut office.desk.settings).new_people_see = set;
            office.router = crate::router(office.desk.clone());
            assert_eq!(sees(&office, subject).await.0, scope);
        }
    }

    async fn keys_of_who_has_not_come_in_for_long_open_nothing_until_they_do(database: Lent) {
        let (office, _) = office(database.url(), LocalLogin::On).await;
        signed_in(&office).await;
        let alice = store::people::by_name(&office.desk.db, "alice@example.com").await.unwrap().unwrap().0;
        let (key, hash) = crate::tokens::new(&office.desk.random);
        office.keep_key(&hash, &alice, false).await;
        let script = Caller::default().with("authorization", format!("Bearer {key}"));
        let search = "/api/v1/search?q=login.example.com";
        office.later(SignedDuration::from_hours(29 * 24));
        assert_eq!(office.get(&script, search).await.status, StatusCode::OK);
        let olga = office.browser("olga", Role::Owner).await;
        office.get(&olga, &format!("/people?edit={}", alice.id)).await.has("They open nothing from ");
        office.later(SignedDuration::from_hours(24));
        let refused = office.get(&script, search).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        refused.has("single sign-on");
        signed_in(&office).await;
        assert_eq!(office.get(&script, search).await.status, StatusCode::OK);
    }

    async fn a_password_opens_nothing_for_who_comes_in_through_the_provider(database: Lent) {
        let (office, _) = office(database.url(), LocalLogin::On).await;
        signed_in(&office).await;
        let alice = store::people::by_name(&office.desk.db, "alice@example.com").await.unwrap().unwrap().0;
        // However it came to be.
        let by = store::audit::Actor::oriel();
        let hash = office.person("bob", Role::Viewer).await;
        let hash = store::people::by_name(&office.desk.db, &hash.name).await.unwrap().unwrap().1;
        let change = Change { password: Some((hash, false)), ..Change::default() };
        store::people::change(&office.desk.db, &by, &alice.id, &change, office.desk.now()).await.unwrap();
        let refused = office.sign_in("alice@example.com", PASSWORD).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        refused.has("You come in through your organisation");
    }
}
