//! Who may come in. A handler that has one of these in its signature is reached by nobody else.

use std::convert::Infallible;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum_extra::extract::cookie::CookieJar;
use store::Hash;
use store::audit::Actor;
use store::grants::Scope;
use store::keys::ApiKey as StoredKey;
use store::people::Person;
use store::sessions::Session;

use crate::Desk;
use crate::client_address::ClientAddress;
use crate::error::Error;
use crate::frame::Who;
use crate::limits::Turn;
use crate::observe::RequestId;
use crate::rights::{self, Right};
use crate::sessions;
use crate::tokens;

/// Who turned out to ask, for what stands around a handler: whoever has to draw a page around an error, or to look again
/// whether an answer may still be given.
#[derive(Clone, Default)]
pub struct Known(Arc<OnceLock<Caller>>);

impl Known {
    /// Who, if a guard has looked.
    pub fn caller(&self) -> Option<&Caller> {
        self.0.get()
    }

    /// The same, as a page's frame has it.
    pub fn who(&self) -> Option<Who> {
        let person = &self.caller()?.person;
        Some(Who { name: person.name.clone(), role: person.role.as_str().to_owned() })
    }
}

/// Who asks, and what they may see.
#[derive(Clone)]
pub struct Caller {
    /// The person.
    pub person: Person,
    /// The tenants that the person, or the key, may see.
    pub scope: Scope,
    /// Who stands in the audit.
    pub actor: Actor,
    /// The session in the browser; none with a key.
    pub session: Option<Session>,
    /// The digest of the key, by which it is found again; none in the browser.
    pub key: Option<Hash>,
    /// Whether the key was made to change people as well.
    pub changes_people: bool,
}

impl Caller {
    /// Tells what stands around the handler who it is.
    fn known(self, parts: &Parts) -> Caller {
        if let Some(known) = parts.extensions.get::<Known>() {
            let _ = known.0.set(self.clone());
        }
        self
    }
}

impl Deref for Caller {
    type Target = Person;

    fn deref(&self) -> &Person {
        &self.person
    }
}

/// Anybody who is signed in.
pub struct SignedIn(pub Caller);

/// Somebody who is signed in and may search: everybody but an auditor, who reads the audit and nothing else.
pub struct Analyst(pub Caller);

/// Somebody who is signed in and may change connections.
pub struct Owner(pub Caller);

/// Somebody who is signed in and may read the audit.
pub struct Auditor(pub Caller);

/// A script with the key of somebody who may search.
pub struct ApiKey(pub Caller);

/// A script with the key of an owner.
pub struct OwnerKey(pub Caller);

/// A script with the key of somebody who may read the audit.
pub struct AuditorKey(pub Caller);

/// The caller, if the role has the right.
pub fn may(caller: Caller, right: &Right) -> Result<Caller, Error> {
    if right.is_of(caller.role) { Ok(caller) } else { Err(Error::Forbidden(right.who)) }
}

impl FromRequestParts<Desk> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Error> {
        let jar = CookieJar::from_headers(&parts.headers);
        let Some((session, person)) = sessions::current(desk, &jar).await? else {
            return Err(Error::SignInNeeded { back: way_back(parts) });
        };
        takes_a_turn(&person, parts)?;
        let scope = store::grants::of(&desk.db, &person).await?;
        let actor = come_from(Actor::person(&person), parts, desk).await;
        let session = Some(session);
        Ok(SignedIn(Caller { person, scope, actor, session, key: None, changes_people: false }.known(parts)))
    }
}

/// Counts the request among those of this person that are being answered.
fn takes_a_turn(person: &Person, parts: &Parts) -> Result<(), Error> {
    // The lines of the log say by whom: the id, for a name is nobody's business there.
    tracing::Span::current().record("person.id", tracing::field::display(&person.id));
    parts.extensions.get::<Turn>().map_or(Ok(()), |turn| turn.is_of(&person.id.to_string())).map_err(Error::Full)
}

/// The actor with the address and the request that are the same for every way in.
async fn come_from(actor: Actor, parts: &mut Parts, desk: &Desk) -> Actor {
    let Ok(By(by)) = By::from_request_parts(parts, desk).await;
    actor.from(by.address, by.request)
}

/// Somebody of whom only the address and the request are known: for what is done before signing in.
pub struct By(pub Actor);

impl FromRequestParts<Desk> for By {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Infallible> {
        let Ok(client) = ClientAddress::from_request_parts(parts, desk).await;
        let request = parts.extensions.get::<RequestId>().map(|id| id.0.clone());
        Ok(By(Actor::stranger("").from(Some(client.address.to_string()), request)))
    }
}

/// Where to return to after signing in. A post cannot be returned to.
fn way_back(parts: &Parts) -> String {
    let page = parts.uri.path_and_query().filter(|_| parts.method.is_safe());
    page.map_or("/", |page| page.as_str()).to_owned()
}

/// A guard that lets in whom another way in lets in, if the role has the right.
macro_rules! guard {
    ($guard:ident, $right:ident, |$parts:ident, $desk:ident| $caller:expr) => {
        impl FromRequestParts<Desk> for $guard {
            type Rejection = Error;

            async fn from_request_parts($parts: &mut Parts, $desk: &Desk) -> Result<Self, Error> {
                may($caller, &rights::$right).map($guard)
            }
        }
    };
}

guard!(Analyst, SEARCH, |parts, desk| SignedIn::from_request_parts(parts, desk).await?.0);
guard!(Owner, CONNECT, |parts, desk| SignedIn::from_request_parts(parts, desk).await?.0);
guard!(Auditor, READ_AUDIT, |parts, desk| SignedIn::from_request_parts(parts, desk).await?.0);
guard!(ApiKey, SEARCH, |parts, desk| key_holder(parts, desk).await?);
guard!(OwnerKey, CONNECT, |parts, desk| key_holder(parts, desk).await?);
guard!(AuditorKey, READ_AUDIT, |parts, desk| key_holder(parts, desk).await?);

/// Whose key came with the request. A session's cookie opens nothing here: what a browser sends by itself must not
/// reach the API.
pub async fn key_holder(parts: &mut Parts, desk: &Desk) -> Result<Caller, Error> {
    let key = key_of(&parts.headers).ok_or(Error::KeyNeeded)?;
    let hash = tokens::hash(key);
    let (key, person, scope) = opened_by(desk, &hash).await?.ok_or(Error::KeyNeeded)?;
    takes_a_turn(&person, parts)?;
    let actor = come_from(Actor::key(&person, &key.id), parts, desk).await;
    let changes_people = key.manage_people;
    Ok(Caller { person, scope, actor, session: None, key: Some(hash), changes_people }.known(parts))
}

/// The key with this digest, whose it is, and what it opens; none if it opens nothing.
pub async fn opened_by(desk: &Desk, hash: &Hash) -> Result<Option<(StoredKey, Person, Scope)>, store::Error> {
    let found = store::keys::find(&desk.db, hash, desk.keys_open_since(), desk.now()).await?;
    let Some((key, person)) = found else { return Ok(None) };
    let scope = match key.all_tenants && person.all_tenants {
        true => Scope::All,
        false => store::grants::of_key(&desk.db, &key.id, &person.id).await?,
    };
    Ok(Some((key, person, scope)))
}

/// The key that came with a request, whether or not it opens anything.
pub fn key_of(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, key)| key.trim())
        .filter(|key| tokens::is_token(key))
}
