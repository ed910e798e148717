//! To the provider of single sign-on and back, with a provider that says what a test wants.

use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use store::audit::read::{self, Wanted};
use store::grants::Scope;
use store::people::{Change, Role};
use url::Url;

use super::office::{Caller, Office, PASSWORD, Reply, cookie_of};
use crate::sign_on::{Arrived, Begun, LocalLogin, Outcome, Refused, Returned, SignOn};

const CALLBACK: &str = "/sign-in/sso/callback";

/// A provider with one code and one person.
pub struct Made {
    local: LocalLogin,
    /// Who comes in.
    pub subject: Mutex<&'static str>,
    role: Mutex<Result<Role, String>>,
    /// How often a browser is sent once more before somebody arrives.
    again: Mutex<u32>,
    asked_anew: Mutex<Vec<bool>>,
}

impl SignOn for Made {
    fn begin(&self, again: bool) -> BoxFuture<'_, Result<Begun, Refused>> {
        self.asked_anew.lock().unwrap().push(again);
        let url = Url::parse("https://login.example.com/authorize?state=right").unwrap();
        Box::pin(async { Ok(Begun { url, pending: "kept for this browser".into() }) })
    }

    fn finish<'a>(&'a self, pending: &'a SecretString, returned: Returned) -> BoxFuture<'a, Result<Outcome, Refused>> {
        Box::pin(async move {
            assert_eq!(pending.expose_secret(), "kept for this browser");
            if returned.state != "right" {
                return Err(Refused { kind: "mixed", sentence: "It does not belong here.".to_owned() });
            }
            if let Some(error) = returned.error {
                let words = returned.error_description.unwrap_or_default();
                return Err(Refused { kind: "refused", sentence: format!("It says {error}: {words}") });
            }
            let once_more = {
                let mut again = self.again.lock().unwrap();
                let once_more = *again > 0;
                *again = again.saturating_sub(1);
                once_more
            };
            if once_more {
                return Ok(Outcome::Again(self.begin(false).await?));
            }
            Ok(Outcome::Arrived(Arrived {
                issuer: "https://login.example.com".to_owned(),
                subject: (*self.subject.lock().unwrap()).to_owned(),
                object: None,
                name: "alice@example.com".to_owned(),
                role: self.role.lock().unwrap().clone(),
            }))
        })
    }

    fn way_out(&self) -> BoxFuture<'_, Option<Url>> {
        Box::pin(async { Url::parse("https://login.example.com/logout?client_id=oriel").ok() })
    }

    fn local(&self) -> LocalLogin {
        self.local
    }
}

fn provider(local: LocalLogin) -> Arc<Made> {
    Arc::new(Made {
        local,
        subject: Mutex::new("s-1"),
        role: Mutex::new(Ok(Role::Analyst)),
        again: Mutex::new(0),
        asked_anew: Mutex::default(),
    })
}

pub async fn office(url: &str, local: LocalLogin) -> (Office, Arc<Made>) {
    let mut office = Office::open(url, vec![]).await;
    let made = provider(local);
    office.desk.sign_on = Some(Arc::clone(&made) as Arc<dyn SignOn>);
    office.router = crate::router(office.desk.clone());
    (office, made)
}

/// Off to the provider: the cookie that keeps what is needed to come back.
async fn begun(office: &Office, browser: &Caller, path: &str) -> Caller {
    let reply = office.get(browser, path).await;
    assert_eq!(reply.header("location"), "https://login.example.com/authorize?state=right", "{reply:?}");
    let kept = cookie_of(&reply);
    assert!(!reply.header("set-cookie").contains("kept for"), "it is sealed");
    let own = browser.headers.get("cookie").map_or(kept.clone(), |own| format!("{own}; {kept}"));
    browser.clone().with("cookie", own)
}

