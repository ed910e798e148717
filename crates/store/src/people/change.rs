//! What owners change about people.

use jiff::Timestamp;

use super::{FIND, NewPerson, Person, PersonId, Role, bind_person, taken};
use crate::audit::{Actor, audited};
use crate::columns::Micros;
use crate::db::in_transaction;
use crate::grants::{PEOPLE, Scope, set_scope};
use crate::meta::QUEUE;
use crate::{Db, Error};

/// Whether somebody is the last owner who may sign in.
pub(crate) const LAST_OWNER: &str =
    "SELECT EXISTS (SELECT 1 FROM people WHERE id = $1 AND role = 'owner' AND disabled_at IS NULL)
     AND NOT EXISTS (SELECT 1 FROM people WHERE id <> $1 AND role = 'owner' AND disabled_at IS NULL)";

/// Gives somebody another role, which holds from the next request on. Whether it is another one. An owner sees every tenant
/// from then on. The last owner who may sign in is [`Error::LastOwner`] and stays one.
pub async fn set_role(db: &Db, by: &Actor, id: &PersonId, role: Role, now: Timestamp) -> Result<bool, Error> {
    let changed = in_transaction!(db, transaction => {
        // One at a time, as in `disable`: two owners who demote each other would each see the other one stay.
        sqlx::query(QUEUE).execute(&mut *transaction).await?;
        let person: Option<Person> = sqlx::query_as(FIND).bind(id).fetch_optional(&mut *transaction).await?;
        let Some(person) = person else { return Ok(false) };
        let changes = person.role != role;
        if changes {
            if sqlx::query_scalar::<_, bool>(LAST_OWNER).bind(id).fetch_one(&mut *transaction).await? {
                return Err(Error::LastOwner);
            }
            if role == Role::Owner {
                sqlx::query("DELETE FROM first_start").execute(&mut *transaction).await?;
            }
            sqlx::query("UPDATE people SET role = $2 WHERE id = $1")
                .bind(id)
                .bind(role.as_str())
                .execute(&mut *transaction)
                .await?;
            let details = serde_json::json!({ "before": person.role, "after": role });
            audited!(transaction, by, &[person.entry("person.role_changed").with(details)], now);
        }
        if role == Role::Owner && !person.all_tenants {
            set_scope!(transaction, by, PEOPLE, ("person", id.as_str()), &Scope::All, now);
        }
        changes
    });
    Ok(changed)
}

/// Lets somebody sign in again. Keys that were revoked stay so. Whether there was somebody to let in.
pub async fn enable(db: &Db, by: &Actor, id: &PersonId, now: Timestamp) -> Result<bool, Error> {
    let enabled = in_transaction!(db, transaction => {
        let person: Option<Person> = sqlx::query_as(FIND).bind(id).fetch_optional(&mut *transaction).await?;
        let Some(person) = person.filter(|person| person.disabled_at.is_some()) else { return Ok(false) };
        if person.role == Role::Owner {
            sqlx::query("DELETE FROM first_start").execute(&mut *transaction).await?;
        }
        sqlx::query("UPDATE people SET disabled_at = NULL WHERE id = $1").bind(id).execute(&mut *transaction).await?;
        audited!(transaction, by, &[person.entry("person.enabled")], now);
        true
    });
    Ok(enabled)
}

/// Sets the hash of a password that somebody else chose: the person's sessions end, and the next sign-in asks for
/// another one before anything else. Whether there is such a person.
pub async fn give_password(db: &Db, by: &Actor, id: &PersonId, hash: &str, now: Timestamp) -> Result<bool, Error> {
    const GIVE: &str =
        "UPDATE people SET password_hash = $2, password_set_at = $3, password_given = TRUE WHERE id = $1";
    let given = in_transaction!(db, transaction => {
        let person: Option<Person> = sqlx::query_as(FIND).bind(id).fetch_optional(&mut *transaction).await?;
        let Some(person) = person else { return Ok(false) };
        sqlx::query(GIVE).bind(id).bind(hash).bind(Micros::from(now)).execute(&mut *transaction).await?;
        sqlx::query("DELETE FROM sessions WHERE person_id = $1").bind(id).execute(&mut *transaction).await?;
        audited!(transaction, by, &[person.entry("password.given")], now);
        true
    });
    Ok(given)
}

/// Lets somebody in with a password that somebody else chose: the first sign-in asks for another one before anything else.
pub async fn add_with_given_password(db: &Db, by: &Actor, new: &NewPerson, now: Timestamp) -> Result<Person, Error> {
    const MARK: &str = "UPDATE people SET password_given = TRUE WHERE id = $1";
    let person = in_transaction!(db, transaction => {
        if new.role == Role::Owner {
            sqlx::query("DELETE FROM first_start").execute(&mut *transaction).await?;
        }
        let person = bind_person!(new, now).fetch_optional(&mut *transaction).await?.ok_or_else(|| taken(new))?;
        sqlx::query(MARK).bind(&person.id).execute(&mut *transaction).await?;
        let entry = person.entry("person.added").with(serde_json::json!({ "role": person.role }));
        audited!(transaction, by, &[entry], now);
        person
    });
    Ok(person)
}
