//! Microsoft directories, each in its cloud.

use jiff::Timestamp;

use crate::db::{in_transaction, reading, writing};
use crate::{Db, Error};

crate::ids::id! {
    /// Id of a tenant here; not its GUID at Microsoft.
    TenantId
}

/// A Microsoft directory in its cloud.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Tenant {
    /// Id.
    pub id: TenantId,
    /// The cloud's name: `global`, `gcc-high` …
    pub cloud: String,
    /// The directory's GUID, lower case.
    pub guid: String,
    /// What Microsoft calls it, once that is known.
    pub name: Option<String>,
}

/// The form in which a directory's GUID is kept and compared.
pub(crate) fn canonical(guid: &str) -> String {
    guid.trim().to_ascii_lowercase()
}

/// Adds a tenant unless it is there; bind an id, the cloud, the GUID and the time.
pub(crate) const ADD: &str = "INSERT INTO tenants (id, cloud, guid, created_at) VALUES ($1, $2, $3, $4)
                              ON CONFLICT (cloud, guid) DO NOTHING";

/// The tenant of a cloud and a GUID.
pub(crate) const FIND: &str = "SELECT id, cloud, guid, name FROM tenants WHERE cloud = $1 AND guid = $2";

/// Adds a tenant unless it is there, inside a transaction, and answers with it.
macro_rules! ensure_tenant {
    ($transaction:expr, $cloud:expr, $guid:expr, $now:expr) => {{
        let guid = crate::tenants::canonical($guid);
        sqlx::query(crate::tenants::ADD)
            .bind(crate::tenants::TenantId::new($now))
            .bind($cloud)
            .bind(&guid)
            .bind(crate::columns::Micros::from($now))
            .execute(&mut *$transaction)
            .await?;
        sqlx::query_as::<_, crate::tenants::Tenant>(crate::tenants::FIND)
            .bind($cloud)
            .bind(&guid)
            .fetch_one(&mut *$transaction)
            .await?
    }};
}
pub(crate) use ensure_tenant;

/// The tenant of a cloud and a directory's GUID; added if it was not known.
pub async fn ensure(db: &Db, cloud: &str, guid: &str, now: Timestamp) -> Result<Tenant, Error> {
    Ok(in_transaction!(db, transaction => ensure_tenant!(transaction, cloud, guid, now)))
}

/// Every tenant that was ever connected, in the order in which they came.
pub async fn list(db: &Db) -> Result<Vec<Tenant>, Error> {
    const LIST: &str = "SELECT id, cloud, guid, name FROM tenants ORDER BY created_at, id";
    reading!(db, pool => Ok(sqlx::query_as(LIST).fetch_all(pool).await?))
}

/// Keeps what Microsoft calls a tenant. Whether there is such a tenant.
pub async fn set_name(db: &Db, id: &TenantId, name: &str) -> Result<bool, Error> {
    let rows = writing!(db, pool => {
        sqlx::query("UPDATE tenants SET name = $2 WHERE id = $1").bind(id).bind(name).execute(pool).await?.rows_affected()
    });
    Ok(rows > 0)
}
