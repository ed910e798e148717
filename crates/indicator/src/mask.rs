//! Passwords before a host never leave this crate in clear.

const MASK: &str = "***";

/// The text with the password of every `user:password@` replaced by `***`, also in defanged and percent-encoded spelling.
///
/// It rather masks too much than too little: what stands between a colon and an at sign in one word counts as a password.
pub fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        mask_word(word, &mut masked);
    }
    masked
}

/// Spellings of `@`.
const SIGNS: [&str; 8] = ["@", "%40", "%2540", "[at]", "(at)", "{at}", "\u{ff20}", "&#64;"];
/// Spellings of `:`.
const COLONS: [&str; 4] = [":", "%3a", "%253a", "\u{ff1a}"];
/// What may end the part of a link that holds user, host and port.
const ENDS: [&str; 7] = ["/", "?", "#", "\\", "%2f", "%3f", "%252f"];

fn mask_word(word: &str, out: &mut String) {
    let lower = word.to_ascii_lowercase();
    let (mut copied, mut from) = (0, 0);
    while let Some((at, len)) = first(&lower[from..], &COLONS) {
        let password = from + at + len;
        from = password;
        if belongs_to_scheme(&lower[copied..password - len], &lower[password..]) {
            continue;
        }
        let end = first(&lower[password..], &ENDS).map_or(lower.len(), |(end, _)| password + end);
        let sign = match last(&lower[password..end], &SIGNS) {
            Some(sign) => Some(sign),
            None if lower[password..end].bytes().all(|byte| byte.is_ascii_digit()) => None,
            // Not what the rules for links allow, and still likely a password with a slash in it.
            None => last(&lower[password..], &SIGNS),
        };
        let Some((sign, sign_len)) = sign else { continue };
        let sign = password + sign;
        // A bracket before the sign is the sign's, not the password's.
        let bracketed = lower[password..sign].ends_with(['[', '(', '{']);
        out.push_str(&word[copied..password]);
        out.push_str(MASK);
        copied = if bracketed { sign - 1 } else { sign };
        from = sign + sign_len;
    }
    out.push_str(&word[copied..]);
}

/// Whether a colon is a scheme's: slashes follow in some spelling, or a word for mail stands before, and no link.
fn belongs_to_scheme(before: &str, after: &str) -> bool {
    let after = after.trim_start_matches([']', ')', '}', '[', '(', '{']);
    ["/", "\\", "%2f", "%252f", "__"].iter().any(|slashes| after.starts_with(slashes))
        || ["mailto", "sip", "sips", "xmpp"].iter().any(|scheme| {
            let front = before.strip_suffix(scheme);
            front.is_some_and(|front| front.is_empty() || front.ends_with(['<', '(', '"', '\'', '=']))
        })
}

fn first(text: &str, spellings: &[&str]) -> Option<(usize, usize)> {
    spellings.iter().filter_map(|spelling| text.find(spelling).map(|at| (at, spelling.len()))).min()
}

fn last(text: &str, spellings: &[&str]) -> Option<(usize, usize)> {
    spellings.iter().filter_map(|spelling| text.rfind(spelling).map(|at| (at, spelling.len()))).max()
}

/// The text as a sentence may quote it: on one line, masked, and cut after 80 characters.
pub(crate) fn quoted(text: &str) -> String {
    let masked = masked(text);
    let mut quoted = String::new();
    for (index, character) in masked.trim().chars().enumerate() {
        if index == 80 {
            quoted.push('…');
            break;
        }
        quoted.push(if character.is_control() { ' ' } else { character });
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_goes_and_the_rest_stays() {
        let check = |text: &str, wanted: &str| assert_eq!(masked(text), wanted, "{text}");
        check("https://user:pw@host.example.net/x", "https://user:***@host.example.net/x");
        check("hxxps[:]//user:pw[@]host[.]example/", "hxxps[:]//user:***[@]host[.]example/");
        check("https://a:b:c@d@host.example/", "https://a:***@host.example/");
        check("https://user:p__w@host.example/", "https://user:***@host.example/");
        check("https://user:p/w@host.example/", "https://user:***@host.example/");
        check("https%3A%2F%2Fuser%3Apw%40host.example", "https%3A%2F%2Fuser%3A***%40host.example");
        check("https-3A__user:pw@bad.example_x", "https-3A__user:***@bad.example_x");
        check("https://sip:pw@host.example/", "https://sip:***@host.example/");
        check("user:pw@host.example", "user:***@host.example");
        check("one u:p@a.example two", "one u:***@a.example two");
    }

    #[test]
    fn what_has_no_password_is_left_alone() {
        for text in [
            "foo@bar.com",
            "mailto:foo@bar.com",
            "https://user@host.example/x",
            "https://host.example:8443/x",
            "https://host.example:8443/x?to=foo@bar.com",
            "2001:db8::1",
            "b\u{fc}cher.example \u{2013} x",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn a_quotation_is_one_short_line() {
        assert_eq!(quoted(" a\nb "), "a b");
        assert_eq!(quoted(&"x".repeat(200)).chars().count(), 81);
    }
}
