//! Times as a story tells them: `-3d4h` is three days and four hours before it begins.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer};

/// A moment of the story: relative to its beginning, or a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// So long after the beginning; before it, where negative.
    After(SignedDuration),
    /// At this instant.
    On(Timestamp),
}

/// A length of time: `90m`, `2d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub SignedDuration);

/// Why a text is no time of a story.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time: write -3d4h30m, +10d, now, or a date such as 2026-11-25T02:00:00Z")]
pub struct NoTime(String);

impl Moment {
    /// When it is, for a story that begins then.
    pub fn at(self, beginning: Timestamp) -> Timestamp {
        match self {
            Moment::After(duration) => beginning.saturating_add(duration).unwrap_or(beginning),
            Moment::On(instant) => instant,
        }
    }
}

fn duration(text: &str) -> Option<SignedDuration> {
    let mut seconds = 0i64;
    let mut digits = String::new();
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        let unit = match letter {
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(digits.parse::<i64>().ok()?.checked_mul(unit)?)?;
        digits.clear();
    }
    (digits.is_empty() && !text.is_empty()).then(|| SignedDuration::from_secs(seconds))
}

impl FromStr for Moment {
    type Err = NoTime;

    fn from_str(text: &str) -> Result<Self, NoTime> {
        let failed = || NoTime(text.to_owned());
        if text == "now" {
            Ok(Moment::After(SignedDuration::ZERO))
        } else if let Some(ago) = text.strip_prefix('-') {
            duration(ago).map(|duration| Moment::After(-duration)).ok_or_else(failed)
        } else if let Some(ahead) = text.strip_prefix('+') {
            duration(ahead).map(Moment::After).ok_or_else(failed)
        } else {
            text.parse().map(Moment::On).map_err(|_| failed())
        }
    }
}

impl FromStr for Span {
    type Err = NoTime;

    fn from_str(text: &str) -> Result<Self, NoTime> {
        duration(text).map(Span).ok_or_else(|| NoTime(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

fn read<'de, T: FromStr<Err: fmt::Display>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_from_the_beginning() {
        let beginning: Timestamp = "2026-11-25T02:00:00Z".parse().unwrap();
        let check = |text: &str, expected: &str| {
            assert_eq!(text.parse::<Moment>().unwrap().at(beginning).to_string(), expected, "{text}");
        };
        check("now", "2026-11-25T02:00:00Z");
        check("-3d4h30m", "2026-11-21T21:30:00Z");
        check("+10d", "2026-12-05T02:00:00Z");
        check("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z");
        for wrong in ["", "-", "3d", "-3", "-3w", "yesterday", "-9999999999999999999d"] {
            assert!(wrong.parse::<Moment>().is_err(), "{wrong:?}");
        }
    }
}
