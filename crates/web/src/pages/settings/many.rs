//! Many connections at once: those that are ticked, or all that are listed, are tried a few at a time.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use futures_util::stream;
use jiff::Timestamp;
use serde::Deserialize;
use store::connections::{Connection, ConnectionId};
use tokio::sync::watch;

use super::checklist::Checklist;
use super::integration::{self, State as RowState};
use crate::Desk;
use crate::connections::filter::{Filter, Listed};
use crate::error::Error;
use crate::guard::Owner;
use crate::responses::{see, unbuffered};
use crate::sessions::watch::while_signed_in;

/// The form.
#[derive(Deserialize)]
pub struct Chosen {
    /// `ticked`, or `listed` for all that the page lists.
    #[serde(default)]
    which: String,
    /// Connections whose box is ticked.
    #[serde(default)]
    id: Vec<ConnectionId>,
    /// What the list was narrowed by.
    #[serde(default)]
    find: String,
    #[serde(default)]
    product: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    tenant: String,
}

/// `POST /settings/connections/validate`: begins to try them. Those that are being tried are not begun again.
pub async fn validate(
    Owner(caller): Owner,
    State(desk): State<Desk>,
    Form(chosen): Form<Chosen>,
) -> Result<Redirect, Error> {
    let Chosen { which, id: ticked, find, product, state, tenant } = chosen;
    let filter = Filter { find, product, state, tenant };
    let listed = desk.listed(&caller.scope, &filter).await?;
    let listed: Vec<Connection> = listed.into_iter().map(|Listed { connection, .. }| connection).collect();
    let mine = |id: &ConnectionId| listed.iter().any(|connection| connection.id == *id);
    let ids: Vec<String> = match which.as_str() {
        "ticked" if ticked.iter().all(mine) => ticked.iter().map(ToString::to_string).collect(),
        "ticked" => return Err(Error::NotFound),
        _ => listed.iter().map(|connection| connection.id.to_string()).collect(),
    };
    for connection in listed.iter().filter(|connection| ids.iter().any(|id| *id == connection.id.as_str())) {
        desk.note_connection(&caller, "connection.validated", connection).await;
    }
    desk.validate_all(&ids);
    let done = if ids.is_empty() { "none-ticked" } else { "validating" };
    Ok(see(&format!("/settings?done={done}{}#integration", filter.query())))
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Waits,
    IsTried,
    Ended,
}

/// What of a row changes while its connection is tried.
#[derive(Template)]
#[template(path = "settings/_row_progress.html")]
struct RowPart {
    now: Timestamp,
    checks: Checklist,
    state: RowState,
}

/// The line above the list.
#[derive(Template)]
#[template(path = "settings/_many_progress.html")]
pub struct ManyPart {
    /// How many have ended.
    pub ended: usize,
    /// Of how many.
    pub all: usize,
}

/// `GET /settings/connections/checks`: what changes in the rows of connections that wait for their turn or have it, until all
/// have ended. Begins nothing.
pub async fn progress(Owner(caller): Owner, State(desk): State<Desk>) -> Result<Response, Error> {
    let underway = desk.in_progress().await?;
    let connections = store::connections::list(&desk.db, &caller.scope).await?;
    let watched = connections.into_iter().filter(|connection| underway.holds(connection.id.as_str()));
    let (watched_by, at) = (caller, desk.clone());
    let watching = Watching {
        moves: desk.queue_moves(),
        phases: HashMap::new(),
        connections: watched.collect(),
        over: false,
        desk,
    };
    let events = stream::unfold(watching, |mut watching| async move {
        let event = watching.next().await?;
        Some((Ok::<_, Infallible>(event), watching))
    });
    let events = Sse::new(while_signed_in(events, at, watched_by, false))
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    Ok(unbuffered(events.into_response()))
}

/// A page that is being kept up to date.
struct Watching {
    desk: Desk,
    moves: watch::Receiver<u64>,
    connections: Vec<Connection>,
    /// What the page shows.
    phases: HashMap<ConnectionId, Phase>,
    over: bool,
}

impl Watching {
    async fn next(&mut self) -> Option<Event> {
        if self.over {
            return None;
        }
        loop {
            // Seen before it is looked at, so that nothing which moves meanwhile is missed.
            self.moves.borrow_and_update();
            match self.look().await {
                Ok(html) if !html.is_empty() => return Some(Event::default().event("part").data(html)),
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the progress could not be shown");
                    self.over = true;
                }
            }
            let ended = self.phases.values().all(|phase| *phase == Phase::Ended);
            if self.over || ended || self.moves.changed().await.is_err() {
                self.over = true;
                return Some(Event::default().event("done").data("Every validation has ended."));
            }
        }
    }

    /// The rows of which something is to be shown now.
    async fn look(&mut self) -> Result<String, Error> {
        let underway = self.desk.in_progress().await?;
        let mut html = String::new();
        for connection in &self.connections {
            let id = connection.id.as_str();
            let phase = match (underway.tried.contains(id), underway.waits.contains(id)) {
                (true, _) => Phase::IsTried,
                (false, true) => Phase::Waits,
                (false, false) => Phase::Ended,
            };
            if self.phases.insert(connection.id.clone(), phase) == Some(phase) {
                continue;
            }
            let (checks, state) = integration::checks_and_state(&self.desk, connection, &underway).await?;
            html.push_str(&RowPart { now: self.desk.now(), checks, state }.render()?);
        }
        if !html.is_empty() {
            let ended = self.phases.values().filter(|phase| **phase == Phase::Ended).count();
            html.push_str(&ManyPart { ended, all: self.connections.len() }.render()?);
        }
        // A carriage return cannot stand in an event; Microsoft's texts may hold one.
        Ok(html.replace('\r', " "))
    }
}
