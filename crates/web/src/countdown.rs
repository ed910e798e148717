//! How long a credential still lasts, in words, for pages and the command line.

use jiff::Timestamp;
use store::credentials::{Credential, Kind};

/// A credential that ends within this many days is told of.
const TELL_DAYS: i32 = 30;
/// Within this many, it is time.
const WARN_DAYS: i32 = 7;
/// Within this many, it is late.
const LATE_DAYS: i32 = 1;

/// A word on the end of a credential, near or past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Countdown {
    /// "secret ends in 5 days".
    pub words: String,
    /// How pressing it is.
    pub level: Level,
}

/// How pressing an end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Within 30 days.
    Info,
    /// Within 7 days.
    Warn,
    /// Tomorrow, today, or past.
    High,
}

impl Level {
    /// The class of its badge, beside `badge`.
    pub fn class(self) -> &'static str {
        match self {
            Level::Info => "badge-told",
            Level::Warn => "badge-warn",
            Level::High => "badge-strong",
        }
    }
}

/// Counts down the last 30 days of a credential whose end is known; `None` before them.
pub fn countdown(credential: &Credential, now: Timestamp) -> Option<Countdown> {
    let what = if credential.kind == Kind::Certificate { "certificate" } else { "secret" };
    let days = credential.days_left(now).filter(|days| *days <= TELL_DAYS)?;
    let words = match days {
        ..0 => format!("{what} has ended"),
        0 => format!("{what} ends today"),
        1 => format!("{what} ends tomorrow"),
        days => format!("{what} ends in {days} days"),
    };
    let level = match (days <= LATE_DAYS, days <= WARN_DAYS) {
        (true, _) => Level::High,
        (false, true) => Level::Warn,
        (false, false) => Level::Info,
    };
    Some(Countdown { words, level })
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use store::connections::ConnectionId;
    use store::credentials::CredentialId;

    use super::*;

    fn ending_in(days: i64, kind: Kind) -> Option<(String, Level)> {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let credential = Credential {
            id: CredentialId::new(now),
            connection_id: ConnectionId::new(now),
            kind,
            sealed: Vec::new(),
            certificate: None,
            identity: None,
            ends: Some(jiff::civil::date(2026, 11, 25) + days.days()),
            in_use: true,
            created_at: now,
        };
        countdown(&credential, now).map(|countdown| (countdown.words, countdown.level))
    }

    #[test]
    fn an_end_is_told_at_thirty_days_pressing_at_seven_and_late_at_one() {
        let cases = [
            (31, None),
            (30, Some(("secret ends in 30 days", Level::Info))),
            (8, Some(("secret ends in 8 days", Level::Info))),
            (7, Some(("secret ends in 7 days", Level::Warn))),
            (2, Some(("secret ends in 2 days", Level::Warn))),
            (1, Some(("secret ends tomorrow", Level::High))),
            (0, Some(("secret ends today", Level::High))),
            (-1, Some(("secret has ended", Level::High))),
        ];
        for (days, expected) in cases {
            let told = ending_in(days, Kind::Secret);
            assert_eq!(told.as_ref().map(|(words, level)| (words.as_str(), *level)), expected, "{days} days");
        }
        assert_eq!(ending_in(3, Kind::Certificate).unwrap().0, "certificate ends in 3 days");
    }
}
