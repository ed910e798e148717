//! What owners do with people, by page and by API alike.

use std::collections::BTreeSet;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use secrecy::SecretString;
use store::audit::Actor;
use store::grants::Scope;
use store::keys::ApiKey;
use store::people::{Account, Change, NewPerson, Person, PersonId, Role};
use store::tenants::TenantId;

use crate::Desk;
use crate::error::{Error, FieldError};
use crate::guard::{self, Caller, SignedIn};
use crate::sign_on::NewPeopleSee;
use crate::{passwords, proof, rights};

/// An owner who looks at people. Whoever sees some tenants only, as a key may, does not: it could give itself the others.
pub struct Manager(pub Caller);

/// An owner who changes people, and has proved who it is a short while ago.
pub struct ProvenManager(pub Caller);

/// A script of an owner that looks at people.
pub struct ManagerKey(pub Caller);

/// A script that changes people, with a key that was made for it: any other of an owner's would become whoever it likes.
pub struct ChangingKey(pub Caller);

fn may_manage(caller: Caller) -> Result<Caller, Error> {
    let caller = guard::may(caller, &rights::MANAGE_PEOPLE)?;
    match caller.scope {
        Scope::All => Ok(caller),
        Scope::Only(_) => Err(Error::Forbidden("an owner who may see every tenant")),
    }
}

impl FromRequestParts<Desk> for Manager {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Error> {
        may_manage(SignedIn::from_request_parts(parts, desk).await?.0).map(Manager)
    }
}

impl FromRequestParts<Desk> for ProvenManager {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Error> {
        let Manager(caller) = Manager::from_request_parts(parts, desk).await?;
        proof::need(desk, &caller)?;
        Ok(ProvenManager(caller))
    }
}

impl FromRequestParts<Desk> for ManagerKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Error> {
        may_manage(guard::key_holder(parts, desk).await?).map(ManagerKey)
    }
}

impl FromRequestParts<Desk> for ChangingKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Error> {
        let ManagerKey(caller) = ManagerKey::from_request_parts(parts, desk).await?;
        match caller.changes_people {
            true => Ok(ChangingKey(caller)),
            false => Err(Error::Forbidden("a key of an owner that was made to change people as well")),
        }
    }
}

/// A password that was made here, to be handed over once; none if it was typed.
pub type Made = Option<SecretString>;

/// Why somebody may not be called this.
pub fn unfit_name(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        Some("A name is needed: the one to sign in with.")
    } else if name.trim().chars().count() > 64 {
        Some("A name has at most 64 characters.")
    } else if name.chars().any(char::is_control) {
        Some("A name is one line of text.")
    } else {
        None
    }
}

/// Why a key may not be called this.
pub fn unfit_label(label: &str) -> Option<&'static str> {
    let fits = (1..=80).contains(&label.trim().chars().count()) && !label.chars().any(char::is_control);
    (!fits).then_some("A key has a name of 1 to 80 characters: what it is for.")
}

/// The account of somebody.
pub async fn account(desk: &Desk, id: &PersonId) -> Result<Account, Error> {
    store::people::account(&desk.db, id, desk.now()).await?.ok_or(Error::NotFound)
}

/// What a form says of somebody new.
pub struct Newcomer {
    /// The name to sign in with.
    pub name: String,
    /// What the person may do.
    pub role: String,
    /// The tenants that the person may see. Where there are several, it has to be said.
    pub scope: Option<Scope>,
    /// A password that was typed; else one is made.
    pub password: Option<SecretString>,
}

/// Lets somebody in, with the password that was typed or one that is made here. It is changed at the first sign-in.
pub async fn add(desk: &Desk, by: &Actor, newcomer: Newcomer) -> Result<(Person, Made), Error> {
    let name = newcomer.name.trim().to_owned();
    let mut errors = Vec::new();
    errors.extend(unfit_name(&name).map(|message| FieldError::new("name", message)));
    let role: Option<Role> = newcomer.role.parse().ok();
    if role.is_none() {
        errors.push(FieldError::new("role", "A role is one of: owner, analyst, viewer, auditor."));
    }
    let scope = match newcomer.scope {
        Some(scope) => {
            errors.extend(unfit_scope(desk, role.unwrap_or(Role::Viewer), &scope).await?);
            scope
        }
        None if role == Some(Role::Owner) || !several_tenants(desk).await? => Scope::All,
        None => {
            errors.push(FieldError::new("tenants", "There are several tenants. Choose which of them, or every one."));
            Scope::Only(BTreeSet::new())
        }
    };
    let chosen = choose(desk, &name, newcomer.password).await?;
    if let Err(unfit) = &chosen {
        errors.push(unfit.clone());
    }
    let (Ok((password, made)), Some(role), true) = (chosen, role, errors.is_empty()) else {
        return Err(Error::Fields(errors));
    };
    let password_hash = passwords::hash_aside(password, desk.random.clone()).await?;
    let new = NewPerson { name, role, scope, password_hash, password_given: true };
    let person = store::people::add(&desk.db, by, &new, desk.now()).await.map_err(said)?;
    Ok((person, made))
}

