//! What a source needs to ask: the connection, the clients, and what is already known.

use std::sync::Arc;
use std::time::Instant;

use microsoft::{Call, Cloud, Credential, EntraPage, Microsoft, Priority, RefusalCause, in_tenant};
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
    /// Whether a validation has found out that Graph's list of alerts finds by an address in the evidence.
    pub finds_by_address: bool,
    /// Who waits for what is asked.
    pub priority: Priority,
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
        Call { credential: &self.connection.credential, deadline, priority: self.priority }
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

    /// A link of Microsoft's, if it leads to one of the cloud's portals; it opens in the connection's tenant.
    pub(crate) fn link(&self, label: impl Into<String>, url: Option<&str>) -> Option<Link> {
        let url = self.cloud().portal_link(url?)?;
        Some(Link { label: label.into(), url: self.in_tenant(url) })
    }

    /// A page of a portal, in the connection's tenant.
    fn in_tenant(&self, page: Url) -> String {
        in_tenant(page, &self.credential.tenant).into()
    }

    pub(crate) fn permissions_link(&self) -> Option<String> {
        self.cloud().permissions_page(&self.credential.client).map(|page| self.in_tenant(page))
    }

    /// Where the cause of a refused sign-in is mended; `None` where that is no page of the portal.
    pub(crate) fn refusal_link(&self, cause: RefusalCause) -> Option<String> {
        use RefusalCause::*;
        let (cloud, client) = (self.cloud(), &self.credential.client);
        let page = match cause {
            ConsentMissing | PermissionNotRequested => cloud.permissions_page(client),
            AppDisabled | AppUnavailable => cloud.entra_page(EntraPage::EnterpriseApplications),
            ConditionalAccess | SecurityPolicy | TokenRejected | Unknown => cloud.entra_page(EntraPage::SignInLog),
            AppNotFound | TenantNotFound | TenantNotNamed | UserAccount => cloud.entra_page(EntraPage::Registrations),
            PublicClient | BadRequest => cloud.overview_page(client),
            WrongCloud
            | ResourceMissing
            | NotSubscribed
            | BadScope
            | TenantRestrictions
            | AssertionTime
            | FederatedForbidden
            | IdentityEndpointMissing
            | IdentityNotFound
            | IdentityRefused
            | IdentityUnavailable
            | TokenFile
            | TokenFileStale
            | TooManyIdentical
            | OldTls
            | Unavailable
            | TenantThrottled => None,
            WrongSecret | SecretIdPasted | SecretExpired | SecretMissing | CredentialPolicy | CertificateUnknown
            | CertificateExpired | CertificateRevoked | CertificateSubject | AssertionInvalid | FederatedNone
            | FederatedMismatch | FederatedIssuer | FederatedSubject | FederatedAudience | FederatedKey
            | FederatedByEntra => cloud.secrets_page(client),
        };
        page.map(|page| self.in_tenant(page))
    }

    /// Where Azure roles are given: the list of workspaces, since a workspace's own page needs more than its GUID.
    pub(crate) fn roles_link(&self) -> Option<String> {
        let mut url = self.cloud().admin.clone()?;
        url.set_fragment(Some(
            "view/HubsExtension/BrowseResource/resourceType/Microsoft.OperationalInsights%2Fworkspaces",
        ));
        Some(self.in_tenant(url))
    }
}
