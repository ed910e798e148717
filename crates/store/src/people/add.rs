//! Letting people in: by an owner or the command line, by the one-time link, through the provider.

use jiff::Timestamp;

use super::{Person, Role, by_subject, person_columns};
use crate::audit::{Actor, Entry, audited};
use crate::db::in_transaction;
use crate::grants::Scope;
use crate::{Db, Error};

/// Somebody who is to be let in.
#[derive(Clone)]
pub struct NewPerson {
    /// The name to sign in with; white space round it is taken off.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The tenants that the person may see, from the first moment on. An owner sees every one by being an owner; for one, this
    /// is what holds once that ends, and [`Scope::All`] is not among it.
    pub scope: Scope,
    /// Argon2id, in PHC form; empty if nobody signs in by password as this person.
    pub password_hash: String,
    /// Whether somebody else chose the password: the first sign-in asks for another one before anything else.
    pub password_given: bool,
}

impl std::fmt::Debug for NewPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewPerson").field("name", &self.name).field("role", &self.role).finish_non_exhaustive()
    }
}

impl NewPerson {
    /// What is written down of the person, once added.
    fn entry(&self, person: &Person, signs_in_by: &str) -> Entry {
        let details =
            serde_json::json!({ "role": self.role, "signs_in_by": signs_in_by, "every_tenant": person.all_tenants });
        self.scope.note(person.entry("person.added").with(details))
    }
}

/// Who somebody is at a provider of single sign-on.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// The person's id there.
    pub subject: &'a str,
}

/// How a name is compared: without its case, and without white space round it.
pub(crate) fn name_key(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The statement that adds a person, unless name or subject is taken; its parameters are bound by [`insert_person!`].
pub(crate) const INSERT: &str = concat!(
    "INSERT INTO people (id, name, name_key, role, password_hash, password_set_at, created_at, password_given, all_tenants,
                         sso_issuer, sso_subject, sso_seen_at)
     VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11)
     ON CONFLICT DO NOTHING
     RETURNING ",
    person_columns!()
);

/// In a transaction: adds a [`NewPerson`] with the tenants that they may see; none where name or subject is taken. With an
/// owner, the one-time link becomes void.
macro_rules! insert_person {
    ($transaction:ident, $new:expr, $subject:expr, $now:expr) => {{
        let (new, subject): (&crate::people::NewPerson, Option<crate::people::Subject<'_>>) = ($new, $subject);
        let is_owner = new.role == crate::people::Role::Owner;
        // First, which keeps the link from being redeemed at this very moment: both want the same row.
        if is_owner {
            sqlx::query("DELETE FROM first_start").execute(&mut *$transaction).await?;
        }
        let (every, tenants) = new.scope.parts();
        let added: Option<crate::people::Person> = sqlx::query_as(crate::people::INSERT)
            .bind(crate::people::PersonId::new($now))
            .bind(new.name.trim())
            .bind(crate::people::name_key(&new.name))
            .bind(new.role.as_str())
            .bind(&new.password_hash)
            .bind(crate::columns::Micros::from($now))
            .bind(new.password_given)
            .bind(every && !is_owner)
            .bind(subject.map(|subject| subject.issuer))
            .bind(subject.map(|subject| subject.subject))
            .bind(subject.map(|_| crate::columns::Micros::from($now)))
            .fetch_optional(&mut *$transaction)
            .await?;
        if let Some(person) = &added {
            for tenant in tenants {
                sqlx::query(crate::grants::PEOPLE.grant)
                    .bind(&person.id)
                    .bind(tenant)
                    .execute(&mut *$transaction)
                    .await?;
            }
        }
        added
    }};
}
pub(crate) use insert_person;

/// Lets somebody in. A name that is taken, in whatever case, is [`Error::NameTaken`]; a tenant that is not there is
/// [`Error::Gone`].
pub async fn add(db: &Db, by: &Actor, new: &NewPerson, now: Timestamp) -> Result<Person, Error> {
    insert(db, by, new, None, now).await?.ok_or_else(|| taken(new))
}

/// Lets somebody in whom the provider has named for the first time. A name that is taken is [`Error::NameTaken`]: nobody
/// takes over the account of another by being called alike at the provider.
pub async fn add_from_sign_on(
    db: &Db,
    by: &Actor,
    subject: Subject<'_>,
    new: &NewPerson,
    now: Timestamp,
) -> Result<Person, Error> {
    match insert(db, by, new, Some(subject), now).await? {
        Some(person) => Ok(person),
        // A second one of the same subject is the same person who came in by another window at the same moment.
        None => by_subject(db, subject.issuer, subject.subject).await?.ok_or_else(|| taken(new)),
    }
}

async fn insert(
    db: &Db,
    by: &Actor,
    new: &NewPerson,
    subject: Option<Subject<'_>>,
    now: Timestamp,
) -> Result<Option<Person>, Error> {
    let way = if subject.is_some() { "single sign-on" } else { "password" };
    Ok(in_transaction!(db, transaction => {
        let added = insert_person!(transaction, new, subject, now);
        if let Some(person) = &added {
            audited!(transaction, by, &[new.entry(person, way)], now);
        }
        added
    }))
}

/// The name of `new` is taken.
pub(crate) fn taken(new: &NewPerson) -> Error {
    Error::NameTaken { name: new.name.trim().to_owned() }
}
