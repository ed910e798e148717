//! Sources whose budget was spent, asked once more when there is some again.

use std::collections::HashSet;

use indicator::Indicator;
use jiff::{SignedDuration, Timestamp};
use search::{Answer, Asked, Outcome, Report};
use store::grants::Scope;
use store::people::PersonId;

use super::Options;
use crate::Desk;
use crate::error::Error;

/// Nobody waits longer than this before an open page.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);
/// Sources that may be asked within so short a time are asked together.
const TOGETHER: SignedDuration = SignedDuration::from_secs(2);

/// Which throttled sources are to be asked again, each once.
#[derive(Default)]
pub struct Again {
    asked: HashSet<Asked>,
}

impl Again {
    /// The throttled answers whose sources are still to be asked again, with the time at which they may be.
    fn due<'a>(&self, report: &'a Report, now: Timestamp) -> Vec<(Timestamp, &'a Asked)> {
        let throttled = report.answers.iter().filter(|answer| answer.outcome == Outcome::Throttled);
        let timed = throttled.filter_map(|answer| Some((answer.retry_at?, &answer.asked)));
        timed.filter(|(at, asked)| at.duration_since(now) <= PATIENCE && !self.asked.contains(*asked)).collect()
    }

    /// Those that are still to be asked again.
    pub fn to_come(&self, report: &Report, now: Timestamp) -> Vec<Asked> {
        self.due(report, now).into_iter().map(|(_, asked)| asked.clone()).collect()
    }

    /// The next ones, and when. They are not named a second time.
    pub fn next(&mut self, report: &Report, now: Timestamp) -> Option<(Timestamp, Vec<Asked>)> {
        let due = self.due(report, now);
        let first = due.iter().map(|(at, _)| *at).min()?;
        let round = || due.iter().filter(|(at, _)| at.duration_since(first) <= TOGETHER);
        let at = round().map(|(at, _)| *at).max()?;
        let these: Vec<Asked> = round().map(|(_, asked)| (*asked).clone()).collect();
        self.asked.extend(these.iter().cloned());
        Some((at, these))
    }
}

impl Desk {
    /// Asks these sources and no others, unless somebody else has done so meanwhile: then theirs are the answers. `quiet` is
    /// [`Options::quiet`].
    pub async fn ask_again(
        &self,
        scope: &Scope,
        indicator: &Indicator,
        these: Vec<Asked>,
        quiet: Option<PersonId>,
    ) -> Result<Vec<Answer>, Error> {
        let options = Options { only: these, quiet, ..Options::default() };
        let report = self.search(scope, indicator, options).await?.finished().await;
        Ok(report.answers.clone())
    }
}
