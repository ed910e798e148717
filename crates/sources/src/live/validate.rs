//! Trying a connection: form, tenant, sign-in, permissions, and one harmless call for each capability.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use indicator::Indicator;
use microsoft::{Error, Fresh, Resource, Token};
use search::validation::ValidatorError;
use search::{Check, CheckState, Question, Status, Validation, Validator};
use store::connections::Connection;
use tokio::sync::mpsc::UnboundedSender;

use super::{Live, asked};
use crate::asking::{Asking, Connected};
use crate::capability::{Capability, Newest, capabilities};
use crate::freshness::Freshness;
use crate::outcome::{self, Trouble};

mod words;

use words::{check, failed, passed, skipped};

/// How long one step may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Probes at a time.
const AT_ONCE: usize = 3;

impl Validator for Live {
    fn validate<'a>(
        &'a self,
        connection: &'a str,
        progress: Option<UnboundedSender<Check>>,
    ) -> BoxFuture<'a, Result<Option<Validation>, ValidatorError>> {
        async move {
            let Ok(id) = connection.parse() else { return Ok(None) };
            let stored = store::connections::find(&self.db, &id).await.map_err(own)?;
            let Some(stored) = stored else { return Ok(None) };
            let checks = self.try_connection(&stored, progress).await;
            let validation = Validation { status: status(&checks), checks, validated_at: (self.clock)() };
            store::validations::save(&self.db, &id, &validation).await.map_err(own)?;
            Ok(Some(validation))
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
        let rows: Vec<Asking> = capabilities()
            .iter()
            .filter(|capability| capability.product == stored.product)
            .map(|capability| self.asking(capability, stored, &connected))
            .collect();
        let off = |row: &Asking| stored.switched_off.iter().any(|name| name == row.capability.name);
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

    fn asking(&self, capability: &'static Capability, stored: &Connection, connected: &Arc<Connected>) -> Asking {
        Asking {
            microsoft: Arc::clone(&self.microsoft),
            connection: Arc::clone(connected),
            // A fresh one: what was known ten minutes ago is not what is being tried.
            freshness: Arc::new(Freshness::default()),
            capability,
            asked: asked(capability, stored),
        }
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
                checks.add(trouble("token", None, &error, row));
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
                    remedy: Some(words::GRANT.into()),
                    link,
                    ..failed("roles", "missing_permission", format!("For {} there is no {names}.", resource.title()))
                });
            }
        }
        let writing = claims.writing().join(", ");
        if !writing.is_empty() {
            checks.add(Check {
                permission: Some(writing.clone()),
                remedy: Some(
                    "Take them away in the app registration: Oriel only reads, and a secret that leaks could write."
                        .into(),
                ),
                link: first.connection.permissions_link(),
                ..failed("roles", "write_permission", format!("The app holds permissions that can write: {writing}."))
            });
        }
    }
}

/// Whether what was saved can be right at all.
fn form(stored: &Connection, connected: &Connected, checks: &mut Checks) -> bool {
    use secrecy::ExposeSecret;
    let is_guid = |text: &str| uuid::Uuid::try_parse(text.trim()).is_ok();
    let mut right = true;
    let mut wrong = |code: &str, title: &str, remedy: &str| {
        right = false;
        checks.add(Check { remedy: Some(remedy.into()), ..failed("form", code, title) });
    };
    if !is_guid(&stored.tenant_guid) {
        wrong(
            "tenant_id",
            "The tenant ID is not a GUID.",
            "Paste the Directory (tenant) ID from the app's overview page.",
        );
    }
    if !is_guid(&stored.client_id) {
        wrong(
            "client_id",
            "The client ID is not a GUID.",
            "Paste the Application (client) ID from the app's overview page.",
        );
    }
    if is_guid(connected.credential.secret.expose_secret()) {
        wrong(
            "secret_id_pasted",
            "The secret has the form of a Secret ID.",
            "Paste the secret's Value, which Microsoft shows once, when the secret is made.",
        );
    }
    if connected.workspaces.iter().any(|workspace| !is_guid(&workspace.id)) {
        wrong(
            "workspace_id",
            "A workspace ID is not a GUID.",
            "Paste the Workspace ID from the workspace's overview page.",
        );
    }
    if right {
        checks.add(passed("form", "What was saved has the right form."));
    }
    right
}

