//! People sign in at the simulated Entra, from a browser without scripts, on both databases.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use anyhow::Context;
use harness::{House, Page, Plan, Traveller};
use oriel::config::{Local, Oidc};
use simulator::demo;
use store::people::{self, Role};

/// Entra's page that lets somebody choose who they are.
const CHOICE: &str = "Pick an account";

fn provider(client: &str, local_login: Local) -> (Oidc, String) {
    let oidc = Oidc {
        issuer: String::new(),
        client_id: client.to_owned(),
        client_secret_file: None,
        owner_group: Some(demo::OWNER_GROUP.to_owned()),
        analyst_group: Some(demo::ANALYST_GROUP.to_owned()),
        viewer_group: Some("oriel.viewer".to_owned()),
        auditor_group: None,
        local_login,
        new_people_see: None,
        keys_without_sign_in_days: 30,
    };
    (oidc, demo::SIGN_ON_SECRET.to_owned())
}

async fn house(database: databases::Lent, client: &str) -> House {
    let sign_on = Some(provider(client, Local::BreakGlass));
    House::build(database, Plan { sign_on, ..Plan::default() }).await.unwrap()
}

/// From Oriel's sign-in page through Entra's and back.
async fn sign_in(house: &House, browser: &Traveller, user: &str) -> anyhow::Result<Page> {
    let page = browser.open(house.base.join("/sign-in?back=/settings")?).await?;
    let way = page.attribute("<a class=\"button button-primary\"", "href").context("a way to the organisation")?;
    let page = browser.open(house.base.join(&way)?).await?;
    anyhow::ensure!(page.text.contains(CHOICE), "{} {}", page.url, page.text);
    browser.submit(&page, &[("login", user)]).await
}

async fn role_of(house: &House, name: &str) -> Option<Role> {
    let people = people::list(&house.db).await.unwrap();
    people.into_iter().find(|person| person.name == name).map(|person| person.role)
}

