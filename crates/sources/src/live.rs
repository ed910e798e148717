//! The sources that there are now: a source for each capability of each saved connection.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use microsoft::{Certificate, Credential, Microsoft, Priority, Proof};
use search::{Answer, Asked, Outcome, Product, Question, Source, Sources};
use store::Db;
use store::connections::{Connection, ConnectionId};
use store::credentials::{self, Kind};
use store::grants::Scope;
use tokio::sync::Mutex;
use vault::{Keyring, Place};

use crate::asking::{Asking, Connected, Workspace};
use crate::capability::{Capability, capabilities};
use crate::freshness::Freshness;
use crate::{Clock, outcome};
use refusals::{Refusals, Watched};

pub use pauses::keep_pauses;
pub use pulse::Taken;
pub use validate::PATIENCE;

mod groups;
pub(crate) mod own;
mod pauses;
mod pulse;
mod refusals;
mod transcript;
mod validate;

/// Sources and validator over the database's connections.
pub struct Live {
    microsoft: Arc<Microsoft>,
    db: Db,
    keyring: Arc<Keyring>,
    clock: Clock,
    /// The file of federated tokens, as the configuration names it.
    token_file: Option<PathBuf>,
    /// How long a validation may take, whatever hangs.
    patience: Duration,
    freshness: Arc<Freshness>,
    refusals: Arc<Refusals>,
    built: Mutex<Option<Built>>,
}

/// What was built last, and from which version of the connections.
#[derive(Clone)]
struct Built {
    version: i64,
    sources: Arc<[Arc<dyn Source>]>,
}

impl Live {
    /// Prepares everything and asks nobody. `token_file` is where federated tokens are read: from the configuration, so that
    /// nobody who signs in can make the server read a file of their choice. A validation takes no longer than `patience`.
    pub fn new(
        microsoft: Arc<Microsoft>,
        db: Db,
        keyring: Arc<Keyring>,
        clock: Clock,
        token_file: Option<PathBuf>,
        patience: Duration,
    ) -> Arc<Live> {
        let freshness = Arc::new(Freshness::default());
        let refusals = Arc::default();
        let built = Mutex::new(None);
        Arc::new(Live { microsoft, db, keyring, clock, token_file, patience, freshness, refusals, built })
    }

    /// Opens a connection's secret and looks up its cloud.
    fn open(&self, connection: &Connection) -> Result<Connected, Unusable> {
        self.open_with(connection, &connection.credential)
    }

    /// The same with another credential than the one in use.
    fn open_with(&self, connection: &Connection, credential: &credentials::Credential) -> Result<Connected, Unusable> {
        let cloud = self.microsoft.cloud(&connection.cloud).ok_or(Unusable::Cloud)?;
        let sealed = || {
            let place = Place::from(credentials::place(&credential.id));
            self.keyring.open(&credential.sealed, &place).map_err(|error| {
                tracing::error!(connection.id = %connection.id, %error, "the credential of a connection does not open");
                Unusable::Secret
            })
        };
        let proof = match credential.kind {
            Kind::Secret => Proof::Secret(sealed()?),
            Kind::Certificate => Certificate::from_pem(&sealed()?).map(Arc::new).map(Proof::Certificate).map_err(|error| {
                tracing::error!(connection.id = %connection.id, %error, "the certificate of a connection cannot be used");
                Unusable::Certificate
            })?,
            Kind::ManagedIdentity => Proof::ManagedIdentity { client: credential.identity.clone() },
            Kind::FederatedToken => Proof::TokenFile(self.token_file.clone().ok_or(Unusable::TokenFile)?),
        };
        let workspaces = connection.workspaces.iter();
        Ok(Connected {
            credential: Credential {
                cloud,
                tenant: connection.tenant_guid.clone(),
                client: connection.client_id.clone(),
                proof,
            },
            workspaces: workspaces
                .map(|workspace| Workspace { id: workspace.id.clone(), label: workspace.label.clone() })
                .collect(),
        })
    }

    /// The saved connections, each with whether its list of alerts is known to find by an address.
    async fn saved(&self) -> Result<Vec<(Connection, bool)>, store::Error> {
        let mut saved = Vec::new();
        for connection in store::connections::list(&self.db, &Scope::All).await? {
            let learned = store::learned::of(&self.db, &Scope::All, &connection.id).await?;
            saved.push((connection, transcript::finds_by_address(&learned)));
        }
        Ok(saved)
    }

    fn build(&self, saved: &[(Connection, bool)]) -> Arc<[Arc<dyn Source>]> {
        let opened: Vec<(&Connection, Result<Arc<Connected>, Unusable>)> =
            saved.iter().map(|(connection, _)| (connection, self.open(connection).map(Arc::new))).collect();
        let finds = |id: &ConnectionId| saved.iter().any(|(connection, finds)| *finds && connection.id == *id);
        let groups = groups::groups(&opened);
        let mut sources: Vec<Arc<dyn Source>> = Vec::new();
        for product in Product::ALL {
            let rows = || capabilities().iter().filter(move |capability| capability.product == product);
            // For whoever may see none of its connections.
            sources.extend(rows().map(|row| Silent::unconnected(row)));
            for (connection, opened) in opened.iter().filter(|(connection, _)| connection.product == product) {
                for row in rows() {
                    let asked = asked(row, connection);
                    sources.push(match opened {
                        _ if is_off(connection, row) => Silent::switched_off(asked),
                        Ok(connected) => {
                            let shared = groups::of(&groups, &connected.credential, row);
                            Watched::over(
                                Asking {
                                    microsoft: Arc::clone(&self.microsoft),
                                    connection: Arc::clone(connected),
                                    freshness: Arc::clone(&self.freshness),
                                    shared,
                                    capability: row,
                                    rightly_quiet: is_quiet(connection, row),
                                    finds_by_address: finds(&connection.id),
                                    priority: Priority::People,
                                    asked,
                                },
                                &self.refusals,
                            )
                        }
                        Err(unusable) => Silent::unusable(asked, *unusable),
                    });
                }
            }
        }
        sources.into()
    }
}

