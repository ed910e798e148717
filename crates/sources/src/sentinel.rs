//! What Microsoft Sentinel can answer, a capability a file.

pub(crate) mod alerts;
pub(crate) mod classic_alerts;
pub(crate) mod classic_threat_indicators;
pub(crate) mod threat_indicators;
pub(crate) mod workspace_alerts;
pub(crate) mod workspace_incidents;
pub(crate) mod workspace_threat_indicators;
mod workspaces;
