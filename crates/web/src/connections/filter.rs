//! Which of many connections page, API and command line list.

use jiff::Timestamp;
use search::{Product, Status, Validation};
use store::connections::Connection;
use store::grants::Scope;

use crate::Desk;
use crate::countdown::countdown;
use crate::error::Error;
use crate::tenants::{Tenants, names};

/// From so many connections on, the page offers to look for some of them.
pub const MANY: usize = 6;

/// What the connections are looked for by. Nothing that is not set narrows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of a label, of a tenant's name or GUID, of a workspace's name or GUID, or of an app's GUID.
    pub find: String,
    /// The product's name.
    pub product: String,
    /// One of [`STATES`].
    pub state: String,
    /// The tenant, by GUID or `CLOUD/GUID`.
    pub tenant: String,
}

/// The states that one looks for. What has failed needs attention too.
pub const STATES: [&str; 4] = ["attention", "failed", "ready", "new"];

/// A connection that is listed.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The connection.
    pub connection: Connection,
    /// What was found last.
    pub validation: Option<Validation>,
}

/// How a connection stands, as far as one looks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing works.
    Failed,
    /// Something is to be mended, or ends soon.
    Attention,
    /// It was not tried yet as it is now.
    New,
    /// Nothing is the matter.
    Ready,
}

impl Standing {
    /// From the last validation, and whether its credential ends soon.
    pub fn of(connection: &Connection, validation: Option<&Validation>, now: Timestamp) -> Standing {
        match validation.map(|validation| validation.status) {
            Some(Status::Failed) => Standing::Failed,
            Some(Status::Attention) => Standing::Attention,
            Some(Status::Ready) if countdown(&connection.credential, now).is_some() => Standing::Attention,
            Some(Status::Ready) => Standing::Ready,
            None => Standing::New,
        }
    }

    /// Its word, one of [`STATES`].
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Failed => "failed",
            Standing::Attention => "attention",
            Standing::New => "new",
            Standing::Ready => "ready",
        }
    }

    /// Whether a word of a filter means it. An unknown word narrows nothing.
    pub fn is(self, word: &str) -> bool {
        self.as_str() == word || !STATES.contains(&word) || (word == "attention" && self == Standing::Failed)
    }
}

impl Desk {
    /// The connections of a scope that a filter leaves.
    pub async fn listed(&self, scope: &Scope, filter: &Filter) -> Result<Vec<Listed>, Error> {
        let mut validations = store::validations::all(&self.db, scope).await?;
        let tenants = self.tenants(scope).await?;
        let all = store::connections::list(&self.db, scope).await?.into_iter().map(|connection| {
            let validation = validations.remove(&connection.id);
            Listed { connection, validation }
        });
        let admitted = |listed: &Listed| {
            let standing = Standing::of(&listed.connection, listed.validation.as_ref(), self.now());
            filter.admits(&listed.connection, standing, &tenants)
        };
        Ok(all.filter(admitted).collect())
    }
}

impl Filter {
    /// Whether it narrows nothing.
    pub fn is_empty(&self) -> bool {
        *self == Filter::default()
    }

    /// Whether a connection is among those that are looked for.
    pub fn admits(&self, connection: &Connection, standing: Standing, tenants: &Tenants) -> bool {
        let product = self.product.parse::<Product>().ok();
        let tenant = self.tenant.trim();
        product.is_none_or(|product| product == connection.product)
            && (tenant.is_empty() || names(tenant, Some(&connection.cloud), Some(&connection.tenant_guid)))
            && standing.is(&self.state)
            && self.finds(connection, tenants)
    }

    fn finds(&self, connection: &Connection, tenants: &Tenants) -> bool {
        let wanted = self.find.trim().to_lowercase();
        let tenant = tenants.of_connection(connection).unwrap_or_default();
        let workspaces = connection.workspaces.iter().flat_map(|workspace| [&workspace.id, &workspace.label]);
        let mut texts =
            [&connection.label, &connection.tenant_guid, &connection.client_id, &tenant].into_iter().chain(workspaces);
        wanted.is_empty() || texts.any(|text| text.to_lowercase().contains(&wanted))
    }

    /// What is set, by the names of the fields.
    pub fn fields(&self) -> Vec<(&'static str, &str)> {
        let all = [("find", &self.find), ("product", &self.product), ("state", &self.state), ("tenant", &self.tenant)];
        all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.as_str())).collect()
    }

    /// As the end of an address: `&find=…`, or nothing.
    pub fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.fields() {
            query.append_pair(name, value);
        }
        let query = query.finish();
        if query.is_empty() { query } else { format!("&{query}") }
    }
}
