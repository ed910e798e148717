//! Defanged spellings back to plain ones: `hxxps[:]//evil[.]example(dot)com`, `user[at]example.com`, `2001[:]db8[:][:]1`.

use std::borrow::Cow;

/// A defanged piece: how many bytes it takes, and what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub len: usize,
    pub means: &'static str,
}

/// What stands between brackets, and what it means. Longer ones first.
const MEANINGS: [(&str, &str); 12] = [
    ("://", "://"),
    (":/", ":/"),
    ("://www.", "://www."),
    ("//", "//"),
    ("/", "/"),
    (":", ":"),
    (".", "."),
    ("dot", "."),
    ("punkt", "."),
    ("punto", "."),
    ("at", "@"),
    ("@", "@"),
];

/// The piece that begins at the start of `rest`, if one does: brackets of any kind round a dot, a colon, slashes or an
/// at sign, with or without spaces inside; half a bracket round a dot; an escaped dot; a full stop of another script.
pub(crate) fn piece(rest: &[u8]) -> Option<Piece> {
    match rest.first()? {
        b'[' | b'(' | b'{' => bracketed(rest),
        b'\\' if rest.get(1) == Some(&b'.') => Some(Piece { len: 2, means: "." }),
        b'.' if matches!(rest.get(1), Some(b']' | b'}')) && rest.get(2).is_some_and(u8::is_ascii_alphanumeric) => {
            Some(Piece { len: 2, means: "." })
        }
        0xe3 if rest.starts_with("\u{3002}".as_bytes()) => Some(Piece { len: 3, means: "." }),
        0xef if rest.starts_with("\u{ff0e}".as_bytes()) || rest.starts_with("\u{ff61}".as_bytes()) => {
            Some(Piece { len: 3, means: "." })
        }
        0xe2 if rest.starts_with("\u{2024}".as_bytes()) => Some(Piece { len: 3, means: "." }),
        _ => None,
    }
}

fn bracketed(rest: &[u8]) -> Option<Piece> {
    let inside = rest.get(1..)?;
    let blanks = inside.iter().take_while(|byte| **byte == b' ').take(2).count();
    let inside = &inside[blanks..];
    for (written, means) in MEANINGS {
        let matches = inside.get(..written.len()).is_some_and(|head| head.eq_ignore_ascii_case(written.as_bytes()));
        if !matches {
            continue;
        }
        let after = &inside[written.len()..];
        let blanks_after = after.iter().take_while(|byte| **byte == b' ').take(2).count();
        if matches!(after.get(blanks_after), Some(b']' | b')' | b'}')) {
            return Some(Piece { len: 1 + blanks + written.len() + blanks_after + 1, means });
        }
    }
    // `evil[.example`: the closing bracket got lost on the way.
    let is_half = blanks == 0 && inside.first() == Some(&b'.') && inside.get(1).is_some_and(u8::is_ascii_alphanumeric);
    (is_half && rest[0] != b'(').then_some(Piece { len: 2, means: "." })
}

/// How many bytes a defanged scheme takes at the start of `rest`, and the scheme that it stands for. The scheme has to
/// be followed by something that can stand for its colon.
pub(crate) fn scheme(rest: &[u8]) -> Option<Piece> {
    const SCHEMES: [(&str, &str); 14] = [
        ("hxxps", "https"),
        ("hxxp", "http"),
        ("hxtps", "https"),
        ("hxtp", "http"),
        ("htxps", "https"),
        ("htxp", "http"),
        ("h**ps", "https"),
        ("h**p", "http"),
        ("h[tt]ps", "https"),
        ("h[tt]p", "http"),
        ("http[s]", "https"),
        ("fxps", "ftps"),
        ("fxp", "ftp"),
        ("meow", "http"),
    ];
    if !matches!(rest.first(), Some(b'h' | b'H' | b'f' | b'F' | b'm' | b'M')) {
        return None;
    }
    SCHEMES.into_iter().find_map(|(written, means)| {
        let head = rest.get(..written.len())?;
        let is_followed = matches!(rest.get(written.len()), Some(b':' | b'[' | b'(' | b'{'));
        (head.eq_ignore_ascii_case(written.as_bytes()) && is_followed).then_some(Piece { len: written.len(), means })
    })
}

/// The plain spelling, and borrowed where it already is. Spaces round a bracketed piece go with it.
pub(crate) fn refang(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut plain = String::new();
    let mut copied = 0;
    let mut at = 0;
    while at < bytes.len() {
        let begins_word = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        let found = piece(&bytes[at..]).or_else(|| if begins_word { scheme(&bytes[at..]) } else { None });
        let Some(found) = found else {
            at += 1;
            continue;
        };
        plain.push_str(&text[copied..at]);
        if matches!(bytes[at], b'[' | b'(' | b'{') {
            plain.truncate(plain.trim_end_matches(' ').len());
        }
        plain.push_str(found.means);
        let is_bracketed = matches!(bytes[at], b'[' | b'(' | b'{');
        at += found.len;
        while is_bracketed && bytes.get(at) == Some(&b' ') {
            at += 1;
        }
        copied = at;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    plain.push_str(&text[copied..]);
    Cow::Owned(plain)
}

/// The same, and also `evil dot example dot com` and `user at example dot com`: only where the whole text is meant to be
/// one indicator, for in a sentence these are words.
pub(crate) fn refang_words(text: &str) -> Cow<'_, str> {
    let plain = refang(text);
    let words: Vec<&str> = plain.split_whitespace().collect();
    let is_spoken = |word: &&&str| word.eq_ignore_ascii_case("dot") || **word == ".";
    if words.len() < 3 || !words.iter().any(|word| is_spoken(&word)) {
        return plain;
    }
    let mut joined = String::with_capacity(plain.len());
    let mut expects_name = true;
    for word in &words {
        let sign = if is_spoken(&word) { Some('.') } else { word.eq_ignore_ascii_case("at").then_some('@') };
        match sign {
            Some(sign) if !expects_name => joined.push(sign),
            None if expects_name => joined.push_str(word),
            _ => return plain,
        }
        expects_name = !expects_name;
    }
    if expects_name { plain } else { Cow::Owned(joined) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_borrowed() {
        for text in ["https://example.com/a?b=[1]", "[2001:db8::2]:443", "[::]:80", "f(x) = a[5]", ""] {
            assert!(matches!(refang(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn every_defanged_spelling_becomes_plain() {
        let check = |written: &str, plain: &str| assert_eq!(refang(written), plain, "{written}");
        check("hxxps[:]//evil[.]example", "https://evil.example");
        check("hXXp[://]evil{.}example", "http://evil.example");
        check("h**ps://evil [.] example", "https://evil.example");
        check("evil[dot]example(DOT)com", "evil.example.com");
        check("evil[.example[.com", "evil.example.com");
        check("evil.]example", "evil.example");
        check(r"evil\.example\.com", "evil.example.com");
        check("user[at]example[.]com", "user@example.com");
        check("user (@) example ( dot ) com", "user@example.com");
        check("2001[:]db8[:][:]1", "2001:db8::1");
        check("http:[//]evil.example[/]a", "http://evil.example/a");
        check("fxp://files.example", "ftp://files.example");
    }

    #[test]
    fn spoken_dots_are_read_only_where_names_and_signs_alternate() {
        assert_eq!(refang_words("evil dot example DOT com"), "evil.example.com");
        assert_eq!(refang_words("jane at example dot com"), "jane@example.com");
        assert_eq!(refang_words("the dot com boom"), "the dot com boom");
        assert_eq!(refang_words("dot example"), "dot example");
    }
}
