//! People who may sign in.

use jiff::Timestamp;

use crate::audit::{Actor, Entry, audited};
use crate::columns::{MaybeMicros, Micros};
use crate::db::{in_transaction, reading};
use crate::meta::QUEUE;
use crate::{Db, Error};

mod accounts;
mod change;
mod own_password;
mod renew;
mod role;
mod subject;

pub use accounts::{Account, account, accounts};
pub(crate) use change::LAST_OWNER;
pub use change::{add_with_given_password, enable, give_password, set_role};
pub use own_password::choose_password;
pub use renew::{renew, shut_out};
pub use role::{Role, UnknownRole};
pub(crate) use subject::forgotten_subject;
pub use subject::{add_from_sign_on, by_forgotten_subject, by_subject, seen};

crate::ids::id! {
    /// Id of a person.
    PersonId
}

/// Somebody who may sign in, or might once.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Person {
    /// Id.
    #[sqlx(rename = "person_id")]
    pub id: PersonId,
    /// The name to sign in with, as it was typed when the person was added. Case does not matter when signing in.
    #[sqlx(rename = "person_name")]
    pub name: String,
    /// What the person may do.
    #[sqlx(rename = "person_role", try_from = "String")]
    pub role: Role,
    /// When the person was added.
    #[sqlx(rename = "person_created_at", try_from = "Micros")]
    pub created_at: Timestamp,
    /// Since when the person may no longer sign in.
    #[sqlx(rename = "person_disabled_at", try_from = "MaybeMicros")]
    pub disabled_at: Option<Timestamp>,
    /// Whether the person may see every tenant, also those that come later; else see [`crate::grants`].
    #[sqlx(rename = "person_all_tenants")]
    pub all_tenants: bool,
}

impl Person {
    /// What is written down of something that was done to the person.
    pub(crate) fn entry(&self, action: &'static str) -> Entry {
        Entry::new(action).about("person", &self.id, &self.name)
    }
}

/// The columns of a [`Person`], under names that meet with no other table's.
macro_rules! person_columns {
    () => {
        "people.id AS person_id, people.name AS person_name, people.role AS person_role, \
         people.created_at AS person_created_at, people.disabled_at AS person_disabled_at, \
         people.all_tenants AS person_all_tenants"
    };
}
pub(crate) use person_columns;

/// Somebody who is to be let in.
#[derive(Clone)]
pub struct NewPerson {
    /// The name to sign in with; white space round it is taken off.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Argon2id, in PHC form; empty if nobody signs in by password as this person.
    pub password_hash: String,
}

impl std::fmt::Debug for NewPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewPerson").field("name", &self.name).field("role", &self.role).finish_non_exhaustive()
    }
}

/// How a name is compared: without its case, and without white space round it.
pub(crate) fn name_key(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The statement that adds a person, unless the name is taken; its parameters are bound by [`bind_person!`].
pub(crate) const INSERT: &str = concat!(
    "INSERT INTO people (id, name, name_key, role, password_hash, password_set_at, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $6)
     ON CONFLICT (name_key) DO NOTHING
     RETURNING ",
    person_columns!()
);

/// Binds a [`NewPerson`] to [`INSERT`].
macro_rules! bind_person {
    ($new:expr, $now:expr) => {
        sqlx::query_as::<_, crate::people::Person>(crate::people::INSERT)
            .bind(crate::people::PersonId::new($now))
            .bind($new.name.trim())
            .bind(crate::people::name_key(&$new.name))
            .bind($new.role.as_str())
            .bind(&$new.password_hash)
            .bind(crate::columns::Micros::from($now))
    };
}
pub(crate) use bind_person;

/// Lets somebody in. A name that is taken, in whatever case, is [`Error::NameTaken`]. With an owner, the one-time link
/// becomes void.
pub async fn add(db: &Db, by: &Actor, new: &NewPerson, now: Timestamp) -> Result<Person, Error> {
    let person = in_transaction!(db, transaction => {
        // Also keeps the link from being redeemed at this very moment: both want the same row.
        if new.role == Role::Owner {
            sqlx::query("DELETE FROM first_start").execute(&mut *transaction).await?;
        }
        let person = bind_person!(new, now).fetch_optional(&mut *transaction).await?.ok_or_else(|| taken(new))?;
        let entry = person.entry("person.added").with(serde_json::json!({ "role": person.role }));
        audited!(transaction, by, &[entry], now);
        person
    });
    Ok(person)
}

/// The name of `new` is taken.
pub(crate) fn taken(new: &NewPerson) -> Error {
    Error::NameTaken { name: new.name.trim().to_owned() }
}

/// The statement that finds a person by id.
pub(crate) const FIND: &str = concat!("SELECT ", person_columns!(), " FROM people WHERE id = $1");

/// The person with this id.
pub async fn find(db: &Db, id: &PersonId) -> Result<Option<Person>, Error> {
    reading!(db, pool => Ok(sqlx::query_as(FIND).bind(id).fetch_optional(pool).await?))
}

/// The person with this name in whatever case, disabled or not, and the hash of the password.
pub async fn by_name(db: &Db, name: &str) -> Result<Option<(Person, String)>, Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        person: Person,
        password_hash: String,
    }
    const FIND: &str = concat!("SELECT ", person_columns!(), ", password_hash FROM people WHERE name_key = $1");
    let row: Option<Row> = reading!(db, pool => sqlx::query_as(FIND).bind(name_key(name)).fetch_optional(pool).await?);
    Ok(row.map(|row| (row.person, row.password_hash)))
}

