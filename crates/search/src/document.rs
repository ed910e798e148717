//! The report as the API gives it. People's scripts hang on these names: members may be added, none renamed.

use indicator::{Indicator, Parsed};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Answer, Asked, Product, Report};

mod finding;

pub use finding::{FindingRecord, IdentityRecord, LinkRecord, PlaceRecord};

/// What is known about one indicator, and what each source said.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Document {
    /// What was searched.
    pub indicator: IndicatorRecord,
    /// When, in ISO 8601.
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Oriel's sentence.
    pub assessment: AssessmentRecord,
    /// Counts and dates.
    pub summary: SummaryRecord,
    /// What each source said; a source that failed is here too. An alert that several sources brought stands under
    /// each of them, with the same id and all its routes.
    pub answers: Vec<AnswerRecord>,
    /// The same findings, each once, what needs a look first, first.
    pub findings: Vec<FindingRecord>,
    /// Sources that have not answered yet.
    pub waiting: Vec<WaitingRecord>,
    /// Whether people are replaced by stand-ins (`person-7f3a9c2e`).
    pub masked: bool,
}

/// What was searched.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndicatorRecord {
    /// `domain` or `ip`.
    pub kind: &'static str,
    /// The canonical form.
    pub value: String,
    /// A domain in Unicode; absent for an address.
    pub unicode: Option<String>,
    /// A form that no program takes for a link.
    pub defanged: String,
    /// What was pasted, trimmed, a password masked.
    pub input: String,
    /// `own_asset`, `shared_infrastructure`, `private`, `loopback`, `documentation`, `idn` …
    pub flags: Vec<String>,
    /// The domain or network of the organisation that it is, or is in.
    pub own_asset: Option<OwnAssetRecord>,
    /// What was set aside when the input was read: "port 8443 left aside".
    pub notes: Vec<String>,
}

/// A domain or network of the organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnAssetRecord {
    /// `domain` or `network`.
    pub kind: &'static str,
    /// `example.com`, `203.0.113.0/24`.
    pub value: String,
    /// What it is, in its owner's words; may be empty.
    pub note: String,
}

/// Oriel's sentence and the rules behind it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AssessmentRecord {
    /// `malicious`, `suspicious`, `seen`, `nothing_known` or `cannot_say`.
    pub level: &'static str,
    /// The sentence, naming who says so.
    pub sentence: String,
    /// Every rule, whether it spoke or not.
    pub reasons: Vec<ReasonRecord>,
}

/// One rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReasonRecord {
    /// The rule in words.
    pub rule: String,
    /// Whether it spoke.
    pub spoke: bool,
    /// What it found.
    pub detail: Option<String>,
}

/// Counts and dates.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SummaryRecord {
    /// The earliest activity.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub first_seen: Option<Timestamp>,
    /// The latest activity.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_seen: Option<Timestamp>,
    /// Findings by kind, alerts by severity.
    pub counts: CountsRecord,
    /// Whether every source that could be asked said all that it knows.
    pub complete: bool,
    /// What was covered, and what was not asked.
    pub coverage: Vec<String>,
}

/// Findings by kind, alerts by severity; each finding counted once however many sources brought it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CountsRecord {
    /// Alerts.
    pub alerts: u64,
    /// Alerts of high severity.
    pub high: u64,
    /// Alerts of medium severity.
    pub medium: u64,
    /// Alerts of low severity.
    pub low: u64,
    /// Alerts for information.
    pub informational: u64,
    /// Incidents.
    pub incidents: u64,
    /// Threat indicators.
    pub threat_indicators: u64,
    /// Devices that connected: the most that one source of one tenant says.
    pub devices: u64,
    /// Messages, at least.
    pub mail: u64,
    /// Of these, messages that lay in a mailbox when Microsoft last said so.
    pub in_mailboxes: u64,
    /// Accounts with clicks on a link to it, at least; an account once for each address that it clicked.
    pub clicks: u64,
    /// Accounts with sign-ins from it, at least.
    pub sign_ins: u64,
}

/// What one source said.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AnswerRecord {
    /// `<product>.<capability>`.
    pub source: String,
    /// `sentinel` or `defender`.
    pub product: &'static str,
    /// What the source is called on a page.
    pub title: String,
    /// The id of the connection; absent where there is none.
    pub connection: Option<String>,
    /// The label of the connection.
    pub label: Option<String>,
    /// The directory.
    pub tenant: Option<String>,
    /// The cloud in which it is.
    pub cloud: Option<String>,
    /// How it came out: one of fourteen words.
    pub outcome: &'static str,
    /// Why, where the outcome is neither `found` nor `nothing`.
    pub reason: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
    /// Where to do it.
    pub remedy_link: Option<String>,
    /// Microsoft's code and ids, for a ticket.
    pub evidence: Vec<EvidenceRecord>,
    /// The period that the answer covers.
    pub covered: Option<CoveredRecord>,
    /// When it was asked.
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// How old the answer was when this document was made, in seconds.
    pub age_s: u64,
    /// When a throttled source may be asked again.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub retry_at: Option<Timestamp>,
    /// The permission that the source needs.
    pub permission: Option<String>,
    /// Records that could not be read and were set aside.
    pub set_aside: u32,
    /// What it knows.
    pub findings: Vec<FindingRecord>,
    /// The records as Microsoft sent them, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub raw: Option<Vec<serde_json::Value>>,
}

