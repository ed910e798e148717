//! Signing in with a code, recovery codes, and where a second factor is required.

use axum::http::StatusCode;
use jiff::SignedDuration;
use store::people::Role;
use store::settings::{REQUIRED, SECOND_FACTOR};

use super::office::{Caller, Office, PASSWORD, Reply, cookie_of};
use crate::second_factor::code_at;

/// What stands between two texts of a page.
pub fn between<'a>(page: &'a Reply, from: &str, to: &str) -> &'a str {
    let (_, rest) = page.body.split_once(from).unwrap_or_else(|| panic!("no “{from}” in:\n{}", page.body));
    rest.split(to).next().unwrap()
}

pub fn secret_of(page: &Reply) -> String {
    between(page, "id=\"secret-text\">", "<").to_owned()
}

fn state_of(page: &Reply) -> String {
    between(page, "name=\"state\" value=\"", "\"").to_owned()
}

/// The mark of the secret that is shown.
fn shown_by(page: &Reply) -> String {
    between(page, "name=\"shown\" value=\"", "\"").to_owned()
}

pub fn codes_of(page: &Reply) -> Vec<String> {
    let list = between(page, "id=\"recovery-codes\">", "</ul>");
    list.split("<code class=\"value\">").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

/// Sets an authenticator up on the settings page: its secret, and the recovery codes.
pub async fn set_up(office: &Office, browser: &Caller) -> (String, Vec<String>) {
    let offered = office.post(browser, "/settings/second-factor/begin", &[]).await;
    let secret = secret_of(&offered);
    offered.has("<svg class=\"qr\"");
    let code = code_at(&secret, office.desk.now());
    let on = office.post(browser, "/settings/second-factor", &[("code", &code)]).await;
    assert_eq!(on.status, StatusCode::OK, "{}", on.body);
    (secret, codes_of(&on))
}

/// The second step, after the password.
async fn give(office: &Office, caller: &Caller, name: &str, code: &str) -> Reply {
    let first = office.post(caller, "/sign-in", &[("name", name), ("password", PASSWORD)]).await;
    assert_eq!((first.status, first.header("set-cookie")), (StatusCode::OK, ""), "{}", first.body);
    office.post(caller, "/sign-in/code", &[("state", &state_of(&first)), ("code", code)]).await
}

databases::on_each_database! {
    async fn with_an_authenticator_the_password_alone_opens_nothing(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let kate = office.browser("kate", Role::Analyst).await;
        let (secret, codes) = set_up(&office, &kate).await;
        assert_eq!(codes.len(), 10);
        office.get(&kate, "/settings").await.has("On: an authenticator").has("10 of 10").has_not(&codes[0]).has_not(&secret);

        // The code that turned it on was taken, and is not taken again.
        let nobody = Caller::default();
        let used = code_at(&secret, office.desk.now());
        let again = give(&office, &nobody, "kate", &used).await;
        assert_eq!((again.status, again.header("set-cookie")), (StatusCode::UNPROCESSABLE_ENTITY, ""));
        again.has("each is taken once");

        office.later(SignedDuration::from_secs(30));
        let code = code_at(&secret, office.desk.now());
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        let inside = give(&office, &nobody, "kate", &spaced).await;
        assert_eq!(inside.status, StatusCode::SEE_OTHER, "{}", inside.body);
        let browser = Caller::default().with("cookie", cookie_of(&inside));
        assert_eq!(office.get(&browser, "/settings").await.status, StatusCode::OK);
        let replayed = give(&office, &nobody, "kate", &code).await;
        assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn a_recovery_code_signs_in_once(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        let kate = office.browser("kate", Role::Analyst).await;
        let (_, codes) = set_up(&office, &kate).await;
        let nobody = Caller::default();
        let shouted = codes[3].to_uppercase().replace('-', " ");
        let inside = give(&office, &nobody, "kate", &shouted).await;
        assert_eq!(inside.status, StatusCode::SEE_OTHER, "{}", inside.body);
        assert_eq!(give(&office, &nobody, "kate", &codes[3]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        office.get(&kate, "/settings").await.has("9 of 10 recovery codes left");

        // Wrong ones are slowed, each for itself.
        office.later(SignedDuration::from_mins(2));
        let renewed = office.post(&kate, "/settings/second-factor/codes", &[]).await;
        let new = codes_of(&renewed);
        assert_eq!(new.len(), 10);
        assert_eq!(give(&office, &nobody, "kate", &codes[4]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(give(&office, &nobody, "kate", &new[4]).await.status, StatusCode::SEE_OTHER);
    }

    async fn where_it_is_required_nobody_is_in_before_it_is_set_up(database: Lent) {
        let office = Office::open(database.url(), vec![]).await;
        office.person("kate", Role::Auditor).await;
        let by = store::audit::Actor::oriel();
        store::settings::set(&office.desk.db, &by, SECOND_FACTOR, REQUIRED, office.desk.now()).await.unwrap();
        let first = office.sign_in("kate", PASSWORD).await;
        assert_eq!((first.status, first.header("set-cookie")), (StatusCode::OK, ""));
        let secret = secret_of(&first);

        let nobody = Caller::default();
        let wrong = [("state", &*state_of(&first)), ("code", "000000"), ("shown", &*shown_by(&first))];
        let wrong = office.post(&nobody, "/sign-in/second-factor", &wrong).await;
        assert_eq!((wrong.status, wrong.header("set-cookie")), (StatusCode::UNPROCESSABLE_ENTITY, ""));
        assert_eq!(secret_of(&wrong), secret, "what was scanned already goes on to hold");
        let code = code_at(&secret, office.desk.now());
        let right = [("state", &*state_of(&wrong)), ("code", &*code)];
        let right = office.post(&nobody, "/sign-in/second-factor", &right).await;
        assert_eq!(right.status, StatusCode::OK, "{}", right.body);
        right.has("href=\"/settings\"");
        let codes = codes_of(&right);
        let kate = Caller::default().with("cookie", cookie_of(&right));
        office.get(&kate, "/settings").await.has("On: an authenticator").has_not("Turn it off");
        let refused = office.post(&kate, "/settings/second-factor/remove", &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(give(&office, &nobody, "kate", &codes[0]).await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn a_secret_that_somebody_else_was_shown_is_shown_to_nobody_again() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    office.person("kate", Role::Analyst).await;
    let by = store::audit::Actor::oriel();
    store::settings::set(&office.desk.db, &by, SECOND_FACTOR, REQUIRED, office.desk.now()).await.unwrap();
    let (kate, thief) = (Caller::default(), Caller::default().with("x-test-peer", "198.51.100.66"));
    let form = [("name", "kate"), ("password", PASSWORD)];
    let stolen = office.post(&thief, "/sign-in", &form).await;
    let first = office.post(&kate, "/sign-in", &form).await;
    assert_ne!(secret_of(&stolen), secret_of(&first), "whoever comes after is shown another");
    // The thief comes once more, while Kate scans.
    let again = office.post(&thief, "/sign-in", &form).await;
    let code = code_at(&secret_of(&first), office.desk.now());
    let given = [("state", &*state_of(&first)), ("code", &*code), ("shown", &*shown_by(&first))];
    let wrong = office.post(&kate, "/sign-in/second-factor", &given).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for known in [&stolen, &again, &first] {
        assert_ne!(secret_of(&wrong), secret_of(known));
    }
    let code = code_at(&secret_of(&wrong), office.desk.now());
    let given = [("state", &*state_of(&wrong)), ("code", &*code), ("shown", &*shown_by(&wrong))];
    assert_eq!(office.post(&kate, "/sign-in/second-factor", &given).await.status, StatusCode::OK);
}

#[tokio::test]
async fn codes_are_not_guessed_however_many_addresses_one_has() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let kate = office.browser("kate", Role::Analyst).await;
    let (secret, codes) = set_up(&office, &kate).await;
    let mut refused = 0;
    for last in 1..=20 {
        let from = Caller::default().with("x-test-peer", format!("198.51.100.{last}"));
        let reply = give(&office, &from, "kate", "000000").await;
        refused += usize::from(reply.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(refused >= 9, "{refused} of 20 were refused");
    // Not even the right one is tried now, and whoever has a recovery code is in all the same.
    office.later(SignedDuration::from_secs(30));
    let code = code_at(&secret, office.desk.now());
    let home = Caller::default().with("x-test-peer", "203.0.113.9");
    assert_eq!(give(&office, &home, "kate", &code).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(give(&office, &home, "kate", &codes[0]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_a_page_carries_between_the_steps_is_good_for_that_and_for_ten_minutes() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let kate = office.browser("kate", Role::Analyst).await;
    let (secret, _) = set_up(&office, &kate).await;
    let nobody = Caller::default();
    let state = state_of(&office.sign_in("kate", PASSWORD).await);
    office.later(SignedDuration::from_mins(1));
    let code = code_at(&secret, office.desk.now());
    // It does not lead round the code, neither by another step nor by other letters.
    let form = [("state", &*state), ("password", "another fine sentence"), ("again", "another fine sentence")];
    office.post(&nobody, "/sign-in/password", &form).await.has("Sign in once more");
    let other = if &state[40..41] == "A" { "B" } else { "A" };
    let altered = format!("{}{other}{}", &state[..40], &state[41..]);
    office.post(&nobody, "/sign-in/code", &[("state", &*altered), ("code", &code)]).await.has("Sign in once more");
    // A new password makes it void.
    let change = [("current", PASSWORD), ("password", "another fine sentence"), ("again", "another fine sentence")];
    let changed = office.post(&kate, "/settings/password", &change).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER);
    office.post(&nobody, "/sign-in/code", &[("state", &*state), ("code", &code)]).await.has("Sign in once more");

    let state = state_of(&office.sign_in("kate", "another fine sentence").await);
    office.later(SignedDuration::from_mins(10));
    let code = code_at(&secret, office.desk.now());
    let late = office.post(&nobody, "/sign-in/code", &[("state", &*state), ("code", &code)]).await;
    assert_eq!(late.header("set-cookie"), "");
    late.has("Sign in once more");
}

#[tokio::test]
async fn turning_it_on_and_off_ends_other_sessions_and_is_written_down() {
    let lent = databases::sqlite();
    let office = Office::open(lent.url(), vec![]).await;
    let kate = office.browser("kate", Role::Analyst).await;
    let elsewhere = Caller::default().with("cookie", cookie_of(&office.sign_in("kate", PASSWORD).await));
    let wrong = office.post(&kate, "/settings/second-factor/begin", &[]).await;
    let secret = secret_of(&wrong);
    let given = [("code", "000000"), ("shown", &*shown_by(&wrong))];
    let wrong = office.post(&kate, "/settings/second-factor", &given).await;
    assert_eq!((wrong.status, secret_of(&wrong)), (StatusCode::UNPROCESSABLE_ENTITY, secret));
    assert_eq!(office.get(&elsewhere, "/settings").await.status, StatusCode::OK);
    set_up(&office, &kate).await;
    assert_eq!(office.get(&elsewhere, "/settings").await.status, StatusCode::SEE_OTHER);
    let off = office.post(&kate, "/settings/second-factor/remove", &[]).await;
    assert_eq!(off.header("location"), "/settings?done=second-factor-removed#second-factor");
    assert_eq!(office.sign_in("kate", PASSWORD).await.status, StatusCode::SEE_OTHER);

    let wanted = store::audit::read::Wanted::default();
    let written = store::audit::read::list(&office.desk.db, &store::grants::Scope::All, &wanted, 100).await.unwrap();
    let actions: Vec<String> = written.into_iter().filter_map(|entry| entry.said).map(|said| said.action).collect();
    for action in ["second_factor.enabled", "second_factor.removed", "sessions.ended", "session.opened"] {
        assert!(actions.iter().any(|written| written == action), "{action} is not in {actions:?}");
    }
}
