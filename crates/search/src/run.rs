//! Asks all sources at once.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures_util::{FutureExt, Stream, stream};
use tokio::task::JoinSet;

use crate::{Answer, Asked, Outcome, Question, Source};

/// Asks every source at the same time and gives each answer as it comes: one for each source, no more and no fewer.
///
/// At the question's deadline the sources that have not answered answer `timed_out`; a source that panics answers
/// `failed`. Dropping the stream stops what is still under way. Must be called inside a Tokio runtime.
pub fn run(sources: Arc<[Arc<dyn Source>]>, question: Arc<Question>) -> impl Stream<Item = Answer> + Send + 'static {
    let mut asking = JoinSet::new();
    for source in sources.iter() {
        asking.spawn(ask(Arc::clone(source), Arc::clone(&question)));
    }
    stream::unfold(asking, |mut asking| async move {
        loop {
            match asking.join_next().await? {
                Ok(answer) => return Some((answer, asking)),
                // `ask` lets neither a panic nor a delay out; only a runtime that is being shut down ends a task so.
                Err(error) => tracing::error!(%error, "a source's task ended without an answer"),
            }
        }
    })
}

async fn ask(source: Arc<dyn Source>, question: Arc<Question>) -> Answer {
    let began = Instant::now();
    let deadline = tokio::time::Instant::from_std(question.deadline);
    // `ask` is called inside the guarded future, so that a panic before its first await is contained as well.
    let answering = AssertUnwindSafe(async { source.ask(&question).await }).catch_unwind();
    let mut answer = match tokio::time::timeout_at(deadline, answering).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => {
            tracing::error!(source.name = %source.asked().source, "a source broke off while it was reading an answer");
            broken(source.asked(), &question)
        }
        Err(_) => late(source.asked(), &question, began),
    };
    answer.took = began.elapsed();
    answer
}

fn broken(asked: &Asked, question: &Question) -> Answer {
    Answer {
        reason: Some(
            "Oriel broke off while it was reading what Microsoft sent. The other sources are not affected.".into(),
        ),
        remedy: Some("This is a fault in Oriel: please report it, with the lines that it logged at this time.".into()),
        ..Answer::new(asked.clone(), Outcome::Failed, question.now)
    }
}

fn late(asked: &Asked, question: &Question, began: Instant) -> Answer {
    let waited = question.deadline.saturating_duration_since(began).as_secs();
    Answer {
        reason: Some(match waited {
            0 => "There was no answer in time.".to_owned(),
            1 => "There was no answer within one second.".to_owned(),
            seconds => format!("There was no answer within {seconds} seconds."),
        }),
        remedy: Some("Ask again. Large tenants can take a while at busy hours.".into()),
        ..Answer::new(asked.clone(), Outcome::TimedOut, question.now)
    }
}

#[cfg(test)]
mod tests;
