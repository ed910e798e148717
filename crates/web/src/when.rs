//! Times as people read them: "3 days ago", with the full time behind it.

use jiff::Timestamp;

/// `<time>` with "3 days ago" as its text and the full time as its title and `datetime`. It is HTML and needs no escaping:
/// nothing in it comes from outside. The script puts the title into the reader's own zone.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    element(at, &words(at, now), "")
}

/// Like [`ago`], and the script keeps its text true while the page stands open.
pub fn ago_live(at: Timestamp, now: Timestamp) -> String {
    element(at, &words(at, now), " data-live")
}

/// `<time>` with "in 14 s" or "now" as its text, for what comes soon. The script counts down.
pub fn soon(at: Timestamp, now: Timestamp) -> String {
    let text = match at.as_second() - now.as_second() {
        ..=0 => "now".to_owned(),
        seconds => format!("in {seconds} s"),
    };
    element(at, &text, " data-until")
}

/// `<time>` with the day as its text: "22 Nov", with the year where it is not the year of `now`.
pub fn day(at: Timestamp, now: Timestamp) -> String {
    element(at, &day_words(at, now), "")
}

/// The day without any markup.
pub fn day_words(at: Timestamp, now: Timestamp) -> String {
    let year = |time: Timestamp| time.strftime("%Y").to_string();
    let pattern = if year(at) == year(now) { "%-d %b" } else { "%-d %b %Y" };
    at.strftime(pattern).to_string()
}

/// "3 days ago", "in 30 days", "just now".
pub fn words(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - at.as_second();
    let (size, future) = (seconds.unsigned_abs(), seconds < 0);
    let (number, unit) = match size {
        0..10 => return "just now".to_owned(),
        10..60 => (size, "second"),
        60..3_600 => (size / 60, "minute"),
        3_600..86_400 => (size / 3_600, "hour"),
        86_400..5_184_000 => (size / 86_400, "day"),
        5_184_000..31_557_600 => (size / 2_629_800, "month"),
        _ => (size / 31_557_600, "year"),
    };
    let plural = if number == 1 { "" } else { "s" };
    if future { format!("in {number} {unit}{plural}") } else { format!("{number} {unit}{plural} ago") }
}

fn element(at: Timestamp, text: &str, mark: &str) -> String {
    let whole = at.strftime("%A, %-d %B %Y, %H:%M:%S UTC").to_string();
    let machine = at.strftime("%Y-%m-%dT%H:%M:%SZ");
    format!("<time datetime=\"{machine}\" title=\"{whole}\"{mark}>{text}</time>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(at: &str, expected: &str) {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        assert_eq!(words(at.parse().unwrap(), now), expected, "{at}");
    }

    #[test]
    fn a_time_reads_as_a_distance() {
        check("2026-11-25T11:59:57Z", "just now");
        check("2026-11-25T11:59:15Z", "45 seconds ago");
        check("2026-11-25T11:59:00Z", "1 minute ago");
        check("2026-11-24T12:00:00Z", "1 day ago");
        check("2026-09-27T12:00:00Z", "59 days ago");
        check("2026-05-25T12:00:00Z", "6 months ago");
        check("2024-11-20T12:00:00Z", "2 years ago");
        check("2026-12-25T12:00:00Z", "in 30 days");
    }

    #[test]
    fn the_full_time_stands_behind_the_words() {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let html = ago("2026-11-22T08:30:00Z".parse().unwrap(), now);
        assert_eq!(
            html,
            "<time datetime=\"2026-11-22T08:30:00Z\" title=\"Sunday, 22 November 2026, 08:30:00 UTC\">3 days ago</time>"
        );
    }

    #[test]
    fn what_comes_soon_counts_down() {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let soon = |at: &str| soon(at.parse().unwrap(), now);
        assert!(soon("2026-11-25T12:00:14Z").ends_with(" data-until>in 14 s</time>"));
        assert!(soon("2026-11-25T12:00:00Z").ends_with(" data-until>now</time>"));
        assert!(soon("2026-11-25T11:59:00Z").ends_with(" data-until>now</time>"));
    }

    #[test]
    fn a_day_of_another_year_says_so() {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        assert!(day("2026-11-02T00:00:00Z".parse().unwrap(), now).contains(">2 Nov</time>"));
        assert!(day("2025-03-12T00:00:00Z".parse().unwrap(), now).contains(">12 Mar 2025</time>"));
    }
}
