//! What owners do with people, by page and by API alike.

use std::collections::BTreeSet;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use secrecy::SecretString;
use store::audit::Actor;
use store::grants::Scope;
use store::people::{Account, NewPerson, Person, PersonId, Role};
use store::tenants::TenantId;

use crate::Desk;
use crate::error::{Error, FieldError};
use crate::guard::{self, Caller, SignedIn};
use crate::{passwords, proof, rights};

/// An owner who looks at people. Whoever sees some tenants only, as a key may, does not: it could give itself the others.
pub struct Manager(pub Caller);

/// An owner who changes people, and has proved who it is a short while ago.
pub struct ProvenManager(pub Caller);

/// A script that manages people.
pub struct ManagerKey(pub Caller);

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

/// A password that was made here, to be handed over once; none if it was typed.
pub type Made = Option<SecretString>;

/// Why somebody may not be called this.
pub fn unfit_name(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("A name is needed: the one to sign in with.")
    } else if name.chars().count() > 64 {
        Some("A name has at most 64 characters.")
    } else if name.chars().any(char::is_control) {
        Some("A name is one line of text.")
    } else {
        None
    }
}

/// The account of somebody.
pub async fn account(desk: &Desk, id: &PersonId) -> Result<Account, Error> {
    store::people::account(&desk.db, id, desk.now()).await?.ok_or(Error::NotFound)
}

/// Lets somebody in, with the password that was typed or one that is made here. It is changed at the first sign-in.
pub async fn add(
    desk: &Desk,
    by: &Actor,
    name: &str,
    role: &str,
    typed: Option<SecretString>,
) -> Result<(Person, Made), Error> {
    let name = name.trim().to_owned();
    let mut errors = Vec::new();
    errors.extend(unfit_name(&name).map(|message| FieldError::new("name", message)));
    let role: Option<Role> = role.parse().ok();
    if role.is_none() {
        errors.push(FieldError::new("role", "A role is one of: owner, analyst, viewer, auditor."));
    }
    let chosen = choose(desk, &name, typed).await?;
    if let Err(unfit) = &chosen {
        errors.push(unfit.clone());
    }
    let (Ok((password, made)), Some(role), true) = (chosen, role, errors.is_empty()) else {
        return Err(Error::Fields(errors));
    };
    let new = NewPerson { name, role, password_hash: passwords::hash_aside(password, desk.random.clone()).await? };
    let person = store::people::add_with_given_password(&desk.db, by, &new, desk.now()).await.map_err(said)?;
    Ok((person, made))
}

/// Gives somebody another password: sessions end, and the next sign-in asks for one of the person's own.
pub async fn reset_password(
    desk: &Desk,
    by: &Actor,
    account: &Account,
    typed: Option<SecretString>,
) -> Result<Made, Error> {
    if !account.has_password {
        return Err(Error::field("password", "This person comes in through single sign-on and has no password here."));
    }
    let (password, made) =
        choose(desk, &account.person.name, typed).await?.map_err(|unfit| Error::Fields(vec![unfit]))?;
    let hash = passwords::hash_aside(password, desk.random.clone()).await?;
    store::people::give_password(&desk.db, by, &account.person.id, &hash, desk.now()).await?;
    Ok(made)
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

/// Takes somebody's authenticator and recovery codes away; sessions end. Whether there was one.
pub async fn reset_second_factor(desk: &Desk, by: &Actor, person: &Person) -> Result<bool, Error> {
    let removed = store::second_factors::remove(&desk.db, by, person, desk.now()).await?;
    store::sessions::delete_of_person(&desk.db, by, &person.id, desk.now()).await?;
    Ok(removed)
}

/// Gives somebody another role, other tenants, or both; what is not given stays. What can be refused is looked at first,
/// so that a form is saved whole or not.
pub async fn change(
    desk: &Desk,
    by: &Actor,
    person: &Person,
    role: Option<Role>,
    scope: Option<Scope>,
) -> Result<(), Error> {
    if let Some(Scope::Only(tenants)) = &scope {
        if role.unwrap_or(person.role) == Role::Owner {
            return Err(Error::field("tenants", "An owner sees every tenant. Choose another role, or every tenant."));
        }
        let known: BTreeSet<TenantId> =
            store::tenants::list(&desk.db, &Scope::All).await?.into_iter().map(|tenant| tenant.id).collect();
        if !tenants.is_subset(&known) {
            return Err(Error::field("tenants", "One of these is no tenant that is known here."));
        }
    }
    if let Some(role) = role {
        store::people::set_role(&desk.db, by, &person.id, role, desk.now()).await.map_err(said)?;
    }
    if let Some(scope) = scope
        && store::grants::of_person(&desk.db, &person.id).await? != scope
    {
        store::grants::set_of_person(&desk.db, by, &person.id, &scope, desk.now()).await?;
    }
    Ok(())
}

/// Ends somebody's access, now.
pub async fn disable(desk: &Desk, by: &Actor, person: &Person) -> Result<(), Error> {
    store::people::disable(&desk.db, by, &person.id, desk.now()).await.map_err(said)?;
    Ok(())
}

/// What the store refuses, as a field that cannot be right.
fn said(error: store::Error) -> Error {
    match error {
        store::Error::LastOwner => Error::field("role", error.to_string()),
        store::Error::NameTaken { .. } => Error::field("name", error.to_string()),
        error => error.into(),
    }
}
