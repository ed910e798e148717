//! What somebody searched. The list is private to the person.

use jiff::Timestamp;

use crate::columns::Micros;
use crate::db::{reading, writing};
use crate::people::PersonId;
use crate::{Db, Error};

crate::ids::id! {
    /// Id of a search.
    SearchId
}

/// A value that somebody searched, once or several times.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Search {
    /// Id.
    pub id: SearchId,
    /// Who searched.
    pub person_id: PersonId,
    /// `domain` or `ip`.
    pub kind: String,
    /// The indicator's canonical value.
    pub value: String,
    /// The level of the last assessment, under its name in the API.
    pub level: String,
    /// How often it was searched.
    pub times: i64,
    /// When it was searched last.
    #[sqlx(try_from = "Micros")]
    pub searched_at: Timestamp,
}

/// A search that has come to its end.
#[derive(Clone, Debug)]
pub struct NewSearch {
    /// Who searched.
    pub person_id: PersonId,
    /// The indicator's canonical value.
    pub value: String,
    /// `domain` or `ip`.
    pub kind: String,
    /// The level of the assessment, under its name in the API.
    pub level: String,
}

macro_rules! search_columns {
    () => {
        "id, person_id, kind, value, level, times, searched_at"
    };
}

/// Puts a search at the top of somebody's list; a value that is in it already moves up.
pub async fn record(db: &Db, new: &NewSearch, now: Timestamp) -> Result<(), Error> {
    const RECORD: &str = "INSERT INTO searches (id, person_id, kind, value, level, times, searched_at)
                          VALUES ($1, $2, $3, $4, $5, 1, $6)
                          ON CONFLICT (person_id, kind, value) DO UPDATE SET
                              level = excluded.level, times = searches.times + 1, searched_at = excluded.searched_at";
    writing!(db, pool => {
        let record = sqlx::query(RECORD).bind(SearchId::new(now)).bind(&new.person_id).bind(&new.kind).bind(&new.value);
        record.bind(&new.level).bind(Micros::from(now)).execute(pool).await?;
    });
    Ok(())
}

/// What somebody searched last, the newest first.
pub async fn recent(db: &Db, person: &PersonId, limit: u32) -> Result<Vec<Search>, Error> {
    const RECENT: &str = concat!(
        "SELECT ",
        search_columns!(),
        " FROM searches WHERE person_id = $1 ORDER BY searched_at DESC, id DESC LIMIT $2"
    );
    reading!(db, pool => Ok(sqlx::query_as(RECENT).bind(person).bind(i64::from(limit)).fetch_all(pool).await?))
}

/// What the same person searched before `last`, the newest first: the next page of [`recent`].
pub async fn before(db: &Db, last: &Search, limit: u32) -> Result<Vec<Search>, Error> {
    const BEFORE: &str = concat!(
        "SELECT ",
        search_columns!(),
        " FROM searches WHERE person_id = $1 AND (searched_at, id) < ($2, $3)
         ORDER BY searched_at DESC, id DESC LIMIT $4"
    );
    reading!(db, pool => {
        let before = sqlx::query_as(BEFORE).bind(&last.person_id).bind(Micros::from(last.searched_at)).bind(&last.id);
        Ok(before.bind(i64::from(limit)).fetch_all(pool).await?)
    })
}

/// Throws away what was searched last before a time, of whomever. How many values that were.
pub async fn expire(db: &Db, before: Timestamp) -> Result<u64, Error> {
    const EXPIRE: &str = "DELETE FROM searches WHERE searched_at < $1";
    Ok(writing!(db, pool => sqlx::query(EXPIRE).bind(Micros::from(before)).execute(pool).await?.rows_affected()))
}
