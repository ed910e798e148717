//! Checks, made short.

use search::{Check, CheckState};

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
