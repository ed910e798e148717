//! The report: one indicator, what is known, from whom, and what could not be asked.
//!
//! The page answers at once with what is at hand. With JavaScript one event stream fills it: each event carries the parts
//! that have changed, rendered from the merged report so far. Without JavaScript the page loads itself again as
//! `&wait=true`, which is the complete page. Either way one search runs: stream and page join the one under way.

mod cells;
mod export;
#[cfg(test)]
mod gallery;
mod head;
mod names;
mod page;
mod panels;
mod parts;
mod quiet;
mod rail;
mod rows;
mod sources;
mod stream;
mod tab;

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use indicator::{Parsed, Rejected};
use search::Report;
use store::grants::Scope;
use store::people::Person;

pub use export::{csv, json};
pub use names::{end as end_names, show as show_names};
pub use stream::stream;

use crate::Desk;
use crate::audit::Seen;
use crate::desk_search::Options;
use crate::error::Error;
use crate::frame::Frame;
use crate::guard::Analyst;
use crate::names::Way;
use crate::responses::render;
use page::{Page, RejectedPage};
use parts::View;

/// What the address asks for.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Ask {
    /// What is searched, as it was typed.
    q: String,
    /// Answer with the complete page.
    wait: bool,
    /// Ask again, whatever answers are at hand.
    fresh: bool,
    /// Keep the search out of one's own history; it stands in the audit alone.
    #[serde(default)]
    quiet: bool,
    /// The tab to show.
    tab: Option<String>,
    /// The tenant to ask, by GUID or `CLOUD/GUID`; empty for all.
    tenant: String,
}

impl Ask {
    fn options(&self, person: &Person) -> Options {
        let tenant = Some(self.tenant.trim().to_owned()).filter(|tenant| !tenant.is_empty());
        let quiet = self.quiet.then(|| person.id.clone());
        Options { fresh: self.fresh, tenant, quiet, ..Options::default() }
    }

    /// What the addresses of this report ask for, encoded: `q=…`, and what else is not as usual.
    fn query(&self, value: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", value);
        if !self.tenant.trim().is_empty() {
            query.append_pair("tenant", self.tenant.trim());
        }
        if self.quiet {
            query.append_pair("quiet", "true");
        }
        query.finish()
    }
}

/// `GET /search?q=`: the report as far as it is at hand, or with `&wait=true` the complete one.
pub async fn show(
    Analyst(caller): Analyst,
    State(desk): State<Desk>,
    Query(ask): Query<Ask>,
) -> Result<Response, Error> {
    if ask.q.trim().is_empty() {
        return Ok(Redirect::to("/").into_response());
    }
    let parsed = match indicator::parse(&ask.q) {
        Ok(parsed) => parsed,
        Err(rejected) => return refuse(&caller, &ask, &rejected),
    };
    let options = ask.options(&caller);
    desk.check_options(&caller.scope, &options).await?;
    let eyes = desk.eyes(&caller, Way::Page, false, &parsed.indicator, &options).await?;
    desk.note_search(&caller, &parsed.indicator, Seen::Page, eyes.show_names(), ask.quiet).await?;
    let report = if ask.wait {
        desk.search(&caller.scope, &parsed.indicator, options).await?.finished().await
    } else if ask.fresh {
        // Nothing at hand counts, and whoever reads this page begins the search: its stream, or the page that waits.
        unasked(&desk, &caller.scope, &options, &parsed).await?
    } else {
        desk.search(&caller.scope, &parsed.indicator, options).await?.at_hand()
    };
    let report = eyes.see(&report);
    if report.waiting.is_empty() && !ask.quiet {
        desk.remember_search(&caller, &report).await;
    }
    let contact = desk.support_contact().await?;
    let tenants = desk.tenants(&caller.scope).await?;
    let page = Page::new(
        frame(&caller, &ask, &parsed),
        &ask,
        &parsed,
        &report,
        View {
            now: desk.now(),
            capabilities: &desk.capabilities,
            again: &[],
            contact: contact.as_ref(),
            tenants: &tenants,
        },
    )?;
    Ok(render(&page.with_names(eyes.names, &ask, desk.now())?)?.into_response())
}

/// A report in which every source is still to be asked.
async fn unasked(desk: &Desk, scope: &Scope, options: &Options, parsed: &Parsed) -> Result<Arc<Report>, Error> {
    let sources = desk.sources_of(scope, options).await?;
    let asked: Vec<_> = sources.iter().map(|source| source.asked().clone()).collect();
    Ok(Arc::new(Report::new(&parsed.indicator, &asked, desk.now())))
}

fn frame(person: &Person, ask: &Ask, parsed: &Parsed) -> Frame {
    let value = parsed.indicator.value();
    Frame::signed_in(value.clone(), person.name.clone(), person.role.as_str()).query(value).quiet(ask.quiet)
}

fn refuse(person: &Person, ask: &Ask, rejected: &Rejected) -> Result<Response, Error> {
    let typed = crate::markup::clean(&indicator::masked(&ask.q));
    let frame =
        Frame::signed_in("Not searched", person.name.clone(), person.role.as_str()).query(typed).quiet(ask.quiet);
    let page = render(&RejectedPage::new(frame, rejected))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
