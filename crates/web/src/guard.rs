//! Who may come in. A handler that has one of these in its signature is reached by nobody else.

use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum_extra::extract::cookie::CookieJar;
use store::people::{Person, Role};

use crate::Desk;
use crate::error::Error;
use crate::frame::Who;
use crate::sessions;
use crate::tokens;

/// Who turned out to be signed in, for whoever has to draw a page around an error.
#[derive(Clone, Default)]
pub struct Known(Arc<OnceLock<Who>>);

impl Known {
    /// Who, if a guard has looked.
    pub fn who(&self) -> Option<Who> {
        self.0.get().cloned()
    }
}

/// Anybody who is signed in.
pub struct SignedIn(pub Person);

/// Somebody who is signed in and may search: everybody but an auditor, who reads the audit and nothing else.
pub struct Analyst(pub Person);

/// Somebody who is signed in and may change connections.
pub struct Owner(pub Person);

/// A script with the key of somebody who may search.
pub struct ApiKey(pub Person);

/// A script with the key of an owner.
pub struct OwnerKey;

fn may_search(person: Person) -> Result<Person, Error> {
    match person.role {
        Role::Owner | Role::Analyst | Role::Viewer => Ok(person),
        Role::Auditor => Err(Error::Forbidden("people who search: owners, analysts and viewers")),
    }
}

fn may_change(person: Person) -> Result<Person, Error> {
    if person.role == Role::Owner { Ok(person) } else { Err(Error::Forbidden("an owner")) }
}

impl FromRequestParts<Desk> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Error> {
        let jar = CookieJar::from_headers(&parts.headers);
        match sessions::current(desk, &jar).await? {
            Some(person) => {
                if let Some(known) = parts.extensions.get::<Known>() {
                    let _ = known.0.set(Who { name: person.name.clone(), role: person.role.as_str().to_owned() });
                }
                Ok(SignedIn(person))
            }
            None => Err(Error::SignInNeeded { back: way_back(parts) }),
        }
    }
}

/// Where to return to after signing in. A post cannot be returned to.
fn way_back(parts: &Parts) -> String {
    let page = parts.uri.path_and_query().filter(|_| parts.method.is_safe());
    page.map_or("/", |page| page.as_str()).to_owned()
}

impl FromRequestParts<Desk> for Analyst {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Error> {
        may_search(SignedIn::from_request_parts(parts, desk).await?.0).map(Analyst)
    }
}

impl FromRequestParts<Desk> for Owner {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Error> {
        may_change(SignedIn::from_request_parts(parts, desk).await?.0).map(Owner)
    }
}

impl FromRequestParts<Desk> for ApiKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Error> {
        may_search(key_holder(parts, desk).await?).map(ApiKey)
    }
}

impl FromRequestParts<Desk> for OwnerKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Error> {
        may_change(key_holder(parts, desk).await?).map(|_| OwnerKey)
    }
}

/// Whose key came with the request. A session's cookie opens nothing here: what a browser sends by itself must not
/// reach the API.
pub async fn key_holder(parts: &Parts, desk: &Desk) -> Result<Person, Error> {
    let key = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, key)| key.trim())
        .filter(|key| tokens::is_token(key))
        .ok_or(Error::KeyNeeded)?;
    match store::keys::find(&desk.db, &tokens::hash(key), desk.now()).await? {
        Some((key, person)) if key.revoked_at.is_none() && person.disabled_at.is_none() => Ok(person),
        _ => Err(Error::KeyNeeded),
    }
}
