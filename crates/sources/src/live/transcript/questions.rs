//! What Microsoft's documents leave open, asked of whoever has a tenant to ask: once, with the transcript, and with reads
//! alone. Each is a check that says what was found, so that it can be told on. On one of them something depends: see
//! [`learned`](super::learned).

use std::time::{Duration, Instant};

use microsoft::{Call, Claims, Error, Fresh, Priority, Resource};
use search::{Check, CheckState, Product};
use store::connections::Connection;

use crate::asking::Connected;
use crate::live::Live;

mod graph;
mod hunting;
mod older;
mod workspace;

/// How long all questions together may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the questions of one connection have in common.
struct Asker<'a> {
    live: &'a Live,
    connected: &'a Connected,
    deadline: Instant,
    graph: Option<Claims>,
    defender: Option<Claims>,
}

impl Live {
    /// Asks what is open, and tells each answer as it comes.
    pub(in crate::live) async fn questions(&self, stored: &Connection, mut tell: impl FnMut(Check)) {
        let Ok(connected) = self.open(stored) else { return };
        let deadline = Instant::now() + PATIENCE;
        let mut asker = Asker { live: self, connected: &connected, deadline, graph: None, defender: None };
        asker.graph = asker.claims(Resource::Graph).await;
        if stored.product == Product::Defender {
            asker.defender = asker.claims(Resource::Defender).await;
        }
        graph::ask(&asker, &mut tell).await;
        hunting::ask(&asker, &mut tell).await;
        older::ask(&asker, stored.product, &mut tell).await;
        workspace::ask(&asker, &mut tell).await;
    }
}

impl Asker<'_> {
    fn call(&self) -> Call<'_> {
        Call { credential: &self.connected.credential, deadline: self.deadline, priority: Priority::People }
    }

    /// What the token of the validation just made says; `None` if there is none.
    async fn claims(&self, resource: Resource) -> Option<Claims> {
        let token = self.live.microsoft.token(&self.call(), resource, Fresh::IfNeeded).await.ok()?;
        token.claims().cloned()
    }

    fn holds(&self, permission: &str) -> bool {
        self.graph.as_ref().is_some_and(|claims| claims.holds(permission))
    }
}

/// A question that was answered.
fn found(code: &str, title: impl Into<String>) -> Check {
    check(CheckState::Passed, code, title)
}

/// A question that could not be asked, or that nobody answered: neither is anything to be mended.
fn open(code: &str, title: impl Into<String>) -> Check {
    check(CheckState::Skipped, code, title)
}

fn not_held(question: &str, permission: &str) -> Check {
    let check = open("not_held", format!("{question}: not asked, the app does not hold {permission}."));
    Check { permission: Some(permission.into()), ..check }
}

fn unanswered(question: &str, error: &Error) -> Check {
    let evidence = error.evidence();
    let trace = evidence.iter().find(|(name, _)| matches!(name.as_str(), "request_id" | "trace_id"));
    let check = open("unanswered", format!("{question}: not found out. {error}"));
    Check { trace_id: trace.map(|(_, value)| value.clone()), ..check }
}

fn check(state: CheckState, code: &str, title: impl Into<String>) -> Check {
    Check {
        check: "question".into(),
        capability: None,
        permission: None,
        state,
        code: code.into(),
        title: title.into(),
        remedy: None,
        link: None,
        trace_id: None,
        correlation_id: None,
    }
}
