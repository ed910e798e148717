//! What comes between the password and the session: a code, a new password, an authenticator to set up.
//!
//! There is no session before the last step, so nothing else has to know of the steps. Who is on the way is carried by the
//! page, sealed, for ten minutes; a password that is changed meanwhile makes it void.

use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use jiff::SignedDuration;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use store::people::{Account, Person, PersonId, Role};
use store::sessions::OpenedBy;

use crate::Desk;
use crate::error::Error;
use crate::responses::{own_address, see};
use crate::sessions::{self, Visitor};
use crate::{sealed_text, tokens};

use super::{code, local, new_password, set_up};

/// How long somebody may be on the way.
const HOLDS: SignedDuration = SignedDuration::from_mins(10);
/// What the state is sealed for.
const USE: &str = "sign-in";

/// Somebody whose password was right, and who is not in yet.
#[derive(Serialize, Deserialize)]
struct State {
    person: PersonId,
    /// Of the password's hash, some bytes of the digest.
    mark: String,
    /// Whether the second factor was given.
    code: bool,
    back: String,
}

/// The form of the steps that ask for a code.
#[derive(Deserialize)]
pub struct Given {
    #[serde(default)]
    pub state: String,
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    pub code: SecretString,
    /// The mark of the secret that the page has shown, where an authenticator is set up.
    #[serde(default)]
    pub shown: String,
}

/// Somebody on the way, as it is known at each step.
pub struct Passing {
    /// Who.
    pub account: Account,
    /// The hash of the password that was right.
    pub hash: String,
    /// Whether the second factor was given.
    pub code: bool,
    /// Where to go in the end.
    pub back: String,
}

fn mark(hash: &str) -> String {
    tokens::hash(hash).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

impl Passing {
    /// The person.
    pub fn person(&self) -> &Person {
        &self.account.person
    }

    /// What a page carries to the next step.
    pub fn sealed(&self, desk: &Desk) -> Result<String, Error> {
        let state = State {
            person: self.person().id.clone(),
            mark: mark(&self.hash),
            code: self.code,
            back: self.back.clone(),
        };
        sealed_text::seal(desk, USE, state, desk.now() + HOLDS)
    }

    /// Somebody whose password was right just now.
    pub async fn begin(desk: &Desk, person: &Person, hash: String, back: &str) -> Result<Passing, Error> {
        let account = store::people::account(&desk.db, &person.id, desk.now()).await?;
        let account = account.ok_or_else(|| Error::Broken("somebody who signs in is not there any more".to_owned()))?;
        Ok(Passing { account, hash, code: false, back: own_address(back).to_owned() })
    }

    /// Whoever a page has carried here, if that still holds.
    pub async fn read(desk: &Desk, text: &str) -> Result<Option<Passing>, Error> {
        let Some(state) = sealed_text::open::<State>(desk, USE, text) else { return Ok(None) };
        let Some(account) = store::people::account(&desk.db, &state.person, desk.now()).await? else { return Ok(None) };
        let Some((_, hash)) = store::people::by_name(&desk.db, &account.person.name).await? else { return Ok(None) };
        if account.person.disabled_at.is_some() || hash.is_empty() || mark(&hash) != state.mark {
            return Ok(None);
        }
        Ok(Some(Passing { account, hash, code: state.code, back: state.back }))
    }

    /// The page of the next step, or the way in if there is none.
    pub async fn go_on(self, desk: &Desk, visitor: &Visitor, jar: CookieJar) -> Result<Response, Error> {
        if self.account.has_second_factor && !self.code {
            return code::page(desk, &self, None);
        }
        if self.account.password_given {
            return new_password::page(desk, &self, Vec::new());
        }
        if !self.account.has_second_factor && is_required(desk).await? {
            return set_up::page(desk, &self, "", None).await;
        }
        let jar = self.enter(desk, visitor, jar).await?;
        Ok((jar, see(self.first())).into_response())
    }

    /// Opens the session.
    pub async fn enter(&self, desk: &Desk, visitor: &Visitor, jar: CookieJar) -> Result<CookieJar, Error> {
        local::note(desk, visitor, self.person()).await?;
        desk.metrics.sign_in("signed_in");
        desk.memory.sign_ins.succeeded(&self.person().name, visitor.client);
        sessions::open(desk, visitor, self.person(), OpenedBy::Password, Some(&self.hash), jar).await
    }

    /// Where the person goes first.
    pub fn first(&self) -> &str {
        match (self.person().role, self.back.as_str()) {
            // Home is for people who search.
            (Role::Auditor, "/") => "/settings",
            (_, back) => back,
        }
    }
}

/// Whether everybody who signs in by a password has to have a second factor.
pub async fn is_required(desk: &Desk) -> Result<bool, Error> {
    let set = store::settings::get(&desk.db, store::settings::SECOND_FACTOR).await?;
    Ok(set.as_deref() == Some(store::settings::REQUIRED))
}
