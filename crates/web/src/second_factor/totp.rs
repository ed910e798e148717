//! Time-based one-time passwords (RFC 6238) as every authenticator makes them: SHA-1, six digits, thirty seconds.

use jiff::Timestamp;
use ring::hmac;

/// Bytes of a secret: the length of the hash, as RFC 4226 recommends.
pub const SECRET: usize = 20;
/// Seconds of a step.
const STEP: i64 = 30;
/// Steps before and after this one whose codes are right too: clocks differ, and typing takes a while.
const AROUND: i64 = 1;

/// The step whose code this is, if it is one of those around now.
pub fn step_of(secret: &[u8; SECRET], code: &str, now: Timestamp) -> Option<i64> {
    let step = now.as_second().div_euclid(STEP);
    // Each is compared, whichever was right, and each comparison takes as long.
    let mut right = None;
    for candidate in step - AROUND..=step + AROUND {
        if is_same(self::code(secret, candidate).as_bytes(), code.as_bytes()) {
            right = Some(candidate);
        }
    }
    right
}

/// Whether two codes are the same, in a time that does not tell where they differ.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |differing, (one, other)| differing | (one ^ other)) == 0
}

/// The code of a step.
pub fn code(secret: &[u8; SECRET], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    // RFC 4226, 5.3: the last four bits say where the 31 bits begin that the digits are taken from.
    let at = usize::from(bytes.last().copied().unwrap_or_default() & 15);
    let word = bytes.iter().skip(at).take(4).fold(0u32, |word, byte| word << 8 | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:06}", word % 1_000_000)
}

/// What an authenticator reads off the picture.
pub fn address(secret: &str, name: &str, host: &str) -> String {
    let part =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    format!("otpauth://totp/Oriel:{}%20({})?secret={secret}&issuer=Oriel", part(name), part(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B.
    const RFC: &[u8; SECRET] = b"12345678901234567890";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_codes_of_the_standard_come_out() {
        // Appendix B has eight digits; six are its last six.
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(super::code(RFC, second / 30), code);
            assert_eq!(step_of(RFC, code, at(second)), Some(second / 30));
        }
    }

    #[test]
    fn a_code_is_right_one_step_early_and_late_and_no_more() {
        let right_code = code(RFC, 100);
        for (second, right) in
            [(100 * 30 - 31, false), (100 * 30 - 30, true), (100 * 30, true), (101 * 30 + 29, true), (102 * 30, false)]
        {
            assert_eq!(step_of(RFC, &right_code, at(second)).is_some(), right, "{second}");
        }
    }

    #[test]
    fn what_is_no_code_is_not_right() {
        for text in ["", "12345", "1234567", "abcdef", "０５０４７１"] {
            assert_eq!(step_of(RFC, text, at(1_111_111_111)), None, "{text}");
        }
    }

    #[test]
    fn an_authenticator_can_read_the_address_of_any_name() {
        assert_eq!(
            address("MZXW6YTB", "Jörg & Ö", "oriel.example.com"),
            "otpauth://totp/Oriel:J%C3%B6rg%20%26%20%C3%96%20(oriel.example.com)?secret=MZXW6YTB&issuer=Oriel"
        );
    }
}
