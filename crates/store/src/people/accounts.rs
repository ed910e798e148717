//! People with what an owner wants to see of their accounts.

use jiff::{SignedDuration, Timestamp};

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
    /// When the person last came in through the provider.
    #[sqlx(try_from = "MaybeMicros")]
    pub sso_seen_at: Option<Timestamp>,
    /// Whether every tenant was granted. An owner sees them all the same.
    pub granted_every: bool,
    /// Whether the person was given the right to see the names behind stand-ins. Owners have it all the same.
    pub may_unmask: bool,
    /// Whether the person types a code of an authenticator at sign-in.
    pub has_second_factor: bool,
    /// Recovery codes that were not used yet.
    pub recovery_codes: i64,
    /// When the person last signed in, by whichever way.
    #[sqlx(try_from = "MaybeMicros")]
    pub signed_in_at: Option<Timestamp>,
    /// Sessions that have not ended. One that was not used for long is among them until it is asked for.
    pub sessions: i64,
    /// Keys that were not revoked.
    pub keys: i64,
}

impl Account {
    /// When the person's keys stop opening anything by themselves, which is `open_for` after they last came in through the
    /// provider. Never, if they do not come in that way, or have no key.
    pub fn keys_end(&self, open_for: SignedDuration) -> Option<Timestamp> {
        let seen = self.sso_seen_at.filter(|_| self.sso_issuer.is_some() && self.keys > 0)?;
        Some(seen.saturating_add(open_for).unwrap_or(Timestamp::MAX))
    }
}

macro_rules! account_columns {
    () => {
        concat!(
            "SELECT ",
            person_columns!(),
            ", people.password_hash <> '' AS has_password, people.password_given, people.sso_issuer, people.sso_seen_at,
             people.all_tenants AS granted_every, people.signed_in_at,
             EXISTS (SELECT 1 FROM unmasking_rights WHERE unmasking_rights.person_id = people.id) AS may_unmask,
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

/// People who may sign in and see no tenant at all, although there is one: an owner has to grant them some.
pub async fn waiting(db: &Db) -> Result<Vec<Person>, Error> {
    const WAITING: &str = concat!(
        "SELECT ",
        person_columns!(),
        " FROM people WHERE disabled_at IS NULL AND role <> 'owner' AND NOT all_tenants
           AND NOT EXISTS (SELECT 1 FROM person_grants WHERE person_grants.person_id = people.id)
           AND EXISTS (SELECT 1 FROM tenants)
         ORDER BY created_at, id"
    );
    reading!(db, pool => Ok(sqlx::query_as(WAITING).fetch_all(pool).await?))
}
