//! Domains and networks of the organisation, by tenant: reports flag them and do not assess them.

use std::str::FromStr;

use jiff::Timestamp;
use search::own::{Asset, AssetKind, OwnAsset};

use crate::audit::{Actor, Entry, audited};
use crate::columns::Micros;
use crate::db::{in_transaction, reading};
use crate::grants::Scope;
use crate::people::PersonId;
use crate::tenants::TenantId;
use crate::within::{everything, listed, within};
use crate::{Db, Error};

crate::ids::id! {
    /// Id of an own asset.
    OwnAssetId
}

/// How an asset came to be known as the organisation's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Somebody typed it.
    Typed,
    /// It was offered from what devices use, and somebody took it.
    Offered,
}

impl How {
    /// Its name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            How::Typed => "typed",
            How::Offered => "offered",
        }
    }
}

/// An own asset that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Id.
    pub id: OwnAssetId,
    /// The tenant whose organisation it belongs to.
    pub tenant_id: TenantId,
    /// The domain or network, and the note on it.
    pub own: OwnAsset,
    /// How it came to be known.
    pub how: How,
    /// When it was added.
    pub created_at: Timestamp,
}

/// An asset that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// The domain or network.
    pub asset: Asset,
    /// What it is, in its owner's words; may be empty.
    pub note: String,
    /// How it came to be known.
    pub how: How,
}

type Row = (OwnAssetId, TenantId, String, String, String, String, Micros);

/// The assets of the tenants in a scope, domains first, each kind in the order of its values.
pub async fn list(db: &Db, scope: &Scope) -> Result<Vec<Kept>, Error> {
    const LIST: &str = concat!(
        "SELECT id, tenant_id, kind, value, note, how, created_at FROM own_assets WHERE ",
        within!("$1", "$2", "tenant_id"),
        " ORDER BY kind, value, id"
    );
    let rows: Vec<Row> =
        reading!(db, pool => sqlx::query_as(LIST).bind(everything(scope)).bind(listed(scope)).fetch_all(pool).await?);
    rows.into_iter().map(read).collect()
}

fn read((id, tenant_id, kind, value, note, how, created_at): Row) -> Result<Kept, Error> {
    let damaged = || Error::Damaged(format!("own_assets.value holds “{value}”, which is no {kind}"));
    let asset = search::own::read(&value).map_err(|_| damaged())?;
    if AssetKind::from_str(&kind).ok() != Some(asset.kind()) {
        return Err(damaged());
    }
    let how = if how == How::Offered.as_str() { How::Offered } else { How::Typed };
    Ok(Kept {
        id,
        tenant_id,
        own: OwnAsset { asset, note },
        how,
        created_at: created_at.read("own_assets.created_at")?,
    })
}

/// Adds assets to a tenant; one that is there already stays as it is. How many are new. A tenant outside the scope is
/// [`Error::OutsideScope`].
pub async fn add(
    db: &Db,
    by: &Actor,
    scope: &Scope,
    tenant: &TenantId,
    assets: &[New],
    now: Timestamp,
) -> Result<usize, Error> {
    const ADD: &str = "INSERT INTO own_assets (id, tenant_id, kind, value, note, how, created_by, created_at)
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                       ON CONFLICT (tenant_id, kind, value) DO NOTHING";
    if !scope.admits(tenant) {
        return Err(Error::OutsideScope);
    }
    let person = by.id.as_deref().and_then(|id| PersonId::from_str(id).ok());
    let added = in_transaction!(db, transaction => {
        let mut entries = Vec::new();
        for new in assets {
            let (id, value) = (OwnAssetId::new(now), new.asset.value());
            let add = sqlx::query(ADD).bind(&id).bind(tenant).bind(new.asset.kind().as_str()).bind(&value);
            let add = add.bind(&new.note).bind(new.how.as_str()).bind(&person).bind(Micros::from(now));
            if add.execute(&mut *transaction).await?.rows_affected() > 0 {
                let details = serde_json::json!({ "note": new.note, "how": new.how });
                entries.push(Entry::new("own_asset.added").about("own_asset", &id, &value).of(tenant).with(details));
            }
        }
        if !entries.is_empty() {
            audited!(transaction, by, &entries, now);
        }
        entries.len()
    });
    Ok(added)
}

/// Takes an asset away. Whether there was one in the scope.
pub async fn remove(db: &Db, by: &Actor, scope: &Scope, id: &OwnAssetId, now: Timestamp) -> Result<bool, Error> {
    const FIND: &str = "SELECT tenant_id, value FROM own_assets WHERE id = $1";
    let removed = in_transaction!(db, transaction => {
        let found: Option<(TenantId, String)> =
            sqlx::query_as(FIND).bind(id).fetch_optional(&mut *transaction).await?;
        match found.filter(|(tenant, _)| scope.admits(tenant)) {
            None => false,
            Some((tenant, value)) => {
                let remove = sqlx::query("DELETE FROM own_assets WHERE id = $1").bind(id);
                let removed = remove.execute(&mut *transaction).await?.rows_affected() > 0;
                if removed {
                    let entry = Entry::new("own_asset.removed").about("own_asset", id, &value).of(&tenant);
                    audited!(transaction, by, &[entry], now);
                }
                removed
            }
        }
    });
    Ok(removed)
}
