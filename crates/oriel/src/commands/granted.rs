//! Tenants as they are named on the command line.

use anyhow::anyhow;
use store::Db;
use store::grants::Scope;
use store::tenants;

use crate::output::plain;

/// What `--tenant` says, each a GUID or `CLOUD/GUID`; `None` where nothing was said.
pub async fn scope(db: &Db, named: &[String]) -> anyhow::Result<Option<Scope>> {
    if named.is_empty() {
        return Ok(None);
    }
    let known = tenants::list(db, &Scope::All).await?;
    let mut granted = std::collections::BTreeSet::new();
    for name in named {
        let is_named = |tenant: &&tenants::Tenant| web::tenants::names(name, Some(&tenant.cloud), Some(&tenant.guid));
        let found: Vec<_> = known.iter().filter(is_named).collect();
        match found.as_slice() {
            [tenant] => granted.insert(tenant.id.clone()),
            [] => {
                return Err(anyhow!(
                    "No connection was ever saved for the tenant “{}”; `oriel connection list` shows which there are.",
                    plain(name)
                ));
            }
            _ => {
                return Err(anyhow!(
                    "The tenant “{}” is known in more than one cloud; write it as CLOUD/GUID.",
                    plain(name)
                ));
            }
        };
    }
    Ok(Some(Scope::Only(granted)))
}

/// Tenants in a line of a list.
pub async fn listed(db: &Db, scope: &Scope) -> anyhow::Result<String> {
    if matches!(scope, Scope::All) {
        return Ok("every tenant".to_owned());
    }
    let seen = tenants::list(db, scope).await?;
    let names: Vec<String> = seen.iter().map(|tenant| format!("{}/{}", tenant.cloud, tenant.guid)).collect();
    Ok(if names.is_empty() { "no tenant".to_owned() } else { names.join(" ") })
}