databases::on_each_database! {
    async fn groups_of_the_organisation_decide_who_comes_in_and_as_what(database: Lent) {
        let house = house(database, demo::SIGN_ON_CLIENT).await;
        for (user, role) in [
            (demo::OWNER_USER, Role::Owner),
            (demo::ANALYST_USER, Role::Analyst),
            (demo::ROLE_USER, Role::Viewer),
            // In more groups than a token has room for: Graph is asked, with the token of this sign-in.
            (demo::WELL_CONNECTED_USER, Role::Analyst),
        ] {
            let page = sign_in(&house, &Traveller::default(), user).await.unwrap();
            assert_eq!((page.status, page.url.path()), (200, "/settings"), "{user}: {}", page.text);
            assert!(page.text.contains(user), "{}", page.text);
            assert_eq!(role_of(&house, user).await, Some(role), "{user}");
        }
        let asked = house.simulator.requests().iter().filter(|one| one.path.ends_with("/me/checkMemberGroups")).count();
        assert_eq!(asked, 1, "only for whom the token had no room");
    }

    async fn who_is_not_let_in_is_told_why(database: Lent) {
        let house = house(database, demo::SIGN_ON_CLIENT).await;
        for (user, words) in [
            (demo::OUTSIDER_USER, demo::ANALYST_GROUP),
            (demo::DECLINING_USER, "AADSTS65004"),
            (demo::UNCONSENTED_USER, "An administrator can give it for everybody"),
            (demo::INTERRUPTED_USER, "AADSTS50076"),
        ] {
            let page = sign_in(&house, &Traveller::default(), user).await.unwrap();
            assert_eq!(page.status, 403, "{user}");
            assert!(page.text.contains(words) && page.text.contains("Not signed in"), "{user}: {}", page.text);
            assert_eq!(role_of(&house, user).await, None);
        }
    }

    async fn what_an_administrator_has_to_change_is_said_where_groups_cannot_be_looked_up(database: Lent) {
        let house = house(database, demo::SIGN_ON_CLIENT_WITHOUT_CONSENT).await;
        let page = sign_in(&house, &Traveller::default(), demo::WELL_CONNECTED_USER).await.unwrap();
        assert_eq!(page.status, 403);
        for words in ["Groups assigned to the application", "app roles", "User.Read"] {
            assert!(page.text.contains(words), "{}", page.text);
        }
    }

    async fn a_key_rotation_at_the_provider_keeps_nobody_out(database: Lent) {
        let house = house(database, demo::SIGN_ON_CLIENT).await;
        let browser = Traveller::default();
        assert_eq!(sign_in(&house, &browser, demo::ANALYST_USER).await.unwrap().status, 200);
        house.simulator.rotate_keys();
        let page = sign_in(&house, &Traveller::default(), demo::OWNER_USER).await.unwrap();
        assert_eq!((page.status, page.url.path()), (200, "/settings"), "{}", page.text);
    }

    async fn a_code_is_good_in_the_browser_that_began_and_once(database: Lent) {
        let house = house(database, demo::SIGN_ON_CLIENT).await;
        let (victim, thief) = (Traveller::default(), Traveller::default());
        // The thief goes to Entra, signs in, and keeps the address that leads back to Oriel.
        let entra = thief.open(house.base.join("/sign-in/sso").unwrap()).await.unwrap();
        assert!(entra.text.contains(CHOICE));
        let authorize = entra.url.clone();
        let page = thief.submit(&entra, &[("login", demo::ANALYST_USER)]).await.unwrap();
        assert_eq!(page.status, 200);
        // Entra knows the thief by now, and makes another code for the same request.
        let back = thief.look(authorize.clone()).await.unwrap();
        assert_eq!(back.status, 302);
        // The victim is made to open it: nothing was begun there.
        let page = victim.open(authorize).await.unwrap();
        assert!(page.text.contains(CHOICE));
        let page = victim.submit(&page, &[("login", demo::ANALYST_USER)]).await.unwrap();
        assert_eq!((page.status, page.url.path()), (403, "/sign-in/sso/callback"), "{}", page.text);
        // What came back once signs nobody in again, not even where it came from.
        let again = thief.open(page.url).await.unwrap();
        assert_eq!(again.status, 403);
    }

    async fn signing_out_here_is_not_signing_out_there(database: Lent) {
        let house = house(database, demo::SIGN_ON_CLIENT).await;
        let browser = Traveller::default();
        let page = sign_in(&house, &browser, demo::ANALYST_USER).await.unwrap();
        // The sign-out's form is the one without fields.
        let page = browser.submit(&Page { text: "<form action=\"/sign-out\">".to_owned(), ..page }, &[]).await.unwrap();
        assert_eq!(page.url.path(), "/signed-out");
        let settings = browser.look(house.base.join("/settings").unwrap()).await.unwrap();
        assert_eq!(settings.status, 303);
        // The browser is still known at Entra, so one step leads back in …
        let page = browser.open(house.base.join("/sign-in/sso?back=/settings").unwrap()).await.unwrap();
        assert_eq!((page.status, page.url.path()), (200, "/settings"));
        let page = browser.submit(&Page { text: "<form action=\"/sign-out\">".to_owned(), ..page }, &[]).await.unwrap();
        // … until the way out there has been taken too.
        let out = page.attribute("<a class=\"button\"", "href").unwrap().parse().unwrap();
        assert!(browser.open(out).await.unwrap().text.contains("You signed out"));
        let page = browser.open(house.base.join("/sign-in/sso").unwrap()).await.unwrap();
        assert!(page.text.contains(CHOICE));
    }

    async fn a_provider_that_is_down_leaves_owners_an_emergency_sign_in(database: Lent) {
        let mut house = house(database, demo::SIGN_ON_CLIENT).await;
        house.cut_off().await.unwrap();
        let browser = Traveller::default();
        let page = browser.open(house.base.join("/sign-in/sso").unwrap()).await.unwrap();
        assert!(page.status == 403 && page.text.contains("cannot be reached"), "{}", page.text);
        let page = browser.open(house.base.join("/sign-in").unwrap()).await.unwrap();
        let way = page.attribute("<a class=\"small\"", "href").unwrap();
        let page = browser.open(house.base.join(&way).unwrap()).await.unwrap();
        let fields = [("name", harness::house::OWNER), ("password", harness::house::PASSWORD)];
        let page = browser.submit(&page, &fields).await.unwrap();
        assert_eq!((page.status, page.url.path()), (200, "/"));
        assert!(page.text.contains("A local sign-in was used"), "{}", page.text);
    }
}
