//! People who come in through a provider of single sign-on.

use jiff::Timestamp;
use search::mask::Masker;

use super::{Person, PersonId, Role, name_key, person_columns};
use crate::audit::{Actor, audited};
use crate::columns::Micros;
use crate::db::{in_transaction, reading, writing};
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

/// Lets somebody in whom the provider has named for the first time. Such a person has no password here. A name that is
/// taken is [`Error::NameTaken`]: nobody takes over the account of another by being called alike at the provider.
pub async fn add_from_sign_on(
    db: &Db,
    by: &Actor,
    issuer: &str,
    subject: &str,
    name: &str,
    role: Role,
    now: Timestamp,
) -> Result<Person, Error> {
    // A second one of the same subject is the same person who came in by another window at the same moment.
    const INSERT: &str = concat!(
        "INSERT INTO people (id, name, name_key, role, password_hash, password_set_at, created_at, sso_issuer, sso_subject, sso_seen_at)
         VALUES ($1, $2, $3, $4, '', $5, $5, $6, $7, $5)
         ON CONFLICT DO NOTHING
         RETURNING ",
        person_columns!()
    );
    let added: Option<Person> = in_transaction!(db, transaction => {
        // As with every owner: the one-time link of the first start is void from now on.
        if role == Role::Owner {
            sqlx::query("DELETE FROM first_start").execute(&mut *transaction).await?;
        }
        let added: Option<Person> = sqlx::query_as(INSERT)
            .bind(PersonId::new(now))
            .bind(name.trim())
            .bind(name_key(name))
            .bind(role.as_str())
            .bind(Micros::from(now))
            .bind(issuer)
            .bind(subject)
            .fetch_optional(&mut *transaction)
            .await?;
        if let Some(person) = &added {
            let details = serde_json::json!({ "role": role, "signs_in_by": "single sign-on" });
            audited!(transaction, by, &[person.entry("person.added").with(details)], now);
        }
        added
    });
    match added {
        Some(person) => Ok(person),
        None => by_subject(db, issuer, subject).await?.ok_or_else(|| Error::NameTaken { name: name.trim().to_owned() }),
    }
}

/// Notes that somebody came in through the provider.
pub async fn seen(db: &Db, id: &PersonId, now: Timestamp) -> Result<(), Error> {
    const SEEN: &str = "UPDATE people SET sso_seen_at = $2 WHERE id = $1";
    writing!(db, pool => sqlx::query(SEEN).bind(id).bind(Micros::from(now)).execute(pool).await?.rows_affected());
    Ok(())
}
