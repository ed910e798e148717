//! How an answer comes out: what was read, or what went wrong, to the words that a person is shown.

use jiff::Timestamp;
use microsoft::{Error, Resource};
use search::{Answer, Covered, Finding, Outcome, Question};
use serde_json::Value;

use crate::asking::Asking;
use crate::capability::Newest;
use crate::record::Record;

mod quiet;
mod trouble;

pub(crate) use quiet::quiet;
pub(crate) use trouble::{Trouble, grant, trouble};

/// What is said of a name whose Unicode form holds signs that enter no query.
const ONE_SPELLING: &str = "The name was looked for in its ASCII form alone, since its Unicode form holds signs that are not put \
                            into a query: records that have it in Unicode are missing.";

/// What a source read.
#[derive(Debug)]
pub(crate) struct Reading {
    pub findings: Vec<Finding>,
    pub covered: Option<Covered>,
    /// What is missing and why, where something is; sentences.
    pub missing: Vec<String>,
    /// What to do about what is missing.
    pub remedy: Option<String>,
    pub remedy_link: Option<String>,
    pub evidence: Vec<(String, String)>,
    /// Whether an empty answer could have been otherwise. Looked at only where there are no findings.
    pub newest: Newest,
    /// Records that could not be read.
    pub set_aside: u32,
    pub raw: Vec<Value>,
    /// The source does not answer for this kind of indicator: why, in a sentence.
    pub not_applicable: Option<&'static str>,
    /// The route is gone, though the call succeeded.
    pub retired: bool,
}

impl Reading {
    pub(crate) fn new() -> Reading {
        Reading {
            findings: Vec::new(),
            covered: None,
            missing: Vec::new(),
            remedy: None,
            remedy_link: None,
            evidence: Vec::new(),
            newest: Newest::NoTable,
            set_aside: 0,
            raw: Vec::new(),
            not_applicable: None,
            retired: false,
        }
    }

    pub(crate) fn not_applicable(why: &'static str) -> Reading {
        Reading { not_applicable: Some(why), ..Reading::new() }
    }

    pub(crate) fn gone() -> Reading {
        Reading { retired: true, ..Reading::new() }
    }

    /// Notes that a part failed, with the words that the failure has by itself.
    pub(crate) fn part_failed(&mut self, part: &str, error: &Error, asking: &Asking) {
        let trouble = trouble(error, asking);
        self.missing.push(format!("{part}: {}", trouble.reason));
        if self.remedy.is_none() {
            self.remedy = trouble.remedy;
            self.remedy_link = trouble.link;
        }
        self.evidence.extend(error.evidence());
    }
}

/// The answer of a source.
pub(crate) fn answer(asking: &Asking, question: &Question, read: Result<Reading, Error>) -> Answer {
    let blank = |outcome| Answer::new(asking.asked.clone(), outcome, question.now);
    let reading = match read {
        Ok(mut reading) => {
            let asks_texts = crate::query::table::read_by(asking.capability.name).is_some();
            if asks_texts && matches!(crate::query::unicode(&question.indicator), Some(Err(_))) {
                reading.missing.push(ONE_SPELLING.into());
            }
            reading
        }
        Err(error) => {
            let trouble = trouble(&error, asking);
            return Answer {
                reason: Some(trouble.reason),
                remedy: trouble.remedy,
                remedy_link: trouble.link,
                evidence: error.evidence(),
                retry_at: trouble.retry_at,
                replaced: is_replaced(asking),
                ..blank(trouble.outcome)
            };
        }
    };
    if let Some(why) = reading.not_applicable {
        return Answer { reason: Some(why.into()), ..blank(Outcome::NotApplicable) };
    }
    if reading.retired {
        return retired(asking, question);
    }
    let newest_row = match reading.newest {
        Newest::At(newest) => Some(newest),
        Newest::Never | Newest::NoTable => None,
    };
    let newest_row = newest_row.or_else(|| newest_read(asking, &reading.raw).filter(|newest| *newest <= question.now));
    let (outcome, reason, remedy) = judge(&reading, asking, question.now);
    Answer {
        reason,
        remedy: remedy.or(reading.remedy),
        remedy_link: reading.remedy_link,
        evidence: reading.evidence,
        covered: reading.covered.map(|covered| Covered { newest_row: covered.newest_row.or(newest_row), ..covered }),
        set_aside: reading.set_aside,
        findings: reading.findings,
        raw: if question.raw { reading.raw } else { Vec::new() },
        ..blank(outcome)
    }
}

fn judge(reading: &Reading, asking: &Asking, now: Timestamp) -> (Outcome, Option<String>, Option<String>) {
    let mut missing = reading.missing.clone();
    match reading.set_aside {
        0 => {}
        1 => missing.push("One record could not be read and was set aside.".into()),
        number => missing.push(format!("{number} records could not be read and were set aside.")),
    }
    // Findings prove that there are rows, of whatever age: they are shown as what they are.
    let doubted = reading.findings.is_empty() && !asking.rightly_quiet;
    let quiet = doubted.then(|| quiet(asking.capability, reading.newest, now)).flatten();
    match quiet {
        None if missing.is_empty() && reading.findings.is_empty() => (Outcome::Nothing, None, None),
        None if missing.is_empty() => (Outcome::Found, None, None),
        None => (Outcome::Partial, Some(missing.join(" ")), None),
        Some((reason, remedy)) if missing.is_empty() => (Outcome::Blind, Some(reason), Some(remedy)),
        Some((reason, remedy)) => {
            missing.push(reason);
            (Outcome::Partial, Some(missing.join(" ")), reading.remedy.is_none().then_some(remedy))
        }
    }
}

/// The newest row that was read: where there are findings the table is not asked for its newest of all, and this one shows
/// that it had data until then.
fn newest_read(asking: &Asking, records: &[Value]) -> Option<Timestamp> {
    // What Defender's own interface says of a device or an alert is no row of the table.
    let table = crate::query::table::read_by(asking.capability.name)
        .filter(|_| asking.capability.resource != Resource::Defender)?;
    // Rows that the query has put together carry the time of the last one.
    let columns = [table.time, "EvidenceTime", "LastSeen"];
    records.iter().flat_map(|record| columns.iter().filter_map(|column| Record(record).time(column))).max()
}

/// The answer where Microsoft has switched the route off.
pub(crate) fn retired(asking: &Asking, question: &Question) -> Answer {
    let (reason, remedy) = match asking.capability.retirement {
        Some(retirement) => (
            format!("Microsoft has switched this route off ({}).", retirement.words),
            format!("In its place: {}.", retirement.replaced_by),
        ),
        None => (
            "Microsoft has switched this route off.".into(),
            "Look for a newer version of Oriel: it may know what takes its place.".into(),
        ),
    };
    Answer {
        reason: Some(reason),
        remedy: Some(remedy),
        replaced: is_replaced(asking),
        ..Answer::new(asking.asked.clone(), Outcome::Retired, question.now)
    }
}

/// Whether another source answers where this one's route is gone; of a route whose end nobody announced that is not known.
fn is_replaced(asking: &Asking) -> bool {
    asking.capability.retirement.is_some_and(|retirement| retirement.replaced)
}

#[cfg(test)]
mod tests;
