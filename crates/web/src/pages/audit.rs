//! The audit: who did what, the newest first, for auditors and owners.

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use futures_util::StreamExt;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use store::audit::read::{self, Wanted, Written};
use store::audit::{ActorKind, Entry};
use store::grants::Scope;

use crate::error::Error;
use crate::frame::{Frame, Section};
use crate::guard::{Auditor, Caller};
use crate::responses::{Page, render};
use crate::sessions::watch::or_cut_off;
use crate::{Desk, markup, when};

mod words;

/// Entries on a page.
const MOST: usize = 100;

/// Which entries to show.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Ask {
    /// What they contain.
    #[serde(default)]
    q: String,
    /// The first day, as ISO 8601 writes it.
    #[serde(default)]
    from: String,
    /// The last day.
    #[serde(default)]
    to: String,
    /// Before this number.
    before: Option<i64>,
}

/// One entry.
struct Line {
    number: i64,
    at: String,
    who: String,
    way: &'static str,
    address: Option<String>,
    what: String,
    details: Vec<(String, String)>,
    hash: String,
}

#[derive(Template)]
#[template(path = "audit/show.html")]
struct AuditPage {
    frame: Frame,
    ask: Ask,
    /// What cannot be read in the form.
    wrong: Option<String>,
    lines: Vec<Line>,
    /// The address of the next page.
    older: Option<String>,
    /// The end of the chain; none for whoever does not see all of it.
    head: Option<(i64, String)>,
    keep_days: u32,
}

/// `GET /audit`
pub async fn show(Auditor(caller): Auditor, State(desk): State<Desk>, Query(ask): Query<Ask>) -> Result<Page, Error> {
    let (wanted, wrong) = match ask.wanted() {
        Ok(wanted) => (wanted, None),
        Err(wrong) => (Wanted::default(), Some(wrong)),
    };
    // One more than is shown tells whether there are more.
    let mut written = read::list(&desk.db, &caller.scope, &wanted, MOST + 1).await?;
    let more = written.len() > MOST;
    written.truncate(MOST);
    let older = written.last().filter(|_| more).map(|last| ask.address(last.number));
    let now = desk.now();
    render(&AuditPage {
        frame: super::frame("Audit", &caller).section(Section::Audit),
        lines: written.into_iter().filter_map(|written| line(written, now)).collect(),
        ask,
        wrong,
        older,
        head: match caller.scope {
            Scope::All => Some(store::audit::head(&desk.db).await?),
            Scope::Only(_) => None,
        },
        keep_days: desk.settings.audit_keep_days,
    })
}

impl Ask {
    fn wanted(&self) -> Result<Wanted, String> {
        let day = |text: &str, days: i64| -> Result<Option<Timestamp>, String> {
            if text.trim().is_empty() {
                return Ok(None);
            }
            let wrong = || format!("“{}” is not a day. Write it like 2026-11-25.", markup::clean(text));
            let day: Date = text.trim().parse().map_err(|_| wrong())?;
            let day = day.checked_add(jiff::Span::new().days(days)).map_err(|_| wrong())?;
            TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).map(Some).map_err(|_| wrong())
        };
        Ok(Wanted {
            text: Some(self.q.clone()),
            before: self.before,
            since: day(&self.from, 0)?,
            // To the last moment of the day.
            until: day(&self.to, 1)?.map(|end| end - jiff::SignedDuration::from_micros(1)),
        })
    }

    fn address(&self, before: i64) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("q", &self.q), ("from", &self.from), ("to", &self.to)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        format!("/audit?{}", query.append_pair("before", &before.to_string()).finish())
    }
}

fn line(written: Written, now: Timestamp) -> Option<Line> {
    let said = written.said?;
    Some(Line {
        number: written.number,
        at: when::ago(written.happened_at, now),
        who: markup::clean(&said.by.name),
        way: match said.by.kind {
            ActorKind::Person => "",
            ActorKind::Key => "with an API key",
            ActorKind::CommandLine => "on the command line",
            ActorKind::Oriel => "by itself",
            ActorKind::Stranger => "not signed in",
        },
        address: said.by.address.as_deref().map(markup::clean),
        what: markup::clean(&words::sentence(&said)),
        details: words::details(&said).into_iter().map(|(name, value)| (name, markup::clean(&value))).collect(),
        hash: written.hash,
    })
}

/// `GET /audit/export`: every entry with what its hash was made from, a line of JSON each.
pub async fn export(Auditor(caller): Auditor, State(desk): State<Desk>) -> Result<Response, Error> {
    store::audit::append(&desk.db, &caller.actor, &[Entry::new("audit.exported")], desk.now()).await?;
    let name = format!("oriel-audit-{}.ndjson", desk.now().strftime("%Y%m%dT%H%M%SZ"));
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok(([(header::CONTENT_DISPOSITION, disposition)], lines(desk, caller, 0)).into_response())
}

/// The entries after a number, read as fast as they are taken. Where they cannot be read the answer has no proper end, so that
/// whoever reads sees that it is cut off.
pub fn lines(desk: Desk, caller: Caller, after: i64) -> Response {
    let pages = read::export(&desk.db, &caller.scope, after).map(|page| {
        let lines =
            page?.iter().map(|entry| serde_json::to_string(entry).unwrap_or_default() + "\n").collect::<String>();
        Ok::<_, store::Error>(Bytes::from(lines))
    });
    ([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(or_cut_off(pages, desk, caller)))
        .into_response()
}
