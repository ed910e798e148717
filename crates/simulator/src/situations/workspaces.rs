//! Workspaces: which, what role, what is in them, and whether the Defender portal knows them.

use serde_json::json;

use super::{Form, Situation, sentinel, with_app};
use crate::demo;
use crate::exchange::Surface;
use crate::faults::{Action, Rule};
use crate::scenario::{Tenant, Workspace};

pub(super) fn all() -> Vec<Situation> {
    let path_not_found =
        json!({"error": {"code": "PathNotFoundError", "message": "The requested path does not exist"}});
    let not_there = Rule::new(Action::Fail { status: 404, body: Some(path_not_found.to_string()) });
    vec![
        Situation::new("sentinel-all-well", "Nothing is the matter with Sentinel", sentinel()),
        Situation::new("no-workspace", "No workspace was named", Form { workspaces: Vec::new(), ..sentinel() }),
        Situation::new(
            "workspace-unknown",
            "The workspace ID is none of the tenant's",
            Form { workspaces: vec!["aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"], ..sentinel() },
        ),
        Situation::new("workspace-path-unknown", "Log Analytics does not know the workspace's path", sentinel())
            .faults([not_there.on(Surface::LogAnalytics)]),
        Situation::new(
            "workspace-role-missing",
            "The app has no Azure role on the workspace",
            with_app(sentinel(), demo::NO_WORKSPACE_CLIENT),
        ),
        Situation::new("workspace-role-wide", "The app has Log Analytics Reader", sentinel())
            .app(|app| app.reads_every_table = true),
        Situation::new("table-protected", "A table shows no row to Log Analytics Reader", sentinel())
            .app(|app| app.reads_every_table = true)
            .tenant(|tenant| change(tenant, |workspace| workspace.hidden_tables.push("SecurityAlert".into()))),
        Situation::new("connector-silent", "A connector has been silent for five days", sentinel()).tenant(|tenant| {
            change(tenant, |workspace| {
                workspace.silent_tables.insert("ThreatIntelIndicators".into(), 5 * 24);
            });
        }),
        Situation::new("sentinel-not-enabled", "Sentinel is not enabled on the workspace (SEM0100)", sentinel())
            .tenant(|tenant| {
                change(tenant, |workspace| {
                    workspace.missing_tables =
                        ["SecurityAlert", "SecurityIncident", "ThreatIntelIndicators"].map(String::from).to_vec();
                });
            }),
        Situation::new(
            "workspace-empty",
            "The workspace never had data (204)",
            Form { workspaces: vec![demo::EMPTY_WORKSPACE], ..sentinel() },
        ),
        Situation::new("not-onboarded", "No workspace is connected to the Defender portal", sentinel())
            .tenant(not_onboarded),
        Situation::new(
            "two-workspaces",
            "Two workspaces, of which one is the portal's primary one",
            Form { workspaces: vec![demo::WORKSPACE, demo::BRANCH_WORKSPACE], ..sentinel() },
        ),
    ]
}

/// What is the onboarded workspace's by not being said otherwise stays the same workspace's.
fn not_onboarded(tenant: &mut Tenant) {
    let here = || Some(demo::WORKSPACE.to_owned());
    for workspace in tenant.alerts.iter_mut().map(|alert| &mut alert.workspace) {
        *workspace = workspace.take().or_else(here);
    }
    for workspace in tenant.incidents.iter_mut().map(|incident| &mut incident.workspace) {
        *workspace = workspace.take().or_else(here);
    }
    for workspace in tenant.threat_indicators.iter_mut().map(|entry| &mut entry.workspace) {
        *workspace = workspace.take().or_else(here);
    }
    change(tenant, |workspace| workspace.onboarded = false);
}

/// Changes the tenant's main workspace.
fn change(tenant: &mut Tenant, change: impl FnOnce(&mut Workspace)) {
    if let Some(workspace) = tenant.workspaces.iter_mut().find(|workspace| workspace.id == demo::WORKSPACE) {
        change(workspace);
    }
}