fn is_off(connection: &Connection, capability: &Capability) -> bool {
    connection.switched_off.iter().any(|name| name == capability.name)
}

fn is_quiet(connection: &Connection, capability: &Capability) -> bool {
    connection.quiet.iter().any(|name| name == capability.name)
}

/// The words for one capability of one connection.
fn asked(capability: &Capability, connection: &Connection) -> Asked {
    Asked {
        connection: Some(connection.id.to_string()),
        label: Some(connection.label.clone()),
        tenant: Some(connection.tenant_guid.clone()),
        cloud: Some(connection.cloud.clone()),
        ..capability.asked()
    }
}

impl Sources for Live {
    fn current(&self) -> BoxFuture<'_, Arc<[Arc<dyn Source>]>> {
        async move {
            self.look_at_pauses().await;
            // Held while building, so that ten searches after a change build once.
            let mut built = self.built.lock().await;
            let version = store::meta::connections_version(&self.db).await;
            if let (Ok(version), Some(known)) = (&version, built.as_ref())
                && known.version == *version
            {
                return Arc::clone(&known.sources);
            }
            let read = match version {
                Ok(version) => self.saved().await.map(|saved| (version, saved)),
                Err(error) => Err(error),
            };
            match read {
                Ok((version, saved)) => {
                    let sources = self.build(&saved);
                    *built = Some(Built { version, sources: Arc::clone(&sources) });
                    sources
                }
                Err(error) => {
                    tracing::error!(%error, "the connections cannot be read");
                    match built.as_ref() {
                        // What was known a moment ago is better than no search at all.
                        Some(known) => Arc::clone(&known.sources),
                        None => capabilities().iter().map(|row| Silent::unread(row)).collect(),
                    }
                }
            }
        }
        .boxed()
    }
}

impl Source for Asking {
    fn asked(&self) -> &Asked {
        &self.asked
    }

    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Answer> {
        async move {
            let read = (self.capability.ask)(self, question).await;
            if let Err(error) = &read {
                tracing::info!(source.name = %self.asked.source, %error, "a source gave no answer");
            }
            outcome::answer(self, question, read)
        }
        .boxed()
    }
}

/// Why a saved connection cannot be used at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unusable {
    /// The configuration does not know its cloud.
    Cloud,
    /// Its secret does not open with this keyring.
    Secret,
    /// Its certificate cannot be used.
    Certificate,
    /// The configuration names no file of federated tokens.
    TokenFile,
}

impl Unusable {
    fn code(self) -> &'static str {
        match self {
            Unusable::Cloud => "unknown_cloud",
            Unusable::Secret => "secret_does_not_open",
            Unusable::Certificate => "certificate_unusable",
            Unusable::TokenFile => "no_token_file",
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Unusable::Cloud => (
                "The connection's cloud is not in the configuration.",
                "Add the cloud to the configuration file under [clouds], or choose another one in the connection.",
            ),
            Unusable::Secret => (
                "The saved secret does not open with the keyring that Oriel runs with.",
                "Start Oriel with the keyring that sealed it, or save the connection again with a new credential.",
            ),
            Unusable::Certificate => (
                "The saved certificate and its key cannot be used.",
                "Add a new certificate to the connection, and switch to it.",
            ),
            Unusable::TokenFile => (
                "The connection signs in by a federated token, and the configuration names no file to read it from.",
                "Set federated_token_file in oriel.toml (or ORIEL_FEDERATED_TOKEN_FILE) to the file that the platform keeps \
                 fresh, and start Oriel anew.",
            ),
        }
    }
}

/// A source that has nobody to ask, and says why.
struct Silent {
    asked: Asked,
    outcome: Outcome,
    reason: &'static str,
    remedy: &'static str,
}

impl Silent {
    fn unconnected(capability: &Capability) -> Arc<dyn Source> {
        Arc::new(Silent {
            asked: capability.asked(),
            outcome: Outcome::NotConnected,
            reason: "No connection is saved for this product.",
            remedy: "Connect it in Account settings, under Microsoft Graph Integration.",
        })
    }

    fn switched_off(asked: Asked) -> Arc<dyn Source> {
        Arc::new(Silent {
            asked,
            outcome: Outcome::NotConnected,
            reason: "This capability is switched off in the connection.",
            remedy: "If it is to be asked, switch it on in the connection's settings.",
        })
    }

    fn unusable(asked: Asked, unusable: Unusable) -> Arc<dyn Source> {
        let (reason, remedy) = unusable.words();
        Arc::new(Silent { asked, outcome: Outcome::Failed, reason, remedy })
    }

    fn unread(capability: &Capability) -> Arc<dyn Source> {
        Arc::new(Silent {
            asked: capability.asked(),
            outcome: Outcome::Failed,
            reason: "Oriel's database does not answer, so its connections are not known.",
            remedy: "Ask again. If it stays so, run oriel doctor on the server.",
        })
    }
}

impl Source for Silent {
    fn asked(&self) -> &Asked {
        &self.asked
    }

    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Answer> {
        async move {
            Answer {
                reason: Some(self.reason.into()),
                remedy: Some(self.remedy.into()),
                remedy_link: Some("/settings".into()),
                ..Answer::new(self.asked.clone(), self.outcome, question.now)
            }
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests;
