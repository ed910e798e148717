//! Which of many connections are listed or tried.

use std::collections::HashMap;

use futures_util::StreamExt;
use search::{Attempt, Product, Status, Validation, Validator};
use store::connections::{self, Connection, ConnectionId};
use store::grants::Scope;

use super::row;
use crate::commands::granted;
use crate::instance::Instance;
use crate::output;

/// So many are tried at once.
const AT_ONCE: usize = 4;

/// What they are chosen by.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Chosen {
    /// Those of this product alone: sentinel or defender.
    #[arg(long)]
    product: Option<Product>,
    /// Those of this tenant alone: its GUID, or CLOUD/GUID; may be given several times.
    #[arg(long, value_name = "GUID")]
    tenant: Vec<String>,
    /// Those in this state alone.
    #[arg(long)]
    state: Option<State>,
}

/// How a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum State {
    /// Everything that is switched on works.
    Ready,
    /// Something is to be mended.
    Attention,
    /// Nothing works.
    Failed,
    /// It was not tried yet as it is now.
    New,
}

impl State {
    fn of(validation: Option<&Validation>) -> State {
        match validation.map(|validation| validation.status) {
            Some(Status::Ready) => State::Ready,
            Some(Status::Attention) => State::Attention,
            Some(Status::Failed) => State::Failed,
            None => State::New,
        }
    }
}

impl Chosen {
    /// The connections, with what was found last.
    pub async fn read(&self, instance: &Instance) -> anyhow::Result<Vec<(Connection, Option<Validation>)>> {
        let scope = granted::scope(&instance.db, &self.tenant).await?.unwrap_or(Scope::All);
        let mut found: HashMap<ConnectionId, Validation> = store::validations::all(&instance.db, &scope).await?;
        let mut chosen = Vec::new();
        for connection in connections::list(&instance.db, &scope).await? {
            let validation = found.remove(&connection.id);
            let is_of_product = self.product.is_none_or(|product| product == connection.product);
            if is_of_product && self.state.is_none_or(|state| state == State::of(validation.as_ref())) {
                chosen.push((connection, validation));
            }
        }
        Ok(chosen)
    }
}

/// Tries them, a few at a time, and says of each how it stands, as it ends. Whether nothing works with one of them.
pub async fn validate(instance: &Instance, chosen: &Chosen) -> anyhow::Result<bool> {
    let connections = chosen.read(instance).await?;
    if connections.is_empty() {
        output::talk("No connection is like that, so none was validated.");
    }
    let tries = connections.into_iter().map(|(connection, _)| async move {
        let attempted = instance.live.validate(&Attempt::of(connection.id.to_string()), None).await;
        (connection, attempted)
    });
    let mut ended = std::pin::pin!(futures_util::stream::iter(tries).buffer_unordered(AT_ONCE));
    let mut any_failed = false;
    while let Some((connection, attempted)) = ended.next().await {
        // One that was removed meanwhile is of no interest any more.
        let Some(attempted) = attempted? else { continue };
        any_failed |= attempted.validation.status == Status::Failed;
        output::line(row(instance, &connection, Some(&attempted.validation)))?;
    }
    Ok(any_failed)
}
