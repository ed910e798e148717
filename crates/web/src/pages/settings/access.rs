//! One's own second factor and sessions.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use store::people::Account;
use store::sessions::{OpenedBy, SessionId};

use super::{Open, page};
use crate::Desk;
use crate::error::Error;
use crate::guard::Caller;
use crate::pages::sign_in::steps;
use crate::proof::ProvenPerson;
use crate::responses::see;
use crate::second_factor::{self, Offer};
use crate::sessions::{self, Visitor, browser};

/// What the page shows of it.
pub struct Access {
    /// Whether the person has a password and a second factor here.
    pub account: Account,
    /// Whether everybody who signs in by password has to have a second factor.
    pub required: bool,
    /// How the last form came out.
    pub came: Came,
    /// Sessions, the one that was used last first.
    pub sessions: Vec<Row>,
}

/// How a form about the second factor came out.
#[derive(Default)]
pub enum Came {
    /// None was sent.
    #[default]
    Nothing,
    /// An authenticator is being set up; and what was wrong with its first code.
    Offer(Offer, Option<&'static str>),
    /// Recovery codes, to be shown once.
    Codes(Vec<String>),
    /// It was not done.
    Refused(&'static str),
}

impl Came {
    /// Whether something was wrong.
    pub fn is_wrong(&self) -> bool {
        matches!(self, Came::Offer(_, Some(_)) | Came::Refused(_))
    }
}

/// A session as it is listed.
pub struct Row {
    /// Its id.
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub this: bool,
    /// The browser, in words.
    pub browser: String,
    /// The address that it was opened from.
    pub address: String,
    /// When it was opened.
    pub since: Timestamp,
    /// When it was last used.
    pub used: Timestamp,
    /// By which way it was opened.
    pub way: &'static str,
}

impl Access {
    /// Reads what is shown.
    pub async fn read(desk: &Desk, caller: &Caller, came: Came) -> Result<Access, Error> {
        let account = store::people::account(&desk.db, &caller.id, desk.now()).await?;
        let account = account.ok_or_else(|| Error::SignInNeeded { back: "/".to_owned() })?;
        let own = caller.session.as_ref().map(|session| &session.id);
        let sessions = rows(desk, &account, own).await?;
        Ok(Access { account, required: steps::is_required(desk).await?, came, sessions })
    }
}

/// Somebody's sessions that have not ended, marked where one is `own`.
pub async fn rows(desk: &Desk, account: &Account, own: Option<&SessionId>) -> Result<Vec<Row>, Error> {
    let now = desk.now();
    let listed = store::sessions::list_of(&desk.db, &account.person.id, now).await?;
    let row = |session: store::sessions::Session| Row {
        this: own == Some(&session.id),
        browser: browser::in_words(session.agent.as_deref()),
        address: session.address.unwrap_or_else(|| "not known".to_owned()),
        since: session.created_at,
        used: session.last_seen_at,
        way: match session.opened_by {
            OpenedBy::Password => "password",
            OpenedBy::SingleSignOn => "single sign-on",
        },
        id: session.id,
    };
    Ok(listed.into_iter().filter(|session| !sessions::is_over(session, now)).map(row).collect())
}

/// `POST /settings/second-factor/begin`: shows a new secret.
pub async fn begin(ProvenPerson(caller): ProvenPerson, State(desk): State<Desk>) -> Result<Response, Error> {
    let account = store::people::account(&desk.db, &caller.id, desk.now()).await?;
    if !account.is_some_and(|account| account.has_password) {
        return Err(Error::Forbidden("people who sign in by a password"));
    }
    match second_factor::offer(&desk, &caller, "").await? {
        Some(offer) => page(&desk, &caller, Open::Access(Came::Offer(offer, None))).await,
        None => Ok(see("/settings#second-factor").into_response()),
    }
}

/// The form with the first code.
#[derive(Deserialize)]
pub struct First {
    #[serde(default, deserialize_with = "crate::secret_text::read")]
    code: SecretString,
    /// The mark of the secret that the page has shown.
    #[serde(default)]
    shown: String,
}

/// `POST /settings/second-factor`: takes the first code; other sessions end.
pub async fn confirm(
    ProvenPerson(caller): ProvenPerson,
    State(desk): State<Desk>,
    visitor: Visitor,
    Form(first): Form<First>,
) -> Result<Response, Error> {
    desk.code_attempt(&caller.name, visitor.client, &first.code).await?;
    let came = match second_factor::confirm(&desk, &caller.actor, &caller, &first.code).await? {
        Some(codes) => {
            desk.memory.sign_ins.succeeded(&caller.name, visitor.client);
            end_others(&desk, &caller).await?;
            Came::Codes(codes.shown())
        }
        None => match second_factor::offer(&desk, &caller, &first.shown).await? {
            Some(offer) => Came::Offer(
                offer,
                Some(
                    "This is not the code that Oriel expects. Check that the clock of your device is right, and type the newest code.",
                ),
            ),
            None => return Ok(see("/settings#second-factor").into_response()),
        },
    };
    page(&desk, &caller, Open::Access(came)).await
}

/// `POST /settings/second-factor/codes`: new recovery codes, shown once.
pub async fn renew(ProvenPerson(caller): ProvenPerson, State(desk): State<Desk>) -> Result<Response, Error> {
    match second_factor::renew(&desk, &caller.actor, &caller).await? {
        Some(codes) => page(&desk, &caller, Open::Access(Came::Codes(codes.shown()))).await,
        None => Ok(see("/settings#second-factor").into_response()),
    }
}

/// `POST /settings/second-factor/remove`: other sessions end.
pub async fn remove(ProvenPerson(caller): ProvenPerson, State(desk): State<Desk>) -> Result<Response, Error> {
    if steps::is_required(&desk).await? {
        let refused = "Here everybody who signs in by a password has a second factor. An owner can reset yours, and you set another one up.";
        return page(&desk, &caller, Open::Access(Came::Refused(refused))).await;
    }
    store::second_factors::remove(&desk.db, &caller.actor, &caller, desk.now()).await?;
    end_others(&desk, &caller).await?;
    Ok(see("/settings?done=second-factor-removed#second-factor").into_response())
}

/// `POST /settings/sessions/{id}/end`
pub async fn end(
    ProvenPerson(caller): ProvenPerson,
    State(desk): State<Desk>,
    Path(id): Path<SessionId>,
) -> Result<Redirect, Error> {
    if !store::sessions::end(&desk.db, &caller.actor, &caller.id, &id, desk.now()).await? {
        return Err(Error::NotFound);
    }
    Ok(see("/settings?done=session#sessions"))
}

/// `POST /settings/sessions/end-others`
pub async fn end_all_others(ProvenPerson(caller): ProvenPerson, State(desk): State<Desk>) -> Result<Redirect, Error> {
    end_others(&desk, &caller).await?;
    Ok(see("/settings?done=sessions#sessions"))
}

async fn end_others(desk: &Desk, caller: &Caller) -> Result<(), Error> {
    if let Some(session) = &caller.session {
        store::sessions::delete_others(&desk.db, &caller.actor, &caller.id, &session.id, desk.now()).await?;
    }
    Ok(())
}
