//! Connections that a search or a pulse found refused: they are worth trying again before a person comes to look.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use search::{Answer, Asked, Outcome, Question, Source};

use crate::asking::Asking;

/// Ids of the connections; each stands here once, however many of its sources were refused.
#[derive(Default)]
pub(super) struct Refusals(Mutex<BTreeSet<String>>);

impl Refusals {
    pub(super) fn note(&self, connection: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(connection.to_owned());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }
}

impl super::Live {
    /// Ids of the connections whose sign-in Microsoft refused at a search or a pulse since this was last asked.
    pub fn refused(&self) -> Vec<String> {
        self.refusals.take()
    }
}

/// A source that notes when it is refused.
pub(super) struct Watched {
    asking: Asking,
    refusals: Arc<Refusals>,
}

impl Watched {
    pub(super) fn over(asking: Asking, refusals: &Arc<Refusals>) -> Arc<dyn Source> {
        Arc::new(Watched { asking, refusals: Arc::clone(refusals) })
    }
}

impl Source for Watched {
    fn asked(&self) -> &Asked {
        self.asking.asked()
    }

    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Answer> {
        async move {
            let answer = self.asking.ask(question).await;
            if let (Outcome::Refused, Some(connection)) = (answer.outcome, &self.asking.asked.connection) {
                self.refusals.note(connection);
            }
            answer
        }
        .boxed()
    }
}
