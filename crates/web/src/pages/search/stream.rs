//! `GET /search/stream?q=`: the report as it grows, as server-sent events.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt};
use indicator::Parsed;
use search::assessment::Level;
use search::{Asked, Report};
use store::grants::Scope;
use store::people::{Person, PersonId};

use super::Ask;
use super::parts::{self, Part, View};
use super::tab::Tab;
use crate::Desk;
use crate::audit::Seen;
use crate::desk_search::Again;
use crate::error::Error;
use crate::guard::Analyst;
use crate::names::{Eyes, Way};
use crate::responses::unbuffered;
use crate::sessions::watch::while_signed_in;
use crate::support::Contact;
use crate::tenants::Tenants;

/// How much later than allowed a throttled source is asked again.
const MARGIN: Duration = Duration::from_millis(250);

/// One search, as it comes in. Each event `part` carries the parts that have changed, as HTML; `done` is the last.
///
/// Sources whose budget was spent are asked once more while the page stands open: nobody else would do it.
pub async fn stream(
    Analyst(caller): Analyst,
    State(desk): State<Desk>,
    Query(ask): Query<Ask>,
) -> Result<Response, Error> {
    let parsed = indicator::parse(&ask.q)
        .map_err(|rejected| Error::Unreadable(StatusCode::UNPROCESSABLE_ENTITY, rejected.to_string()))?;
    let options = ask.options(&caller);
    desk.check_options(&caller.scope, &options).await?;
    let eyes = desk.eyes(&caller, Way::Page, false, &parsed.indicator, &options).await?;
    desk.note_search(&caller, &parsed.indicator, Seen::Page, eyes.show_names(), ask.quiet).await?;
    let quiet = options.quiet.clone();
    let searching = desk.search(&caller.scope, &parsed.indicator, options).await?;
    let filling = Filling {
        contact: desk.support_contact().await?,
        tenants: desk.tenants(&caller.scope).await?,
        query: ask.query(&parsed.indicator.value()),
        scope: caller.scope.clone(),
        eyes,
        desk: desk.clone(),
        person: quiet.is_none().then(|| caller.person.clone()),
        quiet,
        parsed,
        tab: Tab::read(ask.tab.as_deref()),
        reports: searching.updates().fuse().boxed(),
        last: None,
        again: Again::default(),
        remembered: None,
        sent: HashMap::new(),
    };
    let names = filling.eyes.names.on_pages;
    let events = while_signed_in(filling.events(), desk, caller, names);
    Ok(unbuffered(Sse::new(events).keep_alive(KeepAlive::default())))
}

/// A page that is being filled.
struct Filling {
    desk: Desk,
    /// Whom to ask where something fails.
    contact: Option<Contact>,
    /// The tenants of whoever looks.
    tenants: Tenants,
    scope: Scope,
    /// How the person sees the report.
    eyes: Eyes,
    /// What the address asks for, encoded.
    query: String,
    /// In whose history the search is to stand.
    person: Option<Person>,
    /// Whose quiet search it is.
    quiet: Option<PersonId>,
    parsed: Parsed,
    tab: Tab,
    /// The report as it grows, until every source has answered.
    reports: BoxStream<'static, Arc<Report>>,
    /// The report as the page shows it; none before the first and after the last event.
    last: Option<Arc<Report>>,
    again: Again,
    /// The level with which the search stands in the person's history.
    remembered: Option<Level>,
    /// What the page shows, by id: only what differs is sent.
    sent: HashMap<String, String>,
}

impl Filling {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
        stream::unfold(self, |mut filling| async move { Some((Ok(filling.next().await?), filling)) })
    }

    async fn next(&mut self) -> Option<Event> {
        if let Some(report) = self.reports.next().await {
            return Some(self.show(report));
        }
        let report = self.last.take()?;
        let seen = self.eyes.see(&report);
        self.remember(&seen).await;
        let now = self.desk.now();
        let Some((at, these)) = self.again.next(&report, now) else {
            return Some(Event::default().event("done").data(parts::said(&seen)));
        };
        let wait = Duration::try_from(at.duration_since(now)).unwrap_or_default();
        if !wait.is_zero() {
            // Two clocks are never quite the same, and there is no third time.
            tokio::time::sleep(wait + MARGIN).await;
        }
        Some(self.ask_again(report, these).await)
    }

    async fn ask_again(&mut self, report: Arc<Report>, these: Vec<Asked>) -> Event {
        let mut report = Report::clone(&report);
        match self.desk.ask_again(&self.scope, &self.parsed.indicator, these, self.quiet.clone()).await {
            Ok(answers) => answers.into_iter().for_each(|answer| report.add(answer, self.desk.now())),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "throttled sources could not be asked again");
            }
        }
        self.show(Arc::new(report))
    }

    fn show(&mut self, report: Arc<Report>) -> Event {
        let now = self.desk.now();
        let again = self.again.to_come(&report, now);
        let view = View {
            now,
            capabilities: &self.desk.capabilities,
            again: &again,
            contact: self.contact.as_ref(),
            tenants: &self.tenants,
        };
        let parts = parts::all(&self.eyes.see(&report), self.tab, &self.query, view);
        self.last = Some(report);
        match parts {
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

    /// Writes the search into the history, before the wait for those that are asked again and where they changed it.
    async fn remember(&mut self, report: &Report) {
        let level = report.assessment.level;
        if self.remembered.replace(level) != Some(level)
            && let Some(person) = &self.person
        {
            self.desk.remember_search(person, report).await;
        }
    }
}
