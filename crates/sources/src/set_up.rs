//! What an administrator is handed to set Microsoft up: scripts, a manifest, a change request, all from the table of
//! capabilities.
//!
//! A script looks ids up by their names in the tenant it runs in, can be run twice, and asks for nothing that can write.

mod az;
mod checked;
mod manifest;
mod plan;
mod powershell;
mod quote;
mod request;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use microsoft::Cloud;
use search::set_up::{ConsentPage, Format, Script, SetUp, Step, Unusable, Wanted};

use crate::Clock;
use plan::{Credential, Plan};

/// Writes what an administrator is handed, for the clouds that there are.
pub struct SetUpScripts {
    clouds: Vec<Arc<Cloud>>,
    clock: Clock,
}

impl SetUpScripts {
    /// With these clouds. The time tells which routes are retired.
    pub fn new(clouds: &[Arc<Cloud>], clock: Clock) -> SetUpScripts {
        SetUpScripts { clouds: clouds.to_vec(), clock }
    }

    fn cloud(&self, name: &str) -> Option<&Cloud> {
        self.clouds.iter().find(|cloud| cloud.name == name).map(Arc::as_ref)
    }
}

impl SetUp for SetUpScripts {
    fn write(&self, wanted: &Wanted) -> Result<Script, Vec<Unusable>> {
        let plan = Plan::of(wanted, self.cloud(&wanted.cloud), (self.clock)())?;
        let unusable = |field, message: &str| vec![Unusable { field, message: message.to_owned() }];
        let (kind, ending, media_type, text) = match wanted.format {
            Format::Az => ("az", "sh", "text/x-shellscript; charset=utf-8", az::script(&plan)),
            Format::PowerShell => {
                let text = powershell::script(&plan).ok_or_else(|| {
                    unusable(
                        "format",
                        "PowerShell’s modules know Microsoft’s own clouds only. Use the Azure CLI for this one.",
                    )
                })?;
                ("powershell", "ps1", "text/plain; charset=utf-8", text)
            }
            Format::Manifest => {
                let text = manifest::manifest(&plan).ok_or_else(|| {
                    unusable("format", "Nothing of this stands in a manifest: it holds permissions of Microsoft Graph alone. Use a script.")
                })?;
                ("manifest", "json", "application/json", text)
            }
            Format::Request => ("change-request", "md", "text/markdown; charset=utf-8", request::request(&plan)),
        };
        let step = if wanted.step == Step::All { String::new() } else { format!("-{}", wanted.step.as_str()) };
        let adds = if plan.adds { "-missing" } else { "" };
        let file_name = format!("oriel-set-up-{kind}{step}{adds}.{ending}");
        Ok(Script { file_name, media_type, text, notes: notes(&plan, wanted.format) })
    }

    fn consent_page(&self, page: &ConsentPage<'_>) -> Option<String> {
        let cloud = self.cloud(page.cloud)?;
        let tenant = checked::guid(page.tenant, "").ok()?;
        let client = checked::guid(page.client, "").ok()?;
        let mut address = cloud.login.clone();
        address.path_segments_mut().ok()?.pop_if_empty().extend([tenant.as_str(), "adminconsent"]);
        address
            .query_pairs_mut()
            .append_pair("client_id", &client)
            .append_pair("state", page.state)
            .append_pair("redirect_uri", page.redirect);
        Some(address.into())
    }
}

/// What stands at the head of a script.
fn heading(plan: &Plan<'_>) -> Vec<String> {
    let products: Vec<&str> = plan.products.iter().map(|product| product.title()).collect();
    let what = if plan.adds { "adds what is missing to an app registration" } else { "sets up an app registration" };
    vec![
        format!("Oriel {what} for {}, written on {}.", products.join(" and "), plan.now.strftime("%Y-%m-%d")),
        "It grants permissions that read, and none that can write. It looks ids up by their names in your tenant,"
            .to_owned(),
        "stops at the first failure, and can be run again.".to_owned(),
    ]
}

/// What whoever uses it has to know.
fn notes(plan: &Plan<'_>, format: Format) -> Vec<String> {
    let mut notes = Vec::new();
    match format {
        Format::Az => notes.push(
            "Paste it into Azure Cloud Shell (Bash), or run it with Bash wherever the Azure CLI is signed in.".to_owned(),
        ),
        Format::PowerShell => notes.push(
            "Paste it into PowerShell 5.1 or later. It uses the modules Microsoft.Graph.Authentication and, for the Azure role, \
             Az.Accounts, Az.Resources and Az.OperationalInsights."
                .to_owned(),
        ),
        Format::Manifest => {
            notes.push(
                "In the app registration, under Manifest, put this in the place of the present requiredResourceAccess, save, and \
                 then grant admin consent under API permissions. Permissions that the app has for another program belong into the \
                 list too."
                    .to_owned(),
            );
            let left_out = manifest::left_out(plan).join(", ");
            if !left_out.is_empty() {
                notes.push(format!(
                    "Not in it: {left_out}. Microsoft publishes no ids for these; add them by name, under API permissions, Add a \
                     permission, APIs my organization uses, WindowsDefenderATP; or use a script, which looks them up."
                ));
            }
            if !plan.of_workspace.is_empty() {
                notes.push("The Azure role on the workspace is no part of a manifest; the script’s step 3 grants it.".to_owned());
            }
        }
        Format::Request => notes.push("Markdown: paste it into a ticket, or print it.".to_owned()),
    }
    if matches!(format, Format::Az | Format::PowerShell) {
        let who = [
            (
                Step::Registration,
                "Step 1 needs the Entra role Application Developer, Cloud Application Administrator or Application Administrator.",
            ),
            (Step::Consent, "Step 2 needs the Entra role Privileged Role Administrator or Global Administrator."),
            (
                Step::Role,
                "Step 3 needs Owner, User Access Administrator or Role Based Access Control Administrator on the workspace.",
            ),
        ];
        notes.extend(who.into_iter().filter(|(step, _)| plan.does(*step)).map(|(_, words)| words.to_owned()));
        if plan.does(Step::Registration) && matches!(plan.credential, Credential::Secret) {
            notes.push(
                "A certificate is better than a secret: its private key never leaves Oriel’s machine.".to_owned(),
            );
        }
    }
    for (row, why) in &plan.lacking {
        notes.push(format!("Left out: {}, {}. {why}", row.product.title(), row.title));
    }
    notes
}