/// Whether it has to be said which tenants somebody sees.
pub async fn several_tenants(desk: &Desk) -> Result<bool, Error> {
    Ok(store::tenants::list(&desk.db, &Scope::All).await?.len() > 1)
}

/// What somebody sees who comes in through the provider for the first time.
pub async fn scope_of_newcomers(desk: &Desk) -> Result<Scope, Error> {
    let every = match desk.settings.new_people_see {
        NewPeopleSee::Every => true,
        NewPeopleSee::None => false,
        NewPeopleSee::EveryOfOne => !several_tenants(desk).await?,
    };
    Ok(if every { Scope::All } else { Scope::Only(BTreeSet::new()) })
}

/// Why somebody of this role cannot be granted these tenants.
async fn unfit_scope(desk: &Desk, role: Role, scope: &Scope) -> Result<Option<FieldError>, Error> {
    let Scope::Only(tenants) = scope else { return Ok(None) };
    if role == Role::Owner {
        let words = "An owner sees every tenant. Choose another role, or every tenant.";
        return Ok(Some(FieldError::new("tenants", words)));
    }
    let known: BTreeSet<TenantId> =
        store::tenants::list(&desk.db, &Scope::All).await?.into_iter().map(|tenant| tenant.id).collect();
    let words = "One of these is no tenant that is known here.";
    Ok((!tenants.is_subset(&known)).then(|| FieldError::new("tenants", words)))
}

/// Another password for somebody, as it is kept; and if it was made here, to be shown once.
pub async fn other_password(
    desk: &Desk,
    account: &Account,
    typed: Option<SecretString>,
) -> Result<(String, Made), Error> {
    if !account.has_password {
        return Err(Error::field("password", "This person comes in through single sign-on and has no password here."));
    }
    let (password, made) =
        choose(desk, &account.person.name, typed).await?.map_err(|unfit| Error::Fields(vec![unfit]))?;
    Ok((passwords::hash_aside(password, desk.random.clone()).await?, made))
}

async fn choose(
    desk: &Desk,
    name: &str,
    typed: Option<SecretString>,
) -> Result<Result<(SecretString, Made), FieldError>, Error> {
    let Some(typed) = typed else {
        let made = passwords::generate(&desk.random);
        return Ok(Ok((made.clone(), Some(made))));
    };
    match passwords::check(&typed, &passwords::words(desk, Some(&Scope::All), name).await?) {
        Ok(()) => Ok(Ok((typed, None))),
        Err(unfit) => Ok(Err(FieldError::new("password", unfit.to_string()))),
    }
}

/// Changes somebody: all of it, or nothing.
pub async fn change(desk: &Desk, by: &Actor, person: &Person, change: &Change) -> Result<(), Error> {
    if let Some(scope) = &change.scope
        && let Some(unfit) = unfit_scope(desk, change.role.unwrap_or(person.role), scope).await?
    {
        return Err(Error::Fields(vec![unfit]));
    }
    store::people::change(&desk.db, by, &person.id, change, desk.now()).await.map_err(said)?;
    Ok(())
}

/// Ends somebody's access, now.
pub async fn disable(desk: &Desk, by: &Actor, person: &Person) -> Result<(), Error> {
    change(desk, by, person, &Change { disabled: Some(true), ..Change::default() }).await
}

/// Keys of somebody that were not revoked, each with what it opens.
pub async fn keys(desk: &Desk, id: &PersonId) -> Result<Vec<(ApiKey, Scope)>, Error> {
    let mut keys = Vec::new();
    for key in store::keys::list_of(&desk.db, id).await?.into_iter().filter(|key| key.revoked_at.is_none()) {
        let scope = store::grants::of_key(&desk.db, &key.id, &key.person_id).await?;
        keys.push((key, scope));
    }
    Ok(keys)
}

/// What the store refuses, as a field that cannot be right.
fn said(error: store::Error) -> Error {
    match error {
        store::Error::LastOwner => Error::field("role", error.to_string()),
        store::Error::NameTaken { .. } => Error::field("name", error.to_string()),
        error => error.into(),
    }
}