/// Everybody, in the order in which they were added.
pub async fn list(db: &Db) -> Result<Vec<Person>, Error> {
    const LIST: &str = concat!("SELECT ", person_columns!(), " FROM people ORDER BY created_at, id");
    reading!(db, pool => Ok(sqlx::query_as(LIST).fetch_all(pool).await?))
}

/// Ends somebody's access: sessions are gone and keys revoked with it. Whether there was somebody to disable.
///
/// The last owner who may sign in is [`Error::LastOwner`] and keeps the access: nobody could let anyone in any more.
pub async fn disable(db: &Db, by: &Actor, id: &PersonId, now: Timestamp) -> Result<bool, Error> {
    let rows = in_transaction!(db, transaction => {
        // One at a time: two owners who disable each other at the same moment would each see the other one stay.
        sqlx::query(QUEUE).execute(&mut *transaction).await?;
        if sqlx::query_scalar::<_, bool>(LAST_OWNER).bind(id).fetch_one(&mut *transaction).await? {
            return Err(Error::LastOwner);
        }
        let disabled = sqlx::query("UPDATE people SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL")
            .bind(id)
            .bind(Micros::from(now))
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        sqlx::query("DELETE FROM sessions WHERE person_id = $1").bind(id).execute(&mut *transaction).await?;
        sqlx::query("UPDATE keys SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL")
            .bind(id)
            .bind(Micros::from(now))
            .execute(&mut *transaction)
            .await?;
        if disabled > 0 {
            let person: Person = sqlx::query_as(FIND).bind(id).fetch_one(&mut *transaction).await?;
            audited!(transaction, by, &[person.entry("person.disabled")], now);
        }
        disabled
    });
    Ok(rows > 0)
}

/// Sets the hash of a new password that the person chose. Sessions go on; ending them is the caller's. Whether there is such a person.
pub async fn set_password_hash(db: &Db, by: &Actor, id: &PersonId, hash: &str, now: Timestamp) -> Result<bool, Error> {
    const SET: &str =
        "UPDATE people SET password_hash = $2, password_set_at = $3, password_given = FALSE WHERE id = $1";
    let set = in_transaction!(db, transaction => {
        sqlx::query(SET).bind(id).bind(hash).bind(Micros::from(now)).execute(&mut *transaction).await?;
        let person: Option<Person> = sqlx::query_as(FIND).bind(id).fetch_optional(&mut *transaction).await?;
        if let Some(person) = &person {
            audited!(transaction, by, &[person.entry("password.changed")], now);
        }
        person.is_some()
    });
    Ok(set)
}

/// Whether there is an owner who may sign in: then no one-time link makes another.
pub async fn any_owner(db: &Db) -> Result<bool, Error> {
    const ANY: &str = "SELECT EXISTS (SELECT 1 FROM people WHERE role = 'owner' AND disabled_at IS NULL)";
    reading!(db, pool => Ok(sqlx::query_scalar(ANY).fetch_one(pool).await?))
}
