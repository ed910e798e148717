//! Sessions: one row in the database, one cookie in the browser.

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use jiff::{SignedDuration, Timestamp};
use store::audit::Actor;
use store::people::{Person, PersonId};
use store::sessions::Session;

use crate::Desk;
use crate::error::Error;
use crate::tokens;

/// A session ends when it has not been used for this long.
const IDLE: SignedDuration = SignedDuration::from_hours(12);
/// And at the latest after this.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The time of last use is written down at most this often: a page must not cost a write.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// The name of the cookie. Under https the browser itself sees to it that no other host and no plain http can set it.
fn cookie_name(desk: &Desk) -> &'static str {
    if desk.settings.secure_cookies { "__Host-oriel" } else { "oriel" }
}

fn cookie(desk: &Desk, token: String) -> Cookie<'static> {
    Cookie::build((cookie_name(desk), token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(desk.settings.secure_cookies)
        .build()
}

/// Opens a session and puts its token into the jar. A session that the browser had before is closed: a token that
/// somebody planted there must not become that of somebody who is signed in.
pub async fn open(desk: &Desk, by: &Actor, person: PersonId, jar: CookieJar) -> Result<CookieJar, Error> {
    let jar = close(desk, by, jar).await?;
    let now = desk.now();
    let (token, hash) = tokens::new(&desk.random);
    store::sessions::create(&desk.db, by, &hash, &person, now, now + LONGEST).await?;
    Ok(jar.add(cookie(desk, token)))
}

/// The token that the jar holds, whether or not it opens anything.
pub fn token(desk: &Desk, jar: &CookieJar) -> Option<String> {
    jar.get(cookie_name(desk)).map(|cookie| cookie.value().to_owned())
}

/// Whose session the jar's token opens, if it has not ended.
pub async fn current(desk: &Desk, jar: &CookieJar) -> Result<Option<(Session, Person)>, Error> {
    let Some(token) = jar.get(cookie_name(desk)).map(Cookie::value).filter(|token| tokens::is_token(token)) else {
        return Ok(None);
    };
    let hash = tokens::hash(token);
    let now = desk.now();
    let Some((session, person)) = store::sessions::find(&desk.db, &hash, now).await? else {
        return Ok(None);
    };
    if is_over(&session, now) || person.disabled_at.is_some() {
        store::sessions::delete(&desk.db, &Actor::oriel(), &hash, now).await?;
        return Ok(None);
    }
    if now.duration_since(session.last_seen_at) >= TOUCH_EVERY {
        // A full disk must not keep out who only wants to read.
        if let Err(error) = store::sessions::touch(&desk.db, &hash, now).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the use of a session could not be noted");
        }
    }
    Ok(Some((session, person)))
}

fn is_over(session: &Session, now: Timestamp) -> bool {
    now >= session.expires_at || now.duration_since(session.last_seen_at) >= IDLE
}

/// Ends the session of the jar, here and in the database.
pub async fn close(desk: &Desk, by: &Actor, jar: CookieJar) -> Result<CookieJar, Error> {
    let Some(token) = jar.get(cookie_name(desk)).map(|cookie| cookie.value().to_owned()) else {
        return Ok(jar);
    };
    store::sessions::delete(&desk.db, by, &tokens::hash(&token), desk.now()).await?;
    // A cookie with the __Host- prefix is only taken off by one that has the same attributes.
    Ok(jar.remove(cookie(desk, String::new())))
}
