//! Microsoft directories, each in its cloud.

use jiff::Timestamp;

use crate::audit::{Actor, Entry, audited};
use crate::db::{in_transaction, reading};
use crate::grants::Scope;
use crate::within::{everything, listed, within};
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
    /// What people call it, if somebody has said.
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

/// The same for a scope: without one that holds every tenant, a tenant is neither added nor outside it.
macro_rules! ensure_tenant_within {
    ($transaction:expr, $scope:expr, $cloud:expr, $guid:expr, $now:expr) => {
        match $scope {
            crate::grants::Scope::All => crate::tenants::ensure_tenant!($transaction, $cloud, $guid, $now),
            crate::grants::Scope::Only(tenants) => {
                let known = sqlx::query_as::<_, crate::tenants::Tenant>(crate::tenants::FIND)
                    .bind($cloud)
                    .bind(crate::tenants::canonical($guid))
                    .fetch_optional(&mut *$transaction)
                    .await?;
                match known {
                    Some(tenant) if tenants.contains(&tenant.id) => tenant,
                    _ => return Err(crate::Error::OutsideScope),
                }
            }
        }
    };
}
pub(crate) use ensure_tenant_within;

/// The tenant of a cloud and a directory's GUID; added if it was not known.
pub async fn ensure(db: &Db, cloud: &str, guid: &str, now: Timestamp) -> Result<Tenant, Error> {
    Ok(in_transaction!(db, transaction => ensure_tenant!(transaction, cloud, guid, now)))
}

/// A tenant, and what hangs on it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Known {
    /// The tenant.
    #[sqlx(flatten)]
    pub tenant: Tenant,
    /// What its connections are called, if all are called the same.
    pub label: Option<String>,
    /// How many connections it has.
    pub connections: i64,
}

/// The tenants of a scope that were ever connected or named, in the order in which they came.
pub async fn known(db: &Db, scope: &Scope) -> Result<Vec<Known>, Error> {
    const KNOWN: &str = concat!(
        "SELECT tenants.id, tenants.cloud, tenants.guid, tenants.name,
                CASE WHEN MIN(connections.label) = MAX(connections.label) THEN MIN(connections.label) END AS label,
                COUNT(connections.id) AS connections
         FROM tenants LEFT JOIN connections ON connections.tenant_id = tenants.id
         WHERE ",
        within!("$1", "$2", "tenants.id"),
        " GROUP BY tenants.id, tenants.cloud, tenants.guid, tenants.name, tenants.created_at
          ORDER BY tenants.created_at, tenants.id"
    );
    reading!(db, pool => Ok(sqlx::query_as(KNOWN).bind(everything(scope)).bind(listed(scope)).fetch_all(pool).await?))
}

/// The same without what hangs on them.
pub async fn list(db: &Db, scope: &Scope) -> Result<Vec<Tenant>, Error> {
    Ok(known(db, scope).await?.into_iter().map(|known| known.tenant).collect())
}

/// Sets what people call a tenant; without a name it is called as its connections are. Whether there is such a tenant in the
/// scope.
pub async fn set_name(
    db: &Db,
    by: &Actor,
    scope: &Scope,
    id: &TenantId,
    name: Option<&str>,
    now: Timestamp,
) -> Result<bool, Error> {
    const RENAME: &str = "UPDATE tenants SET name = $2 WHERE id = $1";
    if !scope.admits(id) {
        return Ok(false);
    }
    let renamed = in_transaction!(db, transaction => {
        let renamed = sqlx::query(RENAME).bind(id).bind(name).execute(&mut *transaction).await?.rows_affected() > 0;
        if renamed {
            let entry = Entry::new("tenant.renamed").about("tenant", id, name.unwrap_or_default()).of(id);
            audited!(transaction, by, &[entry], now);
        }
        renamed
    });
    Ok(renamed)
}
