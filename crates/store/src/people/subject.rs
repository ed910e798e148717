//! People who come in through a provider of single sign-on.

use search::mask::Masker;

use super::{Person, person_columns};
use crate::db::reading;
use crate::{Db, Error};

/// The person whom the provider names by this subject, disabled or not. A subject is compared letter by letter: it is an
/// id, and no name.
pub async fn by_subject(db: &Db, issuer: &str, subject: &str) -> Result<Option<Person>, Error> {
    const FIND: &str = concat!("SELECT ", person_columns!(), " FROM people WHERE sso_issuer = $1 AND sso_subject = $2");
    reading!(db, pool => Ok(sqlx::query_as(FIND).bind(issuer).bind(subject).fetch_optional(pool).await?))
}

/// What is kept of the subject of somebody who was forgotten: it tells nobody who that was, and lets the same one be known.
pub(crate) fn forgotten_subject(masker: &Masker, issuer: &str, subject: &str) -> String {
    format!("forgotten:{}", masker.mark(&format!("{issuer}\0{subject}")))
}

/// The same for somebody who was forgotten. The account stays disabled until an owner lets its person in again.
pub async fn by_forgotten_subject(
    db: &Db,
    masker: &Masker,
    issuer: &str,
    subject: &str,
) -> Result<Option<Person>, Error> {
    by_subject(db, issuer, &forgotten_subject(masker, issuer, subject)).await
}
