//! What is the matter with one capability for the same reason as with another is said once.

use search::{Check, CheckState};

use crate::capability::capabilities;

/// The check, or, if a capability before it failed by the same words, a line that says so. A missing permission stays with
/// each capability that needs it: that is how one sees what to grant it for.
pub(super) fn once(check: Check, made: &[Check]) -> Check {
    if check.state != CheckState::Failed || check.code == "missing_permission" {
        return check;
    }
    let Some((title, reason)) = parts(&check) else { return check };
    let same = made.iter().filter(|before| {
        before.state == CheckState::Failed && before.check == check.check && before.code == check.code
    });
    let Some((before, _)) = same.filter_map(parts).find(|(_, said)| *said == reason) else { return check };
    let place = reason.split_once(':').map_or("", |(place, _)| place);
    let said = format!("{title}{place}: for the same reason as {before}.");
    Check { state: CheckState::Skipped, title: said, remedy: None, link: None, ..check }
}

/// The capability's title, and what is said of it.
fn parts(check: &Check) -> Option<(&'static str, &str)> {
    let capability = capabilities().iter().find(|row| Some(row.name) == check.capability.as_deref())?;
    Some((capability.title, check.title.strip_prefix(capability.title)?))
}
