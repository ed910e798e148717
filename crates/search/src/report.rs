//! The answers of all sources to one question, merged and ranked.

use std::time::Duration;

use indicator::Indicator;
use jiff::Timestamp;

use crate::assessment::{self, Assessment};
use crate::own::OwnAsset;
use crate::{Answer, Asked, Details, Finding, FindingKind, Severity, coverage, merge, rank};

/// What is known, from whom, and what could not be asked. Complete at any moment: before the last answer has come, the
/// sources that have not answered stand in `waiting`.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was searched.
    pub indicator: Indicator,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// How long it has taken until now.
    pub took: Duration,
    /// Oriel's sentence.
    pub assessment: Assessment,
    /// Counts and dates.
    pub summary: Summary,
    /// What is known, merged over sources and ranked.
    pub findings: Vec<Finding>,
    /// What each source said, in the order of the sources.
    pub answers: Vec<Answer>,
    /// Sources that have not answered yet.
    pub waiting: Vec<Asked>,
    /// The domain or network of the organisation that the indicator is, or is in.
    pub own: Option<OwnAsset>,
    /// Whether people are replaced by stand-ins ([`crate::mask`]).
    pub masked: bool,
    /// All sources, in their order.
    order: Vec<Asked>,
}

impl Report {
    /// A report in which every source is still waited for.
    pub fn new(indicator: &Indicator, asked: &[Asked], asked_at: Timestamp) -> Report {
        let mut report = Report {
            indicator: indicator.clone(),
            asked_at,
            took: Duration::ZERO,
            assessment: Assessment::pending(),
            summary: Summary::default(),
            findings: Vec::new(),
            answers: Vec::new(),
            waiting: asked.to_vec(),
            own: None,
            masked: false,
            order: asked.to_vec(),
        };
        report.sum_up(asked_at);
        report
    }

    /// The same report as if nobody had answered yet.
    #[must_use]
    pub fn unanswered(&self) -> Report {
        Report::new(&self.indicator, &self.order, self.asked_at)
    }

    /// Takes an answer in: merges its findings with those that are known, ranks them, and sums up and assesses anew.
    /// A second answer of the same source replaces the first.
    pub fn add(&mut self, answer: Answer, now: Timestamp) {
        self.waiting.retain(|asked| *asked != answer.asked);
        self.answers.retain(|known| known.asked != answer.asked);
        let place = |asked: &Asked| self.order.iter().position(|known| known == asked).unwrap_or(usize::MAX);
        let at = self.answers.partition_point(|known| place(&known.asked) <= place(&answer.asked));
        self.answers.insert(at, answer);
        self.findings = merge::merge(self.answers.iter().flat_map(|answer| &answer.findings));
        rank::rank(&mut self.findings);
        self.took = Duration::try_from(now.duration_since(self.asked_at)).unwrap_or_default();
        self.sum_up(now);
    }

    /// Says that the indicator is the organisation's own, or is not: assessed anew, as of the report's own time.
    pub fn set_own(&mut self, own: Option<OwnAsset>) {
        self.own = own;
        self.sum_up(self.asked_at.checked_add(self.took).unwrap_or(self.asked_at));
    }

    /// What one answer brought, as it stands in this report: merged with what the other sources know of it, ranked.
    pub fn merged_of(&self, answer: &Answer) -> Vec<&Finding> {
        let theirs = |merged: &Finding| {
            answer.findings.iter().any(|finding| {
                finding.kind == merged.kind
                    && (&finding.cloud, &finding.tenant) == (&merged.cloud, &merged.tenant)
                    && match finding.identities.first() {
                        Some(identity) => merged.identities.contains(identity),
                        None => *finding == *merged,
                    }
            })
        };
        self.findings.iter().filter(|merged| theirs(merged)).collect()
    }

    fn sum_up(&mut self, now: Timestamp) {
        self.summary = summary(self);
        self.assessment = assessment::assess(self, now);
    }
}

fn summary(report: &Report) -> Summary {
    // A threat indicator's dates say when it was listed, and those of threat intelligence when scanners saw it: neither
    // says that anything happened here.
    let happened = |kind: FindingKind| kind != FindingKind::ThreatIndicator && !kind.is_intelligence();
    let seen = || report.findings.iter().filter(|finding| happened(finding.kind));
    Summary {
        first_seen: seen().filter_map(|finding| finding.first_seen).min(),
        last_seen: seen().filter_map(|finding| finding.last_seen).max(),
        counts: counts(&report.findings),
        complete: report.waiting.is_empty() && !report.answers.iter().any(Answer::is_gap),
        coverage: coverage::clauses(&report.answers, &report.waiting),
    }
}

