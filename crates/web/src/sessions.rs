//! Sessions: one row in the database, one cookie in the browser.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use jiff::{SignedDuration, Timestamp};
use store::audit::Actor;
use store::people::Person;
use store::sessions::{NewSession, OpenedBy, Session};

use crate::Desk;
use crate::client_address::ClientAddress;
use crate::error::Error;
use crate::guard::{By, Caller};
use crate::pages::sign_in::local;
use crate::tokens;

pub mod browser;
pub mod watch;

/// Somebody at the door: the address, the request, and what the browser says of itself.
pub struct Visitor {
    by: Actor,
    /// The address to count attempts by.
    pub client: IpAddr,
    agent: Option<String>,
}

impl Visitor {
    /// Who it turned out to be, as the audit has it.
    pub fn person(&self, person: &Person) -> Actor {
        Actor::person(person).from(self.by.address.clone(), self.by.request.clone())
    }

    /// Somebody who typed this name and could not come in.
    pub fn stranger(&self, name: &str) -> Actor {
        Actor::stranger(name).from(self.by.address.clone(), self.by.request.clone())
    }
}

impl FromRequestParts<Desk> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Infallible> {
        let Ok(By(by)) = By::from_request_parts(parts, desk).await;
        let Ok(client) = ClientAddress::from_request_parts(parts, desk).await;
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).map(browser::shortened);
        Ok(Visitor { by, client: client.address, agent })
    }
}

/// A session ends when it has not been used for this long.
const IDLE: SignedDuration = SignedDuration::from_hours(12);
/// And at the latest after this.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// One that the provider has opened ends sooner: only at a sign-in is it known who still belongs to which group.
const LONGEST_BY_PROVIDER: SignedDuration = SignedDuration::from_hours(24);
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

/// Opens a session and puts its token into the jar, if the person may still sign in, and by the password of this hash where
/// it was one. A session that the browser had before is closed: a token that
/// somebody planted there must not become that of somebody who is signed in.
pub async fn open(
    desk: &Desk,
    visitor: &Visitor,
    person: &Person,
    opened_by: OpenedBy,
    password_hash: Option<&str>,
    jar: CookieJar,
) -> Result<CookieJar, Error> {
    let by = visitor.person(person);
    let jar = close(desk, &by, jar).await?;
    let now = desk.now();
    let (token, hash) = tokens::new(&desk.random);
    let new = NewSession {
        hash: &hash,
        person: &person.id,
        opened_by,
        password_hash,
        address: by.address.as_deref(),
        agent: visitor.agent.as_deref(),
        expires: now + if opened_by == OpenedBy::SingleSignOn { LONGEST_BY_PROVIDER } else { LONGEST },
    };
    match store::sessions::create(&desk.db, &by, &new, now).await {
        // Disabled, or given another password, since this sign-in began.
        Err(store::Error::Gone) => return Err(Error::SignInNeeded { back: "/".to_owned() }),
        created => created?,
    };
    Ok(jar.add(cookie(desk, token)))
}

/// Notes that somebody has proved anew who they are. The session goes on, under another token.
pub async fn prove(desk: &Desk, by: &Actor, session: &Session, jar: CookieJar) -> Result<CookieJar, Error> {
    let (token, hash) = tokens::new(&desk.random);
    if !store::sessions::prove(&desk.db, by, &session.id, &hash, desk.now()).await? {
        return Err(Error::SignInNeeded { back: "/".to_owned() });
    }
    Ok(jar.add(cookie(desk, token)))
}

/// Gives the caller another password in the place of `seen`. Every session of theirs ends but this one, which goes on under
/// another token. Whoever sits before this browser has given the password and no code: that is no proof anew.
pub async fn with_new_password(
    desk: &Desk,
    caller: &Caller,
    seen: &str,
    password_hash: &str,
    jar: CookieJar,
) -> Result<CookieJar, Error> {
    let (token, hash) = tokens::new(&desk.random);
    let session = caller.session.as_ref().map(|session| (&session.id, &hash));
    let changed =
        store::people::choose_password(&desk.db, &caller.actor, &caller.id, seen, password_hash, session, desk.now());
    if session.is_none() || !changed.await? {
        return Err(Error::SignInNeeded { back: "/settings".to_owned() });
    }
    Ok(jar.add(cookie(desk, token)))
}

/// The digest of the token that the jar holds, under which its session is kept.
pub fn digest(desk: &Desk, jar: &CookieJar) -> Option<store::Hash> {
    token(desk, jar).filter(|token| tokens::is_token(token)).map(|token| tokens::hash(&token))
}

/// The token that the jar holds, whether or not it opens anything.
pub fn token(desk: &Desk, jar: &CookieJar) -> Option<String> {
    jar.get(cookie_name(desk)).map(|cookie| cookie.value().to_owned())
}

/// Whose session the jar's token opens, if it has not ended.
pub async fn current(desk: &Desk, jar: &CookieJar) -> Result<Option<(Session, Person)>, Error> {
    let Some(hash) = digest(desk, jar) else { return Ok(None) };
    let now = desk.now();
    let Some((session, person)) = store::sessions::find(&desk.db, &hash, now).await? else {
        return Ok(None);
    };
    if !goes_on(desk, &session, &person, now) {
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

/// Whether a session of somebody opens anything still: it has not ended by itself, the person may sign in, and by the way by
/// which it was opened.
fn goes_on(desk: &Desk, session: &Session, person: &Person, now: Timestamp) -> bool {
    let kept_out = session.opened_by == OpenedBy::Password && local::keeps_out(desk, Some(person)).is_some();
    !is_over(session, now) && person.disabled_at.is_none() && !kept_out
}

/// Whether a session has ended by itself.
pub fn is_over(session: &Session, now: Timestamp) -> bool {
    now >= session.expires_at || now.duration_since(session.last_seen_at) >= IDLE
}

/// Ends the session of the jar, here and in the database.
pub async fn close(desk: &Desk, by: &Actor, jar: CookieJar) -> Result<CookieJar, Error> {
    let Some(token) = token(desk, &jar) else { return Ok(jar) };
    store::sessions::delete(&desk.db, by, &tokens::hash(&token), desk.now()).await?;
    // A cookie with the __Host- prefix is only taken off by one that has the same attributes.
    Ok(jar.remove(cookie(desk, String::new())))
}