/// One of Microsoft's ids.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvidenceRecord {
    /// What it is: "request id".
    pub name: String,
    /// The id.
    pub value: String,
}

/// The period that an answer covers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CoveredRecord {
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// `retention`, `quota`, `backfill`, `setting` or `table`.
    pub limited_by: &'static str,
    /// The newest row of the source, whatever the indicator.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub newest_row: Option<Timestamp>,
}

/// A source that has not answered yet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WaitingRecord {
    /// `<product>.<capability>`.
    pub source: String,
    /// `sentinel` or `defender`.
    pub product: &'static str,
    /// The id of the connection.
    pub connection: Option<String>,
    /// What the source is called on a page.
    pub title: String,
}

impl Document {
    /// The document of a report. `parsed` is how the indicator was read; `raw` adds Microsoft's own records.
    pub fn from_report(report: &Report, parsed: &Parsed, raw: bool) -> Document {
        let summary = &report.summary;
        let now = report.asked_at.checked_add(report.took).unwrap_or(report.asked_at);
        Document {
            indicator: indicator_record(parsed, report),
            asked_at: report.asked_at,
            took_ms: milliseconds(report.took),
            assessment: AssessmentRecord {
                level: report.assessment.level.as_str(),
                sentence: report.assessment.sentence.clone(),
                reasons: (report.assessment.reasons.iter())
                    .map(|reason| ReasonRecord {
                        rule: reason.rule.clone(),
                        spoke: reason.spoke,
                        detail: reason.detail.clone(),
                    })
                    .collect(),
            },
            summary: SummaryRecord {
                first_seen: summary.first_seen,
                last_seen: summary.last_seen,
                counts: CountsRecord {
                    alerts: summary.counts.alerts,
                    high: summary.counts.high,
                    medium: summary.counts.medium,
                    low: summary.counts.low,
                    informational: summary.counts.informational,
                    incidents: summary.counts.incidents,
                    threat_indicators: summary.counts.threat_indicators,
                    devices: summary.counts.devices,
                    mail: summary.counts.mail,
                    in_mailboxes: summary.counts.in_mailboxes,
                    clicks: summary.counts.clicks,
                    sign_ins: summary.counts.sign_ins,
                },
                complete: summary.complete,
                coverage: summary.coverage.clone(),
            },
            answers: report.answers.iter().map(|answer| answer_record(report, answer, now, raw)).collect(),
            findings: report.findings.iter().map(FindingRecord::of).collect(),
            waiting: report.waiting.iter().map(waiting_record).collect(),
            masked: report.masked,
        }
    }
}

fn indicator_record(parsed: &Parsed, report: &Report) -> IndicatorRecord {
    let own = report.own.as_ref();
    let shared = crate::assessment::why_shared(&parsed.indicator);
    let known = own.map(|_| "own_asset").into_iter().chain(shared.map(|_| "shared_infrastructure"));
    let spelled = parsed.indicator.flags();
    IndicatorRecord {
        kind: parsed.indicator.kind().as_str(),
        value: parsed.indicator.value(),
        unicode: match &parsed.indicator {
            Indicator::Domain(domain) => Some(domain.unicode()),
            Indicator::Ip(_) => None,
        },
        defanged: parsed.indicator.defanged(),
        input: parsed.input.clone(),
        flags: known.chain(spelled.iter().map(|flag| flag.as_str())).map(str::to_owned).collect(),
        own_asset: own.map(|own| OwnAssetRecord {
            kind: own.asset.kind().as_str(),
            value: own.asset.value(),
            note: own.note.clone(),
        }),
        notes: parsed.notes.iter().map(ToString::to_string).collect(),
    }
}

fn answer_record(report: &Report, answer: &Answer, now: Timestamp, raw: bool) -> AnswerRecord {
    let Asked { source, product, connection, label, tenant, cloud, permission, title } = answer.asked.clone();
    AnswerRecord {
        source,
        product: product_name(product),
        title,
        connection,
        label,
        tenant,
        cloud,
        outcome: answer.outcome.as_str(),
        reason: answer.reason.clone(),
        remedy: answer.remedy.clone(),
        remedy_link: answer.remedy_link.clone(),
        evidence: (answer.evidence.iter())
            .map(|(name, value)| EvidenceRecord { name: name.clone(), value: value.clone() })
            .collect(),
        covered: answer.covered.as_ref().map(|covered| CoveredRecord {
            from: covered.from,
            to: covered.to,
            limited_by: covered.limited_by.as_str(),
            newest_row: covered.newest_row,
        }),
        asked_at: answer.asked_at,
        took_ms: milliseconds(answer.took),
        age_s: u64::try_from(now.duration_since(answer.asked_at).as_secs()).unwrap_or(0),
        retry_at: answer.retry_at,
        permission,
        set_aside: answer.set_aside,
        findings: report.merged_of(answer).into_iter().map(FindingRecord::of).collect(),
        raw: raw.then(|| answer.raw.clone()),
    }
}

fn waiting_record(asked: &Asked) -> WaitingRecord {
    WaitingRecord {
        source: asked.source.clone(),
        product: product_name(asked.product),
        connection: asked.connection.clone(),
        title: asked.title.clone(),
    }
}

fn product_name(product: Product) -> &'static str {
    product.as_str()
}

fn milliseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
