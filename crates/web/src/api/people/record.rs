//! A person and a session as JSON.

use jiff::Timestamp;
use serde::Serialize;
use store::grants::Scope;
use store::keys::ApiKey;
use store::people::{Account, Role};
use store::sessions::Session;
use utoipa::ToSchema;

use crate::Desk;
use crate::error::Error;

/// Somebody who may sign in, or might once.
#[derive(Serialize, ToSchema)]
pub struct PersonRecord {
    /// Id.
    id: String,
    /// The name to sign in with.
    name: String,
    /// `owner`, `analyst`, `viewer` or `auditor`.
    role: String,
    /// Whether the person may see every tenant, also those that come later.
    every_tenant: bool,
    /// Ids of the tenants that the person may see, where that is not every one.
    tenants: Vec<String>,
    /// Whether the person may see the people in findings by their names.
    may_unmask: bool,
    /// By which ways the person signs in: `password`, `single_sign_on`.
    signs_in_by: Vec<&'static str>,
    /// Whether an authenticator is asked for beside the password.
    second_factor: bool,
    /// Whether the password was chosen by somebody else, and is changed at the next sign-in.
    password_to_be_changed: bool,
    /// When the person was added.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When the person last signed in.
    #[schema(value_type = Option<String>, format = DateTime)]
    signed_in_at: Option<Timestamp>,
    /// Since when the person may no longer sign in.
    #[schema(value_type = Option<String>, format = DateTime)]
    disabled_at: Option<Timestamp>,
}

/// A person, with a password that was made just now.
#[derive(Serialize, ToSchema)]
pub struct Given {
    /// The person.
    #[serde(flatten)]
    pub person: PersonRecord,
    /// The password to hand over; it is told this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

impl PersonRecord {
    pub async fn read(desk: &Desk, account: Account) -> Result<PersonRecord, Error> {
        let person = account.person;
        let tenants = match store::grants::of(&desk.db, &person).await? {
            Scope::All => Vec::new(),
            Scope::Only(tenants) => tenants.iter().map(ToString::to_string).collect(),
        };
        let ways = [(account.has_password, "password"), (account.sso_issuer.is_some(), "single_sign_on")];
        Ok(PersonRecord {
            id: person.id.to_string(),
            name: person.name,
            role: person.role.to_string(),
            every_tenant: person.all_tenants,
            tenants,
            may_unmask: match person.role {
                Role::Owner => true,
                Role::Auditor => false,
                Role::Analyst | Role::Viewer => account.may_unmask,
            },
            signs_in_by: ways.into_iter().filter(|(has, _)| *has).map(|(_, way)| way).collect(),
            second_factor: account.has_second_factor,
            password_to_be_changed: account.password_given,
            created_at: person.created_at,
            signed_in_at: account.signed_in_at,
            disabled_at: person.disabled_at,
        })
    }
}

/// A session in a browser.
#[derive(Serialize, ToSchema)]
pub struct SessionRecord {
    /// Id.
    id: String,
    /// `password` or `single_sign_on`.
    opened_by: &'static str,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was last used, to five minutes.
    #[schema(value_type = String, format = DateTime)]
    last_seen_at: Timestamp,
    /// When it ends, used or not.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// The address that it was opened from.
    address: Option<String>,
    /// What the browser said of itself.
    browser: Option<String>,
}

impl From<Session> for SessionRecord {
    fn from(session: Session) -> SessionRecord {
        SessionRecord {
            id: session.id.to_string(),
            opened_by: session.opened_by.as_str(),
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
            address: session.address,
            browser: session.agent,
        }
    }
}

/// An API key; not the key itself.
#[derive(Serialize, ToSchema)]
pub struct KeyRecord {
    /// Id.
    id: String,
    /// What it is for, in its owner's words.
    label: String,
    /// Whether it opens every tenant, also those that come later.
    every_tenant: bool,
    /// Ids of the tenants that it opens, where that is not every one.
    tenants: Vec<String>,
    /// Whether it changes people as well.
    manage_people: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was last used, to the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
}

impl From<(ApiKey, Scope)> for KeyRecord {
    fn from((key, scope): (ApiKey, Scope)) -> KeyRecord {
        let tenants = match &scope {
            Scope::All => Vec::new(),
            Scope::Only(tenants) => tenants.iter().map(ToString::to_string).collect(),
        };
        KeyRecord {
            id: key.id.to_string(),
            label: key.label,
            every_tenant: scope == Scope::All,
            tenants,
            manage_people: key.manage_people,
            created_at: key.created_at,
            last_used_at: key.last_used_at,
        }
    }
}
