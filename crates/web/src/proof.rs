//! Being asked again who one is, before secrets, people and one's own second factor are touched.
//!
//! A handler that has [`Proven`] or [`ProvenPerson`] in its signature is reached only by somebody who has proved who they
//! are within the last quarter of an hour; signing in is such a proof. Everybody else gets the page “Confirm that it is
//! you”. What they had sent is not lost: the page carries it along, sealed, and once the proof is given the handler gets
//! it as it was ([`hold`]).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::cookie::CookieJar;
use jiff::SignedDuration;
use secrecy::SecretString;
use store::people::Account;
use store::sessions::{OpenedBy, Session};

use crate::Desk;
use crate::error::Error;
use crate::guard::{Caller, Owner, SignedIn};
use crate::sessions::{self, Visitor};
use crate::{passwords, second_factor};

mod hold;
mod page;

pub use hold::{NEEDED, hold};
pub use page::create as confirm;

/// How long a proof holds.
const HOLDS: SignedDuration = SignedDuration::from_mins(15);

/// An owner who has proved who they are a short while ago.
pub struct Proven(pub Caller);

/// Anybody who is signed in and has proved who they are a short while ago.
pub struct ProvenPerson(pub Caller);

/// Whether somebody has proved who they are a short while ago.
pub fn is_proven(desk: &Desk, caller: &Caller) -> bool {
    caller.session.as_ref().is_some_and(|session| is_fresh(desk, session))
}

/// The same, as a handler wants it that shows a form with secrets only to some.
pub fn need(desk: &Desk, caller: &Caller) -> Result<(), Error> {
    if is_proven(desk, caller) { Ok(()) } else { Err(Error::ProofNeeded) }
}

fn is_fresh(desk: &Desk, session: &Session) -> bool {
    desk.now().duration_since(session.proven_at) < HOLDS
}

impl FromRequestParts<Desk> for Proven {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Error> {
        let Owner(caller) = Owner::from_request_parts(parts, desk).await?;
        need(desk, &caller)?;
        Ok(Proven(caller))
    }
}

impl FromRequestParts<Desk> for ProvenPerson {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Error> {
        let SignedIn(caller) = SignedIn::from_request_parts(parts, desk).await?;
        need(desk, &caller)?;
        Ok(ProvenPerson(caller))
    }
}

/// By what somebody can prove who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// By the password, and a code where there is an authenticator.
    Password {
        /// Whether a code is asked for.
        code: bool,
    },
    /// Through the provider of single sign-on, in another window.
    Provider,
}

/// Somebody who is asked.
struct Asked {
    account: Account,
    session: Session,
    way: Way,
}

impl Asked {
    async fn read(desk: &Desk, caller: &Caller) -> Result<Asked, Error> {
        let account = store::people::account(&desk.db, &caller.id, desk.now()).await?;
        let needed = || Error::SignInNeeded { back: "/".to_owned() };
        let (account, session) = account.zip(caller.session.clone()).ok_or_else(needed)?;
        let way = match session.opened_by {
            OpenedBy::Password => Way::Password { code: account.has_second_factor },
            OpenedBy::SingleSignOn => Way::Provider,
        };
        Ok(Asked { account, session, way })
    }

    /// Looks at what was given: the session's new cookie, or why it is no proof.
    async fn judge(
        &self,
        desk: &Desk,
        visitor: &Visitor,
        password: SecretString,
        code: &SecretString,
        jar: CookieJar,
    ) -> Result<Result<CookieJar, &'static str>, Error> {
        let person = &self.account.person;
        let by = visitor.person(person);
        match self.way {
            // Whoever came back from the provider has been noted by the way in.
            Way::Provider if is_fresh(desk, &self.session) => return Ok(Ok(jar)),
            Way::Provider => {
                return Ok(Err("You have not signed in again yet. Follow the link, then come back to this window."));
            }
            Way::Password { .. } => {}
        }
        desk.password_attempt(&person.name, visitor.client).await?;
        let hash = store::people::by_name(&desk.db, &person.name).await?.map(|(_, hash)| hash);
        if !passwords::verify_aside(password, hash).await {
            refused(desk, &by, "password").await;
            return Ok(Err("This is not your password."));
        }
        if self.way == (Way::Password { code: true }) {
            desk.code_attempt(&person.name, visitor.client, code).await?;
            if second_factor::take(desk, &by, person, code).await?.is_none() {
                refused(desk, &by, "code").await;
                return Ok(Err(
                    "This is not the code. It changes every half minute, and each is taken once: wait for the next one.",
                ));
            }
        }
        desk.memory.sign_ins.succeeded(&person.name, visitor.client);
        sessions::prove(desk, &by, &self.session, jar).await.map(Ok)
    }
}

async fn refused(desk: &Desk, by: &store::audit::Actor, what: &'static str) {
    let entry = store::audit::Entry::new("proof.refused").with(serde_json::json!({ "what": what }));
    desk.note(by, entry).await;
}