/// Tries one capability.
async fn probe(row: &Asking, off: bool, token: Option<Option<&Token>>, question: &Question) -> Check {
    let capability = row.capability;
    let of = |check: Check| Check {
        capability: Some(capability.name.into()),
        permission: Some(capability.permission()),
        ..check
    };
    if off {
        return of(skipped("switched_off", format!("{}: switched off.", capability.title)));
    }
    if capability.needs_workspace && row.connection.workspaces.is_empty() {
        return of(Check {
            remedy: Some("Add the Log Analytics workspace ID to the connection.".into()),
            ..failed("probe", "no_workspace", format!("{}: the connection names no workspace.", capability.title))
        });
    }
    let Some(token) = token.flatten() else {
        let title = format!(
            "{}: not tried, since the app does not sign in to {}.",
            capability.title,
            capability.resource.title()
        );
        return of(skipped("no_token", title));
    };
    if let Some(retirement) = capability.retirement.filter(|_| capability.is_retired(question.now)) {
        let holds = token.claims().is_none_or(|claims| capability.permissions.iter().any(|one| claims.holds(one)));
        let answers = holds && (capability.probe)(row, question).await.is_ok();
        // Even where the old route still answers, an empty answer is not to be relied on; nobody needs to act.
        let more = if answers { " It still answers this app." } else { "" };
        let title = format!("{}: switched off by Microsoft {}, not needed.{more}", capability.title, retirement.words);
        return of(Check {
            remedy: Some(format!("In its place: {}.", retirement.replaced_by)),
            ..skipped("retired", title)
        });
    }
    match (capability.probe)(row, question).await {
        Ok(probed) => of(rows_of(capability, probed.newest, question)),
        Err(error) => of(trouble("probe", Some(capability), &error, row)),
    }
}

/// A probe that was answered: a table without rows of the last day could not know anything.
fn rows_of(capability: &Capability, newest: Newest, question: &Question) -> Check {
    let blind = |title: String| Check {
        remedy: Some(
            "Check that the product sends its data, and that no table permission or role condition hides its rows."
                .into(),
        ),
        ..failed("probe", "blind", title)
    };
    match newest {
        Newest::Never => blind(format!("{}: the call succeeds, but there are no rows at all.", capability.title)),
        Newest::At(newest) if question.now.duration_since(newest) > outcome::STALE => {
            blind(format!("{}: the newest row is from {}.", capability.title, newest.strftime("%-d %b %Y %H:%M UTC")))
        }
        _ => match capability.retirement {
            Some(retirement) => {
                passed("probe", format!("{}: answered. Its end is {}.", capability.title, retirement.words))
            }
            None => passed("probe", format!("{}: answered.", capability.title)),
        },
    }
}

/// A failure in the words of a search's answer.
fn trouble(step: &str, capability: Option<&Capability>, error: &Error, row: &Asking) -> Check {
    let Trouble { code, reason, remedy, link, .. } = outcome::trouble(error, row);
    let title =
        capability.map_or_else(|| reason.clone(), |capability| format!("{}: {}", capability.title, lower(&reason)));
    let evidence = error.evidence();
    let id = |names: &[&str]| {
        evidence.iter().find(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| value.clone())
    };
    Check {
        remedy,
        link,
        trace_id: id(&["trace_id", "request_id"]),
        correlation_id: id(&["correlation_id"]),
        ..check(step, CheckState::Failed, code, title)
    }
}

/// A sentence behind a colon begins small, unless with a name.
fn lower(sentence: &str) -> String {
    match sentence.strip_prefix("The ") {
        Some(rest) => format!("the {rest}"),
        None => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests;
