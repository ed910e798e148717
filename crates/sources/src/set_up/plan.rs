//! What is to be set up, once everything in it has been looked at.

use jiff::Timestamp;
use microsoft::{Cloud, Resource};
use search::Product;
use search::set_up::{SignsInBy, Step, Unusable, Wanted};
use url::Url;

use super::checked;
use crate::capability::{Capability, capabilities};
use crate::query::table;

/// The Azure role that is asked for, by its name.
pub(super) const ROLE: &str = "Log Analytics Data Reader";

/// How the app is to sign in.
pub(super) enum Credential {
    Secret,
    /// The certificate's DER in Base64.
    Certificate(Option<String>),
    /// The identity's object (principal) ID.
    ManagedIdentity(Option<String>),
    WhatItHas,
}

/// One permission, and what it is for.
pub(super) struct Grant {
    pub resource: Resource,
    pub permission: &'static str,
    pub of: Vec<&'static Capability>,
}

/// What is to be set up.
pub(super) struct Plan<'a> {
    pub cloud: &'a Cloud,
    pub products: Vec<Product>,
    pub step: Step,
    pub tenant: Option<String>,
    pub client: Option<String>,
    pub workspaces: Vec<String>,
    pub credential: Credential,
    pub days: u32,
    pub name: String,
    pub grants: Vec<Grant>,
    /// Capabilities that read a workspace.
    pub of_workspace: Vec<&'static Capability>,
    /// Whether this adds what is missing to an app that is there.
    pub adds: bool,
    /// What the cloud does not have of it, with the reason.
    pub lacking: Vec<(&'static Capability, &'static str)>,
    /// The day on which it was written.
    pub now: Timestamp,
}

impl<'a> Plan<'a> {
    /// Looks at everything that was asked for.
    pub fn of(wanted: &Wanted, cloud: Option<&'a Cloud>, now: Timestamp) -> Result<Plan<'a>, Vec<Unusable>> {
        let mut wrong = Vec::new();
        let mut tell = |field: &'static str, message: String| wrong.push(Unusable { field, message });
        if wanted.products.is_empty() {
            tell("product", "Choose a product: sentinel, defender, or both.".to_owned());
        }
        let mut id = |field, text: &Option<String>, what| {
            let text = text.as_deref().filter(|text| !text.trim().is_empty())?;
            checked::guid(text, what).map_err(|message| tell(field, message)).ok()
        };
        let tenant = id("tenant", &wanted.tenant, "The Directory (tenant) ID");
        let client = id("client", &wanted.client, "The Application (client) ID");
        let name = checked::name(&wanted.name).map_err(|message| tell("name", message)).unwrap_or_default().to_owned();
        let days = checked::days(wanted.days).map_err(|message| tell("days", message)).unwrap_or_default();
        let credential = credential(&wanted.credential).unwrap_or_else(|(field, message)| {
            tell(field, message);
            Credential::WhatItHas
        });
        let mut workspaces = Vec::new();
        for text in wanted.workspaces.iter().filter(|text| !text.trim().is_empty()) {
            match checked::workspace(text) {
                Ok(workspace) => workspaces.push(workspace),
                Err(message) => tell("workspace", message),
            }
        }
        let Some(cloud) = cloud else {
            tell(
                "cloud",
                "There is no such cloud; the configuration and Oriel’s settings name those that there are.".to_owned(),
            );
            return Err(wrong);
        };
        let mut plan = Plan {
            cloud,
            products: wanted.products.clone(),
            step: wanted.step,
            tenant,
            client,
            workspaces,
            credential,
            days,
            name,
            grants: Vec::new(),
            of_workspace: Vec::new(),
            adds: wanted.only.is_some(),
            lacking: Vec::new(),
            now,
        };
        plan.choose(wanted);
        if let Some(nothing) = plan.is_for_nothing().filter(|_| !wanted.products.is_empty()) {
            wrong.push(nothing);
        }
        if wrong.is_empty() { Ok(plan) } else { Err(wrong) }
    }

    /// Takes from the table of capabilities what was asked for, what is not retired, and what the cloud has.
    fn choose(&mut self, wanted: &Wanted) {
        let now = self.now;
        let asked = capabilities().iter().filter(|row| wanted.products.contains(&row.product));
        for row in asked.filter(|row| !row.is_retired(now) && !wanted.without.iter().any(|name| name == row.name)) {
            if let Some(why) = row.lacking(self.cloud) {
                self.lacking.push((row, why));
                continue;
            }
            let is_missing = |permission: &str| {
                wanted.only.as_ref().is_none_or(|only| {
                    only.capabilities.iter().any(|name| name == row.name)
                        || only.permissions.iter().any(|name| name.eq_ignore_ascii_case(permission))
                })
            };
            for permission in row.permissions.iter().copied().filter(|permission| is_missing(permission)) {
                self.grant(row, permission);
            }
        }
        // A condition that names fewer tables than the app is to read would have to be written anew for the next one.
        if !self.of_workspace.is_empty() && self.adds {
            self.of_workspace = capabilities().iter().filter(|row| row.needs_workspace).collect();
        }
    }

    fn grant(&mut self, row: &'static Capability, permission: &'static str) {
        if row.resource == Resource::LogAnalytics {
            self.of_workspace.push(row);
            return;
        }
        let known =
            self.grants.iter_mut().find(|grant| grant.resource == row.resource && grant.permission == permission);
        match known {
            Some(grant) => grant.of.push(row),
            None => self.grants.push(Grant { resource: row.resource, permission, of: vec![row] }),
        }
    }

    fn is_for_nothing(&self) -> Option<Unusable> {
        let tell = |field, message: &str| Some(Unusable { field, message: message.to_owned() });
        let nothing = self.grants.is_empty() && self.of_workspace.is_empty();
        match self.step {
            _ if nothing && self.adds => tell("only", "Nothing is missing that a script could add."),
            _ if nothing => tell("product", "In this cloud there is nothing to grant for this product."),
            Step::Role if self.of_workspace.is_empty() => {
                tell("step", "No Azure role is needed for this: only Sentinel’s workspaces ask for one.")
            }
            Step::Consent if self.grants.is_empty() => {
                tell("step", "No consent is needed for this: it asks for no permission.")
            }
            _ => None,
        }
    }

    /// Whether a step is carried out and has anything to do.
    pub fn does(&self, step: Step) -> bool {
        self.step.includes(step)
            && match step {
                Step::Role => !self.of_workspace.is_empty(),
                Step::Consent => !self.grants.is_empty(),
                Step::Registration => !self.adds || !self.grants.is_empty(),
                Step::All => true,
            }
    }

    /// Whether permissions have to be looked up.
    pub fn looks_up(&self) -> bool {
        !self.grants.is_empty() && (self.does(Step::Registration) || self.does(Step::Consent))
    }

    /// The permissions of one interface.
    pub fn permissions(&self, resource: Resource) -> Vec<&'static str> {
        self.grants.iter().filter(|grant| grant.resource == resource).map(|grant| grant.permission).collect()
    }

