//! Reading the audit.

use futures_util::stream::{self, Stream};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::chain::hex;
use super::{Actor, Subject};
use crate::columns::{Micros, from_json};
use crate::db::reading;
use crate::grants::Scope;
use crate::tenants::TenantId;
use crate::{Db, Error};

/// An entry as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// Its number: 1, 2, 3 …
    pub number: i64,
    /// When it happened.
    pub happened_at: Timestamp,
    /// What it says; absent once its time was over.
    pub said: Option<Said>,
    /// Its hash, as hex digits.
    pub hash: String,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Who.
    pub by: Actor,
    /// What was done: `connection.created`.
    pub action: String,
    /// To what.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub subject: Option<Subject>,
    /// The tenants it belongs to.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tenants: Vec<TenantId>,
    /// What else was worth knowing.
    #[serde(skip_serializing_if = "Value::is_null", default)]
    pub details: Value,
}

/// An entry with everything that its hash was made from, for those who keep it elsewhere and check it there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// Its number.
    pub number: i64,
    /// When it happened: microseconds since 1970, UTC.
    pub happened_at_us: i64,
    /// The JSON that was hashed, letter by letter; absent once its time was over.
    pub content: Option<String>,
    /// What was hashed before the content, as hex digits.
    pub salt: Option<String>,
    /// SHA-256 of salt and content, as hex digits.
    pub content_hash: String,
    /// SHA-256 of the hash before, number, time and hash of the content, as hex digits.
    pub hash: String,
}

/// Which entries somebody wants to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// What they have to contain: part of an action, a name, an id, a value. Without its case.
    pub text: Option<String>,
    /// Before this number.
    pub before: Option<i64>,
    /// From this time on.
    pub since: Option<Timestamp>,
    /// Until this time.
    pub until: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub number: i64,
    pub happened_at: i64,
    pub content: Option<String>,
    pub salt: Option<Vec<u8>>,
    pub content_hash: Vec<u8>,
    pub hash: Vec<u8>,
}

impl From<Row> for Exported {
    fn from(row: Row) -> Exported {
        Exported {
            number: row.number,
            happened_at_us: row.happened_at,
            content: row.content,
            salt: row.salt.map(|salt| hex(&salt)),
            content_hash: hex(&row.content_hash),
            hash: hex(&row.hash),
        }
    }
}

impl TryFrom<Row> for Written {
    type Error = Error;

    fn try_from(row: Row) -> Result<Written, Error> {
        Ok(Written {
            number: row.number,
            happened_at: Timestamp::from_microsecond(row.happened_at)
                .map_err(|error| Error::Damaged(format!("audit.happened_at holds no time: {error}")))?,
            said: row.content.as_deref().map(|content| from_json("audit.content", content)).transpose()?,
            hash: hex(&row.hash),
        })
    }
}

/// How many rows are read at a time.
pub(super) const PAGE: i64 = 500;

/// Rows after a number, in order.
pub(super) async fn after(db: &Db, number: i64) -> Result<Vec<Row>, Error> {
    const AFTER: &str = "SELECT number, happened_at, content, salt, content_hash, hash FROM audit
                         WHERE number > $1 ORDER BY number LIMIT $2";
    reading!(db, pool => Ok(sqlx::query_as(AFTER).bind(number).bind(PAGE).fetch_all(pool).await?))
}

/// The entries after a number, for an export, some at a time, in order; an error is the last. Who may see some tenants only
/// gets the entries of these and nothing of others, neither a time nor a hash, and so cannot check the chain.
pub fn export(db: &Db, scope: &Scope, number: i64) -> impl Stream<Item = Result<Vec<Exported>, Error>> + Send + use<> {
    stream::unfold((db.clone(), scope.clone(), Some(number)), |(db, scope, last)| async move {
        match page(&db, &scope, last?).await {
            Ok((_, None)) => None,
            Ok((entries, newest)) => Some((Ok(entries), (db, scope, newest))),
            Err(error) => Some((Err(error), (db, scope, None))),
        }
    })
}

/// Those of the next rows after a number that somebody may see, and the number of the last row, if there is one.
async fn page(db: &Db, scope: &Scope, number: i64) -> Result<(Vec<Exported>, Option<i64>), Error> {
    let rows = after(db, number).await?;
    let newest = rows.last().map(|row| row.number);
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        if *scope != Scope::All {
            let Some(content) = &row.content else { continue };
            if !admitted(scope, &from_json("audit.content", content)?) {
                continue;
            }
        }
        entries.push(Exported::from(row));
    }
    Ok((entries, newest))
}

/// Entries that somebody wants and may see, the newest first.
pub async fn list(db: &Db, scope: &Scope, wanted: &Wanted, limit: usize) -> Result<Vec<Written>, Error> {
    const BEFORE: &str = "SELECT number, happened_at, content, salt, content_hash, hash FROM audit
                          WHERE number < $1 AND happened_at >= $2 AND happened_at <= $3 AND content IS NOT NULL
                          ORDER BY number DESC LIMIT $4";
    let text = wanted.text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_lowercase);
    let since = Micros::from(wanted.since.unwrap_or(Timestamp::UNIX_EPOCH));
    let until = Micros::from(wanted.until.unwrap_or(Timestamp::MAX));
    let (mut found, mut before) = (Vec::new(), wanted.before.unwrap_or(i64::MAX));
    loop {
        let rows: Vec<Row> = reading!(db, pool => {
            sqlx::query_as(BEFORE).bind(before).bind(since).bind(until).bind(PAGE).fetch_all(pool).await?
        });
        let Some(last) = rows.last() else { return Ok(found) };
        before = last.number;
        for row in rows {
            let content = row.content.as_deref().unwrap_or_default().to_lowercase();
            if text.as_ref().is_some_and(|text| !content.contains(text)) {
                continue;
            }
            let written = Written::try_from(row)?;
            if written.said.as_ref().is_some_and(|said| admitted(scope, said)) {
                found.push(written);
            }
            if found.len() >= limit {
                return Ok(found);
            }
        }
    }
}

/// Whether somebody may see an entry: all its tenants. Who may see some tenants only does not see what belongs to the
/// instance either, since that names people of other tenants.
fn admitted(scope: &Scope, said: &Said) -> bool {
    match scope {
        Scope::All => true,
        Scope::Only(_) => !said.tenants.is_empty() && said.tenants.iter().all(|tenant| scope.admits(tenant)),
    }
}
