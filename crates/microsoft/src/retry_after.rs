//! How long Microsoft asks to wait.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// No pause is believed to be longer.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads `Retry-After`: whole seconds, decimals with a point or a comma (rounded up), an HTTP date against `now`, several
/// values (the largest counts). A date in the past or a negative number is no wait; what cannot be read is `None`.
pub fn read<'a>(values: impl IntoIterator<Item = &'a str>, now: Timestamp) -> Option<Duration> {
    values.into_iter().filter_map(|value| read_one(value.trim(), now)).max().map(|wait| wait.min(LONGEST))
}

fn read_one(value: &str, now: Timestamp) -> Option<Duration> {
    if value.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        let date = DateTimeParser::new().relaxed_weekday(true).parse_timestamp(value.replace("GMT", "+0000")).ok()?;
        let wait = date.duration_since(now);
        return Some(Duration::try_from(wait).unwrap_or(Duration::ZERO));
    }
    // "0,120" is a decimal in some languages and "120, 60" a list in all of them: with a blank or a second comma, a list.
    if value.contains(", ") || value.matches(',').count() > 1 {
        return value.split(',').filter_map(|part| seconds(part.trim())).max();
    }
    seconds(&value.replace(',', "."))
}

fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.parse().ok()?;
    if !seconds.is_finite() {
        return None;
    }
    Some(Duration::try_from_secs_f64(seconds.max(0.0).ceil()).unwrap_or(LONGEST))
}

/// The window that a quota text names, as in "API calls quota exceeded! maximum allowed 45 per 00:01:00".
pub(crate) fn quota_window(message: &str) -> Option<Duration> {
    let (_, rest) = message.split_once("maximum allowed ")?;
    let (_, window) = rest.split_once(" per ")?;
    let mut parts =
        window.split_whitespace().next()?.split(':').map(|part| part.trim_end_matches('.').parse::<u64>().ok());
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    Some(Duration::from_secs(hours.checked_mul(3600)?.checked_add(minutes * 60)?.checked_add(seconds)?).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_retry_after_is_read() {
        let now: Timestamp = "2026-10-21T07:27:00Z".parse().unwrap();
        let check = |values: &[&str], expected: Option<u64>| {
            assert_eq!(read(values.iter().copied(), now), expected.map(Duration::from_secs), "{values:?}");
        };
        check(&["120"], Some(120));
        check(&[" 7 "], Some(7));
        check(&["0"], Some(0));
        check(&["2.128"], Some(3));
        check(&["0,120"], Some(1));
        check(&["120, 60"], Some(120));
        check(&["60", "90"], Some(90));
        check(&["Wed, 21 Oct 2026 07:28:00 GMT"], Some(60));
        check(&["Wed, 21 Oct 2020 07:28:00 GMT"], Some(0));
        check(&["-1"], Some(0));
        check(&["99999999999"], Some(86_400));
        check(&["1e300"], None);
        check(&["soon"], None);
        check(&["inf"], None);
        check(&[""], None);
        check(&[], None);
    }

    #[test]
    fn a_quota_text_names_its_window() {
        let check =
            |text: &str, expected: Option<u64>| assert_eq!(quota_window(text), expected.map(Duration::from_secs));
        check("API calls quota exceeded! maximum allowed 45 per 00:01:00", Some(60));
        check("API calls quota exceeded! maximum allowed 1500 per 01:00:00.", Some(3600));
        check("Please retry again later.", None);
        check("maximum allowed 45 per 99999999999999999999:1:1", None);
    }
}
