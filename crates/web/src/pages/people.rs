//! People: who there is, what each may do, and what an owner does about it.

pub mod change;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use store::grants::Scope;
use store::keys::ApiKey;
use store::people::{Account, Person, PersonId, Role};
use store::tenants::{Tenant, TenantId};

use super::settings::access::{Row, rows};
use super::sign_in::steps;
use crate::Desk;
use crate::error::{Error, FieldError};
use crate::frame::{Frame, Section};
use crate::guard::Caller;
use crate::people::{Manager, account};
use crate::responses::render;
use crate::rights::{RIGHTS, Right};

/// What the address of the page says.
#[derive(Default, Deserialize)]
pub struct Ask {
    /// The person whose form is open.
    edit: Option<PersonId>,
    /// What was done just now.
    #[serde(default)]
    done: String,
}

/// How the last form came out.
#[derive(Default)]
pub struct Came {
    /// The person whose form is open.
    pub edit: Option<PersonId>,
    /// What cannot be right.
    pub errors: Vec<FieldError>,
    /// What was typed of somebody new: name and role.
    pub typed: (String, String),
    /// A password that was made: whose, and the password, to be shown once.
    pub made: Option<(String, String)>,
    /// A word on what was done.
    pub done: String,
}

#[derive(Template)]
#[template(path = "people/show.html")]
struct PeoplePage {
    frame: Frame,
    now: Timestamp,
    accounts: Vec<Account>,
    own: PersonId,
    open: Option<Opened>,
    required: bool,
    rights: [&'static Right; 6],
    roles: [Role; 4],
    errors: Vec<FieldError>,
    typed: (String, String),
    made: Option<(String, String)>,
    done: &'static str,
    fewest: usize,
    /// Who sees no tenant at all.
    waiting: Vec<Person>,
    /// What somebody new can be granted; nothing where there is nothing to choose.
    grantable: Vec<Tenant>,
    /// When the keys of people who come in through single sign-on stop, if they do not come again.
    keys_open_for: SignedDuration,
}

/// Somebody whose form is open.
struct Opened {
    account: Account,
    sessions: Vec<Row>,
    keys: Vec<Key>,
    tenants: Vec<(Tenant, bool)>,
    every_tenant: bool,
    may_unmask: bool,
}

/// A key of somebody.
struct Key {
    key: ApiKey,
    /// The tenants that it opens, where it is narrowed.
    opens: Option<String>,
}

impl PeoplePage {
    fn error(&self, field: &str) -> Option<&str> {
        super::settings::connections::error_of(&self.errors, field)
    }

    fn is_own(&self, account: &Account) -> bool {
        account.person.id == self.own
    }

    /// Whether the person sees nothing until an owner grants a tenant.
    fn waits(&self, account: &Account) -> bool {
        self.waiting.iter().any(|person| person.id == account.person.id)
    }

    /// When the person's keys stop opening anything, where that comes by itself.
    fn keys_end(&self, account: &Account) -> Option<Timestamp> {
        account.keys_end(self.keys_open_for)
    }

    /// The open form, where it is this person's.
    fn opened(&self, account: &Account) -> Option<&Opened> {
        self.open.as_ref().filter(|open| open.account.person.id == account.person.id)
    }
}

/// `GET /people`
pub async fn show(
    Manager(caller): Manager,
    State(desk): State<Desk>,
    Query(ask): Query<Ask>,
) -> Result<Response, Error> {
    page(&desk, &caller, Came { edit: ask.edit, done: ask.done, ..Came::default() }).await
}

/// The page, however the last form came out.
pub async fn page(desk: &Desk, caller: &Caller, came: Came) -> Result<Response, Error> {
    let status = if came.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let open = match &came.edit {
        Some(id) => Some(opened(desk, caller, id).await?),
        None => None,
    };
    let tenants = store::tenants::list(&desk.db, &Scope::All).await?;
    let page = PeoplePage {
        frame: super::frame("People", caller).section(Section::People),
        now: desk.now(),
        accounts: store::people::accounts(&desk.db, desk.now()).await?,
        own: caller.id.clone(),
        open,
        required: steps::is_required(desk).await?,
        rights: RIGHTS,
        roles: Role::ALL,
        errors: came.errors,
        typed: came.typed,
        made: came.made,
        done: match came.done.as_str() {
            "changed" => "It was saved, and holds from now on.",
            "disabled" => "The person can no longer sign in; sessions and keys have ended.",
            "enabled" => "The person may sign in again. Keys that were revoked stay so.",
            "sessions" => "The sessions have ended.",
            "key" => "The key was revoked: whatever uses it has stopped working.",
            "second-factor" => "The second factor was taken away, and the sessions have ended.",
            "required" => {
                "From now on everybody who signs in by a password sets up a second factor at the next sign-in."
            }
            "not-required" => "A second factor is each person's own choice now.",
            _ => "",
        },
        fewest: crate::passwords::FEWEST,
        grantable: if tenants.len() > 1 { tenants } else { Vec::new() },
        waiting: store::people::waiting(&desk.db).await?,
        keys_open_for: desk.settings.keys_without_sign_in,
    };
    Ok((status, render(&page)?).into_response())
}

async fn opened(desk: &Desk, caller: &Caller, id: &PersonId) -> Result<Opened, Error> {
    let account = account(desk, id).await?;
    let scope = store::grants::granted_to(&desk.db, id).await?;
    let granted = |id: &TenantId| matches!(&scope, Scope::Only(tenants) if tenants.contains(id));
    let tenants = store::tenants::list(&desk.db, &Scope::All).await?;
    let named = desk.tenants(&Scope::All).await?;
    let opens = |scope: &Scope| named.in_words(scope);
    let keys = crate::people::keys(desk, id).await?;
    let keys = keys.into_iter().map(|(key, scope)| Key { opens: (!key.all_tenants).then(|| opens(&scope)), key });
    Ok(Opened {
        keys: keys.collect(),
        sessions: rows(desk, &account, caller.session.as_ref().map(|session| &session.id)).await?,
        tenants: tenants
            .into_iter()
            .map(|tenant| (granted(&tenant.id), tenant))
            .map(|(granted, tenant)| (tenant, granted))
            .collect(),
        every_tenant: account.granted_every,
        may_unmask: account.person.role == Role::Owner || account.may_unmask,
        account,
    })
}