fn counts(findings: &[Finding]) -> Counts {
    let mut counts = Counts::default();
    for finding in findings {
        match finding.kind {
            FindingKind::Alert => {
                counts.alerts += 1;
                match finding.severity {
                    Some(Severity::High) => counts.high += 1,
                    Some(Severity::Medium) => counts.medium += 1,
                    Some(Severity::Low) => counts.low += 1,
                    Some(Severity::Informational) => counts.informational += 1,
                    None => {}
                }
            }
            FindingKind::Incident => counts.incidents += 1,
            FindingKind::ThreatIndicator => counts.threat_indicators += 1,
            FindingKind::Mail => {
                counts.mail += 1;
                counts.in_mailboxes += u64::from(finding.status.as_deref() == Some("in_mailbox"));
            }
            FindingKind::Click => counts.clicks += 1,
            FindingKind::SignIn => counts.sign_ins += 1,
            _ => {}
        }
    }
    counts.devices = Devices::of(findings).connected;
    counts
}

/// How many devices spoke with the indicator, and how many were kept from it, by the one source of the one tenant that
/// knows the most. Numbers of two sources or tenants are neither added nor mixed, since the same device may stand in both.
///
/// Every number is a lower bound: lists are cut and repeats thinned, and Defender knows onboarded devices only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Devices {
    /// Devices with a connection that went through. Where no source names devices, as many as Defender counted.
    pub connected: u64,
    /// Devices that were blocked each time.
    pub blocked: u64,
    /// Devices that Defender counted without naming them, and without saying whether they were blocked.
    pub seen_by: u64,
    /// Whether a source names devices, so that `connected` and `blocked` are known apart.
    pub named: bool,
    /// Whether there is any number, each of which is a lower bound.
    pub at_least: bool,
}

/// Cloud and GUID.
type Tenant<'a> = (Option<&'a str>, Option<&'a str>);

impl Devices {
    /// Reads the prevalences and the lists of devices.
    pub fn of(findings: &[Finding]) -> Devices {
        let mut seen_by = 0;
        let mut lists: Vec<((&str, Tenant<'_>), Devices)> = Vec::new();
        for finding in findings {
            match &finding.details {
                Details::Prevalence { devices, .. } => seen_by = seen_by.max(*devices),
                Details::Device { blocked, .. } => {
                    for route in &finding.routes {
                        let list = (route.as_str(), (finding.cloud.as_deref(), finding.tenant.as_deref()));
                        let at = lists.iter().position(|(known, _)| *known == list).unwrap_or_else(|| {
                            lists.push((list, Devices { named: true, ..Devices::default() }));
                            lists.len() - 1
                        });
                        if rank::connected(finding) {
                            lists[at].1.connected += 1;
                        } else if blocked.is_some_and(|times| times > 0) {
                            // Only a block event counts: an attempt that failed was not blocked by anyone.
                            lists[at].1.blocked += 1;
                        }
                    }
                }
                _ => {}
            }
        }
        let lists = lists.into_iter().map(|(_, list)| list);
        let most = lists.max_by_key(|list| (list.connected, list.blocked));
        let most = most.unwrap_or(Devices { connected: seen_by, ..Devices::default() });
        Devices { seen_by, at_least: most.connected + most.blocked + seen_by > 0, ..most }
    }
}

/// Counts and dates of a report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// The earliest activity of all findings.
    pub first_seen: Option<Timestamp>,
    /// The latest activity of all findings.
    pub last_seen: Option<Timestamp>,
    /// Findings by kind and alerts by severity.
    pub counts: Counts,
    /// Whether every source that could be asked said all that it knows.
    pub complete: bool,
    /// What was covered, one clause a group of sources, and what was not asked.
    pub coverage: Vec<String>,
}

/// Findings by kind and alerts by severity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Alerts.
    pub alerts: u64,
    /// Alerts of high, medium, low, informational severity; the rest of `alerts` has none.
    pub high: u64,
    /// See `high`.
    pub medium: u64,
    /// See `high`.
    pub low: u64,
    /// See `high`.
    pub informational: u64,
    /// Incidents.
    pub incidents: u64,
    /// Threat indicators, of any state.
    pub threat_indicators: u64,
    /// Devices: the largest number that one source of one tenant says, never a sum over sources.
    pub devices: u64,
    /// Messages, at least.
    pub mail: u64,
    /// Of these, messages that lay in a mailbox when Microsoft last said so.
    pub in_mailboxes: u64,
    /// Accounts that clicked on a link to it, each once for each address that it clicked, at least.
    pub clicks: u64,
    /// Accounts with sign-ins from it, at least.
    pub sign_ins: u64,
}

#[cfg(test)]
mod tests;
