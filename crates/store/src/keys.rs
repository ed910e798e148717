//! API keys. Of a key only its SHA-256 is kept.

use jiff::{SignedDuration, Timestamp};

use crate::audit::{Actor, Entry, audited};
use crate::columns::{MaybeMicros, Micros};
use crate::db::{in_transaction, reading, writing};
use crate::grants::{self, Scope};
use crate::people::{LOCK, Person, PersonId, person_columns};
use crate::{Db, Error, Hash};

crate::ids::id! {
    /// Id of an API key; not the key.
    KeyId
}

/// What is known of an API key.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ApiKey {
    /// Id.
    #[sqlx(rename = "key_id")]
    pub id: KeyId,
    /// Whose rights it has.
    pub person_id: PersonId,
    /// What it is for, in its owner's words.
    pub label: String,
    /// When it was made.
    #[sqlx(try_from = "Micros")]
    pub created_at: Timestamp,
    /// When it was last used, to the minute; absent if never.
    #[sqlx(try_from = "MaybeMicros")]
    pub last_used_at: Option<Timestamp>,
    /// Since when it opens nothing.
    #[sqlx(try_from = "MaybeMicros")]
    pub revoked_at: Option<Timestamp>,
    /// Whether it opens every tenant that its person may see; else see [`crate::grants`].
    #[sqlx(rename = "key_all_tenants")]
    pub all_tenants: bool,
    /// Whether it was made to change people as well, where its person may.
    pub manage_people: bool,
}

/// A key that is to be made.
#[derive(Clone, Debug)]
pub struct NewKey<'a> {
    /// The digest of the key.
    pub hash: &'a Hash,
    /// Whose rights it has.
    pub person: &'a PersonId,
    /// What it is for.
    pub label: &'a str,
    /// The tenants that it opens, from the first moment on; never more than the person sees.
    pub scope: Scope,
    /// Whether it changes people as well.
    pub manage_people: bool,
}

/// Keys that open something: not revoked, of people who may sign in. Of somebody who comes in through the provider, only
/// while that was not too long ago: whoever has left the organisation does not come back to sign in.
/// `$1` is the time since which that has to have been.
macro_rules! open_keys {
    () => {
        "keys.revoked_at IS NULL AND people.disabled_at IS NULL
         AND (people.sso_issuer IS NULL OR people.sso_seen_at > $1)"
    };
}
pub(crate) use open_keys;

impl ApiKey {
    fn entry(&self, action: &'static str) -> Entry {
        let details = serde_json::json!({ "person": self.person_id });
        Entry::new(action).about("key", &self.id, &self.label).with(details)
    }
}

/// The time of last use is written down at most this often: a request must not cost a write.
const USE_IS_NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    key: ApiKey,
    #[sqlx(flatten)]
    person: Person,
}

/// The columns of an [`ApiKey`] but for `person_id`, which comes with the person's.
macro_rules! key_columns {
    () => {
        "keys.id AS key_id, keys.label, keys.created_at, keys.last_used_at, keys.revoked_at, \
         keys.all_tenants AS key_all_tenants, keys.manage_people"
    };
}

/// Keeps a new key. A person who may not sign in any more, or a tenant that is not there, is [`Error::Gone`].
pub async fn create(db: &Db, by: &Actor, new: &NewKey<'_>, now: Timestamp) -> Result<ApiKey, Error> {
    const CREATE: &str = concat!(
        "INSERT INTO keys (id, hash, person_id, label, created_at, all_tenants, manage_people)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING person_id, ",
        key_columns!()
    );
    let (every, tenants) = new.scope.parts();
    let key = in_transaction!(db, transaction => {
        if sqlx::query(LOCK).bind(new.person).execute(&mut *transaction).await?.rows_affected() == 0 {
            return Err(Error::Gone);
        }
        let create = sqlx::query_as(CREATE).bind(KeyId::new(now)).bind(new.hash.as_slice()).bind(new.person);
        let create = create.bind(new.label).bind(Micros::from(now)).bind(every).bind(new.manage_people);
        let key: ApiKey = create.fetch_one(&mut *transaction).await?;
        for tenant in tenants {
            sqlx::query(grants::KEYS.grant).bind(&key.id).bind(tenant).execute(&mut *transaction).await?;
        }
        let details = serde_json::json!({
            "person": key.person_id, "every_tenant": every, "manage_people": key.manage_people,
        });
        let entry = new.scope.note(key.entry("key.created").with(details));
        audited!(transaction, by, &[entry], now);
        key
    });
    Ok(key)
}

