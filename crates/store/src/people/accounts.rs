//! People with what an owner wants to see of their accounts.

use jiff::Timestamp;

use super::{Person, PersonId, person_columns};
use crate::columns::{MaybeMicros, Micros};
use crate::db::reading;
use crate::{Db, Error};

/// Somebody's account.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Account {
    /// Whose.
    #[sqlx(flatten)]
    pub person: Person,
    /// Whether the person has a password here.
    pub has_password: bool,
    /// Whether somebody else chose the password: it is to be changed at the next sign-in.
    pub password_given: bool,
    /// The provider that the person comes in through, by its issuer.
    pub sso_issuer: Option<String>,
    /// Whether the person types a code of an authenticator at sign-in.
    pub has_second_factor: bool,
    /// Recovery codes that were not used yet.
    pub recovery_codes: i64,
    /// When the person last signed in, by whichever way.
    #[sqlx(try_from = "MaybeMicros")]
    pub signed_in_at: Option<Timestamp>,
    /// Sessions that have not ended. One that was not used for long is among them until it is asked for.
    pub sessions: i64,
    /// Keys that open something.
    pub keys: i64,
}

macro_rules! account_columns {
    () => {
        concat!(
            "SELECT ",
            person_columns!(),
            ", people.password_hash <> '' AS has_password, people.password_given, people.sso_issuer, people.signed_in_at,
             EXISTS (SELECT 1 FROM second_factors WHERE second_factors.person_id = people.id
                                                    AND second_factors.confirmed_at IS NOT NULL) AS has_second_factor,
             (SELECT COUNT(*) FROM recovery_codes WHERE recovery_codes.person_id = people.id
                                                    AND recovery_codes.used_at IS NULL) AS recovery_codes,
             (SELECT COUNT(*) FROM sessions WHERE sessions.person_id = people.id AND sessions.expires_at > $1) AS sessions,
             (SELECT COUNT(*) FROM keys WHERE keys.person_id = people.id AND keys.revoked_at IS NULL) AS keys
             FROM people"
        )
    };
}

/// Everybody's account, in the order in which they were added.
pub async fn accounts(db: &Db, now: Timestamp) -> Result<Vec<Account>, Error> {
    const LIST: &str = concat!(account_columns!(), " ORDER BY people.created_at, people.id");
    reading!(db, pool => Ok(sqlx::query_as(LIST).bind(Micros::from(now)).fetch_all(pool).await?))
}

/// Somebody's account.
pub async fn account(db: &Db, id: &PersonId, now: Timestamp) -> Result<Option<Account>, Error> {
    const FIND: &str = concat!(account_columns!(), " WHERE people.id = $2");
    reading!(db, pool => Ok(sqlx::query_as(FIND).bind(Micros::from(now)).bind(id).fetch_optional(pool).await?))
}
