//! The whole page, and the page for what cannot be searched.

use askama::Template;
use indicator::{Parsed, Rejected};
use search::Report;

use super::head::Subject;
use super::parts::{self, View};
use super::tab::Tab;
use super::{Ask, query_of};
use crate::frame::Frame;
use crate::markup;

/// The report as a page.
#[derive(Template)]
#[template(path = "search/show.html")]
pub struct Page {
    frame: Frame,
    subject: String,
    verdict: String,
    tabs: String,
    sections: Vec<Section>,
    rail: String,
    current: Tab,
    /// What the page says to those who cannot see it change.
    said: String,
    /// Address of the event stream, while sources are waited for.
    stream: Option<String>,
    fresh: String,
    csv: String,
    json: String,
}

/// What stands on one tab.
struct Section {
    tab: Tab,
    parts: Vec<String>,
}

impl Page {
    /// A report as a page.
    pub fn new(
        mut frame: Frame,
        ask: &Ask,
        parsed: &Parsed,
        report: &Report,
        view: View<'_>,
    ) -> Result<Page, askama::Error> {
        let current = Tab::read(ask.tab.as_deref());
        let value = parsed.indicator.value();
        let mut query = query_of(&ask.q);
        if ask.fresh {
            query.push_str("&fresh=true");
        }
        let waiting = !report.waiting.is_empty();
        if waiting {
            frame.refresh = Some((0, format!("/search?{query}&tab={}&wait=true", current.name())));
        }
        let sections = Tab::ALL.map(|tab| {
            let parts = parts::of_tab(report, tab, &value, view)?;
            Ok(Section { tab, parts: parts.into_iter().map(|part| part.html).collect() })
        });
        Ok(Page {
            frame,
            subject: Subject::of(parsed).render()?,
            verdict: parts::verdict(report, view)?.html,
            tabs: parts::tabs(report, current, &value)?.html,
            sections: sections.into_iter().collect::<Result<_, askama::Error>>()?,
            rail: parts::rail(report, view)?.html,
            current,
            said: if waiting { String::new() } else { parts::said(report) },
            stream: waiting.then(|| format!("/search/stream?{query}&tab={}", current.name())),
            fresh: format!("/search?{}&fresh=true", query_of(&value)),
            csv: format!("/search.csv?{}", query_of(&value)),
            json: format!("/search.json?{}", query_of(&value)),
        })
    }
}

/// What was typed is neither a domain nor an address.
#[derive(Template)]
#[template(path = "search/rejected.html")]
pub struct RejectedPage {
    frame: Frame,
    sentence: String,
    /// What can be searched instead, as a link: HTML.
    offer: Option<String>,
}

impl RejectedPage {
    /// Says why, and what to do.
    pub fn new(frame: Frame, rejected: &Rejected) -> RejectedPage {
        RejectedPage {
            frame,
            sentence: markup::clean(&rejected.to_string()),
            offer: rejected.offer().map(|indicator| markup::pivot(&indicator.value())),
        }
    }
}