/// The key with this hash and whose rights it has, if it opens something; notes that it was used. Of somebody who comes in
/// through the provider it opens something if they did so after `signed_in_since`.
pub async fn find(
    db: &Db,
    hash: &Hash,
    signed_in_since: Timestamp,
    now: Timestamp,
) -> Result<Option<(ApiKey, Person)>, Error> {
    const FIND: &str = concat!(
        "SELECT ",
        key_columns!(),
        ", ",
        person_columns!(),
        " FROM keys JOIN people ON people.id = keys.person_id WHERE keys.hash = $2 AND ",
        open_keys!()
    );
    let row: Option<Row> = reading!(db, pool => {
        sqlx::query_as(FIND).bind(Micros::from(signed_in_since)).bind(hash.as_slice()).fetch_optional(pool).await?
    });
    let Some(Row { key, person }) = row else {
        return Ok(None);
    };
    if key.last_used_at.is_none_or(|used| now.duration_since(used) >= USE_IS_NOTED_EVERY) {
        // A full disk must not lock out who only wants to read.
        if let Err(error) = note_use(db, &key.id, now).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the use of an API key could not be noted");
        }
    }
    Ok(Some((key, person)))
}

async fn note_use(db: &Db, id: &KeyId, now: Timestamp) -> Result<(), Error> {
    writing!(db, pool => {
        sqlx::query("UPDATE keys SET last_used_at = $2 WHERE id = $1").bind(id).bind(Micros::from(now)).execute(pool).await?;
    });
    Ok(())
}

/// Somebody's keys, revoked ones too, in the order in which they were made.
pub async fn list_of(db: &Db, person: &PersonId) -> Result<Vec<ApiKey>, Error> {
    const LIST: &str =
        concat!("SELECT person_id, ", key_columns!(), " FROM keys WHERE person_id = $1 ORDER BY created_at, id");
    reading!(db, pool => Ok(sqlx::query_as(LIST).bind(person).fetch_all(pool).await?))
}

/// Everybody's keys, revoked ones too, in the order in which they were made.
pub async fn list(db: &Db) -> Result<Vec<(ApiKey, Person)>, Error> {
    const LIST: &str = concat!(
        "SELECT ",
        key_columns!(),
        ", ",
        person_columns!(),
        " FROM keys JOIN people ON people.id = keys.person_id ORDER BY keys.created_at, keys.id"
    );
    let rows: Vec<Row> = reading!(db, pool => sqlx::query_as(LIST).fetch_all(pool).await?);
    Ok(rows.into_iter().map(|row| (row.key, row.person)).collect())
}

/// Ends a key, if it is that of `person` where one is named. Whether there was one to end.
pub async fn revoke(db: &Db, by: &Actor, person: Option<&PersonId>, id: &KeyId, now: Timestamp) -> Result<bool, Error> {
    const REVOKE: &str = concat!(
        "UPDATE keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL AND ($3 IS NULL OR person_id = $3)
         RETURNING person_id, ",
        key_columns!()
    );
    let revoked = in_transaction!(db, transaction => {
        let revoke = sqlx::query_as(REVOKE).bind(id).bind(Micros::from(now)).bind(person);
        let revoked: Option<ApiKey> = revoke.fetch_optional(&mut *transaction).await?;
        if let Some(key) = &revoked {
            audited!(transaction, by, &[key.entry("key.revoked")], now);
        }
        revoked.is_some()
    });
    Ok(revoked)
}
