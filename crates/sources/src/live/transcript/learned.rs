//! What the open questions taught, as far as a source does otherwise for it.

use search::Check;
use store::learned::Learned;

/// Whether a filter on evidence finds an address.
const EVIDENCE_IP: &str = "evidence_ip";
const FINDS: &str = "evidence_ip_finds";
/// The other answers that settle it. That the filter is accepted does not: it may still find nothing, ever.
const FINDS_NOT: [&str; 3] = ["evidence_ip_misses", "evidence_ip_refused", "evidence_ip_ignored"];

/// The answers that are to be kept: (question, code). One that was not asked, or that nobody answered, leaves what was known
/// before.
pub(in crate::live) fn learned(checks: &[Check]) -> Vec<(&'static str, &'static str)> {
    let questions = checks.iter().filter(|check| check.check == "question");
    let settles = |check: &Check| std::iter::once(FINDS).chain(FINDS_NOT).find(|code| check.code == *code);
    questions.filter_map(settles).next_back().map(|code| (EVIDENCE_IP, code)).into_iter().collect()
}

/// Whether the list of alerts is known to find by an address in the evidence.
pub(in crate::live) fn finds_by_address(known: &[Learned]) -> bool {
    known.iter().any(|learned| learned.question == EVIDENCE_IP && learned.answer == FINDS)
}
