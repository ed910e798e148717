//! The checks of a connection as they end.

use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt, stream};
use jiff::Timestamp;
use store::connections::{Connection, ConnectionId};

use super::checklist::Checklist;
use super::integration::{self, State as RowState};
use crate::Desk;
use crate::error::Error;
use crate::guard::Owner;
use crate::responses::unbuffered;
use crate::sessions::watch::while_signed_in;
use crate::validating::{Progress, updates};

/// The two parts of the page that change while a connection is tried.
#[derive(Template)]
#[template(path = "settings/_progress.html")]
struct ProgressPart {
    now: Timestamp,
    checks: Checklist,
    state: RowState,
}

/// `GET /settings/connections/{id}/checks`: an event for each check of the validation under way, then how the connection
/// stands, then the end. Begins nothing.
pub async fn show(
    Owner(caller): Owner,
    State(desk): State<Desk>,
    Path(id): Path<ConnectionId>,
) -> Result<Response, Error> {
    let connection = desk.connection_of(&caller, &id).await?;
    let running: Box<dyn Stream<Item = Progress> + Send + Unpin> =
        match desk.validation_under_way(&id.to_string()).await? {
            Some(progress) => Box::new(Box::pin(updates(progress))),
            None => Box::new(stream::empty()),
        };
    let (now, product) = (desk.now(), connection.product);
    let checks = running.filter(|progress| std::future::ready(progress.end.is_none())).map(move |progress| {
        let checks = Checklist::new(&id.to_string(), product, &progress.checks, &[], true);
        part(&ProgressPart { now, checks, state: RowState::validating() })
    });
    let end = stream::once(finish(desk.clone(), connection)).flat_map(stream::iter);
    let events = while_signed_in(checks.chain(end).map(Ok::<_, Infallible>), desk, caller, false);
    Ok(unbuffered(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))))
}

async fn ended(desk: &Desk, connection: &Connection) -> Result<(Checklist, RowState), Error> {
    let underway = desk.in_progress().await?;
    integration::checks_and_state(desk, connection, &underway).await
}

async fn finish(desk: Desk, connection: Connection) -> Vec<Event> {
    let last = match ended(&desk, &connection).await {
        Ok((checks, state)) => part(&ProgressPart { now: desk.now(), checks, state }),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the end of a validation could not be shown");
            Event::default().comment("broken")
        }
    };
    vec![last, Event::default().event("done").data("done")]
}

fn part(part: &ProgressPart) -> Event {
    match part.render() {
        // A carriage return cannot stand in an event; Microsoft's texts may hold one.
        Ok(html) => Event::default().event("part").data(html.replace('\r', " ")),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a part could not be shown");
            Event::default().comment("broken")
        }
    }
}
