//! Trying a connection: form, tenant, sign-in, permissions, and one harmless call for each capability.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use indicator::Indicator;
use microsoft::{Fresh, Resource, Token};
use search::validation::ValidatorError;
use search::{Attempt, Attempted, Check, CheckState, Question, Status, Validation, Validator};
use store::connections::Connection;
use tokio::sync::mpsc::UnboundedSender;

use super::{Live, asked, is_off, is_quiet};
use crate::asking::{Asking, Connected};
use crate::capability::capabilities;
use crate::freshness::Freshness;
use crate::hunting::Shared;

mod form;
mod probe;
mod words;

use form::form;
use probe::{lower, probe, trouble};
use words::{failed, passed};

/// How long one step may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How far the clocks may be apart.
const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);
/// Probes at a time.
const AT_ONCE: usize = 3;

impl Validator for Live {
    fn validate<'a>(
        &'a self,
        attempt: &'a Attempt,
        progress: Option<UnboundedSender<Check>>,
    ) -> BoxFuture<'a, Result<Option<Attempted>, ValidatorError>> {
        async move {
            let Ok(id) = attempt.connection.parse() else { return Ok(None) };
            let stored = store::connections::find(&self.db, &id).await.map_err(own)?;
            let Some(stored) = stored else { return Ok(None) };
            let checks = self.try_connection(&stored, progress).await;
            let validation =
                Validation { status: status(&checks), checks, follows: Vec::new(), validated_at: (self.clock)() };
            store::validations::save(&self.db, &id, &validation).await.map_err(own)?;
            Ok(Some(Attempted { validation, transcript: None }))
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

impl Live {
    async fn try_connection(&self, stored: &Connection, progress: Option<UnboundedSender<Check>>) -> Vec<Check> {
        let mut checks = Checks { made: Vec::new(), progress };
        let connected = match self.open(stored) {
            Ok(connected) => Arc::new(connected),
            Err(unusable) => {
                let (title, remedy) = unusable.words();
                checks.add(Check { remedy: Some(remedy.into()), ..failed("form", unusable.code(), title) });
                return checks.made;
            }
        };
        let rows = self.rows(stored, &connected);
        let off = |row: &Asking| is_off(stored, row.capability);
        if !form(stored, &connected, &mut checks) || !self.tenant(&connected, &rows, &mut checks).await {
            return checks.made;
        }
        // Whatever was remembered of this app, also a refusal, is asked anew.
        self.microsoft.forget(&connected.credential);
        let mut tokens: Vec<(Resource, Option<Token>)> = Vec::new();
        for resource in [Resource::Graph, Resource::Defender, Resource::LogAnalytics] {
            let Some(row) = rows.iter().find(|row| row.capability.resource == resource && !off(row)) else { continue };
            if resource == Resource::LogAnalytics && connected.workspaces.is_empty() {
                continue;
            }
            let token = self.sign_in(row, resource, &mut checks).await;
            if let Some(token) = &token {
                let used: Vec<&Asking> =
                    rows.iter().filter(|row| row.capability.resource == resource && !off(row)).collect();
                self.roles(&used, token, &mut checks);
            }
            tokens.push((resource, token));
        }
        let question = self.question();
        let probes: Vec<_> = rows
            .iter()
            .map(|row| {
                let token = tokens.iter().find(|(resource, _)| *resource == row.capability.resource);
                let token = token.map(|(_, token)| token.as_ref());
                probe(row, off(row), token, &question).boxed()
            })
            .collect();
        let mut probes = stream::iter(probes).buffered(AT_ONCE);
        while let Some(check) = probes.next().await {
            checks.add(check);
        }
        checks.made
    }

    /// What there is to try, sharing their calls.
    fn rows(&self, stored: &Connection, connected: &Arc<Connected>) -> Vec<Asking> {
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
                asked: asked(capability, stored),
            })
            .collect()
    }

    /// A question without an indicator of anybody's: probes ask for none.
    fn question(&self) -> Question {
        let now = (self.clock)();
        let nobody = Indicator::Ip(std::net::IpAddr::from([192, 0, 2, 1]));
        Question { indicator: nobody, now, deadline: Instant::now() + PATIENCE, raw: false }
    }

    /// Whether Entra knows the tenant. Where it cannot be asked the rest cannot be tried either.
    async fn tenant(&self, connected: &Connected, rows: &[Asking], checks: &mut Checks) -> bool {
        let credential = &connected.credential;
        let deadline = Instant::now() + PATIENCE;
        match self.microsoft.discover(&credential.cloud, &credential.tenant, deadline).await {
            Ok(found) => {
                let region = found.region.map(|region| format!(", region {region}")).unwrap_or_default();
                let title = format!("The tenant is known in the cloud {}{region}.", credential.cloud.title());
                checks.add(passed("discovery", title));
                self.clock_check(checks);
                true
            }
            Err(error) => {
                if let Some(row) = rows.first() {
                    checks.add(trouble("discovery", None, &error, row));
                }
                false
            }
        }
    }

    /// A clock that is far off makes tokens look expired, and every "3 days ago" wrong.
    fn clock_check(&self, checks: &mut Checks) {
        let Some(ahead) = self.microsoft.clock_skew().filter(|skew| skew.abs() > SKEW) else { return };
        let (minutes, way) = (ahead.abs().as_mins(), if ahead.is_positive() { "ahead of" } else { "behind" });
        let title = format!("This machine's clock is {minutes} minutes {way} Microsoft's.");
        let remedy = Some("Set the machine's clock, and let a time service keep it.".into());
        checks.add(Check { remedy, ..failed("discovery", "clock_skew", title) });
    }

    async fn sign_in(&self, row: &Asking, resource: Resource, checks: &mut Checks) -> Option<Token> {
        let call = row.call(Instant::now() + PATIENCE);
        match self.microsoft.token(&call, resource, Fresh::Always).await {
            Ok(token) => {
                let roles = token.claims().map(|claims| claims.roles.len());
                let title = match roles.filter(|_| resource != Resource::LogAnalytics) {
                    Some(1) => format!("The app signs in to {} and holds 1 permission.", resource.title()),
                    Some(number) => format!("The app signs in to {} and holds {number} permissions.", resource.title()),
                    None => format!("The app signs in to {}.", resource.title()),
                };
                checks.add(passed("token", title));
                Some(token)
            }
            Err(error) => {
                // Each resource signs in by itself, and all fail alike where the secret is wrong.
                let refused = trouble("token", None, &error, row);
                checks.add(Check { title: format!("{}: {}", resource.title(), lower(&refused.title)), ..refused });
                None
            }
        }
    }

    /// What the token holds against what the capabilities need. A token that cannot be read says nothing.
    fn roles(&self, rows: &[&Asking], token: &Token, checks: &mut Checks) {
        let (Some(claims), Some(first)) = (token.claims(), rows.first()) else { return };
        let now = (self.clock)();
        let resource = first.capability.resource;
        if resource != Resource::LogAnalytics {
            let mut missing: Vec<&str> = Vec::new();
            for row in rows.iter().filter(|row| !row.capability.is_retired(now)) {
                for permission in row.capability.permissions {
                    if !claims.holds(permission) && !missing.contains(permission) {
                        missing.push(permission);
                    }
                }
            }
            let link = first.connection.permissions_link();
            if missing.is_empty() {
                checks.add(passed("roles", format!("Every permission for {} is granted.", resource.title())));
            } else {
                let names = missing.join(", ");
                checks.add(Check {
                    permission: Some(names.clone()),
                    remedy: Some(crate::outcome::grant(&names)),
                    link,
                    ..failed(
                        "roles",
                        "missing_permission",
                        format!("The app does not hold {names} for {}.", resource.title()),
                    )
                });
            }
        }
        let writing = claims.writing().join(", ");
        if !writing.is_empty() {
            checks.add(Check {
                permission: Some(writing.clone()),
                remedy: Some(
                    "Remove them in the app registration: Oriel only reads, and whoever got hold of the secret could write."
                        .into(),
                ),
                link: first.connection.permissions_link(),
                ..failed("roles", "write_permission", format!("The app holds permissions that can write: {writing}."))
            });
        }
    }
}

#[cfg(test)]
mod tests;
