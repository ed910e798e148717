//! The part of an app's manifest that names its permissions.
//!
//! A manifest holds ids where a person thinks in names. Microsoft publishes those of Graph, and they are the same in every
//! tenant; those of WindowsDefenderATP stand in no page of Microsoft's, and public scripts carry wrong ones under the same
//! names. A wrong id would have an administrator consent to something else. So the manifest has Graph's permissions alone,
//! and says that the others are added in the portal or by the script, which look them up.

use microsoft::Resource;
use serde::Serialize;

use super::plan::{INTERFACES, Plan};

/// App roles of Microsoft Graph: "Microsoft Graph permissions reference".
const GRAPH: [(&str, &str); 3] = [
    ("SecurityAlert.Read.All", "472e4a4d-bb4a-4026-98d1-0b0d74cb74a5"),
    ("SecurityIncident.Read.All", "45cc0394-e837-488b-a098-1918f48d186c"),
    ("ThreatHunting.Read.All", "dd98c7f5-2d42-42d3-a0e4-633161547251"),
];

/// Writes it; `None` if there is nothing to name.
pub(super) fn manifest(plan: &Plan<'_>) -> Option<String> {
    let ids: Vec<_> = plan.permissions(Resource::Graph).into_iter().filter_map(id).collect();
    let (_, _, graph) = INTERFACES.into_iter().find(|(resource, ..)| *resource == Resource::Graph)?;
    if ids.is_empty() {
        return None;
    }
    let access =
        Access { app: graph, permissions: ids.into_iter().map(|id| Permission { id, kind: "Role" }).collect() };
    let manifest = serde_json::to_string_pretty(&Manifest { access: [access] }).ok()?;
    Some(format!("{manifest}\n"))
}

/// "Understand the app manifest": in the order in which the portal writes it.
#[derive(Serialize)]
struct Manifest {
    #[serde(rename = "requiredResourceAccess")]
    access: [Access; 1],
}

#[derive(Serialize)]
struct Access {
    #[serde(rename = "resourceAppId")]
    app: &'static str,
    #[serde(rename = "resourceAccess")]
    permissions: Vec<Permission>,
}

#[derive(Serialize)]
struct Permission {
    id: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// What the manifest leaves out.
pub(super) fn left_out(plan: &Plan<'_>) -> Vec<&'static str> {
    let graph = plan.permissions(Resource::Graph).into_iter().filter(|permission| id(permission).is_none());
    plan.permissions(Resource::Defender).into_iter().chain(graph).collect()
}

fn id(permission: &str) -> Option<&'static str> {
    GRAPH.iter().find(|(name, _)| *name == permission).map(|(_, id)| *id)
}
