//! Dates as Microsoft writes them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Reads a date with 0 to 9 fractional digits (more are cut off), `Z`, an offset or no zone, which means UTC. A year-1 date,
/// Microsoft's way of saying "never", is `None`, and so is anything that is no date: a bad date loses its field, not the
/// record.
pub fn read(text: &str) -> Option<Timestamp> {
    let text = cut_fraction(text.trim());
    let timestamp = match text.parse::<Timestamp>() {
        Ok(timestamp) => timestamp,
        Err(_) => TimeZone::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok()?,
    };
    (timestamp.as_second() > YEAR_2).then_some(timestamp)
}

/// 0002-01-01T00:00:00Z. Everything up to it is a year-1 date, in whatever zone it was written.
const YEAR_2: i64 = -62_104_060_800;

/// Nine digits are all that a timestamp holds.
fn cut_fraction(text: &str) -> String {
    let Some((whole, rest)) = text.split_once('.') else { return text.to_owned() };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (fraction, zone) = rest.split_at(digits);
    match fraction.get(..9.min(digits)) {
        None | Some("") => format!("{whole}{zone}"),
        Some(fraction) => format!("{whole}.{fraction}{zone}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_with_any_number_of_digits_and_with_or_without_a_zone() {
        let check = |text: &str, expected: &str| {
            assert_eq!(read(text).map(|time| time.to_string()), Some(expected.to_owned()), "{text}");
        };
        check("2020-03-27T11:57:22Z", "2020-03-27T11:57:22Z");
        check("2020-03-27T11:57:22.Z", "2020-03-27T11:57:22Z");
        check("2020-03-27T11:57:22.2Z", "2020-03-27T11:57:22.2Z");
        check("2020-03-27T11:57:22.29Z", "2020-03-27T11:57:22.29Z");
        check("2020-03-27T11:57:22.7211305Z", "2020-03-27T11:57:22.7211305Z");
        check("2020-03-27T11:57:22.721130512Z", "2020-03-27T11:57:22.721130512Z");
        check("2020-03-27T11:57:22.7211305129999Z", "2020-03-27T11:57:22.721130512Z");
        check("2020-03-27T11:57:22.7211305+02:00", "2020-03-27T09:57:22.7211305Z");
        check("2024-02-05T22:47:29.4948816", "2024-02-05T22:47:29.4948816Z");
        check("2023-07-07T11:13:19", "2023-07-07T11:13:19Z");
        check(" 2025-12-01 16:58:37Z ", "2025-12-01T16:58:37Z");
        check("2025-12-01", "2025-12-01T00:00:00Z");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            " ",
            "null",
            "0001-01-01T00:00:00",
            "0001-01-01T00:00:00Z",
            "0001-01-01T00:00:00.0000000+14:00",
            "yesterday",
            "2020-13-01T00:00:00Z",
            "1606478242",
            "2020-03-27T11:57:22.29Q",
            "..",
            ".",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
