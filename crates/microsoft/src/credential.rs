//! Who asks, what is asked for, and how long there is.

use std::sync::Arc;
use std::time::Instant;

use crate::{Cloud, Proof};

/// An app registration, and how it proves that it is itself.
#[derive(Clone)]
pub struct Credential {
    /// Where the tenant lives.
    pub cloud: Arc<Cloud>,
    /// The directory: its GUID, or one of its verified domains.
    pub tenant: String,
    /// The application (client) ID.
    pub client: String,
    /// How it proves that it is itself.
    pub proof: Proof,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("cloud", &self.cloud.name)
            .field("tenant", &self.tenant)
            .field("client", &self.client)
            .field("proof", &self.proof)
            .finish()
    }
}

/// An interface with tokens of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// Microsoft Graph.
    Graph,
    /// Defender for Endpoint ("WindowsDefenderATP").
    Defender,
    /// The Log Analytics query API.
    LogAnalytics,
}

impl Resource {
    /// The name on a page.
    pub fn title(self) -> &'static str {
        match self {
            Resource::Graph => "Microsoft Graph",
            Resource::Defender => "Defender for Endpoint",
            Resource::LogAnalytics => "Log Analytics",
        }
    }
}

/// Who waits for the answer. Work in the background leaves a share of every budget to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Priority {
    /// Someone is looking at the screen.
    People,
    /// Nobody is.
    Background,
}

/// What every call needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Who asks.
    pub credential: &'a Credential,
    /// When an answer is too late.
    pub deadline: Instant,
    /// Who waits.
    pub priority: Priority,
}
