//! A change request: what is asked for, why, what it can read, who acts, how it is undone. Markdown, which a ticket takes and a
//! person reads as it stands.

use search::set_up::Step;

use super::plan::{Credential, INTERFACES, Plan, ROLE};
use super::quote::markdown;

/// Writes it.
pub(super) fn request(plan: &Plan<'_>) -> String {
    let mut text = String::new();
    let mut line = |words: &str| {
        text.push_str(words);
        text.push('\n');
    };
    let products: Vec<&str> = plan.products.iter().map(|product| product.title()).collect();
    let unknown = "to be filled in".to_owned();
    line("# Change request: read access for Oriel");
    line("");
    line(
        "Oriel is a self-hosted search for domains and IP addresses. It asks Microsoft what is known about one, and never writes: no",
    );
    line("permission below can change anything.");
    line("");
    line("| | |");
    line("| --- | --- |");
    line(&format!("| Product | {} |", products.join(", ")));
    line(&format!("| Cloud | {} |", markdown(plan.cloud.title())));
    line(&format!("| Tenant ID | {} |", plan.tenant.as_ref().unwrap_or(&unknown)));
    line(&format!(
        "| App | {}{} |",
        markdown(&plan.name),
        plan.client.as_ref().map_or(String::new(), |id| format!(", {id}"))
    ));
    line(&format!("| Signs in by | {} |", signs_in_by(plan)));
    if !plan.of_workspace.is_empty() {
        let workspaces = if plan.workspaces.is_empty() { unknown.clone() } else { plan.workspaces.join(", ") };
        line(&format!("| Workspaces | {} |", markdown(&workspaces)));
    }
    line(&format!("| Written on | {} |", plan.now.strftime("%Y-%m-%d")));
    line("");
    line(
        "**An app sees the whole tenant**, whatever device groups or unified RBAC let a person see in the portals: everybody who may",
    );
    line("search in Oriel sees what the app can read.");
    if !plan.grants.is_empty() {
        line("");
        line("## Permissions (application permissions, with admin consent)");
        line("");
        line("| permission | of | why | what it can read |");
        line("| --- | --- | --- | --- |");
        for grant in &plan.grants {
            let title =
                INTERFACES.iter().find(|(resource, ..)| *resource == grant.resource).map_or("", |(_, title, _)| *title);
            let why: Vec<String> =
                grant.of.iter().map(|row| format!("{}: {}", row.product.title(), row.title)).collect();
            let reads: Vec<&str> = grant.of.iter().map(|row| row.reads).collect();
            let ends = grant.of.iter().find_map(|row| row.retirement).map_or(String::new(), |retirement| {
                format!(" Microsoft retires this interface: {}.", retirement.words)
            });
            line(&format!("| {} | {title} | {} | {}{ends} |", grant.permission, why.join("; "), reads.join(" ")));
        }
    }
    if !plan.of_workspace.is_empty() {
        line("");
        line("## Azure role");
        line("");
        line("| role | on | why | what it can read |");
        line("| --- | --- | --- | --- |");
        let why: Vec<&str> = plan.of_workspace.iter().map(|row| row.title).collect();
        let reads: Vec<&str> = plan.of_workspace.iter().map(|row| row.reads).collect();
        let tables = plan.tables().join(", ");
        line(&format!(
            "| {ROLE}, with a condition that names the tables {tables} | the Log Analytics workspace | Sentinel: {} | {} |",
            why.join("; "),
            reads.join(" ")
        ));
        line("");
        line("Log Analytics Reader works too, and reads every table of the workspace.");
    }
    for part in [who(plan), undone(plan), advice(plan)] {
        for words in part {
            line(&words);
        }
    }
    text
}

fn signs_in_by(plan: &Plan<'_>) -> String {
    match plan.credential {
        Credential::Secret => format!("client secret, good for {} days", plan.days),
        Credential::Certificate(_) => "certificate; its private key stays with Oriel".to_owned(),
        Credential::ManagedIdentity(_) => "managed identity of the machine, as a federated credential".to_owned(),
        Credential::WhatItHas => "what the app has already".to_owned(),
    }
}

fn who(plan: &Plan<'_>) -> Vec<String> {
    let mut lines = vec![String::new(), "## Who acts".to_owned(), String::new(), "| step | who | script |".to_owned()];
    lines.push("| --- | --- | --- |".to_owned());
    let rows = [
        (
            Step::Registration,
            "register the app, name its permissions, give it a credential",
            "Application Developer, Cloud Application Administrator or Application Administrator (Entra)",
        ),
        (Step::Consent, "grant admin consent", "Privileged Role Administrator or Global Administrator (Entra)"),
        (
            Step::Role,
            "grant the role on the workspace",
            "Owner, User Access Administrator or Role Based Access Control Administrator of the workspace (Azure)",
        ),
    ];
    let products: String = plan.products.iter().map(|product| format!(" --product {product}")).collect();
    for (step, what, who) in rows.into_iter().filter(|(step, ..)| plan.does(*step)) {
        lines.push(format!("| {what} | {who} | `oriel setup-script{products} --format az --step {}` |", step.as_str()));
    }
    lines
}

fn undone(plan: &Plan<'_>) -> Vec<String> {
    let mut lines = vec![String::new(), "## How it is undone".to_owned(), String::new()];
    lines.push(
        "- Delete the app registration: Oriel can ask nothing from then on, and its permissions go with it.".to_owned(),
    );
    if !plan.of_workspace.is_empty() {
        lines.push(
            "- Take the role away: Access control (IAM) of the workspace, Role assignments. Without the app it stands there as “Identity not \
             found”."
                .to_owned(),
        );
    }
    if !plan.grants.is_empty() {
        lines.push("- Or take away single permissions: Enterprise applications, the app, Permissions.".to_owned());
    }
    lines.push("- Or only its credential: App registrations, the app, Certificates & secrets.".to_owned());
    lines
}

fn advice(plan: &Plan<'_>) -> Vec<String> {
    let mut lines = vec![String::new(), "## Advice".to_owned(), String::new()];
    if matches!(plan.credential, Credential::Secret) {
        lines.push("- A certificate instead of a secret: its private key never leaves Oriel’s machine.".to_owned());
    }
    lines.extend(
        [
            "- No owners for the app, or one: each owner can add a secret to it.",
            "- An alert on new credentials of the app (Entra’s audit log: “Update application – Certificates and secrets management”).",
            "- Conditional Access for workload identities, limited to the address from which Oriel reaches Microsoft. Entra’s sign-in log of \
             the app (Service principal sign-ins) shows that address.",
            "- A reminder before the credential ends. Oriel counts down too, once it knows the day.",
        ]
        .map(str::to_owned),
    );
    lines
}
