//! Which of many connections are listed or tried: as the settings page does it.

use anyhow::anyhow;
use futures_util::StreamExt;
use search::{Product, Status};
use store::grants::Scope;
use web::audit::seen_connection;
use web::connections::filter::{Filter, Listed, STATES};
use web::{Desk, End};

use super::row;
use crate::account;
use crate::commands::granted;
use crate::instance::Instance;
use crate::output::{self, plain};
use crate::wiring;

/// What they are chosen by.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Chosen {
    /// Those of this product alone: sentinel or defender.
    #[arg(long)]
    product: Option<Product>,
    /// Those of this tenant alone: its GUID, or CLOUD/GUID; may be given several times.
    #[arg(long, value_name = "GUID")]
    tenant: Vec<String>,
    /// Those in this state alone. `attention` has those that have failed too, and those whose credential ends soon; `new` are
    /// those that were not tried yet as they are now.
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(STATES))]
    state: Option<String>,
}

impl Chosen {
    /// The connections, with what was found last.
    pub async fn read(&self, desk: &Desk) -> anyhow::Result<Vec<Listed>> {
        let scope = granted::scope(&desk.db, &self.tenant).await?.unwrap_or(Scope::All);
        let product = self.product.map(|product| product.to_string()).unwrap_or_default();
        let filter = Filter { product, state: self.state.clone().unwrap_or_default(), ..Filter::default() };
        desk.listed(&scope, &filter).await.map_err(|error| anyhow!("the connections cannot be read: {error}"))
    }
}

/// Tries them, a few at a time, and says of each how it stands, as it ends. Whether nothing works with one of them.
pub async fn validate(instance: &Instance, chosen: &Chosen) -> anyhow::Result<bool> {
    let desk = wiring::desk(instance, instance.config.listen)?;
    let listed = chosen.read(&desk).await?;
    if listed.is_empty() {
        output::talk("No connection is like that, so none was validated.");
    }
    let entries: Vec<_> = listed.iter().map(|one| seen_connection("connection.validated", &one.connection)).collect();
    account::note(instance, &entries).await?;
    let ids: Vec<String> = listed.iter().map(|listed| listed.connection.id.to_string()).collect();
    let mut ended = std::pin::pin!(desk.each_validated(&ids));
    let mut any_failed = false;
    while let Some((id, end)) = ended.next().await {
        let Some(Listed { connection, .. }) = listed.iter().find(|one| one.connection.id.as_str() == id) else {
            continue;
        };
        match end {
            End::Validated(validation) => {
                any_failed |= validation.status == Status::Failed;
                output::line(row(instance, connection, Some(&validation)))?;
            }
            // One that was removed meanwhile is of no interest any more.
            End::Gone => {}
            End::Broken => {
                any_failed = true;
                let label = plain(&connection.label);
                output::talk(format!(
                    "{label} could not be validated: this broke off for a reason of Oriel's own, logged above."
                ));
            }
        }
    }
    Ok(any_failed)
}
