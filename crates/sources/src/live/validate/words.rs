//! Checks, made short.

use microsoft::Error;
use search::{Check, CheckState};

use crate::asking::Asking;
use crate::capability::Capability;
use crate::outcome::{self, Trouble};

pub(super) fn check(step: &str, state: CheckState, code: &str, title: impl Into<String>) -> Check {
    Check {
        check: step.into(),
        capability: None,
        permission: None,
        state,
        code: code.into(),
        title: title.into(),
        remedy: None,
        link: None,
        trace_id: None,
        correlation_id: None,
    }
}

pub(super) fn passed(step: &str, title: impl Into<String>) -> Check {
    check(step, CheckState::Passed, "ok", title)
}

pub(super) fn failed(step: &str, code: &str, title: impl Into<String>) -> Check {
    check(step, CheckState::Failed, code, title)
}

/// Only probes are ever left out.
pub(super) fn skipped(code: &str, title: impl Into<String>) -> Check {
    check("probe", CheckState::Skipped, code, title)
}

/// A failure in the words of a search's answer.
pub(super) fn trouble(step: &str, capability: Option<&Capability>, error: &Error, row: &Asking) -> Check {
    let Trouble { code, reason, mut remedy, link, .. } = outcome::trouble(error, row);
    if let Error::TimedOut { host, .. } = error {
        remedy = Some(format!(
            "Validate again. If it stays so, look for a firewall or a proxy on the way that swallows connections to {host}."
        ));
    }
    let title =
        capability.map_or_else(|| reason.clone(), |capability| format!("{}: {}", capability.title, lower(&reason)));
    let evidence = error.evidence();
    let id = |names: &[&str]| {
        evidence.iter().find(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| value.clone())
    };
    Check {
        remedy,
        link,
        trace_id: id(&["trace_id", "request_id"]),
        correlation_id: id(&["correlation_id"]),
        ..check(step, CheckState::Failed, code, title)
    }
}

/// A sentence behind a colon begins small, unless with a name.
pub(super) fn lower(sentence: &str) -> String {
    const NAMES: [&str; 6] = ["Microsoft", "Entra", "Oriel", "Log", "Defender", "Sentinel"];
    let mut letters = sentence.chars();
    match letters.next() {
        Some(first) if !NAMES.iter().any(|name| sentence.starts_with(name)) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => sentence.to_owned(),
    }
}
