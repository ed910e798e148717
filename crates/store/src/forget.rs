//! What Oriel itself keeps about a person, taken out: of somebody who is named in Microsoft's data, or of its own people.
//!
//! Whoever had an account here keeps the row of it, without the name: other rows refer to it, and none of them tells
//! who it was. What Microsoft keeps stays with Microsoft.

use jiff::Timestamp;
use search::mask::Name;

use crate::audit::{self, Actor};
use crate::db::in_transaction;
use crate::meta::RAISE_CONNECTIONS_VERSION;
use crate::people::{self, PersonId};
use crate::{Db, Error};

mod texts;

/// How much was taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Whether the person had an account of Oriel's.
    pub account: bool,
    /// Searches in the person's history.
    pub searches: u64,
    /// Sessions.
    pub sessions: u64,
    /// API keys.
    pub keys: u64,
    /// Texts that named the person: in validations, changes, pulses, notes, labels and settings.
    pub texts: u64,
    /// Entries of the audit whose content is gone.
    pub audit: u64,
}

/// Takes out whatever names somebody; `stand_in` takes the place of the name in texts that stay. An account of this name,
/// in whatever case, loses name, ways in, history and keys, and cannot sign in again; the last owner's is
/// [`Error::LastOwner`], and then nothing is changed. Reports that are at hand anywhere are made anew.
pub async fn person(db: &Db, by: &Actor, name: &str, stand_in: &str, now: Timestamp) -> Result<Forgotten, Error> {
    let mut forgotten = Forgotten::default();
    if let Some((person, _)) = people::by_name(db, name).await? {
        // Refuses the last owner, one at a time with all who disable somebody.
        people::disable(db, by, &person.id, now).await?;
        account(db, &person.id, stand_in, &mut forgotten).await?;
    }
    let known = Name::new(name, stand_in);
    forgotten.texts = in_transaction!(db, transaction => {
        sqlx::query(RAISE_CONNECTIONS_VERSION).execute(&mut *transaction).await?;
        let mut replaced = 0;
        for column in &texts::COLUMNS {
            let rows: Vec<(String, String)> = sqlx::query_as(column.select).fetch_all(&mut *transaction).await?;
            for (row, text) in rows {
                if let Some(text) = column.replaced(&known, &text) {
                    sqlx::query(column.update).bind(&row).bind(&text).execute(&mut *transaction).await?;
                    replaced += 1;
                }
            }
        }
        replaced
    });
    // Last, so that the entries of this very call do not stay behind with the name.
    forgotten.audit = audit::keep::forget(db, by, name, now).await?;
    Ok(forgotten)
}

/// What hangs on an account. Another name that is taken by chance is no reason to stop: the id makes it the only one.
async fn account(db: &Db, id: &PersonId, stand_in: &str, forgotten: &mut Forgotten) -> Result<(), Error> {
    const RENAME: &str =
        "UPDATE people SET name = $2, name_key = $2, password_hash = '', sso_issuer = NULL, sso_subject = NULL
                          WHERE id = $1";
    const OF_PERSON: [&str; 6] = [
        "DELETE FROM searches WHERE person_id = $1",
        "DELETE FROM sessions WHERE person_id = $1",
        "DELETE FROM keys WHERE person_id = $1",
        "DELETE FROM second_factors WHERE person_id = $1",
        "DELETE FROM person_grants WHERE person_id = $1",
        "DELETE FROM unmasking_rights WHERE person_id = $1",
    ];
    let name = format!("{stand_in} ({id})");
    let [searches, sessions, keys, ..] = in_transaction!(db, transaction => {
        let mut gone = [0; OF_PERSON.len()];
        for (number, delete) in OF_PERSON.into_iter().enumerate() {
            gone[number] = sqlx::query(delete).bind(id).execute(&mut *transaction).await?.rows_affected();
        }
        sqlx::query("UPDATE own_assets SET created_by = NULL WHERE created_by = $1").bind(id).execute(&mut *transaction).await?;
        sqlx::query(RENAME).bind(id).bind(&name).execute(&mut *transaction).await?;
        gone
    });
    forgotten.account = true;
    (forgotten.searches, forgotten.sessions, forgotten.keys) = (searches, sessions, keys);
    Ok(())
}
