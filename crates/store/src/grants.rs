//! Which tenants people and keys may see.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use crate::audit::{Actor, Entry, audited};
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

    /// Whether it is every tenant; and which, where it is not.
    pub(crate) fn parts(&self) -> (bool, &BTreeSet<TenantId>) {
        static NONE: BTreeSet<TenantId> = BTreeSet::new();
        match self {
            Scope::All => (true, &NONE),
            Scope::Only(tenants) => (false, tenants),
        }
    }

    /// An entry of somebody who was granted this. As what belongs to no tenant, it is for those who see every one.
    pub(crate) fn note(&self, mut entry: Entry) -> Entry {
        let (_, tenants) = self.parts();
        if let (false, Value::Object(details)) = (tenants.is_empty(), &mut entry.details) {
            details.insert("tenants".to_owned(), serde_json::json!(tenants));
        }
        entry
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
    /// Whether every tenant is seen.
    all: &'static str,
    /// Whether every tenant was granted.
    pub granted: &'static str,
    pub list: &'static str,
    pub mark: &'static str,
    pub clear: &'static str,
    pub grant: &'static str,
}

pub(crate) const PEOPLE: Table = Table {
    all: "SELECT all_tenants OR role = 'owner' FROM people WHERE id = $1",
    granted: "SELECT all_tenants FROM people WHERE id = $1",
    list: "SELECT tenant_id FROM person_grants WHERE person_id = $1",
    mark: "UPDATE people SET all_tenants = $2 WHERE id = $1",
    clear: "DELETE FROM person_grants WHERE person_id = $1",
    grant: "INSERT INTO person_grants (person_id, tenant_id) VALUES ($1, $2)",
};

pub(crate) const KEYS: Table = Table {
    all: "SELECT all_tenants FROM keys WHERE id = $1",
    granted: "SELECT all_tenants FROM keys WHERE id = $1",
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
    scope(db, PEOPLE.all, PEOPLE.list, person.as_str()).await
}

/// What a person was granted; an owner sees every tenant all the same.
pub async fn granted_to(db: &Db, person: &PersonId) -> Result<Scope, Error> {
    scope(db, PEOPLE.granted, PEOPLE.list, person.as_str()).await
}

/// What a key opens: no more than what its person may see.
pub async fn of_key(db: &Db, key: &KeyId, person: &PersonId) -> Result<Scope, Error> {
    Ok(scope(db, KEYS.all, KEYS.list, key.as_str()).await?.and(of_person(db, person).await?))
}

async fn scope(db: &Db, all: &'static str, list: &'static str, id: &str) -> Result<Scope, Error> {
    let all: Option<bool> = reading!(db, pool => sqlx::query_scalar(all).bind(id).fetch_optional(pool).await?);
    if all == Some(true) {
        return Ok(Scope::All);
    }
    let tenants: Vec<TenantId> = reading!(db, pool => sqlx::query_scalar(list).bind(id).fetch_all(pool).await?);
    Ok(Scope::Only(tenants.into_iter().collect()))
}

/// Sets what a person may see. Whether that was anything else than before; a tenant that is not there is [`Error::Gone`].
pub async fn set_of_person(
    db: &Db,
    by: &Actor,
    person: &PersonId,
    scope: &Scope,
    now: Timestamp,
) -> Result<bool, Error> {
    set(db, by, &PEOPLE, ("person", person.as_str()), scope, now).await
}

/// Sets what a key opens. Whether that was anything else than before; a tenant that is not there is [`Error::Gone`].
pub async fn set_of_key(db: &Db, by: &Actor, key: &KeyId, scope: &Scope, now: Timestamp) -> Result<bool, Error> {
    set(db, by, &KEYS, ("key", key.as_str()), scope, now).await
}

/// In a transaction: sets what somebody may see, or what a key opens. What is to be written down of it: nothing if that is
/// what was granted before, or if there is no such person or key.
macro_rules! set_scope {
    ($transaction:ident, $table:expr, ($kind:expr, $id:expr, $name:expr), $scope:expr) => {{
        let (all, tenants) = $scope.parts();
        let before: Option<bool> = sqlx::query_scalar($table.granted).bind($id).fetch_optional(&mut *$transaction).await?;
        let listed: Vec<crate::tenants::TenantId> =
            sqlx::query_scalar($table.list).bind($id).fetch_all(&mut *$transaction).await?;
        let listed: std::collections::BTreeSet<_> = listed.into_iter().collect();
        if before.is_none_or(|before| before == all && listed == *tenants) {
            None
        } else {
            sqlx::query($table.mark).bind($id).bind(all).execute(&mut *$transaction).await?;
            sqlx::query($table.clear).bind($id).execute(&mut *$transaction).await?;
            for tenant in tenants {
                sqlx::query($table.grant).bind($id).bind(tenant).execute(&mut *$transaction).await?;
            }
            let details = serde_json::json!({ "every_tenant": all, "tenants": tenants });
            Some(crate::audit::Entry::new("grant.changed").about($kind, $id, $name).with(details))
        }
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
    Ok(in_transaction!(db, transaction => {
        let entry = set_scope!(transaction, table, (kind, id, ""), scope);
        if let Some(entry) = &entry {
            audited!(transaction, by, std::slice::from_ref(entry), now);
        }
        entry.is_some()
    }))
}
