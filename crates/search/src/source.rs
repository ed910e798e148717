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
    /// A source for each capability of each connection, and one that answers `not_connected` for each capability of
    /// a product that has no connection. Built anew when the connections change, also by another instance.
    fn current(&self) -> BoxFuture<'_, Arc<[Arc<dyn Source>]>>;
}
