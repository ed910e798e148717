//! Trying a connection: form, tenant, sign-in, permissions, one harmless call for each capability, and what follows.
//!
//! Nothing that is known is believed: new tokens, nothing remembered. The whole takes no longer than the patience that
//! [`Live`] was made with, whatever hangs: what has not been answered by then is a check that says so.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::{BoxFuture, join_all};
use futures_util::{FutureExt, StreamExt, stream};
use indicator::Indicator;
use microsoft::{Priority, Resource, Token};
use search::validation::ValidatorError;
use search::{Attempt, Attempted, Check, CheckState, Question, Status, Validation, Validator};
use store::connections::Connection;
use store::grants::Scope;
use tokio::sync::mpsc::UnboundedSender;

use super::transcript::{self, Recording};
use super::{Live, asked, is_off, is_quiet};
use crate::asking::{Asking, Connected};
use crate::capability::capabilities;
use crate::freshness::Freshness;
use crate::hunting::Shared;

mod follows;
mod form;
mod onboarding;
mod probe;
mod roles;
mod same;
mod sign_in;
mod tenant;
mod words;
mod workspace;

use form::form;
use probe::probe;
use words::{failed, lower};

/// How long a validation may take: below the ten seconds that are promised, for what comes after the last answer.
pub const PATIENCE: Duration = Duration::from_millis(8_500);
/// Probes at a time.
const AT_ONCE: usize = 6;

impl Validator for Live {
    fn validate<'a>(
        &'a self,
        attempt: &'a Attempt,
        progress: Option<UnboundedSender<Check>>,
    ) -> BoxFuture<'a, Result<Option<Attempted>, ValidatorError>> {
        async move {
            let Ok(id) = attempt.connection.parse() else { return Ok(None) };
            let stored = store::connections::find(&self.db, &Scope::All, &id).await.map_err(own)?;
            let Some(mut stored) = stored else { return Ok(None) };
            if let Some(wanted) = &attempt.credential {
                let held = std::iter::once(stored.credential.clone()).chain(stored.spare.clone());
                let Some(tried) = held.into_iter().find(|one| one.id.as_str() == wanted.as_str()) else {
                    return Ok(None);
                };
                stored.credential = tried;
            }
            let mut checks = Checks { made: Vec::new(), progress };
            let recording = attempt.record.then(|| Recording::begin(self));
            let live = recording.as_ref().map_or(self, |recording| &recording.live);
            self.look_at_pauses().await;
            let priority = if attempt.in_background { Priority::Background } else { Priority::People };
            live.try_connection(&stored, priority, &mut checks).await;
            let signed_in = checks.made.iter().any(|check| check.check == "token" && check.state == CheckState::Passed);
            if recording.is_some() && signed_in {
                live.questions(&stored, |check| checks.add(check)).await;
            }
            let now = (self.clock)();
            let follows = follows::follows(&stored, self.microsoft.cloud(&stored.cloud).as_deref(), &checks.made, now);
            let validation =
                Validation { status: status(&checks.made), checks: checks.made, follows, validated_at: now };
            if attempt.credential.is_some() {
                // What is found with another credential than the one in use is not how the connection stands.
                return Ok(Some(Attempted {
                    validation,
                    transcript: recording.map(|recording| recording.end(&stored)),
                }));
            }
            // One that was changed meanwhile is tried anew by whoever changed it.
            if store::validations::save_as_tried(&self.db, &stored, &validation).await.map_err(own)? {
                let learned = transcript::learned(&validation.checks);
                store::learned::save(&self.db, &id, &learned, now).await.map_err(own)?;
            }
            Ok(Some(Attempted { validation, transcript: recording.map(|recording| recording.end(&stored)) }))
        }
        .boxed()
    }
}

fn own(error: store::Error) -> ValidatorError {
    ValidatorError(Box::new(error))
}

/// The sum: nothing works if no probe passed, everything if nothing failed.
fn status(checks: &[Check]) -> Status {
    let works = checks.iter().any(|check| check.check == "probe" && check.state == CheckState::Passed);
    let needs_a_hand = checks.iter().any(|check| check.state == CheckState::Failed);
    match (works, needs_a_hand) {
        (true, false) => Status::Ready,
        (true, true) => Status::Attention,
        (false, _) => Status::Failed,
    }
}

/// The checks so far, each also told as it ends.
struct Checks {
    made: Vec<Check>,
    progress: Option<UnboundedSender<Check>>,
}

impl Checks {
    fn add(&mut self, check: Check) {
        if let Some(progress) = &self.progress {
            // Nobody listening any more is no reason to stop: the validation is kept for the next one who looks.
            let _ = progress.send(check.clone());
        }
        self.made.push(check);
    }
}

/// What an interface gave for the credential: `None` where it refused.
struct SignedIn {
    resource: Resource,
    token: Option<Token>,
}

