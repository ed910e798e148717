//! Sign-ins by password where that is for emergencies only.

use jiff::{SignedDuration, Timestamp};

use crate::audit::{Actor, audited};
use crate::columns::Micros;
use crate::db::{in_transaction, reading};
use crate::people::Person;
use crate::{Db, Error};

crate::ids::id! {
    /// Id of such a sign-in.
    LocalSignInId
}

/// How long owners are told of one. The audit keeps it for longer.
pub const TOLD_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// One that was used.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LocalSignIn {
    /// Who signed in.
    pub name: String,
    /// From which address.
    pub address: Option<String>,
    /// When.
    #[sqlx(try_from = "Micros")]
    pub signed_in_at: Timestamp,
}

/// Writes one down, before it opens anything.
pub async fn note(db: &Db, by: &Actor, person: &Person, now: Timestamp) -> Result<(), Error> {
    const NOTE: &str = "INSERT INTO local_sign_ins (id, person_id, address, signed_in_at) VALUES ($1, $2, $3, $4)";
    in_transaction!(db, transaction => {
        sqlx::query("DELETE FROM local_sign_ins WHERE signed_in_at <= $1")
            .bind(Micros::from(since(now)))
            .execute(&mut *transaction)
            .await?;
        sqlx::query(NOTE)
            .bind(LocalSignInId::new(now))
            .bind(&person.id)
            .bind(by.address.as_deref())
            .bind(Micros::from(now))
            .execute(&mut *transaction)
            .await?;
        audited!(transaction, by, &[person.entry("local_sign_in.used")], now);
    });
    Ok(())
}

/// Those of the last seven days, the newest first, so many at most.
pub async fn recent(db: &Db, now: Timestamp, limit: u32) -> Result<Vec<LocalSignIn>, Error> {
    const RECENT: &str = "SELECT people.name, local_sign_ins.address, local_sign_ins.signed_in_at
                          FROM local_sign_ins JOIN people ON people.id = local_sign_ins.person_id
                          WHERE local_sign_ins.signed_in_at > $1
                          ORDER BY local_sign_ins.signed_in_at DESC, local_sign_ins.id DESC LIMIT $2";
    reading!(db, pool => {
        Ok(sqlx::query_as(RECENT).bind(Micros::from(since(now))).bind(i64::from(limit)).fetch_all(pool).await?)
    })
}

fn since(now: Timestamp) -> Timestamp {
    now.saturating_sub(TOLD_FOR).unwrap_or(Timestamp::MIN)
}
