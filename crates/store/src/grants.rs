//! Which tenants people and keys may see.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::audit::Actor;
use crate::db::{in_transaction, reading};
use crate::keys::KeyId;
use crate::people::{Person, PersonId};
use crate::tenants::TenantId;
use crate::{Db, Error};

/// Which tenants somebody may see.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Every tenant, also those that come later.
    All,
    /// These and no others.
    Only(BTreeSet<TenantId>),
}

impl Scope {
    /// Whether it holds a tenant.
    pub fn admits(&self, tenant: &TenantId) -> bool {
        match self {
            Scope::All => true,
            Scope::Only(tenants) => tenants.contains(tenant),
        }
    }

    /// What both hold.
    #[must_use]
    pub fn and(self, other: Scope) -> Scope {
        match (self, other) {
            (Scope::All, scope) | (scope, Scope::All) => scope,
            (Scope::Only(one), Scope::Only(other)) => Scope::Only(&one & &other),
        }
    }
}

/// The table of grants of people, or of keys.
pub(crate) struct Table {
    all: &'static str,
    list: &'static str,
    pub mark: &'static str,
    pub clear: &'static str,
    pub grant: &'static str,
}

pub(crate) const PEOPLE: Table = Table {
    all: "SELECT all_tenants FROM people WHERE id = $1",
    list: "SELECT tenant_id FROM person_grants WHERE person_id = $1",
    mark: "UPDATE people SET all_tenants = $2 WHERE id = $1",
    clear: "DELETE FROM person_grants WHERE person_id = $1",
    grant: "INSERT INTO person_grants (person_id, tenant_id) VALUES ($1, $2)",
};

const KEYS: Table = Table {
    all: "SELECT all_tenants FROM keys WHERE id = $1",
    list: "SELECT tenant_id FROM key_grants WHERE key_id = $1",
    mark: "UPDATE keys SET all_tenants = $2 WHERE id = $1",
    clear: "DELETE FROM key_grants WHERE key_id = $1",
    grant: "INSERT INTO key_grants (key_id, tenant_id) VALUES ($1, $2)",
};

/// What somebody may see, who was read a moment ago: asks the database only where that is not every tenant.
pub async fn of(db: &Db, person: &Person) -> Result<Scope, Error> {
    if person.all_tenants { Ok(Scope::All) } else { of_person(db, &person.id).await }
}

/// What a person may see. Nothing, if there is no such person.
pub async fn of_person(db: &Db, person: &PersonId) -> Result<Scope, Error> {
    scope(db, &PEOPLE, person.as_str()).await
}

/// What a key opens: no more than what its person may see.
pub async fn of_key(db: &Db, key: &KeyId, person: &PersonId) -> Result<Scope, Error> {
    Ok(scope(db, &KEYS, key.as_str()).await?.and(of_person(db, person).await?))
}

async fn scope(db: &Db, table: &Table, id: &str) -> Result<Scope, Error> {
    let all: Option<bool> = reading!(db, pool => sqlx::query_scalar(table.all).bind(id).fetch_optional(pool).await?);
    if all == Some(true) {
        return Ok(Scope::All);
    }
    let tenants: Vec<TenantId> = reading!(db, pool => sqlx::query_scalar(table.list).bind(id).fetch_all(pool).await?);
    Ok(Scope::Only(tenants.into_iter().collect()))
}

/// Sets what a person may see. Whether there is such a person; a tenant that is not there is [`Error::Gone`].
pub async fn set_of_person(
    db: &Db,
    by: &Actor,
    person: &PersonId,
    scope: &Scope,
    now: Timestamp,
) -> Result<bool, Error> {
    set(db, by, &PEOPLE, ("person", person.as_str()), scope, now).await
}

/// Sets what a key opens. Whether there is such a key; a tenant that is not there is [`Error::Gone`].
pub async fn set_of_key(db: &Db, by: &Actor, key: &KeyId, scope: &Scope, now: Timestamp) -> Result<bool, Error> {
    set(db, by, &KEYS, ("key", key.as_str()), scope, now).await
}

/// In a transaction: sets what somebody may see, or what a key opens, and says how many people or keys that was: one or none.
macro_rules! set_scope {
    ($transaction:ident, $by:expr, $table:expr, ($kind:expr, $id:expr), $scope:expr, $now:expr) => {{
        let none = std::collections::BTreeSet::new();
        let (all, tenants) = match $scope {
            crate::grants::Scope::All => (true, &none),
            crate::grants::Scope::Only(tenants) => (false, tenants),
        };
        let marked = sqlx::query($table.mark).bind($id).bind(all).execute(&mut *$transaction).await?.rows_affected();
        if marked > 0 {
            sqlx::query($table.clear).bind($id).execute(&mut *$transaction).await?;
            for tenant in tenants {
                sqlx::query($table.grant).bind($id).bind(tenant).execute(&mut *$transaction).await?;
            }
            let details = serde_json::json!({ "every_tenant": all, "tenants": tenants });
            let entry = crate::audit::Entry::new("grant.changed").about($kind, $id, "").with(details);
            crate::audit::audited!($transaction, $by, &[entry], $now);
        }
        marked
    }};
}
pub(crate) use set_scope;

async fn set(
    db: &Db,
    by: &Actor,
    table: &Table,
    (kind, id): (&str, &str),
    scope: &Scope,
    now: Timestamp,
) -> Result<bool, Error> {
    let set = in_transaction!(db, transaction => set_scope!(transaction, by, table, (kind, id), scope, now));
    Ok(set > 0)
}
