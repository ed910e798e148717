//! The ISO 8601 periods that both query interfaces take: `P30D`, `start/end`, `P30D/end`, `start/P30D`, `start`.

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// The period from and until, with the present as the end where the text names none.
pub(crate) fn read(text: &str, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let text = text.trim();
    let (from, until) = match text.split_once('/') {
        None => match (duration(text), instant(text)) {
            (Some(length), _) => (now.checked_sub(length).ok()?, now),
            (None, Some(start)) => (start, now),
            (None, None) => return None,
        },
        Some((left, right)) => match (duration(left), instant(left), duration(right), instant(right)) {
            (Some(length), _, _, Some(end)) => (end.checked_sub(length).ok()?, end),
            (_, Some(start), Some(length), _) => (start, start.checked_add(length).ok()?),
            (_, Some(start), _, Some(end)) => (start, end),
            _ => return None,
        },
    };
    (from <= until).then_some((from, until))
}

fn duration(text: &str) -> Option<SignedDuration> {
    let span: Span = text.strip_prefix('P').and(text.parse().ok())?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()
}

/// An instant; without a zone it is UTC, and a date alone is its midnight.
fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        jiff::tz::TimeZone::UTC.to_timestamp(civil).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_form_of_a_period_is_read() {
        let now: Timestamp = "2026-11-25T02:00:00Z".parse().unwrap();
        let check = |text: &str, expected: Option<(&str, &str)>| {
            let expected = expected.map(|(from, until)| (from.parse().unwrap(), until.parse().unwrap()));
            assert_eq!(read(text, now), expected, "{text}");
        };
        check("P30D", Some(("2026-10-26T02:00:00Z", "2026-11-25T02:00:00Z")));
        check("PT12H", Some(("2026-11-24T14:00:00Z", "2026-11-25T02:00:00Z")));
        check("P1DT1H", Some(("2026-11-24T01:00:00Z", "2026-11-25T02:00:00Z")));
        check("2026-11-01T00:00:00Z/2026-11-02T00:00:00Z", Some(("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z")));
        check("P2D/2026-11-03T00:00:00Z", Some(("2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z")));
        check("2026-11-01/P2D", Some(("2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z")));
        check("2026-11-20T00:00:00", Some(("2026-11-20T00:00:00Z", "2026-11-25T02:00:00Z")));
        check("thirty days", None);
        check("30D", None);
        check("2026-11-03T00:00:00Z/2026-11-01T00:00:00Z", None);
        check("", None);
    }
}
