//! A Bash script for the Azure CLI. Its parts stand beside this file as they are printed; what is put into them is quoted.

use microsoft::Resource;
use search::set_up::Step;

use super::plan::{Credential, INTERFACES, Plan, ROLE, base, names_of};
use super::quote::{odata, shell};

/// Writes it. All of it stands between two brackets: pasted into a terminal, nothing runs before the last line has come, and
/// a failure ends the script and not the terminal's session.
pub(super) fn script(plan: &Plan<'_>) -> String {
    let mut text = String::from("#!/usr/bin/env bash\n");
    for line in super::heading(plan) {
        text.push_str(&format!("# {line}\n"));
    }
    text.push_str("(\nset -euo pipefail\n\n");
    for (name, value) in variables(plan) {
        text.push_str(&format!("{name}={}\n", shell(&value)));
    }
    text.push('\n');
    text.push_str(include_str!("az/start.sh"));
    if plan.does(Step::Registration) || plan.does(Step::Consent) {
        text.push_str(include_str!("az/send.sh"));
    }
    if plan.does(Step::Consent) || plan.does(Step::Role) {
        text.push_str(include_str!("az/need.sh"));
    }
    if plan.looks_up() {
        text.push_str(include_str!("az/permissions.sh"));
        for (resource, title, app) in INTERFACES {
            let permissions = plan.permissions(resource);
            if !permissions.is_empty() {
                text.push_str(&format!("look_up {} {app} {}\n", shell(title), permissions.join(" ")));
            }
        }
    }
    if plan.does(Step::Registration) {
        if !plan.looks_up() {
            text.push_str("\nneeded=''\n");
        }
        text.push_str(include_str!("az/registration.sh"));
        text.push_str(match plan.credential {
            Credential::Secret => include_str!("az/secret.sh"),
            Credential::Certificate(_) => include_str!("az/certificate.sh"),
            Credential::ManagedIdentity(_) => include_str!("az/identity.sh"),
            Credential::WhatItHas => include_str!("az/kept.sh"),
        });
    }
    if plan.does(Step::Consent) {
        text.push_str(include_str!("az/consent.sh"));
    }
    if plan.does(Step::Role) {
        text.push_str(include_str!("az/role.sh"));
    }
    text.push_str(include_str!("az/end.sh"));
    text.push_str(")\n");
    text
}

/// What the parts of this script use, and no more: a variable that nothing reads would make a reader look for it.
fn variables(plan: &Plan<'_>) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("azure_cloud", names_of(plan.cloud).map_or("", |(azure, _)| azure).to_owned()),
        ("graph_host", base(plan.cloud.base(Resource::Graph).unwrap_or(&plan.cloud.graph)).to_owned()),
        ("tenant", plan.tenant.clone().unwrap_or_default()),
        ("client", plan.client.clone().unwrap_or_default()),
        ("name", plan.name.clone()),
        ("name_filter", format!("displayName eq {}", odata(&plan.name))),
    ];
    if plan.does(Step::Registration) {
        all.push(("name_json", serde_json::Value::from(plan.name.as_str()).to_string()));
        match &plan.credential {
            Credential::Secret => all.push(("days", plan.days.to_string())),
            Credential::Certificate(body) => all.push(("certificate", body.clone().unwrap_or_default())),
            Credential::ManagedIdentity(id) => all.extend([
                ("identity", id.clone().unwrap_or_default()),
                ("login_host", base(&plan.cloud.login).to_owned()),
                ("token_exchange", plan.cloud.token_exchange.clone()),
            ]),
            Credential::WhatItHas => {}
        }
    }
    if plan.does(Step::Role) {
        all.push(("role_name", ROLE.to_owned()));
        all.push(("tables", plan.tables().join(" ")));
        all.push(("workspaces", plan.workspaces.join("\n")));
    }
    all
}
