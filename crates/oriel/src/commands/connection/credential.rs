//! `oriel connection credential …`: how a connection signs in.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use search::{Status, Validation};
use secrecy::SecretString;
use store::connections::Connection;
use store::credentials::{self, Credential, CredentialId};
use store::grants::Scope;
use web::Error;
use web::audit::seen_connection;
use web::connection_form::{self, CredentialDraft, Draft};
use web::connections::Switch;
use web::countdown::countdown;

use super::{find, lines, sum, words};
use crate::account;
use crate::config;
use crate::instance::Instance;
use crate::output;
use crate::wiring;

/// What a connection signs in by; without a flag, by a client secret, which is asked for.
#[derive(Debug, clap::Args)]
pub struct SignsInBy {
    /// File that holds the client secret's Value; without it, it is asked for.
    #[arg(long, value_name = "FILE", group = "signs_in_by")]
    secret_file: Option<PathBuf>,
    /// File that holds a certificate and its private key, PEM.
    #[arg(long, value_name = "FILE", group = "signs_in_by")]
    certificate_file: Option<PathBuf>,
    /// Have a key pair and its certificate made here; `credential certificate` prints the public part.
    #[arg(long, group = "signs_in_by")]
    make_certificate: bool,
    /// The managed identity of this machine, or the user-assigned one with this client ID.
    #[arg(long, value_name = "GUID", num_args = 0..=1, default_missing_value = "", group = "signs_in_by")]
    managed_identity: Option<String>,
    /// The token in the file that `federated_token_file` names.
    #[arg(long, group = "signs_in_by")]
    federated_token: bool,
    /// The day on which the secret ends: 2027-05-01.
    #[arg(long, default_value = "", value_name = "DATE")]
    secret_ends: String,
}

impl SignsInBy {
    /// Secret, other credential, and the secret's end, as the form takes them.
    pub fn read(self) -> anyhow::Result<(SecretString, CredentialDraft, String)> {
        let none = SecretString::default;
        let (secret, credential) = if let Some(file) = &self.certificate_file {
            let pem = config::read_secret("--certificate-file", file)?;
            (none(), CredentialDraft { certificate_pem: pem.into(), ..of_kind("certificate") })
        } else if self.make_certificate {
            (none(), of_kind("certificate"))
        } else if let Some(identity) = self.managed_identity {
            (none(), CredentialDraft { identity, ..of_kind("managed_identity") })
        } else if self.federated_token {
            (none(), of_kind("federated_token"))
        } else {
            let secret = match &self.secret_file {
                Some(file) => config::read_secret("--secret-file", file)?,
                None => rpassword::prompt_password("Client secret (its Value): ")
                    .context("the secret cannot be asked for here; use --secret-file")?,
            };
            (secret.into(), of_kind("secret"))
        };
        Ok((secret, credential, self.secret_ends))
    }
}

fn of_kind(kind: &str) -> CredentialDraft {
    CredentialDraft { kind: kind.to_owned(), ..CredentialDraft::default() }
}

/// What to do with credentials.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Keep another one beside the one in use. Its id is printed on the last line.
    Add {
        /// The connection's id.
        connection: String,
        #[command(flatten)]
        signs_in_by: SignsInBy,
    },
    /// Which a connection holds: id, kind, state, end, thumbprint or identity, and a word on the end when it is near.
    List {
        /// The connection's id.
        connection: String,
    },
    /// Try one; what is found is not kept as the connection's state.
    Validate(Which),
    /// Sign in by this one from now on, if it signs in.
    Use {
        #[command(flatten)]
        which: Which,
        /// Switch without trying it.
        #[arg(long)]
        anyway: bool,
    },
    /// Destroy one that is not in use.
    Remove(Which),
    /// Print the public part of a certificate, for the portal.
    Certificate(Which),
}

/// One credential of one connection.
#[derive(Debug, clap::Args)]
pub struct Which {
    /// The connection's id.
    connection: String,
    /// The credential's id, from `oriel connection credential list`.
    credential: String,
}

