//! A PowerShell script for the modules of Microsoft Graph and Azure. Its parts stand beside this file as they are printed;
//! what is put into them is quoted.

use search::set_up::Step;

use super::plan::{Credential, INTERFACES, Plan, ROLE, base, names_of};
use super::quote::{odata, powershell};

/// Writes it. All of it is one block, so that a failure ends it as a whole also where it was pasted. `None` for a cloud that
/// PowerShell's modules have no name for.
pub(super) fn script(plan: &Plan<'_>) -> Option<String> {
    let (azure, graph) = names_of(plan.cloud)?;
    let mut text = String::new();
    for line in super::heading(plan) {
        text.push_str(&format!("# {line}\n"));
    }
    text.push_str("& {\n$ErrorActionPreference = 'Stop'\n\n");
    for (name, value) in variables(plan, azure, graph) {
        text.push_str(&format!("${name} = {value}\n"));
    }
    text.push_str(include_str!("powershell/start.ps1"));
    if plan.looks_up() {
        text.push_str(include_str!("powershell/permissions.ps1"));
        for (resource, title, app) in INTERFACES {
            let permissions = plan.permissions(resource);
            if !permissions.is_empty() {
                text.push_str(&format!("Find-Permission {} '{app}' {}\n", powershell(title), list(&permissions)));
            }
        }
    }
    if plan.does(Step::Registration) {
        text.push_str(include_str!("powershell/registration.ps1"));
        text.push_str(match plan.credential {
            Credential::Secret => include_str!("powershell/secret.ps1"),
            Credential::Certificate(_) => include_str!("powershell/certificate.ps1"),
            Credential::ManagedIdentity(_) => include_str!("powershell/identity.ps1"),
            Credential::WhatItHas => include_str!("powershell/kept.ps1"),
        });
    }
    if plan.does(Step::Consent) {
        text.push_str(include_str!("powershell/consent.ps1"));
    }
    if plan.does(Step::Role) {
        text.push_str(include_str!("powershell/role.ps1"));
    }
    text.push_str(include_str!("powershell/end.ps1"));
    text.push_str("}\n");
    Some(text)
}

fn variables(plan: &Plan<'_>, azure: &str, graph: &str) -> Vec<(&'static str, String)> {
    let text = |text: &str| powershell(text);
    let mut all = vec![
        ("graphEnvironment", text(graph)),
        ("graphHost", text(base(&plan.cloud.graph))),
        ("scopes", format!("@({})", list(&scopes(plan)))),
        ("tenant", text(plan.tenant.as_deref().unwrap_or_default())),
        ("client", text(plan.client.as_deref().unwrap_or_default())),
        ("name", text(&plan.name)),
        ("nameFilter", text(&format!("displayName eq {}", odata(&plan.name)))),
    ];
    if plan.does(Step::Registration) {
        match &plan.credential {
            Credential::Secret => all.push(("days", plan.days.to_string())),
            Credential::Certificate(body) => all.push(("certificate", text(body.as_deref().unwrap_or_default()))),
            Credential::ManagedIdentity(id) => all.extend([
                ("identity", text(id.as_deref().unwrap_or_default())),
                ("loginHost", text(base(&plan.cloud.login))),
                ("tokenExchange", text(&plan.cloud.token_exchange)),
            ]),
            Credential::WhatItHas => {}
        }
    }
    if plan.does(Step::Role) {
        all.push(("azureEnvironment", text(azure)));
        all.push(("roleName", text(ROLE)));
        all.push(("tables", format!("@({})", list(&plan.tables()))));
        let workspaces: Vec<&str> = plan.workspaces.iter().map(String::as_str).collect();
        all.push(("workspaces", format!("@({})", list(&workspaces))));
    }
    all
}

/// What whoever runs the script lends it for that time. None of it goes to the app.
fn scopes(plan: &Plan<'_>) -> Vec<&'static str> {
    let mut scopes =
        vec![if plan.does(Step::Registration) { "Application.ReadWrite.All" } else { "Application.Read.All" }];
    if plan.does(Step::Consent) {
        scopes.push("AppRoleAssignment.ReadWrite.All");
    }
    scopes
}

fn list(items: &[&str]) -> String {
    items.iter().map(|item| powershell(item)).collect::<Vec<_>>().join(", ")
}