/// There and back; the browser with its session.
pub async fn signed_in(office: &Office) -> Caller {
    let browser = begun(office, &Caller::default(), "/sign-in/sso").await;
    let reply = office.get(&browser, &format!("{CALLBACK}?state=right&code=c")).await;
    assert_eq!((reply.status, reply.header("location")), (StatusCode::SEE_OTHER, "/"), "{reply:?}");
    Caller::default().with("cookie", session_of(&reply))
}

/// The session's cookie; another one is taken off beside it.
fn session_of(reply: &Reply) -> String {
    let set = reply.headers.get_all("set-cookie").iter().filter_map(|set| set.to_str().ok());
    let session = set.filter_map(|set| set.split(';').next()).find(|pair| pair.starts_with("oriel="));
    session.unwrap_or_else(|| panic!("{reply:?}")).to_owned()
}

databases::on_each_database! {
    async fn somebody_comes_in_through_the_provider_and_is_the_same_the_next_time(database: Lent) {
        let (office, made) = office(database.url(), LocalLogin::On).await;
        // A local account of the same name is somebody else.
        office.person("alice@example.com", Role::Owner).await;
        let alice = signed_in(&office).await;
        office.get(&alice, "/settings").await.has("alice@example.com (2)");
        *made.role.lock().unwrap() = Ok(Role::Viewer);
        let alice = signed_in(&office).await;
        office.get(&alice, "/settings").await.has("alice@example.com (2)").has("viewer");
        let people = store::people::list(&office.desk.db).await.unwrap();
        let mut people: Vec<_> = people.iter().map(|person| (person.name.as_str(), person.role)).collect();
        people.sort_unstable();
        assert_eq!(people, [("alice@example.com", Role::Owner), ("alice@example.com (2)", Role::Viewer)]);
    }

    async fn whoever_was_forgotten_stays_out_until_an_owner_says_otherwise(database: Lent) {
        let (office, _made) = office(database.url(), LocalLogin::On).await;
        let (db, by) = (&office.desk.db, store::audit::Actor::command_line("root"));
        office.person("olga", Role::Owner).await;
        signed_in(&office).await;
        let (alice, _) = store::people::by_name(db, "alice@example.com").await.unwrap().unwrap();
        let masker = office.desk.masker().await.unwrap();
        store::forget::person(db, &by, "alice@example.com", &masker, office.desk.now()).await.unwrap();
        let browser = begun(&office, &Caller::default(), "/sign-in/sso").await;
        let reply = office.get(&browser, &format!("{CALLBACK}?state=right&code=c")).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        reply.has("An owner can let you in again.");
        assert_eq!(store::people::list(db).await.unwrap().len(), 2, "nobody new");
        let audit = read::list(db, &Scope::All, &Wanted::default(), 100).await.unwrap();
        let audit = format!("{audit:?}");
        assert!(audit.contains("session.refused") && !audit.contains("alice"), "{audit}");
        store::people::enable(db, &by, &alice.id, office.desk.now()).await.unwrap();
        let alice = signed_in(&office).await;
        office.get(&alice, "/settings").await.has("person-").has_not("alice");
    }

    async fn whoever_loses_the_last_group_is_out_with_every_session(database: Lent) {
        let (office, made) = office(database.url(), LocalLogin::On).await;
        let alice = signed_in(&office).await;
        *made.role.lock().unwrap() = Err("Ask for the group “SOC analysts”.".to_owned());
        let browser = begun(&office, &Caller::default(), "/sign-in/sso").await;
        let reply = office.get(&browser, &format!("{CALLBACK}?state=right&code=c")).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        reply.has("Ask for the group “SOC analysts”.");
        assert_eq!(office.get(&alice, "/settings").await.status, StatusCode::SEE_OTHER);
        *made.role.lock().unwrap() = Ok(Role::Analyst);
        let alice = signed_in(&office).await;
        assert_eq!(office.get(&alice, "/settings").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_link_from_elsewhere_signs_nobody_in() {
    let lent = databases::sqlite();
    let (office, _) = office(lent.url(), LocalLogin::On).await;
    let right = format!("{CALLBACK}?state=right&code=c");
    let victim = Caller::default();
    assert_eq!(office.get(&victim, &right).await.status, StatusCode::FORBIDDEN, "nothing was begun here");
    let browser = begun(&office, &victim, "/sign-in/sso").await;
    for query in ["?state=wrong&code=c", "?code=c", "?state=right&error=access_denied"] {
        let reply = office.get(&browser, &format!("{CALLBACK}{query}")).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{query}");
        assert!(reply.header("set-cookie").contains("Max-Age=0"), "what was kept is used up: {reply:?}");
    }
    let forged = Caller::default().with("cookie", "oriel-sso=made-up");
    assert_eq!(office.get(&forged, &right).await.status, StatusCode::FORBIDDEN);
    office.later(SignedDuration::from_mins(16));
    assert_eq!(office.get(&browser, &right).await.status, StatusCode::FORBIDDEN, "it took too long");
    assert!(store::people::list(&office.desk.db).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_provider_s_words_are_shown_as_words() {
    let lent = databases::sqlite();
    let (office, _) = office(lent.url(), LocalLogin::On).await;
    let browser = begun(&office, &Caller::default(), "/sign-in/sso").await;
    let error = "?state=right&error=x&error_description=%3Cscript%3Ealert(1)%3C/script%3E";
    let reply = office.get(&browser, &format!("{CALLBACK}{error}")).await;
    reply.has("It says x: ").has_not("<script>alert");
}

#[tokio::test]
async fn the_way_back_leads_to_oriel_and_nowhere_else() {
    let lent = databases::sqlite();
    let (office, _) = office(lent.url(), LocalLogin::On).await;
    for (back, to) in
        [("/search?q=example.com", "/search?q=example.com"), ("//evil.example/", "/"), ("https://evil.example", "/")]
    {
        let back: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
        let browser = begun(&office, &Caller::default(), &format!("/sign-in/sso?back={back}")).await;
        let reply = office.get(&browser, &format!("{CALLBACK}?state=right&code=c")).await;
        assert_eq!(reply.header("location"), to);
    }
}

#[tokio::test]
async fn somebody_is_sent_once_more_where_the_provider_has_to_be_asked_for_more() {
    let lent = databases::sqlite();
    let (office, made) = office(lent.url(), LocalLogin::On).await;
    *made.again.lock().unwrap() = 1;
    let browser = begun(&office, &Caller::default(), "/sign-in/sso?back=/settings").await;
    let reply = office.get(&browser, &format!("{CALLBACK}?state=right&code=c")).await;
    assert!(reply.header("location").starts_with("https://login.example.com/"), "{reply:?}");
    let kept = reply.headers.get_all("set-cookie").iter().next_back().unwrap().to_str().unwrap().to_owned();
    let browser = Caller::default().with("cookie", kept.split(';').next().unwrap());
    assert_eq!(office.get(&browser, &format!("{CALLBACK}?state=right&code=c")).await.header("location"), "/settings");
}

#[tokio::test]
async fn who_proves_anew_keeps_the_session_and_has_to_be_the_same() {
    let lent = databases::sqlite();
    let (office, made) = office(lent.url(), LocalLogin::On).await;
    let alice = signed_in(&office).await;
    let to_oriel = office.get(&alice, "/sign-in/sso").await;
    assert_eq!(to_oriel.header("location"), "/", "who is signed in is not sent to the provider");
    office.later(SignedDuration::from_hours(1));
    let browser = begun(&office, &alice, "/sign-in/sso?again=true&back=/settings").await;
    assert_eq!(made.asked_anew.lock().unwrap().last(), Some(&true));
    let reply = office.get(&browser, &format!("{CALLBACK}?state=right&code=c")).await;
    assert_eq!(reply.header("location"), "/settings");
    let alice = Caller::default().with("cookie", session_of(&reply));
    let (session, _) = {
        let token = alice.headers["cookie"].trim_start_matches("oriel=");
        store::sessions::find(&office.desk.db, &crate::tokens::hash(token), office.desk.now()).await.unwrap().unwrap()
    };
    assert_eq!(session.proven_at, office.desk.now());
    assert!(session.created_at < session.proven_at);

    *made.subject.lock().unwrap() = "s-2";
    let browser = begun(&office, &alice, "/sign-in/sso?again=true").await;
    let reply = office.get(&browser, &format!("{CALLBACK}?state=right&code=c")).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    reply.has("somebody else");
}

#[tokio::test]
async fn signing_out_says_that_the_provider_goes_on() {
    let lent = databases::sqlite();
    let (office, _) = office(lent.url(), LocalLogin::On).await;
    let alice = signed_in(&office).await;
    assert_eq!(office.post(&alice, "/sign-out", &[]).await.header("location"), "/signed-out");
    let page = office.get(&Caller::default(), "/signed-out").await;
    page.has("https://login.example.com/logout?client_id=oriel");
    let bob = office.browser("bob", Role::Analyst).await;
    assert_eq!(office.post(&bob, "/sign-out", &[]).await.header("location"), "/sign-in");
}

#[tokio::test]
async fn without_a_provider_there_is_no_way_to_one() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    for path in ["/sign-in/sso", CALLBACK, "/signed-out"] {
        assert_eq!(office.get(&Caller::default(), path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    office.get(&Caller::default(), "/sign-in").await.has_not("your organisation").has("Password");
}

#[tokio::test]
async fn single_sign_on_comes_first_and_passwords_stand_beside_it() {
    let lent = databases::sqlite();
    let (office, _) = office(lent.url(), LocalLogin::On).await;
    let page = office.get(&Caller::default(), "/sign-in?back=/settings").await;
    page.has("href=\"/sign-in/sso?back=%2Fsettings\"").has("Password").has_not("Emergency");
    let at = |text: &str| page.body.find(text).unwrap();
    assert!(at("Sign in with your organisation") < at("Password"));
}

#[tokio::test]
async fn an_emergency_sign_in_is_for_owners_and_owners_are_told_of_it() {
    let lent = databases::sqlite();
    let (office, made) = office(lent.url(), LocalLogin::BreakGlass).await;
    office.person("olga", Role::Owner).await;
    office.person("bob", Role::Analyst).await;
    let page = office.get(&Caller::default(), "/sign-in").await;
    page.has("Emergency sign-in").has_not("Password");
    office.get(&Caller::default(), "/sign-in?emergency=true").await.has("Password");

    let refused = office.sign_in("bob", PASSWORD).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.has("for owners only");

    let guess = office.sign_in("olga", "a guess of twelve").await;
    assert_eq!(guess.status, StatusCode::UNPROCESSABLE_ENTITY);
    let reply = office.sign_in("olga", PASSWORD).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{reply:?}");
    *made.role.lock().unwrap() = Ok(Role::Owner);
    let other_owner = signed_in(&office).await;
    let home = office.get(&other_owner, "/").await;
    home.has("A local sign-in was used").has("by <bdi>olga</bdi>").has("192.0.2.10");
    assert_eq!(home.body.matches("A local sign-in was used").count(), 1, "a refused one is none");
    office.later(SignedDuration::from_hours(7 * 24));
    let other_owner = signed_in(&office).await;
    office.get(&other_owner, "/").await.has_not("A local sign-in was used");
    *made.role.lock().unwrap() = Ok(Role::Analyst);
    office.sign_in("olga", PASSWORD).await;
    let analyst = signed_in(&office).await;
    office.get(&analyst, "/").await.has_not("A local sign-in was used");
}

/// The same house after its configuration was changed.
fn changed(office: &mut Office, local: LocalLogin) {
    office.desk.sign_on = Some(provider(local) as Arc<dyn SignOn>);
    office.router = crate::router(office.desk.clone());
}

#[tokio::test]
async fn who_may_not_come_in_by_a_password_is_not_in_by_one() {
    let lent = databases::sqlite();
    let (mut office, _) = office(lent.url(), LocalLogin::On).await;
    let owner = office.browser("olga", Role::Owner).await;
    let other = office.browser("oscar", Role::Owner).await;
    let bob = office.browser("bob", Role::Analyst).await;
    let alice = signed_in(&office).await;
    let is_in =
        async |office: &Office, browser: &Caller| office.get(browser, "/settings").await.status == StatusCode::OK;
    changed(&mut office, LocalLogin::BreakGlass);
    assert!(!is_in(&office, &bob).await, "an emergency is for owners");
    assert!(is_in(&office, &owner).await && is_in(&office, &alice).await);
    // An owner who is one no more.
    let (olga, _) = store::people::by_name(&office.desk.db, "olga").await.unwrap().unwrap();
    let by = store::audit::Actor::oriel();
    let change = Change { role: Some(Role::Analyst), ..Change::default() };
    store::people::change(&office.desk.db, &by, &olga.id, &change, office.desk.now()).await.unwrap();
    assert!(!is_in(&office, &owner).await && is_in(&office, &other).await);
    changed(&mut office, LocalLogin::Off);
    assert!(!is_in(&office, &other).await && is_in(&office, &alice).await);
    changed(&mut office, LocalLogin::On);
    assert!(!is_in(&office, &other).await, "what has ended stays so");
}

#[tokio::test]
async fn a_new_password_makes_no_session_longer_and_opens_none_by_another_way() {
    let lent = databases::sqlite();
    let (office, _) = office(lent.url(), LocalLogin::On).await;
    let alice = signed_in(&office).await;
    let (person, _) = store::people::by_name(&office.desk.db, "alice@example.com").await.unwrap().unwrap();
    // Somebody who has a password beside, as an earlier Oriel could give one.
    office.person("model", Role::Analyst).await;
    let hash = store::people::by_name(&office.desk.db, "model").await.unwrap().unwrap().1;
    let by = store::audit::Actor::oriel();
    let now = office.desk.now();
    assert!(store::people::choose_password(&office.desk.db, &by, &person.id, "", &hash, None, now).await.unwrap());
    assert_eq!(office.get(&alice, "/settings").await.status, StatusCode::SEE_OTHER, "every session has ended");
    let alice = signed_in(&office).await;
    office.later(SignedDuration::from_hours(6));
    let new = "another bicycle, in the sun";
    let form = [("current", PASSWORD), ("password", new), ("again", new)];
    let done = office.post(&alice, "/settings/password", &form).await;
    assert_eq!(done.header("location"), "/settings?done=password#password", "{done:?}");
    let alice = Caller::default().with("cookie", session_of(&done));
    let sessions = store::sessions::list_of(&office.desk.db, &person.id, office.desk.now()).await.unwrap();
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0].opened_by, store::sessions::OpenedBy::SingleSignOn);
    assert_eq!(sessions[0].expires_at, now + SignedDuration::from_hours(24));
    assert_eq!(sessions[0].proven_at, now, "a password alone is no proof anew");
    assert_eq!(office.get(&alice, "/settings").await.status, StatusCode::OK);
    office.later(SignedDuration::from_hours(10));
    assert_eq!(office.get(&alice, "/settings").await.status, StatusCode::OK);
    office.later(SignedDuration::from_hours(9));
    assert_eq!(office.get(&alice, "/settings").await.status, StatusCode::SEE_OTHER, "a day is over");
}

#[tokio::test]
async fn with_passwords_off_nobody_comes_in_by_one() {
    let lent = databases::sqlite();
    let (office, _) = office(lent.url(), LocalLogin::Off).await;
    office.person("olga", Role::Owner).await;
    office.get(&Caller::default(), "/sign-in?emergency=true").await.has("organisation").has_not("id=\"password\"");
    let reply = office.sign_in("olga", PASSWORD).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    reply.has("Nobody signs in by password here").has_not("id=\"password\"");
}
