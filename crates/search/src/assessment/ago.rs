//! "3 days ago".

use jiff::Timestamp;

/// How long ago, in the largest unit that is at least one. What lies in the future (a clock that is off) is "just now".
pub(super) fn ago(time: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(time).as_secs();
    let (number, unit) = match seconds {
        ..60 => return "just now".into(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        86_400..5_184_000 => (seconds / 86_400, "day"),
        _ => (seconds / 2_592_000, "month"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural} ago")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_unit_speaks() {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        for (time, words) in [
            ("2026-11-25T12:05:00Z", "just now"),
            ("2026-11-25T11:59:01Z", "just now"),
            ("2026-11-25T11:58:00Z", "2 minutes ago"),
            ("2026-11-25T11:00:00Z", "1 hour ago"),
            ("2026-11-22T11:00:00Z", "3 days ago"),
            ("2026-08-20T11:00:00Z", "3 months ago"),
        ] {
            assert_eq!(ago(time.parse().unwrap(), now), words, "{time}");
        }
    }
}
