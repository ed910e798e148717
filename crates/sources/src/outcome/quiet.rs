//! What is said where an answer is empty and its table is quiet.

use jiff::{SignedDuration, Timestamp};

use crate::capability::{Capability, Newest};
use crate::query::connector::connector;
use crate::query::table;

/// A table whose newest row is older than this has stopped, hides its rows, or is of a small tenant on a calm day: nothing
/// in the answer tells these apart.
const STALE: SignedDuration = SignedDuration::from_hours(24);

/// Why an empty answer may be empty for another reason than that nothing is known, and what to do: a reason and a remedy.
/// `None` if the table had rows within the last day.
pub(crate) fn quiet(capability: &Capability, newest: Newest, now: Timestamp) -> Option<(String, String)> {
    let table = table::read_by(capability.name)?;
    let (row, home) = (table.row, table.home);
    match newest {
        Newest::NoTable => None,
        Newest::Never if capability.name == "sentinel.alerts" => Some((
            "The Defender portal holds no alert of Sentinel from the period asked about, as when no workspace is connected \
             to it: so this answer shows nothing."
                .into(),
            "Connect the workspace to the Defender portal, or switch this capability off; the workspace's own alerts are \
             asked for by themselves."
                .into(),
        )),
        Newest::Never => Some((
            format!("There is no {row} in {home} from the period asked about, so this source could not have known."),
            format!(
                "Check {}; and that no table permission or role condition hides the rows from the app.",
                connector(&table)
            ),
        )),
        Newest::At(newest) if now.duration_since(newest) > STALE => {
            let when = newest.strftime("%-d %b %Y, %H:%M UTC");
            Some((
                format!("The newest {row} in {home} is of {when}: either there was none since, or data stopped."),
                format!(
                    "Look in {home} for a newer one. If there is none, check {}. If there is one, it does not reach the app: check \
                     that no table permission or role condition hides rows from it. Where the quiet is right, mark it so in the \
                     connection's form.",
                    connector(&table)
                ),
            ))
        }
        Newest::At(_) => None,
    }
}
