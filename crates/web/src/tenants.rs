//! What tenants are called where there is more than one, and how one of them is named in an address.

use search::{Asked, Finding};
use store::grants::Scope;
use store::tenants::{Known, TenantId};

use crate::error::Error;
use crate::{Desk, markup};

/// The connected tenants that somebody may see.
#[derive(Clone, Debug, Default)]
pub struct Tenants(Vec<Named>);

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its id here.
    pub id: TenantId,
    /// The cloud's name.
    pub cloud: String,
    /// The directory's GUID, lower case.
    pub guid: String,
    /// What it is called: its own name, else what all its connections are called, else the beginning of its GUID. No two
    /// are called the same.
    pub name: String,
    /// The name that somebody gave it; empty without one.
    pub own_name: String,
    /// How an address names it: by the GUID, and by cloud and GUID where another cloud has the same.
    pub key: String,
}

/// The beginning of a GUID: enough to tell a few apart.
fn short(guid: &str) -> String {
    format!("{}…", guid.chars().take(8).collect::<String>())
}

impl Tenants {
    /// With names for those that have connections, in the order of the names.
    pub fn new(known: Vec<Known>) -> Tenants {
        let connected: Vec<Known> = known.into_iter().filter(|known| known.connections > 0).collect();
        let plain = |known: &Known| {
            let name = known.tenant.name.as_deref().or(known.label.as_deref()).map(markup::clean);
            name.filter(|name| !name.is_empty()).unwrap_or_else(|| short(&known.tenant.guid))
        };
        let names: Vec<String> = connected.iter().map(plain).collect();
        let named = |(known, name): (&Known, &String)| {
            let tenant = &known.tenant;
            let twice = names.iter().filter(|other| other.eq_ignore_ascii_case(name)).count() > 1;
            let clouds = connected.iter().filter(|other| other.tenant.guid == tenant.guid).count();
            let name = match (twice, clouds > 1) {
                (false, _) => name.clone(),
                (true, false) => format!("{name} ({})", short(&tenant.guid)),
                (true, true) => format!("{name} ({}, {})", short(&tenant.guid), tenant.cloud),
            };
            let own_name = tenant.name.clone().unwrap_or_default();
            let key = if clouds > 1 { format!("{}/{}", tenant.cloud, tenant.guid) } else { tenant.guid.clone() };
            Named { id: tenant.id.clone(), cloud: tenant.cloud.clone(), guid: tenant.guid.clone(), name, own_name, key }
        };
        let mut all: Vec<Named> = connected.iter().zip(&names).map(named).collect();
        all.sort_by_cached_key(|tenant| (tenant.name.to_lowercase(), tenant.guid.clone()));
        Tenants(all)
    }

    /// Whether a row has to say which tenant it is of.
    pub fn several(&self) -> bool {
        self.0.len() > 1
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Named> {
        self.0.iter()
    }

    /// Those of them that somebody sees, or a key opens, by their names.
    pub fn in_words(&self, scope: &Scope) -> String {
        let seen = self.0.iter().filter(|tenant| scope.admits(&tenant.id));
        let names: Vec<&str> = seen.map(|tenant| tenant.name.as_str()).collect();
        if names.is_empty() { "no tenant".to_owned() } else { names.join(", ") }
    }

    /// The one that an address or a form names, by GUID or by `CLOUD/GUID`.
    pub fn read(&self, text: &str) -> Option<&Named> {
        let text = text.trim();
        self.0.iter().find(|tenant| names(text, Some(&tenant.cloud), Some(&tenant.guid)))
    }

    /// What a tenant is called, where there are several.
    fn badge(&self, cloud: Option<&str>, guid: Option<&str>) -> Option<String> {
        let guid = guid.filter(|_| self.several())?;
        let same =
            |tenant: &&Named| tenant.guid.eq_ignore_ascii_case(guid) && cloud.is_none_or(|cloud| tenant.cloud == cloud);
        Some(self.0.iter().find(same).map_or_else(|| short(&markup::clean(guid)), |tenant| tenant.name.clone()))
    }

    /// What the tenant of a finding is called, where there are several.
    pub fn of_finding(&self, finding: &Finding) -> Option<String> {
        self.badge(finding.cloud.as_deref(), finding.tenant.as_deref())
    }

    /// What the tenant of a source is called, where there are several.
    pub fn of_source(&self, asked: &Asked) -> Option<String> {
        self.badge(asked.cloud.as_deref(), asked.tenant.as_deref())
    }

    /// What the tenant of a connection is called, where there are several.
    pub fn of_connection(&self, connection: &store::connections::Connection) -> Option<String> {
        self.badge(Some(&connection.cloud), Some(&connection.tenant_guid))
    }
}

/// Whether a text, a GUID or `CLOUD/GUID`, names this tenant.
pub fn names(text: &str, cloud: Option<&str>, guid: Option<&str>) -> bool {
    let Some(guid) = guid else { return false };
    match text.split_once('/') {
        Some((in_cloud, id)) => cloud.is_some_and(|cloud| cloud == in_cloud) && guid.eq_ignore_ascii_case(id),
        None => guid.eq_ignore_ascii_case(text),
    }
}

/// The longest name of a tenant, in letters.
const LONGEST_NAME: usize = 80;

/// The name that somebody typed for a tenant; nothing typed is none.
pub fn readable_name(typed: &str) -> Result<Option<String>, Error> {
    let name = typed.trim();
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Error::field("name", format!("A tenant’s name is one line of at most {LONGEST_NAME} characters.")));
    }
    Ok(Some(name.to_owned()).filter(|name| !name.is_empty()))
}

impl Desk {
    /// The connected tenants of a scope, with what they are called.
    pub async fn tenants(&self, scope: &Scope) -> Result<Tenants, Error> {
        Ok(Tenants::new(store::tenants::known(&self.db, scope).await?))
    }
}

#[cfg(test)]
mod tests;
