//! What owners change about people: all of a form in one transaction, or nothing.

use jiff::Timestamp;

use super::{FIND, Person, PersonId, Role};
use crate::audit::{Actor, Entry, audited};
use crate::columns::Micros;
use crate::db::in_transaction;
use crate::grants::{PEOPLE, Scope, set_scope};
use crate::meta::QUEUE;
use crate::unmasking::set_right;
use crate::{Db, Error};

/// Whether somebody is the last owner who may sign in.
pub(crate) const LAST_OWNER: &str =
    "SELECT EXISTS (SELECT 1 FROM people WHERE id = $1 AND role = 'owner' AND disabled_at IS NULL)
     AND NOT EXISTS (SELECT 1 FROM people WHERE id <> $1 AND role = 'owner' AND disabled_at IS NULL)";

/// A change of somebody. What is not given stays.
#[derive(Clone, Default)]
pub struct Change {
    /// Another role, which holds from the next request on.
    pub role: Option<Role>,
    /// The tenants that the person is granted. An owner sees every one all the same.
    pub scope: Option<Scope>,
    /// Whether the person may see the names behind stand-ins.
    pub may_unmask: Option<bool>,
    /// The hash of another password, and whether somebody else chose it: then the next sign-in asks for one of the person's
    /// own. Sessions end.
    pub password: Option<(String, bool)>,
    /// Takes authenticator and recovery codes away. Sessions end.
    pub reset_second_factor: bool,
    /// `true` ends the person's access: sessions are gone and keys revoked. `false` lets the person in again; keys that were
    /// revoked stay so.
    pub disabled: Option<bool>,
}

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Change").field("role", &self.role).field("disabled", &self.disabled).finish_non_exhaustive()
    }
}

/// Takes away what opens something for somebody: sessions and keys. How many of each those were.
macro_rules! end_ways_in {
    ($transaction:ident, $id:expr, $now:expr) => {{
        let sessions = sqlx::query("DELETE FROM sessions WHERE person_id = $1").bind($id);
        let sessions = sessions.execute(&mut *$transaction).await?.rows_affected();
        let keys = sqlx::query("UPDATE keys SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL");
        let keys = keys.bind($id).bind(crate::columns::Micros::from($now));
        (sessions, keys.execute(&mut *$transaction).await?.rows_affected())
    }};
}
pub(crate) use end_ways_in;

/// Changes somebody. Whether there was anything to change.
///
/// The last owner who may sign in is [`Error::LastOwner`], keeps role and access, and nothing else is done either: nobody
/// could let anyone in any more. A tenant that is not there is [`Error::Gone`].
pub async fn change(db: &Db, by: &Actor, id: &PersonId, change: &Change, now: Timestamp) -> Result<bool, Error> {
    const PASSWORD: &str =
        "UPDATE people SET password_hash = $2, password_set_at = $3, password_given = $4 WHERE id = $1";
    const HELD: &str = "SELECT EXISTS (SELECT 1 FROM second_factors WHERE person_id = $1 AND confirmed_at IS NOT NULL)";
    let changed = in_transaction!(db, transaction => {
        // One at a time: two owners who disable or demote each other at the same moment would each see the other one stay.
        sqlx::query(QUEUE).execute(&mut *transaction).await?;
        let person: Option<Person> = sqlx::query_as(FIND).bind(id).fetch_optional(&mut *transaction).await?;
        let Some(person) = person else { return Ok(false) };
        let role = change.role.unwrap_or(person.role);
        if (role != Role::Owner || change.disabled == Some(true))
            && sqlx::query_scalar::<_, bool>(LAST_OWNER).bind(id).fetch_one(&mut *transaction).await?
        {
            return Err(Error::LastOwner);
        }
        let mut entries: Vec<Entry> = Vec::new();
        if role != person.role {
            let set = sqlx::query("UPDATE people SET role = $2 WHERE id = $1").bind(id).bind(role.as_str());
            set.execute(&mut *transaction).await?;
            let details = serde_json::json!({ "before": person.role, "after": role });
            entries.push(person.entry("person.role_changed").with(details));
        }
        if let Some(scope) = &change.scope {
            entries.extend(set_scope!(transaction, PEOPLE, ("person", id.as_str(), &person.name), scope));
        }
        if let Some(may) = change.may_unmask {
            entries.extend(set_right!(transaction, &person, may, now));
        }
        if let Some((hash, given)) = &change.password {
            let set = sqlx::query(PASSWORD).bind(id).bind(hash).bind(Micros::from(now)).bind(*given);
            set.execute(&mut *transaction).await?;
            entries.push(person.entry(if *given { "password.given" } else { "password.changed" }));
        }
        if change.reset_second_factor {
            let held: bool = sqlx::query_scalar(HELD).bind(id).fetch_one(&mut *transaction).await?;
            sqlx::query("DELETE FROM second_factors WHERE person_id = $1").bind(id).execute(&mut *transaction).await?;
            entries.extend(held.then(|| person.entry("second_factor.removed")));
        }
        if change.password.is_some() || change.reset_second_factor {
            let delete = sqlx::query("DELETE FROM sessions WHERE person_id = $1").bind(id);
            let sessions = delete.execute(&mut *transaction).await?.rows_affected();
            if sessions > 0 {
                let details = serde_json::json!({ "sessions": sessions });
                entries.push(person.entry("sessions.ended").with(details));
            }
        }
        if let Some(disabled) = change.disabled {
            let was = person.disabled_at.is_some();
            if disabled != was {
                let set = sqlx::query("UPDATE people SET disabled_at = $2 WHERE id = $1").bind(id);
                set.bind(disabled.then(|| Micros::from(now))).execute(&mut *transaction).await?;
            }
            // Also of whoever is let in again: a way in that was being made when the access ended opens nothing afterwards.
            let (sessions, keys) = if disabled || was { end_ways_in!(transaction, id, now) } else { (0, 0) };
            if disabled != was || sessions + keys > 0 {
                let action = if disabled { "person.disabled" } else { "person.enabled" };
                let details = serde_json::json!({ "sessions": sessions, "keys": keys });
                entries.push(person.entry(action).with(details));
            }
        }
        if role == Role::Owner && (role != person.role || change.disabled == Some(false)) {
            sqlx::query("DELETE FROM first_start").execute(&mut *transaction).await?;
        }
        if !entries.is_empty() {
            audited!(transaction, by, &entries, now);
        }
        !entries.is_empty()
    });
    Ok(changed)
}

/// Ends somebody's access, as [`Change::disabled`] says. Whether there was anything to end.
pub async fn disable(db: &Db, by: &Actor, id: &PersonId, now: Timestamp) -> Result<bool, Error> {
    change(db, by, id, &Change { disabled: Some(true), ..Change::default() }, now).await
}

/// Lets somebody in again. Whether there was somebody to let in.
pub async fn enable(db: &Db, by: &Actor, id: &PersonId, now: Timestamp) -> Result<bool, Error> {
    change(db, by, id, &Change { disabled: Some(false), ..Change::default() }, now).await
}
