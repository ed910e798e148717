//! Sessions of people who have signed in. Of a session's token only its SHA-256 is kept.

use jiff::Timestamp;

use crate::audit::{Actor, Entry, audited};
use crate::columns::Micros;
use crate::db::{in_transaction, reading, writing};
use crate::people::{Person, PersonId, person_columns};
use crate::{Db, Error, Hash};

/// Somebody's session.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Session {
    /// Whose it is.
    pub person_id: PersonId,
    /// When the person signed in.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
    /// When it was last used, as far as that was written down.
    #[sqlx(try_from = "Micros")]
    pub last_seen_at: Timestamp,
    /// When it ends, used or not.
    #[sqlx(try_from = "Micros")]
    pub expires_at: Timestamp,
}

/// Keeps a new session, and throws away those that have ended. A person who is not there any more is [`Error::Gone`].
pub async fn create(
    db: &Db,
    by: &Actor,
    hash: &Hash,
    person: &PersonId,
    now: Timestamp,
    expires: Timestamp,
) -> Result<(), Error> {
    const CREATE: &str = "INSERT INTO sessions (hash, person_id, created_at, last_seen_at, expires_at)
                          VALUES ($1, $2, $3, $3, $4)";
    in_transaction!(db, transaction => {
        let create = sqlx::query(CREATE).bind(hash.as_slice()).bind(person).bind(Micros::from(now));
        create.bind(Micros::from(expires)).execute(&mut *transaction).await?;
        audited!(transaction, by, &[Entry::new("session.opened")], now);
    });
    // Whoever signs in must not fail for the leftovers of others.
    if let Err(error) = expire(db, now).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "sessions that have ended could not be thrown away");
    }
    Ok(())
}

/// Throws away the sessions whose last day is over, used or not. How many those were.
pub async fn expire(db: &Db, now: Timestamp) -> Result<u64, Error> {
    const EXPIRE: &str = "DELETE FROM sessions WHERE expires_at <= $1";
    Ok(writing!(db, pool => sqlx::query(EXPIRE).bind(Micros::from(now)).execute(pool).await?.rows_affected()))
}

/// The session with this hash and whose it is, if it has not ended and the person may sign in.
pub async fn find(db: &Db, hash: &Hash, now: Timestamp) -> Result<Option<(Session, Person)>, Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        session: Session,
        #[sqlx(flatten)]
        person: Person,
    }
    const FIND: &str = concat!(
        "SELECT sessions.created_at, sessions.last_seen_at, sessions.expires_at, ",
        person_columns!(),
        " FROM sessions JOIN people ON people.id = sessions.person_id
         WHERE sessions.hash = $1 AND sessions.expires_at > $2 AND people.disabled_at IS NULL"
    );
    let row: Option<Row> = reading!(db, pool => {
        sqlx::query_as(FIND).bind(hash.as_slice()).bind(Micros::from(now)).fetch_optional(pool).await?
    });
    Ok(row.map(|row| (row.session, row.person)))
}

/// Writes down that a session was used.
pub async fn touch(db: &Db, hash: &Hash, now: Timestamp) -> Result<(), Error> {
    // The condition keeps a request that was slow from setting the time back.
    const TOUCH: &str = "UPDATE sessions SET last_seen_at = $2 WHERE hash = $1 AND last_seen_at < $2";
    writing!(db, pool => {
        sqlx::query(TOUCH).bind(hash.as_slice()).bind(Micros::from(now)).execute(pool).await?;
    });
    Ok(())
}

/// Ends a session. It may have ended before.
pub async fn delete(db: &Db, by: &Actor, hash: &Hash, now: Timestamp) -> Result<(), Error> {
    in_transaction!(db, transaction => {
        let delete = sqlx::query("DELETE FROM sessions WHERE hash = $1").bind(hash.as_slice());
        if delete.execute(&mut *transaction).await?.rows_affected() > 0 {
            audited!(transaction, by, &[Entry::new("session.ended")], now);
        }
    });
    Ok(())
}

/// Ends every session of somebody.
pub async fn delete_of_person(db: &Db, by: &Actor, person: &PersonId, now: Timestamp) -> Result<(), Error> {
    in_transaction!(db, transaction => {
        let delete = sqlx::query("DELETE FROM sessions WHERE person_id = $1").bind(person);
        let ended = delete.execute(&mut *transaction).await?.rows_affected();
        if ended > 0 {
            let entry = Entry::new("sessions.ended").about("person", person, "");
            audited!(transaction, by, &[entry.with(serde_json::json!({ "sessions": ended }))], now);
        }
    });
    Ok(())
}
