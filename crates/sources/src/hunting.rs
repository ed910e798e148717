//! Hunting, sparingly: Microsoft allows a tenant 45 calls a minute, whoever makes them.
//!
//! The sources of one credential that read alerts and threat indicators are answered by one query, from which each takes
//! its part, and those that read mail, clicks and sign-ins by another. Nothing is shared between credentials: what one app may see must not answer for another.

use std::sync::Arc;

use indicator::Indicator;
use microsoft::{Error, Listing, graph};
use search::Question;
use serde_json::Value;

use crate::asking::Asking;
use crate::once::Once;
use crate::query::table::Table;
use crate::{alerts, defender, query, sentinel, threat_indicators};

/// What the sources of one credential have in common.
pub(crate) struct Shared {
    /// The capabilities that are asked with this credential, by name; none that is switched off.
    live: Vec<&'static str>,
    rows: Once<Arc<Records>>,
    /// Alerts and incidents read from Graph by their ids.
    pub details: Once<Arc<Value>>,
    /// Alerts by an address in their evidence, where the list stands in for hunting.
    pub listed: Once<Arc<Listing>>,
    /// Defender's list of indicators.
    pub list: defender::indicators::List,
}

/// What hunting answered.
#[derive(Debug)]
pub(crate) struct Records {
    pub records: Vec<Value>,
    /// Why rows may be missing.
    pub incomplete: Option<String>,
}

/// A part of a common query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Alerts,
    ThreatIndicators,
    Mail,
    Clicks,
    SignIns,
}

/// What is asked in one query. Alerts are wanted first and by most apps, so what may be missing in a tenant, mail above all, does
/// not stand in one query with them.
const TOGETHER: [&[Part]; 2] = [&[Part::Alerts, Part::ThreatIndicators], &[Part::Mail, Part::Clicks, Part::SignIns]];

impl Part {
    fn name(self) -> &'static str {
        match self {
            Part::Alerts => "alerts",
            Part::ThreatIndicators => "threat_indicators",
            Part::Mail => "mail",
            Part::Clicks => "clicks",
            Part::SignIns => "sign_ins",
        }
    }

    /// The sources that it answers.
    fn sources(self) -> &'static [&'static str] {
        match self {
            Part::Alerts => &["defender.alerts", "sentinel.alerts"],
            Part::ThreatIndicators => &["sentinel.threat_indicators"],
            Part::Mail => &["defender.mail"],
            Part::Clicks => &["defender.clicks"],
            Part::SignIns => &["defender.sign_ins"],
        }
    }

    /// Its query; `None` if the indicator cannot be put into one, or its table has nothing of this kind.
    fn query(self, indicator: &Indicator, service: Option<&'static str>) -> Option<String> {
        match self {
            Part::Alerts => alerts::query(indicator, service).ok(),
            Part::ThreatIndicators => threat_indicators::query(indicator, query::HUNTING_DAYS).ok(),
            Part::Mail => defender::mail::query(indicator).ok(),
            Part::Clicks => defender::clicks::query(indicator).ok(),
            Part::SignIns => defender::sign_ins::query(indicator),
        }
    }
}

impl Shared {
    pub(crate) fn new(live: Vec<&'static str>) -> Shared {
        Shared {
            live,
            rows: Once::default(),
            details: Once::default(),
            listed: Once::default(),
            list: Default::default(),
        }
    }

    /// Those of the tables that a capability of this credential reads.
    pub(crate) fn tables(&self, all: &[Table]) -> Vec<Table> {
        all.iter().filter(|table| table.read_by.iter().any(|name| self.live.contains(name))).copied().collect()
    }

    /// Whether this credential has a source of this name.
    pub(crate) fn asks(&self, name: &str) -> bool {
        self.live.contains(&name)
    }

    /// Which service's alerts the credential reads: of Sentinel alone, unless it is asked for Defender's too.
    fn service(&self) -> Option<&'static str> {
        (!self.asks("defender.alerts")).then_some(sentinel::alerts::SERVICE)
    }
}

/// Several parts in one query: those that can be asked about the indicator. `None` if fewer than two can.
pub(crate) fn together(parts: &[Part], indicator: &Indicator, service: Option<&'static str>) -> Option<String> {
    let queries: Vec<_> =
        parts.iter().filter_map(|part| part.query(indicator, service).map(|query| (part.name(), query))).collect();
    (queries.len() > 1).then(|| query::union(queries))
}

/// The common queries, for the list of all that Oriel can send.
pub(crate) fn common(indicator: &Indicator, service: Option<&'static str>) -> Vec<(String, String)> {
    let name = |parts: &[Part]| parts.iter().map(|part| part.name()).collect::<Vec<_>>().join("_and_");
    TOGETHER.iter().filter_map(|parts| Some((name(parts), together(parts, indicator, service)?))).collect()
}

/// One part, through the common query where another part of it is wanted as well. `None` if the indicator cannot be put into
/// a query, or the part has nothing of its kind.
pub(crate) async fn part(asking: &Asking, question: &Question, part: Part) -> Result<Option<Arc<Records>>, Error> {
    let shared = &asking.shared;
    let service = shared.service();
    let Some(alone) = part.query(&question.indicator, service) else { return Ok(None) };
    let wanted = |part: &&Part| part.sources().iter().any(|source| shared.asks(source));
    let group = TOGETHER.iter().find(|parts| parts.contains(&part)).copied().unwrap_or_default();
    let parts: Vec<Part> = group.iter().filter(wanted).copied().collect();
    if let Some(query) = together(&parts, &question.indicator, service).filter(|_| parts.contains(&part)) {
        match hunt(asking, question, &query).await {
            Ok(all) => return Ok(Some(Arc::new(all.of(part)))),
            // One part of a query can spoil the whole: then each is asked by itself, and only the spoilt one fails.
            Err(Error::TableMissing { .. } | Error::Failed { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    hunt(asking, question, &alone).await.map(Some)
}

/// Hunts once for all sources of this credential and search that send the same query.
pub(crate) async fn hunt(asking: &Asking, question: &Question, query: &str) -> Result<Arc<Records>, Error> {
    let ask = async {
        let call = asking.call(question.deadline);
        let rows = graph::hunt(&asking.microsoft, &call, query, Some(query::HUNTING_SPAN)).await?;
        let records = rows.rows.iter().map(microsoft::Row::to_value).collect();
        Ok(Arc::new(Records { records, incomplete: rows.incomplete }))
    };
    asking.shared.rows.get(question.deadline, query, ask).await
}

impl Records {
    fn of(&self, part: Part) -> Records {
        let is_its = |record: &&Value| record[query::PART] == part.name();
        Records {
            records: self.records.iter().filter(is_its).map(own_columns).collect(),
            incomplete: self.incomplete.clone(),
        }
    }
}

/// A row of a union has the columns of all parts; those of the other parts are null or empty, and are left out.
fn own_columns(record: &Value) -> Value {
    let members = record.as_object().into_iter().flatten();
    let own = members.filter(|(name, cell)| *name != query::PART && !cell.is_null() && cell.as_str() != Some(""));
    own.map(|(name, cell)| (name.clone(), cell.clone())).collect()
}
