//! What is asked at search time.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::{Answer, Asked, Question};

/// One capability of one connection.
pub trait Source: Send + Sync {
    /// Who this is: name, product, connection, tenant, permission.
    fn asked(&self) -> &Asked;

    /// Asks. Never fails: what goes wrong is the outcome of the answer.
    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Answer>;
}

/// The sources that there are now.
pub trait Sources: Send + Sync {
    /// A source for each capability of each connection, of whichever tenant, and for each capability one without a
    /// connection that answers `not_connected`. [`chosen`] takes those that somebody may ask. Built anew when the connections
    /// change, also by another instance.
    fn current(&self) -> BoxFuture<'_, Arc<[Arc<dyn Source>]>>;
}

/// The sources whose connections are admitted, in their order. A product of which no connection is admitted is not connected
/// for whoever asks, whatever others have connected: its sources without a connection say so.
pub fn chosen(sources: &[Arc<dyn Source>], admits: impl Fn(&Asked) -> bool) -> Vec<Arc<dyn Source>> {
    let is_mine = |source: &Arc<dyn Source>| source.asked().connection.is_some() && admits(source.asked());
    let connected: Vec<_> =
        sources.iter().filter(|source| is_mine(source)).map(|source| source.asked().product).collect();
    let is_chosen = |source: &&Arc<dyn Source>| match source.asked().connection {
        Some(_) => is_mine(source),
        None => !connected.contains(&source.asked().product),
    };
    sources.iter().filter(is_chosen).cloned().collect()
}

#[cfg(test)]
mod tests;
