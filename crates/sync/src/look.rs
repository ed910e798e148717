//! What the background needs of the sources.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sources::{Live, Taken};
use store::connections::Connection;

/// Looks at connections without an indicator.
pub trait Look: Send + Sync {
    /// How the tables are that these connections read.
    fn pulse<'a>(&'a self, connections: &'a [Connection]) -> BoxFuture<'a, Result<Vec<Taken>, store::Error>>;

    /// Ids of the connections that Microsoft refused at a search or a pulse since this was last asked.
    fn refused(&self) -> Vec<String>;
}

impl Look for Live {
    fn pulse<'a>(&'a self, connections: &'a [Connection]) -> BoxFuture<'a, Result<Vec<Taken>, store::Error>> {
        Live::pulse(self, connections).boxed()
    }

    fn refused(&self) -> Vec<String> {
        Live::refused(self)
    }
}
