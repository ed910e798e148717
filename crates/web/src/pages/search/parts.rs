//! The parts of a report that change while answers come in. Page and event stream render the same ones.

use askama::Template;
use jiff::Timestamp;
use search::{Asked, Report};

use super::head::{Tabs, Verdict};
use super::panels::{Kind, Panel};
use super::quiet::Quiet;
use super::rail::Rail;
use super::sources::Problems;
use super::tab::Tab;
use crate::state::CapabilityRow;
use crate::support::Contact;
use crate::tenants::Tenants;

/// How a report is looked at, whatever it says.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The time of looking.
    pub now: Timestamp,
    /// Every capability, in the order in which their sources are listed.
    pub capabilities: &'a [CapabilityRow],
    /// Throttled sources that this page asks again by itself.
    pub again: &'a [Asked],
    /// Whom to ask where something fails.
    pub contact: Option<&'a Contact>,
    /// The tenants of whoever looks: where there are several, each row says of which one it is.
    pub tenants: &'a Tenants,
}

/// A piece of the page whose outermost element has an id.
pub struct Part {
    /// The id: `defender-alerts`.
    pub id: String,
    /// The element.
    pub html: String,
}

impl Part {
    fn new(id: impl Into<String>, template: &impl Template) -> Result<Part, askama::Error> {
        Ok(Part { id: id.into(), html: template.render()? })
    }
}

/// What it comes to.
pub fn verdict(report: &Report, query: &str, view: View<'_>) -> Result<Part, askama::Error> {
    Part::new("part-verdict", &Verdict::of(report, query, view))
}

/// The tabs with their numbers.
pub fn tabs(report: &Report, current: Tab, query: &str) -> Result<Part, askama::Error> {
    Part::new("part-tabs", &Tabs::of(report, current, query))
}

/// The list of sources.
pub fn rail(report: &Report, view: View<'_>) -> Result<Part, askama::Error> {
    Part::new("part-rail", &Rail::of(report, view))
}

/// What stands on a tab, in order. A panel that there is nothing for keeps its place, empty: answers still to come may
/// fill it.
pub fn of_tab(report: &Report, tab: Tab, query: &str, view: View<'_>) -> Result<Vec<Part>, askama::Error> {
    let mut parts = Vec::new();
    for kind in Kind::ALL {
        let id = format!("{}-{}", tab.name(), kind.id());
        parts.push(match Panel::of(report, kind, tab, query, view) {
            Some(panel) => Part::new(id, &panel)?,
            None => Part { html: format!("<section id=\"{id}\"></section>"), id },
        });
    }
    parts.push(Part::new(format!("{}-problems", tab.name()), &Problems::of(report, tab, view))?);
    parts.push(Part::new(format!("{}-quiet", tab.name()), &Quiet::of(report, tab, view))?);
    Ok(parts)
}

/// Every part. `query` is what an address of this report asks for, encoded: `q=…`, and perhaps `&tenant=…`.
pub fn all(report: &Report, current: Tab, query: &str, view: View<'_>) -> Result<Vec<Part>, askama::Error> {
    let mut parts = vec![verdict(report, query, view)?, tabs(report, current, query)?, rail(report, view)?];
    for tab in Tab::ALL {
        parts.extend(of_tab(report, tab, query, view)?);
    }
    Ok(parts)
}

/// What a screen reader says when the report is complete.
pub fn said(report: &Report) -> String {
    format!("The report is complete. {}.", report.assessment.sentence.trim_end_matches('.'))
}