    /// The workspace's tables that are read.
    pub fn tables(&self) -> Vec<&'static str> {
        self.of_workspace.iter().filter_map(|row| table::read_by(row.name)).map(|table| table.name).collect()
    }
}

/// Interfaces whose permissions are granted by consent: title in the portal, and the application ID that it has in every tenant
/// (Microsoft's list of first-party applications).
pub(super) const INTERFACES: [(Resource, &str, &str); 2] = [
    (Resource::Graph, "Microsoft Graph", "00000003-0000-0000-c000-000000000000"),
    (Resource::Defender, "WindowsDefenderATP", "fc780465-2017-40d4-a0c5-307022471b92"),
];

fn credential(wanted: &SignsInBy) -> Result<Credential, (&'static str, String)> {
    Ok(match wanted {
        SignsInBy::Secret => Credential::Secret,
        SignsInBy::WhatItHas => Credential::WhatItHas,
        SignsInBy::Certificate(None) => Credential::Certificate(None),
        SignsInBy::Certificate(Some(pem)) => {
            Credential::Certificate(Some(checked::certificate(pem).map_err(|message| ("certificate", message))?))
        }
        SignsInBy::ManagedIdentity(None) => Credential::ManagedIdentity(None),
        SignsInBy::ManagedIdentity(Some(id)) => {
            let id = checked::guid(id, "The managed identity’s object (principal) ID");
            Credential::ManagedIdentity(Some(id.map_err(|message| ("identity", message))?))
        }
    })
}

/// A base URL as a script takes it: without a slash at the end.
pub(super) fn base(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

/// What Microsoft's command lines call a built-in cloud: Azure's name, Microsoft Graph PowerShell's name.
pub(super) fn names_of(cloud: &Cloud) -> Option<(&'static str, &'static str)> {
    Some(match cloud.name.as_str() {
        "global" | "gcc" => ("AzureCloud", "Global"),
        "gcc-high" => ("AzureUSGovernment", "USGov"),
        "dod" => ("AzureUSGovernment", "USGovDoD"),
        "china" => ("AzureChinaCloud", "China"),
        _ => return None,
    })
}
