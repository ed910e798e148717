//! A password that somebody chooses.

use jiff::Timestamp;

use super::{FIND, Person, PersonId};
use crate::audit::{Actor, audited};
use crate::columns::Micros;
use crate::db::in_transaction;
use crate::sessions::SessionId;
use crate::{Db, Error, Hash};

/// Sets the hash of a new password that the person chose in the place of `seen`, the hash of the one they gave. Their sessions
/// end, but for the one in which it was chosen: it goes on as it was, under another token. Nothing is changed, and the answer is
/// no, if the password is another one or that session has ended meanwhile.
pub async fn choose_password(
    db: &Db,
    by: &Actor,
    id: &PersonId,
    seen: &str,
    hash: &str,
    session: Option<(&SessionId, &Hash)>,
    now: Timestamp,
) -> Result<bool, Error> {
    const SET: &str = "UPDATE people SET password_hash = $3, password_set_at = $4, password_given = FALSE
                       WHERE id = $1 AND password_hash = $2";
    const END: &str = "DELETE FROM sessions WHERE person_id = $1 AND ($2 IS NULL OR id <> $2)";
    const GO_ON: &str = "UPDATE sessions SET hash = $2 WHERE id = $1";
    let set = in_transaction!(db, transaction => {
        let set = sqlx::query(SET).bind(id).bind(seen).bind(hash).bind(Micros::from(now));
        if set.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        let end = sqlx::query(END).bind(id).bind(session.map(|(session, _)| session));
        let ended = end.execute(&mut *transaction).await?.rows_affected();
        if let Some((session, token)) = session {
            let go_on = sqlx::query(GO_ON).bind(session).bind(token.as_slice());
            if go_on.execute(&mut *transaction).await?.rows_affected() == 0 {
                return Ok(false);
            }
        }
        let person: Person = sqlx::query_as(FIND).bind(id).fetch_one(&mut *transaction).await?;
        let entry = person.entry("password.changed").with(serde_json::json!({ "sessions": ended }));
        audited!(transaction, by, &[entry], now);
        true
    });
    Ok(set)
}
