//! How text from outside, and values that can be searched, are written into a page.
//!
//! Templates escape by themselves. What stands here goes further: characters that turn the writing direction or hide
//! text are made visible, a value may break after a dot but not in the middle of a label, and a value that is an indicator
//! links to its own search.

use std::fmt::Write as _;

/// Longer texts are cut: no description is worth a page of its own in a table.
const LONGEST: usize = 600;

/// Text from outside, on one line: white space drawn together, invisible and direction-turning characters made visible,
/// cut at 600 characters. Not HTML: the template escapes it.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST));
    let mut gap = false;
    for (count, letter) in text.trim().chars().enumerate() {
        if count == LONGEST {
            out.push('…');
            break;
        }
        if letter.is_whitespace() {
            gap = true;
            continue;
        }
        if std::mem::take(&mut gap) {
            out.push(' ');
        }
        out.push(if is_deceptive(letter) { '\u{fffd}' } else { letter });
    }
    out
}

/// [`clean`], cut after some letters.
pub fn cut(text: &str, most: usize) -> String {
    let text = clean(text);
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text,
    }
}

/// Control characters, marks that turn the writing direction, and spaces of no width.
fn is_deceptive(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// A domain, address or other machine-written value as HTML, escaped, with places where a line may break: after a dot, a
/// colon, a slash, and within a label only where it is longer than any column.
pub fn value(text: &str) -> String {
    const LONGEST_PIECE: usize = 24;
    let mut out = String::with_capacity(text.len() + 16);
    let mut piece = 0;
    for letter in clean(text).chars() {
        if piece == LONGEST_PIECE {
            out.push_str("<wbr>");
            piece = 0;
        }
        escape(letter, &mut out);
        piece += 1;
        if matches!(letter, '.' | ':' | '/' | '?' | '&' | '-' | '_' | '@') {
            // After a hyphen browsers break by themselves.
            if letter != '-' {
                out.push_str("<wbr>");
            }
            piece = 0;
        }
    }
    out
}

fn escape(letter: char, out: &mut String) {
    match letter {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        letter => out.push(letter),
    }
}

/// A value that is an indicator, as a link to its own search. HTML.
pub fn pivot(indicator: &str) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write!(out, "<a class=\"value\" href=\"{}\">{}</a>", search_url(indicator), value(indicator));
    out
}

/// Where an indicator is searched: `/search?q=…`. Safe within an attribute.
pub fn search_url(query: &str) -> String {
    let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    format!("/search?q={query}")
}

/// A link to a portal, if it is one that may be followed: https, without user and password. Whoever made the record may
/// have put anything into the field.
pub fn outside(address: &str) -> Option<String> {
    let address = url::Url::parse(address).ok()?;
    let plain = address.scheme() == "https" && address.username().is_empty() && address.password().is_none();
    plain.then(|| address.to_string())
}

/// Each of the permissions of a check or a capability, which names them with commas between.
pub fn permissions(names: &str) -> impl Iterator<Item = &str> {
    names.split(',').map(str::trim).filter(|name| !name.is_empty())
}

/// A word of the API or of Microsoft on a page: `in_progress` → "in progress", `CommandAndControl` → "Command and control".
pub fn words(text: &str) -> String {
    let text = clean(text);
    if text.contains(char::is_whitespace) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 4);
    let mut before = ' ';
    let letters: Vec<char> = text.chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        let next_is_small = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if letter == '_' {
            out.push(' ');
        } else if letter.is_uppercase() && before.is_lowercase() {
            out.push(' ');
            if next_is_small { out.extend(letter.to_lowercase()) } else { out.push(letter) }
        } else {
            out.push(letter);
        }
        before = letter;
    }
    out
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("  two\n\tlines ", "two lines")]
    #[case("invoice\u{202e}fdp.exe", "invoice\u{fffd}fdp.exe")]
    #[case("a\u{200b}b\u{0}c\u{7f}", "a\u{fffd}b\u{fffd}c\u{fffd}")]
    #[case("שלום", "שלום")]
    fn text_from_outside_hides_nothing(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(clean(text), expected);
    }

    #[test]
    fn endless_text_is_cut() {
        assert_eq!(clean(&"x".repeat(100_000)).chars().count(), LONGEST + 1);
    }

    #[rstest]
    #[case("login.example.com", "login.<wbr>example.<wbr>com")]
    #[case("2001:db8::1", "2001:<wbr>db8:<wbr>:<wbr>1")]
    #[case("<b>&\"'", "&lt;b&gt;&amp;<wbr>&quot;&#39;")]
    fn a_value_breaks_after_its_dots_and_is_escaped(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(value(text), expected);
    }

    #[test]
    fn a_label_of_63_letters_can_break() {
        assert_eq!(value(&"a".repeat(63)).matches("<wbr>").count(), 2);
    }

    #[test]
    fn a_pivot_leads_to_its_own_search() {
        assert_eq!(
            pivot("a&b.example"),
            "<a class=\"value\" href=\"/search?q=a%26b.example\">a&amp;<wbr>b.<wbr>example</a>"
        );
    }

    #[rstest]
    #[case("https://security.example.com/alerts/1", true)]
    #[case("http://security.example.com/", false)]
    #[case("javascript:alert(1)", false)]
    #[case("https://user:pw@example.com/", false)]
    #[case("/settings", false)]
    fn only_https_leads_outside(#[case] address: &str, #[case] expected: bool) {
        assert_eq!(outside(address).is_some(), expected, "{address}");
    }

    #[rstest]
    #[case("in_progress", "in progress")]
    #[case("CommandAndControl", "Command and control")]
    #[case("true_positive", "true positive")]
    #[case("Command and control", "Command and control")]
    #[case("T1071", "T1071")]
    fn words_of_an_interface_read_as_words(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(words(text), expected);
    }
}
