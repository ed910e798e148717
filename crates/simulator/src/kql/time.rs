//! Instants and lengths of time, as Kusto writes and reads them.

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};

/// Kusto's unit of time: 100 ns.
pub(super) const TICKS_A_SECOND: i64 = 10_000_000;
/// Kusto counts its ticks from the first of January of the year 1.
pub(super) const TICKS_BEFORE_1970: i64 = 621_355_968_000_000_000;
const TICKS_A_DAY: i64 = 86_400 * TICKS_A_SECOND;

/// An instant from text: a date, with or without a time, a fraction and a zone; without a zone it is UTC.
pub(super) fn read_instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return on_tick(instant);
    }
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let local: civil::DateTime = text.parse().ok()?;
    on_tick(TimeZone::UTC.to_timestamp(local).ok()?)
}

/// Kusto keeps seven digits of a second; the rest is cut off.
fn on_tick(instant: Timestamp) -> Option<Timestamp> {
    let nanoseconds = instant.as_nanosecond();
    Timestamp::from_nanosecond(nanoseconds - nanoseconds.rem_euclid(100)).ok()
}

/// `2026-11-25T02:44:41.1234567Z`, always with seven digits: so `tostring()` and the answers have it.
pub(super) fn write_instant(instant: Timestamp) -> String {
    format!("{instant:.7}")
}

/// A length of time from a literal such as `30d`, `1.5h`, `10ms`, or from `[-][d.]hh:mm:ss[.fffffff]`.
pub(super) fn read_span(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let ticks = if text.contains(':') {
        read_clock(text)?
    } else {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let number: f64 = number.parse().ok()?;
        // A bare number inside timespan(…) is days.
        let unit = if unit.is_empty() { TICKS_A_DAY } else { unit_ticks(unit)? };
        let ticks = number * unit as f64;
        if ticks.abs() >= i64::MAX as f64 {
            return None;
        }
        ticks as i64
    };
    Some(if negative { -ticks } else { ticks })
}

fn read_clock(text: &str) -> Option<i64> {
    let (days, clock) = match (text.find('.'), text.find(':')) {
        (Some(dot), Some(colon)) if dot < colon => (text[..dot].parse::<i64>().ok()?, &text[dot + 1..]),
        _ => (0, text),
    };
    let mut parts = clock.split(':');
    let hours: i64 = parts.next()?.parse().ok()?;
    let minutes: i64 = parts.next()?.parse().ok()?;
    let seconds = match parts.next() {
        Some(text) => {
            let seconds: f64 = text.parse().ok()?;
            if !(0.0..60.0).contains(&seconds) {
                return None;
            }
            (seconds * TICKS_A_SECOND as f64).round() as i64
        }
        None => 0,
    };
    if parts.next().is_some() || !(0..24).contains(&hours) || !(0..60).contains(&minutes) {
        return None;
    }
    days.checked_mul(TICKS_A_DAY)?.checked_add((hours * 3600 + minutes * 60) * TICKS_A_SECOND + seconds)
}

/// The ticks of a unit as it stands behind a number in a query.
pub(super) fn unit_ticks(unit: &str) -> Option<i64> {
    Some(match unit {
        "d" | "day" | "days" => TICKS_A_DAY,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3600 * TICKS_A_SECOND,
        "m" | "min" | "minute" | "minutes" => 60 * TICKS_A_SECOND,
        "s" | "sec" | "second" | "seconds" => TICKS_A_SECOND,
        "ms" | "milli" | "millis" | "millisecond" | "milliseconds" => TICKS_A_SECOND / 1000,
        "microsecond" | "microseconds" => 10,
        "tick" | "ticks" => 1,
        _ => return None,
    })
}

/// `[-][d.]hh:mm:ss[.fffffff]`.
pub(super) fn write_span(ticks: i64) -> String {
    let sign = if ticks < 0 { "-" } else { "" };
    let ticks = ticks.unsigned_abs();
    let second = TICKS_A_SECOND.unsigned_abs();
    let (seconds, fraction) = (ticks / second, ticks % second);
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let days = if days == 0 { String::new() } else { format!("{days}.") };
    let fraction = if fraction == 0 { String::new() } else { format!(".{fraction:07}") };
    format!("{sign}{days}{:02}:{:02}:{:02}{fraction}", rest / 3600, rest / 60 % 60, rest % 60)
}

/// The instant so many ticks later, or `None` outside the years that can be written.
pub(super) fn later(instant: Timestamp, ticks: i64) -> Option<Timestamp> {
    let seconds = ticks.div_euclid(TICKS_A_SECOND);
    let nanoseconds = ticks.rem_euclid(TICKS_A_SECOND) * 100;
    let span = SignedDuration::new(seconds, i32::try_from(nanoseconds).ok()?);
    instant.checked_add(span).ok()
}

/// The ticks from `earlier` to `instant`.
pub(super) fn between(instant: Timestamp, earlier: Timestamp) -> Option<i64> {
    i64::try_from((instant.as_nanosecond() - earlier.as_nanosecond()) / 100).ok()
}
