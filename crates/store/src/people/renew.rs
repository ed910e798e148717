//! What the provider of single sign-on says of somebody who was here before.

use jiff::Timestamp;

use super::change::end_ways_in;
use super::{FIND, LOCK, Person, PersonId, Role};
use crate::audit::{Actor, audited};
use crate::columns::Micros;
use crate::db::in_transaction;
use crate::{Db, Error};

/// Notes that somebody came in through the provider, with the role that it gives at this moment. The person as they are
/// now; none where there is nobody of this id.
///
/// The last owner is taken the role like anybody else: who owners are is the provider's to say, and whoever is in its
/// group of owners comes in as one.
pub async fn renew(db: &Db, by: &Actor, id: &PersonId, role: Role, now: Timestamp) -> Result<Option<Person>, Error> {
    let renewed: Person = in_transaction!(db, transaction => {
        let person: Option<Person> = sqlx::query_as(FIND).bind(id).fetch_optional(&mut *transaction).await?;
        let Some(person) = person else { return Ok(None) };
        if role == Role::Owner {
            sqlx::query("DELETE FROM first_start").execute(&mut *transaction).await?;
        }
        sqlx::query("UPDATE people SET role = $2, sso_seen_at = $3 WHERE id = $1")
            .bind(id)
            .bind(role.as_str())
            .bind(Micros::from(now))
            .execute(&mut *transaction)
            .await?;
        if person.role != role {
            let details = serde_json::json!({ "before": person.role, "after": role, "because": "single sign-on" });
            audited!(transaction, by, &[person.entry("person.role_changed").with(details)], now);
        }
        // What the person sees follows from the role.
        sqlx::query_as(FIND).bind(id).fetch_one(&mut *transaction).await?
    });
    Ok(Some(renewed))
}

/// The provider does not let somebody in any more: sessions end and keys are revoked. The person is not disabled, and
/// comes in again when the provider says so. Whether anything has ended.
pub async fn shut_out(db: &Db, by: &Actor, id: &PersonId, now: Timestamp) -> Result<bool, Error> {
    let ended = in_transaction!(db, transaction => {
        let person: Option<Person> = sqlx::query_as(FIND).bind(id).fetch_optional(&mut *transaction).await?;
        let Some(person) = person else { return Ok(false) };
        // Whoever opens a session or makes a key at this moment waits for this row, or was before.
        sqlx::query(LOCK).bind(id).execute(&mut *transaction).await?;
        let (sessions, keys) = end_ways_in!(transaction, id, now);
        if sessions + keys > 0 {
            let details = serde_json::json!({ "sessions": sessions, "keys": keys });
            audited!(transaction, by, &[person.entry("person.shut_out").with(details)], now);
        }
        sessions + keys > 0
    });
    Ok(ended)
}