/// Does it.
pub async fn run(command: Command, instance: &Instance) -> anyhow::Result<ExitCode> {
    let desk = wiring::desk(instance, instance.config.listen)?;
    match command {
        Command::Add { connection, signs_in_by } => {
            let connection = find(instance, &connection).await?;
            let (client_secret, credential, secret_ends) = signs_in_by.read()?;
            let draft = Draft { client_secret, credential, secret_ends, ..Draft::default() };
            let (proposed, ends) =
                connection_form::check_credential(&desk, &draft).map_err(|errors| anyhow!("{}", lines(&errors)))?;
            let added = desk.add_credential(&account::actor(), &connection, proposed, ends).await;
            let added = added.map_err(|error| match error {
                Error::Fields(errors) => anyhow!("{}", lines(&errors)),
                error => anyhow!("{error}"),
            });
            let added = added?.context("the connection was removed meanwhile")?;
            output::line(added.id.to_string())?;
        }
        Command::List { connection } => {
            let connection = find(instance, &connection).await?;
            account::note(instance, &[seen_connection("connection.seen", &connection)]).await?;
            for credential in credentials::list(&instance.db, &Scope::All, &connection.id).await? {
                output::line(row(&desk, &credential))?;
            }
        }
        Command::Validate(which) => {
            let (connection, id) = which.found(instance).await?;
            let tried = desk.try_credential(&connection, &id).await.map_err(|error| anyhow!("{error}"))?;
            let tried = tried.context("it was removed meanwhile")?;
            say(&tried);
            let failed = tried.status == Status::Failed;
            return Ok(if failed { ExitCode::from(super::NOTHING_WORKS) } else { ExitCode::SUCCESS });
        }
        Command::Use { which, anyway } => {
            let (connection, id) = which.found(instance).await?;
            let came = desk
                .switch_credential(&account::actor(), &connection, &id, anyway)
                .await
                .map_err(|error| anyhow!("{error}"))?;
            match came {
                Switch::Done(tried) => {
                    tried.iter().for_each(say);
                    output::talk("The connection signs in by it from now on.");
                }
                Switch::DoesNotSignIn(tried) => {
                    say(&tried);
                    bail!("The credential does not sign in, so nothing was switched. --anyway switches all the same.");
                }
                Switch::NothingToSwitchTo => bail!("It is in use already."),
            }
        }
        Command::Remove(which) => {
            let (connection, id) = which.found(instance).await?;
            let removed = desk
                .remove_credential(&account::actor(), &Scope::All, &connection.id, &id)
                .await
                .map_err(|error| anyhow!("{error}"))?;
            if !removed {
                bail!("It is in use: switch to another one first.");
            }
            output::talk("It is destroyed here. Remove it in the portal too.");
        }
        Command::Certificate(which) => {
            let (connection, id) = which.found(instance).await?;
            let held = credentials::list(&instance.db, &Scope::All, &connection.id).await?;
            let pem = held.into_iter().find(|held| held.id == id).and_then(|held| held.certificate);
            output::line(pem.context("This credential is no certificate.")?.trim_end())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Which {
    async fn found(&self, instance: &Instance) -> anyhow::Result<(Connection, CredentialId)> {
        let connection = find(instance, &self.connection).await?;
        let held = credentials::list(&instance.db, &Scope::All, &connection.id).await?;
        let known = held.into_iter().find(|held| held.id.as_str() == self.credential.to_ascii_lowercase());
        let known = known.with_context(|| {
            let id = output::plain(&self.credential);
            format!("There is no credential “{id}”; `oriel connection credential list` shows which there are.")
        })?;
        Ok((connection, known.id))
    }
}

/// Says each check, and their sum.
fn say(validation: &Validation) {
    for check in &validation.checks {
        output::talk(words(check));
    }
    output::talk(sum(validation));
}

fn row(desk: &web::Desk, credential: &Credential) -> String {
    let state = if credential.in_use { "in use" } else { "not in use" };
    let ends = credential.ends.map(|day| day.to_string()).unwrap_or_default();
    let shown = match (&credential.certificate, &credential.identity) {
        (Some(pem), _) => desk.certificates.thumbprint(pem),
        (None, identity) => identity.clone().unwrap_or_default(),
    };
    let end = countdown(credential, desk.now()).map(|end| end.words).unwrap_or_default();
    format!("{}\t{}\t{state}\t{ends}\t{shown}\t{end}", credential.id, credential.kind.as_str())
}
