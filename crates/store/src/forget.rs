//! What Oriel itself keeps about a person, taken out: of somebody who is named in Microsoft's data, or of its own people.
//!
//! Whoever had an account here keeps the row of it, without the name: other rows refer to it, and none of them tells
//! who it was. By a keyed digest it is known again whoever comes from the provider of single sign-on as the same person.
//! What Microsoft keeps stays with Microsoft.

use jiff::Timestamp;
use search::mask::{Masker, Name};

use crate::audit::{Actor, Entry, TAKE, audited};
use crate::columns::Micros;
use crate::db::in_transaction;
use crate::meta::RAISE_CONNECTIONS_VERSION;
use crate::people::{LAST_OWNER, PersonId, forgotten_subject, name_key};
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
    /// Whether the log of changes beside a SQLite file still has what was taken out, since somebody reads all the while.
    pub left_in_log: bool,
}

/// What hangs on an account. The first three are counted.
const OF_PERSON: [&str; 7] = [
    "DELETE FROM searches WHERE person_id = $1",
    "DELETE FROM sessions WHERE person_id = $1",
    "DELETE FROM keys WHERE person_id = $1",
    "DELETE FROM second_factors WHERE person_id = $1",
    "DELETE FROM person_grants WHERE person_id = $1",
    "DELETE FROM unmasking_rights WHERE person_id = $1",
    "DELETE FROM local_sign_ins WHERE person_id = $1",
];

/// Takes out whatever names somebody; a stand-in takes the place of the name in texts that stay. An account of this name,
/// in whatever case, loses name, ways in, history and keys, and is disabled; the last owner's is [`Error::LastOwner`]. All of
/// it is one transaction with its entry in the audit. Reports that are at hand anywhere are made anew.
pub async fn person(db: &Db, by: &Actor, name: &str, masker: &Masker, now: Timestamp) -> Result<Forgotten, Error> {
    const ACCOUNT: &str = "SELECT id, sso_issuer, sso_subject FROM people WHERE name_key = $1";
    const CLOSE: &str = "UPDATE people SET name = $2, name_key = $2, password_hash = '', sso_subject = $3,
                                           disabled_at = COALESCE(disabled_at, $4)
                         WHERE id = $1";
    const PAGE: &str =
        "SELECT number, content FROM audit WHERE content IS NOT NULL AND number > $1 ORDER BY number LIMIT 500";
    const EMPTY: &str = "UPDATE audit SET content = NULL, salt = NULL WHERE number = $1";
    let stand_in = masker.person(name);
    let known = Name::new(name, &stand_in);
    let mut forgotten = in_transaction!(db, transaction => {
        let mut forgotten = Forgotten::default();
        // Also one at a time with all who disable somebody or take the role of an owner.
        sqlx::query(RAISE_CONNECTIONS_VERSION).execute(&mut *transaction).await?;
        let account: Option<(PersonId, Option<String>, Option<String>)> =
            sqlx::query_as(ACCOUNT).bind(name_key(name)).fetch_optional(&mut *transaction).await?;
        if let Some((id, issuer, subject)) = account {
            if sqlx::query_scalar::<_, bool>(LAST_OWNER).bind(&id).fetch_one(&mut *transaction).await? {
                return Err(Error::LastOwner);
            }
            let mut gone = [0; OF_PERSON.len()];
            for (delete, gone) in OF_PERSON.into_iter().zip(&mut gone) {
                *gone = sqlx::query(delete).bind(&id).execute(&mut *transaction).await?.rows_affected();
            }
            forgotten.account = true;
            [forgotten.searches, forgotten.sessions, forgotten.keys, ..] = gone;
            sqlx::query("UPDATE own_assets SET created_by = NULL WHERE created_by = $1").bind(&id).execute(&mut *transaction).await?;
            let subject = issuer.zip(subject).map(|(issuer, subject)| forgotten_subject(masker, &issuer, &subject));
            sqlx::query(CLOSE)
                .bind(&id)
                // Another account with this stand-in is no reason to stop: the id makes it the only one.
                .bind(format!("{stand_in} ({id})"))
                .bind(subject)
                .bind(Micros::from(now))
                .execute(&mut *transaction)
                .await?;
        }
        for column in &texts::COLUMNS {
            let rows: Vec<(String, String)> = sqlx::query_as(column.select).fetch_all(&mut *transaction).await?;
            for (row, text) in rows {
                if let Some(text) = column.replaced(&known, &text) {
                    sqlx::query(column.update).bind(&row).bind(&text).execute(&mut *transaction).await?;
                    forgotten.texts += 1;
                }
            }
        }
        // From here on nobody else adds an entry: those under way have added theirs, or find the name gone.
        sqlx::query(TAKE).execute(&mut *transaction).await?;
        let mut last = 0i64;
        loop {
            let page: Vec<(i64, String)> = sqlx::query_as(PAGE).bind(last).fetch_all(&mut *transaction).await?;
            let Some((newest, _)) = page.last() else { break };
            last = *newest;
            for (number, content) in page {
                // In JSON a backslash is two, so its texts are read first.
                let named = serde_json::from_str(&content).map_or_else(|_| known.is_in(&content), |mut said| known.replace_in(&mut said));
                if named {
                    sqlx::query(EMPTY).bind(number).execute(&mut *transaction).await?;
                    forgotten.audit += 1;
                }
            }
        }
        let details = serde_json::json!({ "account": forgotten.account, "texts": forgotten.texts, "entries": forgotten.audit });
        audited!(transaction, by, &[Entry::new("person.forgotten").with(details)], now);
        forgotten
    });
    // What is done is done: that the log could not be emptied is told, and no failure.
    forgotten.left_in_log = !db.empty_log().await.unwrap_or(false);
    Ok(forgotten)
}

#[cfg(test)]
mod tests;
