//! `oriel setup-script`: what an administrator is handed to set Microsoft up.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use clap::ValueEnum;
use search::Product;
use search::set_up::{Format, Missing, SetUp, SignsInBy, Step, Unusable, Wanted};
use sources::SetUpScripts;

use super::connection;
use crate::config::{Config, Overrides};
use crate::instance::Instance;
use crate::output;
use crate::wiring;
use store::grants::Scope;

/// What is wanted.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// sentinel or defender; may be given several times, for one app that serves both.
    #[arg(long, required_unless_present = "missing", value_name = "PRODUCT")]
    product: Vec<Product>,
    /// az, powershell, manifest or request.
    #[arg(long)]
    format: Format,
    /// registration, consent, role, or all of them.
    #[arg(long, default_value = "all")]
    step: Step,
    /// global, gcc, gcc-high, dod, china, or one named in the configuration file.
    #[arg(long, default_value = "global", conflicts_with = "missing")]
    cloud: String,
    /// Directory (tenant) ID: the script then runs in no other tenant.
    #[arg(long, value_name = "GUID", conflicts_with = "missing")]
    tenant: Option<String>,
    /// Application (client) ID of an app that is there already.
    #[arg(long, value_name = "GUID", conflicts_with = "missing")]
    client: Option<String>,
    /// A workspace of Sentinel's: its ID, its name or its Azure resource ID; may be given several times.
    #[arg(long, value_name = "WORKSPACE")]
    workspace: Vec<String>,
    /// Days for which a client secret is to be good.
    #[arg(long, default_value_t = Wanted::DAYS)]
    days: u32,
    /// How the app is to sign in [default: secret].
    #[arg(long, conflicts_with = "missing")]
    credential: Option<Credential>,
    /// The public part of the certificate, as PEM; Oriel offers it for download where it made the key pair.
    #[arg(long, value_name = "FILE", conflicts_with = "missing")]
    certificate: Option<PathBuf>,
    /// Object (principal) ID of the managed identity.
    #[arg(long, value_name = "GUID", conflicts_with = "missing")]
    identity: Option<String>,
    /// What the app is to be called.
    #[arg(long, default_value = Wanted::NAME)]
    name: String,
    /// Only what the last validation of this connection found missing.
    #[arg(long, value_name = "CONNECTION", conflicts_with = "product")]
    missing: Option<String>,
}

/// How an app can sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Credential {
    /// A certificate; its private key stays with Oriel.
    Certificate,
    /// A client secret.
    Secret,
    /// The managed identity of the machine that Oriel runs on.
    ManagedIdentity,
}

/// Writes it: the text to standard output, what has to be known about it to standard error.
pub async fn run(arguments: Arguments, over: &Overrides) -> anyhow::Result<ExitCode> {
    let config = Config::read(over)?;
    let clock = wiring::clock();
    let (wanted, microsoft) = match &arguments.missing {
        None => (arguments.wanted()?, wiring::microsoft(&config, &clock)?),
        Some(id) => {
            let instance = Instance::open(config).await?;
            let wanted = arguments.missing_of(&instance, id).await?;
            let microsoft = instance.microsoft.as_ref().clone();
            instance.db.close().await;
            (wanted, microsoft)
        }
    };
    let script = SetUpScripts::new(microsoft.clouds(), clock).write(&wanted).map_err(|wrong| said(&wrong))?;
    for note in &script.notes {
        output::talk(note);
    }
    output::text(&script.text)?;
    Ok(ExitCode::SUCCESS)
}

impl Arguments {
    fn wanted(&self) -> anyhow::Result<Wanted> {
        Ok(Wanted {
            cloud: self.cloud.clone(),
            tenant: self.tenant.clone(),
            client: self.client.clone(),
            credential: self.signs_in_by()?,
            ..self.any()
        })
    }

    /// What is the same whichever app it is for.
    fn any(&self) -> Wanted {
        let mut products = self.product.clone();
        products.sort_by_key(|product| Product::ALL.iter().position(|one| one == product));
        products.dedup();
        Wanted {
            step: self.step,
            workspaces: self.workspace.clone(),
            days: self.days,
            name: self.name.clone(),
            ..Wanted::new(products, self.format)
        }
    }

    fn signs_in_by(&self) -> anyhow::Result<SignsInBy> {
        let named = match (&self.certificate, &self.identity) {
            (Some(_), Some(_)) => {
                bail!("--certificate and --identity: an app signs in by one of them; leave the other away")
            }
            (Some(_), None) => Some(Credential::Certificate),
            (None, Some(_)) => Some(Credential::ManagedIdentity),
            (None, None) => None,
        };
        if let (Some(named), Some(chosen)) = (named, self.credential)
            && named != chosen
        {
            bail!("--credential does not go with --certificate or --identity, which say how the app signs in");
        }
        Ok(match self.credential.or(named).unwrap_or(Credential::Secret) {
            Credential::Secret => SignsInBy::Secret,
            Credential::ManagedIdentity => SignsInBy::ManagedIdentity(self.identity.clone()),
            Credential::Certificate => SignsInBy::Certificate(match &self.certificate {
                Some(file) => Some(
                    std::fs::read_to_string(file)
                        .with_context(|| format!("--certificate: {} cannot be read as text", file.display()))?,
                ),
                None => None,
            }),
        })
    }

    /// The same for the app of a connection, and only what its last validation found missing.
    async fn missing_of(&self, instance: &Instance, id: &str) -> anyhow::Result<Wanted> {
        let connection = connection::find(instance, id).await?;
        let newest =
            store::validations::newest(&instance.db, &Scope::All, &connection.id).await?.with_context(|| {
                format!("This connection was not tried yet. Run `oriel connection validate {}` first.", connection.id)
            })?;
        let any = self.any();
        let workspaces = match any.workspaces.is_empty() {
            true => connection.workspaces.into_iter().map(|workspace| workspace.id).collect(),
            false => any.workspaces.clone(),
        };
        Ok(Wanted {
            products: vec![connection.product],
            cloud: connection.cloud,
            tenant: Some(connection.tenant_guid),
            client: Some(connection.client_id),
            workspaces,
            credential: SignsInBy::WhatItHas,
            only: Some(Missing::of(&newest)),
            without: connection.switched_off,
            ..any
        })
    }
}

/// What cannot be right, a line each, by the name of its argument.
fn said(wrong: &[Unusable]) -> anyhow::Error {
    let lines: Vec<String> = wrong
        .iter()
        .map(|wrong| match wrong.field {
            "only" => wrong.message.clone(),
            field => format!("--{field}: {}", wrong.message),
        })
        .collect();
    anyhow!("{}", lines.join("\n"))
}
