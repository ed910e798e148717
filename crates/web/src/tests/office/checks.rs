//! A validator whose checks a test writes.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::BoxFuture;
use search::validation::ValidatorError;
use search::{Attempt, Attempted, Check, CheckState, Status, Validation, Validator};
use store::Db;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedSender;

use super::TRANSCRIPT;

/// A validator whose checks a test writes; it keeps what it found, as the real one does.
pub struct Checks {
    pub db: Db,
    pub clock: crate::Clock,
    pub checks: Mutex<Vec<Check>>,
    pub status: Mutex<Status>,
    pub times: AtomicUsize,
    pub may_end: Semaphore,
    pub breaks: AtomicBool,
}

impl Validator for Checks {
    fn validate<'a>(
        &'a self,
        attempt: &'a Attempt,
        progress: Option<UnboundedSender<Check>>,
    ) -> BoxFuture<'a, Result<Option<Attempted>, ValidatorError>> {
        Box::pin(async move {
            self.times.fetch_add(1, Ordering::SeqCst);
            let checks = self.checks.lock().unwrap().clone();
            for check in &checks {
                if let Some(progress) = &progress {
                    let _ = progress.send(check.clone());
                }
            }
            self.may_end.acquire().await.unwrap().forget();
            if self.breaks.load(Ordering::SeqCst) {
                return Err(ValidatorError("the database is away".into()));
            }
            let status = *self.status.lock().unwrap();
            let validation = Validation { status, checks, follows: Vec::new(), validated_at: (self.clock)() };
            let id = attempt.connection.parse().unwrap();
            // What is found with a credential that is not in use is not kept.
            if attempt.credential.is_none() {
                store::validations::save(&self.db, &id, &validation)
                    .await
                    .map_err(|error| ValidatorError(Box::new(error)))?;
            }
            Ok(Some(Attempted { validation, transcript: attempt.record.then(|| TRANSCRIPT.to_owned()) }))
        })
    }
}

pub fn passed(title: &str) -> Check {
    Check {
        check: "token".to_owned(),
        capability: None,
        permission: None,
        state: CheckState::Passed,
        code: "ok".to_owned(),
        title: title.to_owned(),
        remedy: None,
        link: None,
        trace_id: None,
        correlation_id: None,
    }
}

pub fn failed(title: &str, remedy: &str, link: &str) -> Check {
    Check {
        state: CheckState::Failed,
        code: "wrong_secret".to_owned(),
        remedy: Some(remedy.to_owned()),
        link: Some(link.to_owned()),
        trace_id: Some("trace-1".to_owned()),
        ..passed(title)
    }
}
