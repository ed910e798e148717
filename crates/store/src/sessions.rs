//! Sessions of people who have signed in. Of a session's token only its SHA-256 is kept.

use jiff::Timestamp;

use crate::audit::{Actor, Entry, audited};
use crate::columns::Micros;
use crate::db::{in_transaction, reading, writing};
use crate::people::{Person, PersonId, person_columns};
use crate::{Db, Error, Hash};

mod of_person;

pub use of_person::{delete_of_person, delete_others, end, list_of};

crate::ids::id! {
    /// Id of a session; not its token.
    SessionId
}

/// By which way a session was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenedBy {
    /// By a password of Oriel's, and the second factor that goes with it.
    Password,
    /// Through the provider of single sign-on.
    SingleSignOn,
}

impl OpenedBy {
    /// Its name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            OpenedBy::Password => "password",
            OpenedBy::SingleSignOn => "single_sign_on",
        }
    }
}

impl TryFrom<String> for OpenedBy {
    type Error = UnknownWay;

    fn try_from(text: String) -> Result<OpenedBy, UnknownWay> {
        [OpenedBy::Password, OpenedBy::SingleSignOn].into_iter().find(|way| way.as_str() == text).ok_or(UnknownWay)
    }
}

/// The text names no way of opening a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no way of opening a session; it is one of: password, single_sign_on")]
pub struct UnknownWay;

/// Somebody's session.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Session {
    /// Id.
    #[sqlx(rename = "session_id")]
    pub id: SessionId,
    /// Whose it is.
    pub person_id: PersonId,
    /// By which way it was opened.
    #[sqlx(try_from = "String")]
    pub opened_by: OpenedBy,
    /// When the person signed in.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
    /// When the person last proved who they are.
    #[sqlx(try_from = "Micros")]
    pub proven_at: Timestamp,
    /// When it was last used, as far as that was written down.
    #[sqlx(try_from = "Micros")]
    pub last_seen_at: Timestamp,
    /// When it ends, used or not.
    #[sqlx(try_from = "Micros")]
    pub expires_at: Timestamp,
    /// The address that it was opened from.
    pub address: Option<String>,
    /// What the browser said of itself, shortened.
    pub agent: Option<String>,
}

/// The columns of a [`Session`] but for `person_id`, which comes with the person's.
macro_rules! session_columns {
    () => {
        "sessions.id AS session_id, sessions.opened_by, sessions.created_at, \
         COALESCE(sessions.proven_at, sessions.created_at) AS proven_at, sessions.last_seen_at, sessions.expires_at, \
         sessions.address, sessions.agent"
    };
}
use session_columns;

/// A session that is to be opened.
#[derive(Clone, Copy)]
pub struct NewSession<'a> {
    /// The digest of its token.
    pub hash: &'a Hash,
    /// Whose it is.
    pub person: &'a PersonId,
    /// By which way.
    pub opened_by: OpenedBy,
    /// The hash of the password that was right: another one that was set meanwhile opens nothing.
    pub password_hash: Option<&'a str>,
    /// The address that it is opened from.
    pub address: Option<&'a str>,
    /// What the browser says of itself, shortened.
    pub agent: Option<&'a str>,
    /// When it ends, used or not.
    pub expires: Timestamp,
}

/// Keeps a new session, and throws away those that have ended. A person who may not sign in any more, or no more by this
/// password, is [`Error::Gone`].
pub async fn create(db: &Db, by: &Actor, new: &NewSession<'_>, now: Timestamp) -> Result<SessionId, Error> {
    const CREATE: &str =
        "INSERT INTO sessions (hash, person_id, created_at, last_seen_at, expires_at, id, opened_by, proven_at, address, agent)
         VALUES ($1, $2, $3, $3, $4, $5, $6, $3, $7, $8)";
    // First: it waits for whoever disables the person or sets a password at this moment, and then finds nobody.
    const SEEN: &str = "UPDATE people SET signed_in_at = $2
                        WHERE id = $1 AND disabled_at IS NULL AND ($3 IS NULL OR password_hash = $3)";
    let id = SessionId::new(now);
    in_transaction!(db, transaction => {
        let seen = sqlx::query(SEEN).bind(new.person).bind(Micros::from(now)).bind(new.password_hash);
        if seen.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Err(Error::Gone);
        }
        sqlx::query(CREATE)
            .bind(new.hash.as_slice())
            .bind(new.person)
            .bind(Micros::from(now))
            .bind(Micros::from(new.expires))
            .bind(&id)
            .bind(new.opened_by.as_str())
            .bind(new.address)
            .bind(new.agent)
            .execute(&mut *transaction)
            .await?;
        let details = serde_json::json!({ "by": new.opened_by, "browser": new.agent });
        let entry = Entry::new("session.opened").about("session", &id, "").with(details);
        audited!(transaction, by, &[entry], now);
    });
    // Whoever signs in must not fail for the leftovers of others.
    if let Err(error) = expire(db, now).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "sessions that have ended could not be thrown away");
    }
    Ok(id)
}

/// Throws away the sessions whose last day is over, used or not. How many those were.
pub async fn expire(db: &Db, now: Timestamp) -> Result<u64, Error> {
    const EXPIRE: &str = "DELETE FROM sessions WHERE expires_at <= $1";
    Ok(writing!(db, pool => sqlx::query(EXPIRE).bind(Micros::from(now)).execute(pool).await?.rows_affected()))
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    session: Session,
    #[sqlx(flatten)]
    person: Person,
}

/// Sessions that have not ended, of people who may sign in.
macro_rules! found {
    () => {
        concat!(
            "SELECT ",
            session_columns!(),
            ", ",
            person_columns!(),
            " FROM sessions JOIN people ON people.id = sessions.person_id
             WHERE sessions.expires_at > $2 AND people.disabled_at IS NULL"
        )
    };
}

/// The same by its id, for what goes on while it does.
pub async fn by_id(db: &Db, id: &SessionId, now: Timestamp) -> Result<Option<(Session, Person)>, Error> {
    const FIND: &str = concat!(found!(), " AND sessions.id = $1");
    let row: Option<Row> =
        reading!(db, pool => sqlx::query_as(FIND).bind(id).bind(Micros::from(now)).fetch_optional(pool).await?);
    Ok(row.map(|row| (row.session, row.person)))
}

/// The session with this hash and whose it is, if it has not ended and the person may sign in.
pub async fn find(db: &Db, hash: &Hash, now: Timestamp) -> Result<Option<(Session, Person)>, Error> {
    const FIND: &str = concat!(found!(), " AND sessions.hash = $1");
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

/// Writes down that the person has proved anew who they are; the session goes on under another token. Whether it was there.
pub async fn prove(db: &Db, by: &Actor, id: &SessionId, hash: &Hash, now: Timestamp) -> Result<bool, Error> {
    const PROVE: &str = "UPDATE sessions SET hash = $2, proven_at = $3 WHERE id = $1";
    let proven = in_transaction!(db, transaction => {
        let prove = sqlx::query(PROVE).bind(id).bind(hash.as_slice()).bind(Micros::from(now));
        let proven = prove.execute(&mut *transaction).await?.rows_affected() > 0;
        if proven {
            audited!(transaction, by, &[Entry::new("session.proven").about("session", id, "")], now);
        }
        proven
    });
    Ok(proven)
}
