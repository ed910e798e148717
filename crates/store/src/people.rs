//! People who may sign in.

use jiff::Timestamp;

use crate::audit::Entry;
use crate::columns::{MaybeMicros, Micros};
use crate::db::reading;
use crate::{Db, Error};

mod accounts;
mod add;
mod change;
mod own_password;
mod renew;
mod role;
mod subject;

pub use accounts::{Account, account, accounts, waiting};
pub use add::{NewPerson, Subject, add, add_from_sign_on};
pub use change::{Change, change, disable, enable};
pub use own_password::choose_password;
pub use renew::{renew, shut_out};
pub use role::{Role, UnknownRole};
pub use subject::{by_forgotten_subject, by_subject};

pub(crate) use add::{INSERT, insert_person, name_key, taken};
pub(crate) use change::LAST_OWNER;
pub(crate) use subject::forgotten_subject;

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
    /// Whether the person may see every tenant, also those that come later: as an owner, or since it was granted; else see
    /// [`crate::grants`].
    #[sqlx(rename = "person_all_tenants")]
    pub all_tenants: bool,
    /// Whether the person comes in through the provider of single sign-on: then by no password of Oriel's.
    #[sqlx(rename = "person_by_sign_on")]
    pub by_sign_on: bool,
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
         (people.role = 'owner' OR people.all_tenants) AS person_all_tenants, \
         people.sso_issuer IS NOT NULL AS person_by_sign_on"
    };
}
pub(crate) use person_columns;

/// The statement that finds a person by id.
pub(crate) const FIND: &str = concat!("SELECT ", person_columns!(), " FROM people WHERE id = $1");

/// Holds the row of somebody who may sign in until the transaction ends: whoever takes the person's ways in away waits, or
/// came before, and then there is no such row.
pub(crate) const LOCK: &str = "UPDATE people SET created_at = created_at WHERE id = $1 AND disabled_at IS NULL";

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

/// Whether there is an owner who may sign in: then no one-time link makes another.
pub async fn any_owner(db: &Db) -> Result<bool, Error> {
    const ANY: &str = "SELECT EXISTS (SELECT 1 FROM people WHERE role = 'owner' AND disabled_at IS NULL)";
    reading!(db, pool => Ok(sqlx::query_scalar(ANY).fetch_one(pool).await?))
}
