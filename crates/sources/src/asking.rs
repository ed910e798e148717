//! What a source needs to ask: the connection, the clients, and what is already known.

use std::sync::Arc;
use std::time::Instant;

use microsoft::{Call, Cloud, Credential, Microsoft, Priority};
use search::{Asked, Link};
use url::Url;

use crate::capability::Capability;
use crate::freshness::Freshness;
use crate::hunting::Shared;

/// One capability of one connection.
pub(crate) struct Asking {
    pub microsoft: Arc<Microsoft>,
    pub connection: Arc<Connected>,
    pub freshness: Arc<Freshness>,
    /// What the sources of the same credential ask together.
    pub shared: Arc<Shared>,
    pub capability: &'static Capability,
    /// Whether the owner has marked its table as rightly quiet: then an old newest row is no reason to doubt.
    pub rightly_quiet: bool,
    pub asked: Asked,
}

/// A saved connection, its secret opened.
pub(crate) struct Connected {
    pub credential: Credential,
    /// Workspaces of a Sentinel connection.
    pub workspaces: Vec<Workspace>,
}

/// A Log Analytics workspace.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    /// Its GUID.
    pub id: String,
    /// What people call it.
    pub label: String,
}

impl Workspace {
    /// What people call it, else its id.
    pub(crate) fn name(&self) -> &str {
        let label = self.label.trim();
        if label.is_empty() { &self.id } else { label }
    }
}

impl Asking {
    pub(crate) fn call(&self, deadline: Instant) -> Call<'_> {
        Call { credential: &self.connection.credential, deadline, priority: Priority::People }
    }

    /// The source's name, as findings carry it.
    pub(crate) fn route(&self) -> Vec<String> {
        vec![self.asked.source.clone()]
    }
}

impl Connected {
    pub(crate) fn cloud(&self) -> &Cloud {
        &self.credential.cloud
    }

    /// A link of Microsoft's, if it leads to one of the cloud's portals.
    pub(crate) fn link(&self, label: impl Into<String>, url: Option<&str>) -> Option<Link> {
        let url = self.cloud().portal_link(url?)?;
        Some(Link { label: label.into(), url: url.into() })
    }

    pub(crate) fn permissions_link(&self) -> Option<String> {
        self.cloud().permissions_page(&self.credential.client).map(Url::into)
    }

    pub(crate) fn secrets_link(&self) -> Option<String> {
        self.cloud().secrets_page(&self.credential.client).map(Url::into)
    }

    /// Where Azure roles are given: the list of workspaces, since a workspace's own page needs more than its GUID.
    pub(crate) fn roles_link(&self) -> Option<String> {
        let mut url = self.cloud().admin.clone()?;
        url.set_fragment(Some(
            "view/HubsExtension/BrowseResource/resourceType/Microsoft.OperationalInsights%2Fworkspaces",
        ));
        Some(url.into())
    }
}
