//! The whole page, and the page for what cannot be searched.

use askama::Template;
use indicator::{Parsed, Rejected};
use jiff::Timestamp;
use search::Report;

use super::Ask;
use super::head::Subject;
use super::names::NamesPart;
use super::parts::{self, View};
use super::tab::Tab;
use crate::frame::Frame;
use crate::markup;
use crate::names::Names;
use crate::tenants::Named;

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
    /// The value that is searched.
    value: String,
    /// What is said about names of people: HTML.
    names: String,
    /// Where there are several tenants: each by key and name, and whether the report is on it alone.
    tenants: Vec<(String, String, bool)>,
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
        let mut typed = ask.query(&ask.q);
        if ask.fresh {
            typed.push_str("&fresh=true");
        }
        let query = ask.query(&value);
        let waiting = !report.waiting.is_empty();
        if waiting {
            frame.refresh = Some((0, format!("/search?{typed}&tab={}&wait=true", current.name())));
        }
        let sections = Tab::ALL.map(|tab| {
            let parts = parts::of_tab(report, tab, &query, view)?;
            Ok(Section { tab, parts: parts.into_iter().map(|part| part.html).collect() })
        });
        let tenant = |tenant: &Named| {
            let wanted = crate::tenants::names(&ask.tenant, Some(&tenant.cloud), Some(&tenant.guid));
            (tenant.key.clone(), tenant.name.clone(), wanted)
        };
        Ok(Page {
            frame,
            subject: Subject::of(parsed, report).render()?,
            verdict: parts::verdict(report, &query, view)?.html,
            tabs: parts::tabs(report, current, &query)?.html,
            sections: sections.into_iter().collect::<Result<_, askama::Error>>()?,
            rail: parts::rail(report, view)?.html,
            current,
            said: if waiting { String::new() } else { parts::said(report) },
            stream: waiting.then(|| format!("/search/stream?{typed}&tab={}", current.name())),
            tenants: view.tenants.iter().filter(|_| view.tenants.several()).map(tenant).collect(),
            fresh: format!("/search?{query}&fresh=true"),
            csv: format!("/search.csv?{query}"),
            json: format!("/search.json?{query}"),
            value,
            names: String::new(),
        })
    }

    /// Says how people are shown, and how that is changed.
    pub fn with_names(self, names: Names, ask: &Ask, now: Timestamp) -> Result<Page, askama::Error> {
        let back = format!("/search?{}&tab={}&wait=true", ask.query(&self.value), self.current.name());
        let names = NamesPart::new(names, &self.value, &back, now).render()?;
        Ok(Page { names, ..self })
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