impl Live {
    async fn try_connection(&self, stored: &Connection, priority: Priority, checks: &mut Checks) {
        let begun = Instant::now();
        let end = begun + self.patience;
        let connected = match self.open(stored) {
            Ok(connected) => Arc::new(connected),
            Err(unusable) => {
                let (title, remedy) = unusable.words();
                checks.add(Check { remedy: Some(remedy.into()), ..failed("form", unusable.code(), title) });
                return;
            }
        };
        let rows = self.rows(stored, &connected, priority);
        // Entra has half of the time to know the tenant, so that the rest has time left.
        let first_end = begun + self.patience / 2;
        if !form(stored, &connected, checks) || !self.tenant(&connected, &rows, first_end, checks).await {
            return;
        }
        // Whatever was remembered of this app, also a refusal, is asked anew.
        self.microsoft.forget(&connected.credential);
        let signed_in = self.sign_in_everywhere(stored, &rows, end, checks).await;
        let question = self.question(end);
        let mut probes = Vec::new();
        for row in &rows {
            let token = signed_in.iter().find(|one| one.resource == row.capability.resource);
            let token = token.map(|one| one.token.as_ref());
            probes.extend(probe(row, is_off(stored, row.capability), token, &question));
        }
        let mut probes = stream::iter(probes).buffered(AT_ONCE);
        while let Some(check) = probes.next().await {
            let check = same::once(check, &checks.made);
            checks.add(check);
        }
        workspace::roles(&rows, &question, checks).await;
        self.onboarding(&rows, &question, checks).await;
    }

    /// Sentinel's alerts in the portal beside the workspaces', where the portal's could be read; else its probe has compared.
    async fn onboarding(&self, rows: &[Asking], question: &Question, checks: &mut Checks) {
        let name = crate::sentinel::alerts::CAPABILITY.name;
        let works = checks
            .made
            .iter()
            .any(|check| check.capability.as_deref() == Some(name) && check.state == CheckState::Passed);
        let Some(row) = rows.iter().find(|row| row.capability.name == name).filter(|_| works) else { return };
        if let Some(check) = onboarding::compare(row, question).await {
            checks.add(Check { capability: Some(name.into()), ..check });
        }
    }

    /// A token for every interface that a capability needs, and what each holds.
    async fn sign_in_everywhere(
        &self,
        stored: &Connection,
        rows: &[Asking],
        end: Instant,
        checks: &mut Checks,
    ) -> Vec<SignedIn> {
        let needed = |resource: Resource| {
            let asks = |row: &&Asking| row.capability.resource == resource && is_live(stored, row);
            rows.iter().filter(asks).collect::<Vec<&Asking>>()
        };
        let all = [Resource::Graph, Resource::Defender, Resource::LogAnalytics];
        let needed: Vec<(Resource, Vec<&Asking>)> =
            all.map(|resource| (resource, needed(resource))).into_iter().filter(|(_, rows)| !rows.is_empty()).collect();
        let mut asking = Vec::new();
        for (resource, rows) in &needed {
            asking.push(sign_in::sign_in(&self.microsoft, rows, *resource, end).boxed());
        }
        let mut signed_in = Vec::new();
        let answers = join_all(asking).await;
        // Each interface signs in by itself, and all fail alike where the credential is wrong: that is one thing to mend.
        let refused = answers.iter().map(|answer| answer.as_ref().err().map(|check| (&check.code, &check.title)));
        let alike = refused.reduce(|one, other| one.filter(|_| one == other)).flatten().is_some();
        for ((resource, rows), answer) in needed.iter().zip(answers) {
            let token = match answer {
                Ok((check, token)) => {
                    checks.add(check);
                    roles::roles(rows, &token, (self.clock)(), checks);
                    Some(token)
                }
                Err(check) => {
                    if !alike {
                        let title = format!("{}: {}", resource.title(), lower(&check.title));
                        checks.add(Check { title, ..check });
                    } else if signed_in.is_empty() {
                        checks.add(check);
                    }
                    None
                }
            };
            signed_in.push(SignedIn { resource: *resource, token });
        }
        signed_in
    }

    /// What there is to try, sharing their calls.
    fn rows(&self, stored: &Connection, connected: &Arc<Connected>, priority: Priority) -> Vec<Asking> {
        let of_product = || capabilities().iter().filter(|capability| capability.product == stored.product);
        let live = of_product().filter(|capability| !is_off(stored, capability)).map(|capability| capability.name);
        let shared = Arc::new(Shared::new(live.collect()));
        // A fresh one: what was known ten minutes ago is not what is being tried.
        let freshness = Arc::new(Freshness::default());
        of_product()
            .map(|capability| Asking {
                microsoft: Arc::clone(&self.microsoft),
                connection: Arc::clone(connected),
                freshness: Arc::clone(&freshness),
                shared: Arc::clone(&shared),
                capability,
                rightly_quiet: is_quiet(stored, capability),
                finds_by_address: false,
                priority,
                asked: asked(capability, stored),
            })
            .collect()
    }

    /// A question without an indicator of anybody's: probes ask for none.
    fn question(&self, deadline: Instant) -> Question {
        let nobody = Indicator::Ip(std::net::IpAddr::from([192, 0, 2, 1]));
        Question { indicator: nobody, now: (self.clock)(), deadline, raw: false }
    }
}

/// Whether a capability is tried at all: switched on, in its cloud, and with a workspace where it needs one.
fn is_live(stored: &Connection, row: &Asking) -> bool {
    let capability = row.capability;
    !is_off(stored, capability)
        && capability.lacking(row.connection.cloud()).is_none()
        && (!capability.needs_workspace || !row.connection.workspaces.is_empty())
}

#[cfg(test)]
mod tests;
