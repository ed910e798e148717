//! `GET /search/stream?q=`: the report as it grows, as server-sent events.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use indicator::Parsed;
use search::Report;
use store::people::Person;

use super::Ask;
use super::parts::{self, Part, View};
use super::tab::Tab;
use crate::Desk;
use crate::error::Error;
use crate::guard::Analyst;

/// One search, as it comes in. Each event `part` carries the parts that have changed, as HTML; `done` is the last.
pub async fn stream(
    Analyst(person): Analyst,
    State(desk): State<Desk>,
    Query(ask): Query<Ask>,
) -> Result<Response, Error> {
    let parsed = indicator::parse(&ask.q)
        .map_err(|rejected| Error::Unreadable(StatusCode::UNPROCESSABLE_ENTITY, rejected.to_string()))?;
    let searching = desk.search(&parsed.indicator, ask.options()).await?;
    let filling = Filling { desk, person, parsed, tab: Tab::read(ask.tab.as_deref()), sent: HashMap::new() };
    Ok(Sse::new(filling.events(searching.updates())).keep_alive(KeepAlive::default()).into_response())
}

/// A page that is being filled.
struct Filling {
    desk: Desk,
    person: Person,
    parsed: Parsed,
    tab: Tab,
    /// What the page shows, by id: only what differs is sent.
    sent: HashMap<String, String>,
}

impl Filling {
    fn events(
        self,
        reports: impl Stream<Item = Arc<Report>> + Send + 'static,
    ) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
        let grown =
            stream::unfold((self, Box::pin(reports.fuse()), None), |(mut filling, mut reports, last)| async move {
                match reports.next().await {
                    Some(report) => Some((filling.event(&report), (filling, reports, Some(report)))),
                    None => {
                        let report: Arc<Report> = last?;
                        Some((filling.end(&report).await, (filling, reports, None)))
                    }
                }
            });
        grown.map(Ok)
    }

    fn event(&mut self, report: &Report) -> Event {
        let value = self.parsed.indicator.value();
        let view = View { now: self.desk.now(), capabilities: &self.desk.capabilities };
        match parts::all(report, self.tab, &value, view) {
            Ok(parts) => Event::default().event("part").data(self.changed(parts)),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a report could not be rendered");
                Event::default().comment("a part could not be rendered")
            }
        }
    }

    fn changed(&mut self, parts: Vec<Part>) -> String {
        let mut html = String::new();
        for Part { id, html: part } in parts {
            if self.sent.get(&id) != Some(&part) {
                // A carriage return would end the event.
                html.push_str(&part.replace('\r', " "));
                self.sent.insert(id, part);
            }
        }
        html
    }

    async fn end(&self, report: &Report) -> Event {
        self.desk.remember_search(&self.person, report).await;
        Event::default().event("done").data(parts::said(report))
    }
}
